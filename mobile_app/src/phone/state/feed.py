"""A calendar feed: the address under which any calendar reads a schedule, made, made anew, removed."""

from collections.abc import Awaitable, Callable
from uuid import uuid4

import flet as ft

from phone.api.client import Client
from phone.api.errors import ApiError, SignedOut, Unreachable
from shared.wire.covers import CalendarFeed


class Feed(ft.Observable):
    """The feed at `path`; None until it was read. `asks` once before the old address ends."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._turn = 0
        self.path = ""
        self.feed: CalendarFeed | None = None
        self.error: Exception | None = None
        self.busy = False
        self.asks = False
        self.reached: Callable[[bool], None] = lambda _online: None
        self.signed_out: Callable[[], None] = lambda: None

    async def show(self, path: str) -> None:
        """Read another one."""
        if path != self.path:
            self.forget()
            self.path = path
        await self._do(lambda: self._client.read(path, CalendarFeed))

    async def make(self) -> None:
        """A new address; the one before it ends."""
        self.asks = False
        await self._do(lambda: self._client.write("POST", self.path, {}, answer=CalendarFeed, key=str(uuid4())))

    async def remove(self) -> None:
        """No address any more."""

        async def gone() -> CalendarFeed:
            await self._client.write("DELETE", self.path, answer=dict[str, object])
            return CalendarFeed(url=None, made_at=None)

        self.asks = False
        await self._do(gone)

    def ask(self, asks: bool) -> None:
        """Ask before the old address ends."""
        self.asks = asks

    async def _do(self, act: Callable[[], Awaitable[CalendarFeed]]) -> None:
        if self.busy:
            return
        turn, self.busy, self.error = self._turn, True, None
        try:
            feed = await act()
        except SignedOut:
            self.signed_out()
        except (Unreachable, ApiError) as error:
            if turn == self._turn:
                self.error = error
            self.reached(not isinstance(error, Unreachable))
        else:
            self.reached(True)
            if turn == self._turn:
                self.feed = feed
        finally:
            if turn == self._turn:
                self.busy = False

    def forget(self) -> None:
        """Empty everything: another feed is shown, or another person may sign in."""
        self._turn += 1
        self.path, self.feed, self.error, self.busy, self.asks = "", None, None, False, False
