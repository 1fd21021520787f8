"""What is read anew where it is old or something has changed, and shown from the device's copy until then."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from phone.base.api.client import Client
from phone.base.state import State

Answer = TypeVar("Answer")


class Freshened(State, Generic[Answer]):
    """`read_at` is None until something is known."""

    def __init__(self, client: Client, *, now: Callable[[], datetime], fresh_for: timedelta) -> None:
        super().__init__(client)
        self._now = now
        self._fresh_for = fresh_for
        self._loading: asyncio.Task[None] | None = None
        self._is_stale = True
        self.read_at: datetime | None = None

    def touch(self) -> None:
        """Something has changed: the next look reads it anew."""
        self._is_stale = True

    async def freshen(self) -> None:
        """Read it anew unless that was done just now."""
        is_old = self.read_at is None or self._now() - self.read_at >= self._fresh_for
        if self._is_stale or is_old:
            await self.load()

    async def load(self) -> None:
        """Read it anew; whoever asks while that goes on waits for the same answer."""
        if self._loading is None or self._loading.done():
            self._loading = asyncio.create_task(self._load())
        await self._loading

    async def _load(self) -> None:
        turn, self._is_stale = self._turn, False
        found = await self._fetch()
        if turn != self._turn:
            return
        if found is None:
            self._is_stale = True
            return
        self.error = None
        await self._take(found, self._now())

    async def _fetch(self) -> Answer | None:
        """What the server answers; None when it refused or did not answer."""
        raise NotImplementedError

    async def _take(self, found: Answer, read_at: datetime) -> None:
        """Show it, and keep a copy."""
        raise NotImplementedError

    def forget(self) -> None:
        """Know nothing: another person may sign in."""
        self._turn += 1
        self.read_at, self.error, self._is_stale = None, None, True
