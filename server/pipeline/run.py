"""Work through the lanes: each integration with events has its turn, so that none waits for another's flood."""

import asyncio
import contextlib
import hashlib
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

import structlog

from server.kernel.clock import Clock
from server.kernel.database import Database, Stale, Writes
from server.kernel.errors import Unavailable
from server.pipeline.work import LaneLost, Work
from server.services.directory import Directory

log = structlog.get_logger()

LANES = 16
LEASE = timedelta(seconds=10)
TURNS_S = 0.1
IDLE_S = 0.1


def take_back_lanes(writes: Writes) -> Writes:
    """Every lane is anybody's: whoever held one is gone."""
    return writes.sql("UPDATE lane SET leased_until = 0")


def lane_of(integration_id: str) -> int:
    """All events of an integration are in one lane, so that they stay in order."""
    return int.from_bytes(hashlib.sha256(integration_id.encode()).digest()[:2]) % LANES


@dataclass
class Lanes:
    """The lanes that this process holds, by fence, and the turns of the integrations in them."""

    db: Database
    clock: Clock
    directory: Directory
    held: dict[int, int] = field(default_factory=dict[int, int])
    last_cycle: datetime | None = None
    _until: datetime | None = None
    _wake: asyncio.Event = field(default_factory=asyncio.Event)
    _served: dict[str, float] = field(default_factory=dict[str, float])

    def __post_init__(self) -> None:
        self._work = Work(self.db, self.clock, self.directory)

    def hurry(self) -> None:
        self._wake.set()

    async def run(self) -> None:
        """Until cancelled; an error is waited out, and in the end the lanes are anybody's at once."""
        cycle = None
        try:
            while True:
                cycle = asyncio.create_task(self._cycle())
                if await asyncio.shield(cycle) == 0:
                    with contextlib.suppress(TimeoutError):
                        async with asyncio.timeout(IDLE_S):
                            await self._wake.wait()
                    self._wake.clear()
        finally:
            if cycle is not None:
                await cycle
            await self._let_go()

    async def _cycle(self) -> int:
        try:
            return await self.cycle()
        except Exception:
            log.exception("lanes.cycle_failed")
            return 0

    async def _let_go(self) -> None:
        held, self.held, self._until = tuple(self.held.items()), {}, None
        text = "UPDATE lane SET leased_until = 0 WHERE lane = :lane AND fence = :fence"
        try:
            await self.db.apply(Writes().sql_many(text, [{"lane": lane, "fence": fence} for lane, fence in held]))
        except Exception:
            log.exception("lanes.not_let_go")

    async def cycle(self) -> int:
        """Turns for about 100 ms: who had none in the last cycle comes first, then who waits longest for the next.

        Returns how many slices were written.
        """
        now = self.clock.now()
        await self._hold(now)
        if not self.held:
            self.last_cycle = now
            return 0
        self._wake.clear()
        waiting = [id for id in await integrations_waiting(self.db) if lane_of(id) in self.held]
        self._served = {id: self._served.get(id, 0.0) for id in waiting}
        if waiting:
            await self.directory.refresh()
        worked, end = 0, time.monotonic() + TURNS_S
        for id in sorted(waiting, key=self._served.__getitem__):
            worked += await self._turn(id)
            self._served[id] = time.monotonic()
            await asyncio.sleep(0)
            if self._served[id] > end:
                break
        self.last_cycle = now
        return worked

    async def drain(self) -> None:
        """Until every event is worked through; for the demo's made history and for tests."""
        while await self.cycle():
            pass

    async def _turn(self, integration_id: str) -> int:
        lane = lane_of(integration_id)
        try:
            return await self._work.turn(integration_id, partial(self._commit, lane))
        except Unavailable:
            raise
        except LaneLost:
            log.warning("lanes.lost", integration=integration_id)
        except Exception:
            log.exception("lanes.slice_failed", lane=lane, integration=integration_id)
        return 0

    async def _hold(self, now: datetime) -> None:
        """Renew the lanes held, and take those that nobody holds."""
        if self._until is not None and self._until - now > LEASE * 0.6:
            return
        writes = Writes().sql(
            "UPDATE lane SET leased_until = :until, fence = fence + 1 WHERE leased_until <= :now"
            " OR (lane IN :mine AND leased_until = :was) RETURNING lane, fence",
            until=now + LEASE,
            now=now,
            mine=tuple(self.held),
            was=self._until or now,
        )
        (_, rows) = (await self.db.apply(writes))[0]
        self.held = dict(rows)
        self._until = now + LEASE

    async def _commit(self, lane: int, writes: Writes) -> bool:
        """Whether it was written; a lane that was lost is let go. Raises LaneLost when it is not held."""
        if lane not in self.held:
            raise LaneLost
        writes.sql(
            "UPDATE lane SET fence = fence WHERE lane = :lane AND fence = :fence",
            expect=1,
            lane=lane,
            fence=self.held[lane],
        )
        try:
            await self.db.apply(writes)
        except Stale:
            fence = await self.db.value("SELECT fence FROM lane WHERE lane = :lane", lane=lane)
            if fence != self.held[lane]:
                del self.held[lane]
                self._until = None
                raise LaneLost from None
            return False
        return True


async def integrations_waiting(db: Database) -> list[str]:
    """The integrations whose events wait; as dear as they are many, not as their events are."""
    rows = await db.values(
        "WITH RECURSIVE waiting (id) AS (SELECT MIN(integration_id) FROM event WHERE parsed_at IS NULL"
        " UNION ALL SELECT (SELECT MIN(integration_id) FROM event WHERE parsed_at IS NULL"
        " AND integration_id > waiting.id) FROM waiting WHERE waiting.id IS NOT NULL)"
        " SELECT id FROM waiting WHERE id IS NOT NULL"
    )
    return [id for (id,) in rows]
