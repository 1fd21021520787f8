"""Rules of an integration: what happens to events before they become alerts."""

from uuid import uuid4

import msgspec

from phone.base.api.client import Client
from phone.base.state import State
from shared.wire import routes
from shared.wire.lists import Page
from shared.wire.services import Rule, RuleInput


class Rules(State):
    """`items` is None until the rules of `integration_id` were read, in the order in which they are tried."""

    def __init__(self, client: Client) -> None:
        super().__init__(client)
        self.integration_id = ""
        self.items: tuple[Rule, ...] | None = None

    async def show(self, integration_id: str) -> None:
        """Read those of this integration."""
        if integration_id != self.integration_id:
            self.forget()
            self.integration_id = integration_id
        await self.load()

    async def load(self) -> None:
        """Read them anew."""
        turn = self._turn
        path = routes.INTEGRATION_RULES.format(integration_id=self.integration_id)
        page = await self.read(self._client.read(path, Page[Rule]))
        if page is not None and turn == self._turn:
            self.items, self.error = tuple(page.items), None

    # Each raises ApiError and Unreachable

    async def add(self, wanted: RuleInput) -> None:
        """One more, after the others."""
        last = max((each.position for each in self.items or ()), default=-1)
        wanted = msgspec.structs.replace(wanted, position=last + 1)
        path = routes.INTEGRATION_RULES.format(integration_id=self.integration_id)
        made = await self._client.write("POST", path, wanted, answer=Rule, key=str(uuid4()))
        self.items = (*(self.items or ()), made)

    async def turn(self, rule: Rule) -> None:
        """Let it hold, or not for now."""
        wanted = RuleInput(
            name=rule.name,
            conditions=rule.conditions,
            effect=rule.effect,
            position=rule.position,
            is_enabled=not rule.is_enabled,
        )
        made = await self._client.write("PUT", self._path(rule), wanted, answer=Rule, rev=rule.rev)
        self.items = tuple(made if each.id == made.id else each for each in self.items or ())

    async def remove(self, rule: Rule) -> None:
        """It changes no event from now on."""
        await self._client.write("DELETE", self._path(rule), answer=dict, rev=rule.rev)
        self.items = tuple(each for each in self.items or () if each.id != rule.id)

    def _path(self, rule: Rule) -> str:
        return routes.INTEGRATION_RULE.format(integration_id=self.integration_id, rule_id=rule.id)

    def forget(self) -> None:
        """Empty everything: another integration is shown, or another person may sign in."""
        self._turn += 1
        self.integration_id, self.items, self.error = "", None, None
