"""The demo's outbox: what would have left the machine, with buttons that work."""

from phone.base.api.client import Client
from phone.base.api.errors import ApiError, Unreachable
from phone.base.state import State
from shared.wire.actions import Action, ActionResult, Button
from shared.wire.outbox import OutboxItem

BUTTONS: tuple[Button, ...] = ("acknowledge", "escalate", "resolve")


class DemoOutbox(State):
    """`answers` and `failures` are by item; `opened` are the items whose raw form is shown."""

    def __init__(self, client: Client) -> None:
        super().__init__(client)
        self.items: tuple[OutboxItem, ...] | None = None
        self.answers: dict[str, ActionResult] = {}
        self.failures: dict[str, Exception] = {}
        self.pressed: frozenset[str] = frozenset()
        self.opened: frozenset[str] = frozenset()

    @property
    def pushes(self) -> tuple[OutboxItem, ...]:
        """What phones would show."""
        return tuple(item for item in self.items or () if item.channel == "push")

    @property
    def others(self) -> tuple[OutboxItem, ...]:
        """Mails and webhooks."""
        return tuple(item for item in self.items or () if item.channel != "push")

    async def load(self) -> None:
        """Read it anew."""
        page = await self.read(self._client.outbox())
        if page is not None:
            self.items, self.error = tuple(page.items), None

    async def press(self, item: OutboxItem, verb: Button) -> None:
        """Press a notification's button: the token that came with it does the verb."""
        if item.action_token is None or item.id in self.pressed:
            return
        self.pressed = self.pressed | {item.id}
        try:
            result = await self._client.answer(Action(token=item.action_token, verb=verb))
            self.answers = {**self.answers, item.id: result}
            self.failures = {key: error for key, error in self.failures.items() if key != item.id}
        except (Unreachable, ApiError) as error:
            self.failures = {**self.failures, item.id: error}
        finally:
            self.pressed = self.pressed - {item.id}

    def toggle(self, item_id: str) -> None:
        """Show or hide what is sent."""
        self.opened = self.opened ^ {item_id}

    def forget(self) -> None:
        """Empty everything: another person may sign in."""
        self.items, self.error, self.opened = None, None, frozenset()
        self.answers, self.failures = {}, {}
