"""What every screen of one window has at hand: looks, clock, connection, messages, whose session, and going on."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

import flet as ft

from phone.base.api.errors import ApiError, Unreachable
from phone.base.device.clock import Clock
from phone.base.look import Look
from phone.base.session import Session
from phone.base.toast import TO_THINK_S, Message, Toast
from shared.wire.sessions import Language

MOST_REMEMBERED: Final = 50


class Place(ft.Observable):
    """Where the reader is, and by which addresses they came."""

    def __init__(self, route: str) -> None:
        self.route = route
        self._trail = [route]

    def move(self, route: str) -> None:
        """The reader went there; to where they came from is a step back."""
        if self.is_behind(route):
            self._trail.pop()
        elif route != self._trail[-1]:
            self._trail = [*self._trail, route][-MOST_REMEMBERED:]
        self.route = route

    def is_behind(self, route: str) -> bool:
        """Whether a browser's Back leads there."""
        return len(self._trail) > 1 and self._trail[-2] == route

    def came_from(self, area: str) -> str | None:
        """The address behind this one, if it begins so."""
        behind = self._trail[-2] if len(self._trail) > 1 else ""
        return behind if behind.startswith(area) else None


@dataclass(eq=False, kw_only=True)
class Window:
    """Screens take this and the stores that they show; `go` leads to another address."""

    look: Look
    session: Session
    clock: Clock
    place: Place
    go: Callable[[str], None]

    def __post_init__(self) -> None:
        self.link = self.look.link
        self.toast = Toast()
        self._taking_back: asyncio.Task[None] | None = None

    @property
    def may_act(self) -> bool:
        """Whether the reader may do anything to incidents."""
        return self.session.me is not None and "incidents:act" in self.session.me.permissions

    def tell(self, key: str) -> None:
        """One short message."""
        self.toast.show(Message(key=key))

    def hurry(self) -> None:
        """Something changed: read anew."""
        raise NotImplementedError

    async def retry(self) -> None:
        """Try again now: send what waits, read what is shown."""
        raise NotImplementedError

    def find(self) -> None:
        """Open the search over everything."""
        raise NotImplementedError

    async def change(self, work: Awaitable[None], *, told: str) -> bool:
        """Wait for a change that needs a connection, and say what came of it."""
        try:
            await work
        except (ApiError, Unreachable) as error:
            self.refuse(error)
            return False
        self.toast.show(Message(key=told))
        self.hurry()
        return True

    def offer(self, key: str, args: dict[str, object], take_back: Callable[[], Awaitable[None]]) -> None:
        """Say what was done, with time to take it back."""

        def undo() -> None:
            self.toast.close()
            self._taking_back = asyncio.create_task(self._take_back(take_back))

        self.toast.show(Message(key=key, args=args, undo=undo, shown_for_s=TO_THINK_S))

    async def _take_back(self, take_back: Callable[[], Awaitable[None]]) -> None:
        await self.change(take_back(), told="undo.done")
        self.overtaken()

    def overtaken(self) -> None:
        """What was done was taken back."""
        self.hurry()

    def refuse(self, error: Exception) -> None:
        """Say why something was not done."""
        self.toast.show(Message(key="action.refused", kind="refused", error=error))

    async def sign_out(self) -> None:
        """End the session and forget what it showed."""
        raise NotImplementedError

    async def choose_language(self, language: Language) -> None:
        """Speak this language here and in what the server sends to the reader."""
        raise NotImplementedError
