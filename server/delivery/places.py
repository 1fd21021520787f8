"""Places at receivers: one that is slow or hangs holds few of ours, so that nobody else's messages wait behind it."""

import asyncio
import contextlib
import time
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, field
from typing import Final

LONGEST_WAIT_S: Final = 1.0
QUICK_S: Final = 0.25
REMEMBERED: Final = 0.7
"""How much of what a receiver took so far counts beside what it takes now."""


class Busy(Exception):
    """Nothing was sent: too many wait for a receiver that is slow."""

    reason: Final = "receiver_busy"


@dataclass
class _Receiver:
    at_once: int
    takes_s: float = 0.0
    inside: int = 0
    begun: dict[object, float] = field(default_factory=dict[object, float])

    def __post_init__(self) -> None:
        self.turns = asyncio.Semaphore(self.at_once)

    def is_crowded(self, now: float) -> bool:
        """Whether one more would wait too long, as slow as it is by now."""
        oldest = next(iter(self.begun.values()), now)
        wait_s = self.inside * max(self.takes_s, now - oldest) / self.at_once
        return self.inside >= self.at_once and wait_s > LONGEST_WAIT_S


class Places:
    """Who is being sent to in this process, by receiver; `now` counts seconds."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._receivers: dict[str, _Receiver] = {}

    @contextlib.asynccontextmanager
    async def at(self, receiver: str, at_once: int) -> AsyncGenerator[None]:
        """A place there, of `at_once` many; raises Busy when it would have to be waited for longer than a second."""
        found = self._receivers.get(receiver)
        if found is None:
            found = self._receivers[receiver] = _Receiver(at_once)
        if found.is_crowded(self._now()):
            raise Busy
        found.inside += 1
        try:
            async with _turn(found.turns), self._timed(found):
                yield
        finally:
            found.inside -= 1
            if found.inside == 0 and found.takes_s < QUICK_S:
                del self._receivers[receiver]

    @contextlib.asynccontextmanager
    async def _timed(self, found: _Receiver) -> AsyncGenerator[None]:
        turn, began = object(), self._now()
        found.begun[turn] = began
        try:
            yield
        finally:
            del found.begun[turn]
            found.takes_s = REMEMBERED * found.takes_s + (1 - REMEMBERED) * (self._now() - began)


@contextlib.asynccontextmanager
async def _turn(turns: asyncio.Semaphore) -> AsyncGenerator[None]:
    try:
        async with asyncio.timeout(LONGEST_WAIT_S):
            await turns.acquire()
    except TimeoutError as error:
        raise Busy from error
    try:
        yield
    finally:
        turns.release()
