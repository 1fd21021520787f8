"""A calendar feed: the address under which any calendar reads a schedule, made, made anew, removed."""

from collections.abc import Awaitable
from uuid import uuid4

from phone.base.api.client import Client
from phone.base.state import State
from shared.wire.covers import CalendarFeed


class Feed(State):
    """The feed at `path`; None until it was read. `asks` once before the old address ends."""

    def __init__(self, client: Client) -> None:
        super().__init__(client)
        self.path = ""
        self.feed: CalendarFeed | None = None
        self.busy = False
        self.asks = False

    async def show(self, path: str) -> None:
        """Read another one."""
        if path != self.path:
            self.forget()
            self.path = path
        await self._take(self._client.read(path, CalendarFeed))

    async def make(self) -> None:
        """A new address; the one before it ends."""
        self.asks = False
        await self._take(self._client.write("POST", self.path, {}, answer=CalendarFeed, key=str(uuid4())))

    async def remove(self) -> None:
        """No address any more."""

        async def gone() -> CalendarFeed:
            await self._client.write("DELETE", self.path, answer=dict[str, object])
            return CalendarFeed(url=None, made_at=None)

        self.asks = False
        await self._take(gone())

    def ask(self, asks: bool) -> None:
        """Ask before the old address ends."""
        self.asks = asks

    async def _take(self, answer: Awaitable[CalendarFeed]) -> None:
        turn, self.busy, self.error = self._turn, True, None
        feed = await self.read(answer)
        if turn == self._turn:
            self.busy = False
            self.feed = feed or self.feed

    def forget(self) -> None:
        """Empty everything: another feed is shown, or another person may sign in."""
        self._turn += 1
        self.path, self.feed, self.error, self.busy, self.asks = "", None, None, False, False
