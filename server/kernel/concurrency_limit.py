"""So many at once, where those who wait must not wait for what has stopped."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator


class Standstill(Exception):
    """All places are taken, and nobody has come or gone for a while."""


class ConcurrencyLimit:
    """`places` at once. Others wait as long as somebody comes or goes within `still_s`, then they are turned away.

    Whoever waits for a message to leave holds one of the few places for all messages: those behind a receiver
    that hangs must not stand before everybody else's.
    """

    def __init__(self, places: int, *, still_s: float) -> None:
        self._places = asyncio.Semaphore(places)
        self._still_s = still_s
        self._moved_at = 0.0

    @contextlib.asynccontextmanager
    async def place(self) -> AsyncGenerator[None]:
        """Raises Standstill."""
        await self._enter()
        self._moved_at = _now()
        try:
            yield
        finally:
            self._moved_at = _now()
            self._places.release()

    async def _enter(self) -> None:
        while self._places.locked():
            left_s = self._moved_at + self._still_s - _now()
            if left_s <= 0:
                raise Standstill
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(left_s):
                    await self._places.acquire()
                    return
        await self._places.acquire()


def _now() -> float:
    return asyncio.get_running_loop().time()
