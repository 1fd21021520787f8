"""People, teams, services and policies by name, for choosing one: read when a sheet first asks."""

import asyncio
from collections.abc import Iterable
from typing import Final, Literal

from msgspec import Struct

from phone.base.api.client import Client
from phone.base.state import State
from shared.wire import routes

Kind = Literal["people", "teams", "services", "policies"]
PATHS: Final[dict[Kind, str]] = {
    "people": routes.USERS,
    "teams": routes.TEAMS,
    "services": routes.SERVICES,
    "policies": routes.ESCALATION_POLICIES,
}


class Named(Struct, frozen=True, kw_only=True):
    """As much of any of them as choosing takes."""

    id: str
    name: str
    email: str = ""
    time_zone: str = ""
    team_id: str | None = None
    policy_id: str | None = None
    role: str = ""
    deactivated_at: str | None = None


class Names(State):
    """`of` is None until the list was read; `error` is what the last reading met."""

    def __init__(self, client: Client) -> None:
        super().__init__(client)
        self._lists: dict[Kind, tuple[Named, ...]] = {}

    def of(self, kind: Kind) -> tuple[Named, ...] | None:
        """Everything of a kind that the reader may choose, by name."""
        return self._lists.get(kind)

    def name(self, kind: Kind, ident: str) -> str:
        """Its name, or dots while the list is not there."""
        return next((each.name for each in self._lists.get(kind, ()) if each.id == ident), "…")

    async def need(self, *kinds: Kind) -> None:
        """Read what is not there yet."""
        await self.load([kind for kind in kinds if kind not in self._lists])

    async def load(self, kinds: Iterable[Kind]) -> None:
        """Read these anew."""
        wanted = list(kinds)
        found = await self.read(asyncio.gather(*(self._client.read_all(PATHS[kind], Named) for kind in wanted)))
        if found is not None:
            fresh: dict[Kind, tuple[Named, ...]] = {
                kind: _ordered(items) for kind, items in zip(wanted, found, strict=True)
            }
            self._lists, self.error = {**self._lists, **fresh}, None
            self.notify()

    def forget(self) -> None:
        """Empty everything: another person may sign in."""
        self._lists, self.error = {}, None


def _ordered(items: list[Named]) -> tuple[Named, ...]:
    active = [each for each in items if each.deactivated_at is None and each.role != "viewer"]
    return tuple(sorted(active, key=lambda each: each.name.casefold()))
