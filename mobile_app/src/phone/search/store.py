"""One search over everything that has a name: what was typed, what was found, which of it is chosen."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

import flet as ft

from phone.base.api.client import Client
from phone.base.state import State
from shared.wire import routes
from shared.wire.search import Found, FoundKind, SearchResult

PAUSE_S: Final = 0.2
ADDRESSES: Final[dict[FoundKind, str]] = {
    "incident": "/incidents/{id}",
    "service": "/configure/services/{id}",
    "integration": "/configure/integrations/{id}",
    "escalation_policy": "/configure/policies/{id}",
    "schedule": "/schedules/{id}",
    "team": "/configure/teams/{id}",
    "user": "/configure/people/{id}",
}


class Door(ft.Observable):
    """Whether the search, or the list of shortcuts, is open; apart, so that no field is drawn anew while written in."""

    def __init__(self) -> None:
        self.is_open = False


class Search(State):
    """`found` is None until something was asked; `chosen` counts in the order in which it is shown."""

    def __init__(self, client: Client, *, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        super().__init__(client)
        self._sleep = sleep
        self._task: asyncio.Task[None] | None = None
        self.door = Door()
        self.text = ""
        self.found: tuple[Found, ...] | None = None
        self.chosen = 0

    @property
    def groups(self) -> list[tuple[FoundKind, list[Found]]]:
        """What was found under its kinds, in a fixed order."""
        return [(kind, hits) for kind in ADDRESSES if (hits := [hit for hit in self.found or () if hit.kind == kind])]

    @property
    def shown(self) -> list[Found]:
        """The same from the top to the bottom of the screen."""
        return [hit for _, hits in self.groups for hit in hits]

    @property
    def pick(self) -> Found | None:
        """What Enter opens."""
        shown = self.shown
        return shown[self.chosen] if self.chosen < len(shown) else None

    def open(self) -> None:
        """Ask for a word."""
        if not self.door.is_open:
            self.text, self.found, self.chosen, self.error = "", None, 0, None
            self.door.is_open = True

    def close(self) -> None:
        """Put it away."""
        self._stop()
        self.door.is_open = False

    def type(self, text: str) -> None:
        """Search once the typing pauses."""
        self.text = text
        self._stop()
        if text.strip():
            self._task = asyncio.create_task(self._look(text.strip()))
        else:
            self.found, self.error = None, None

    def move(self, by: int) -> None:
        """Choose the next or the one before, round the ends."""
        count = len(self.shown)
        if count:
            self.chosen = (self.chosen + by) % count

    async def _look(self, text: str) -> None:
        await self._sleep(PAUSE_S)
        result = await self.read(self._client.read(routes.SEARCH, SearchResult, [("q", text)]))
        if result is not None:
            self.found, self.chosen, self.error = tuple(result.items), 0, None

    def _stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            self._task = None

    def forget(self) -> None:
        """Empty everything: another person may sign in."""
        self.close()
        self.text, self.found, self.error = "", None, None
