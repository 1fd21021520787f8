"""Kills and stops members of a family at random, from a seed."""

import asyncio
import contextlib
import os
import random
import signal
from collections import Counter
from dataclasses import dataclass, field

from tests.kit.family import members

STOPPED_S = 12.0
"""Longer than a lease."""


@dataclass
class Nemesis:
    """`done` counts what was done to whom."""

    pid: int
    chance: random.Random
    done: Counter[str] = field(default_factory=Counter[str])

    async def kill(self, times: int, *, every_s: float) -> None:
        """SIGKILL to any member, so many times."""
        while self.done.total() < times:
            await asyncio.sleep(self.chance.uniform(0, 2 * every_s))
            if found := members(self.pid):
                name = self.chance.choice(sorted(found))
                with contextlib.suppress(ProcessLookupError):
                    os.kill(found[name], signal.SIGKILL)
                    self.done[name.split()[0]] += 1

    async def stop(self, times: int) -> None:
        """SIGSTOP to the engine for longer than its leases last; then it goes on, unless it was replaced."""
        for _ in range(times):
            await asyncio.sleep(self.chance.uniform(0, 5))
            if (engine := members(self.pid).get("engine")) is not None:
                os.kill(engine, signal.SIGSTOP)
                self.done["stopped"] += 1
                await asyncio.sleep(STOPPED_S)
                with contextlib.suppress(ProcessLookupError):
                    os.kill(engine, signal.SIGCONT)
