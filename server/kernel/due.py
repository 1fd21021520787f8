"""Due work: rows that say what must happen when, claimed with a lease and a fence."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from msgspec import Struct

from server.kernel.clock import Clock
from server.kernel.database import Database, Priority, Stale, Writes
from server.kernel.database.rows import make_structs
from server.kernel.ids import new_id
from server.kernel.telemetry import DUE_DONE, DUE_LAG, DUE_PARKED

log = structlog.get_logger()

LEASE = timedelta(seconds=10)
RENEW_S = 3.0
TRIES_ON_STALE = 3
ATTEMPTS = 5
CRASHES = 10
IDLE_S = 0.5
BACKOFF = (timedelta(seconds=1), timedelta(seconds=5), timedelta(seconds=15), timedelta(seconds=60))


class Claimed(Struct, frozen=True, kw_only=True):
    """One row that this process holds until `leased_until`."""

    id: str
    kind: str
    ref: str
    due_at: datetime
    fence: int
    attempts: int


Handler = Callable[[Claimed, datetime], Awaitable[Writes]]


@dataclass(frozen=True)
class Binding:
    """What handles a kind, and how many of that kind run at once in this process."""

    handler: Handler
    priority: Priority = Priority.PAGE
    at_once: int = 8


def arm(
    writes: Writes, kind: str, ref: str, *, at: datetime, now: datetime, priority: Priority = Priority.PAGE
) -> None:
    """Let `kind` happen for `ref` at `at`; an armed row of the same kind and ref is moved.

    A row that is being handled and is armed for the very instant it was claimed for moves by a microsecond,
    so that its handler's finish notices and leaves it due.
    """
    writes.hurries = True
    writes.sql(
        "INSERT INTO due (id, kind, ref, priority, due_at, leased_until, fence, attempts)"
        " VALUES (:id, :kind, :ref, :priority, :at, 0, 0, 0)"
        " ON CONFLICT (kind, ref) DO UPDATE SET priority = excluded.priority, attempts = 0, parked_at = NULL,"
        " due_at = CASE WHEN excluded.due_at = due.due_at AND due.leased_until > 0"
        " THEN due.due_at + 1 ELSE excluded.due_at END",
        id=new_id(now), kind=kind, ref=ref, priority=int(priority), at=at,
    )  # fmt: skip


def arm_unless_armed(
    writes: Writes, kind: str, ref: str, *, at: datetime, now: datetime, priority: Priority = Priority.PAGE
) -> None:
    """Let `kind` happen for `ref` at `at`, or when it was to happen anyhow."""
    writes.hurries = True
    writes.sql(
        "INSERT INTO due (id, kind, ref, priority, due_at, leased_until, fence, attempts)"
        " VALUES (:id, :kind, :ref, :priority, :at, 0, 0, 0) ON CONFLICT (kind, ref) DO NOTHING",
        id=new_id(now), kind=kind, ref=ref, priority=int(priority), at=at,
    )  # fmt: skip


def bring_forward(writes: Writes, kind: str, ref: str, *, at: datetime) -> None:
    """Let an armed row happen no later than `at`; nothing when none is armed."""
    writes.hurries = True
    writes.sql(
        "UPDATE due SET due_at = :at WHERE kind = :kind AND ref = :ref AND due_at > :at",
        kind=kind,
        ref=ref,
        at=at,
    )


def disarm(writes: Writes, kind: str, ref: str) -> None:
    """Nothing is due any more."""
    writes.sql("DELETE FROM due WHERE kind = :kind AND ref = :ref", kind=kind, ref=ref)


async def claim(
    db: Database, kinds: tuple[str, ...], priority: Priority, *, limit: int, now: datetime
) -> list[Claimed]:
    """Lease up to `limit` rows that are due, the longest due first; nobody else gets them until the lease ends."""
    if not kinds or limit < 1:
        return []
    locked = " FOR UPDATE SKIP LOCKED" if db.dialect == "postgres" else ""
    writes = Writes().sql(
        "UPDATE due SET leased_until = :until, fence = fence + 1, attempts = attempts + 1"  # noqa: S608 fixed parts only
        " WHERE id IN (SELECT id FROM due WHERE priority = :priority AND due_at <= :now AND leased_until <= :now"
        f" AND parked_at IS NULL AND kind IN :kinds ORDER BY due_at LIMIT :limit{locked})"
        " RETURNING id, kind, ref, due_at, fence, attempts",
        until=now + LEASE, priority=int(priority), now=now, kinds=kinds, limit=limit,
    )  # fmt: skip
    columns, rows = (await db.apply(writes, priority))[0]
    return sorted(_claimed(columns, rows), key=lambda each: each.due_at)


def _claimed(columns: list[str], rows: list[tuple[object, ...]]) -> list[Claimed]:
    return make_structs(Claimed, columns, rows)


def finish(writes: Writes, claimed: Claimed) -> Writes:
    """Add what ends the claim: the fence must still be ours, and a row that was moved meanwhile stays due."""
    writes.sql(
        "UPDATE due SET leased_until = 0 WHERE id = :id AND fence = :fence",
        expect=1, id=claimed.id, fence=claimed.fence,
    )  # fmt: skip
    writes.sql(
        "DELETE FROM due WHERE id = :id AND fence = :fence AND due_at = :due_at",
        id=claimed.id, fence=claimed.fence, due_at=claimed.due_at,
    )  # fmt: skip
    return writes


@dataclass
class DueLoop:
    """Claims what is due and runs its handler; every process may have one over the same rows."""

    db: Database
    clock: Clock
    bindings: Mapping[str, Binding]
    running: dict[str, int] = field(default_factory=dict[str, int])
    last_cycle: datetime | None = None
    _wake: asyncio.Event = field(default_factory=asyncio.Event)
    _turns: dict[str, asyncio.Semaphore] = field(default_factory=dict[str, asyncio.Semaphore])
    _tasks: set[asyncio.Task[None]] = field(default_factory=set[asyncio.Task[None]])

    def hurry(self) -> None:
        """Look at once instead of at the end of the sleep."""
        self._wake.set()

    async def run(self) -> None:
        """Until cancelled. An error of the database is waited out, never fatal."""
        try:
            while True:
                try:
                    claimed = await self.cycle()
                except Exception:
                    log.exception("due.cycle_failed")
                    claimed = 0
                if claimed == 0:
                    await self._sleep()
        finally:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _sleep(self) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._wake.wait(), IDLE_S)
        self._wake.clear()

    async def cycle(self) -> int:
        """Claim what fits and start it; returns how many were claimed."""
        self._wake.clear()
        now = self.clock.now()
        count = 0
        for priority in await self._ready(now):
            kinds, limit = self._capacity(priority)
            for claimed in await claim(self.db, kinds, priority, limit=limit, now=now):
                self._start(claimed)
                count += 1
        self.last_cycle = now
        return count

    async def _ready(self, now: datetime) -> list[Priority]:
        """The priorities in which something is due; a look costs no write."""
        row = "SELECT 1 FROM due WHERE priority = {} AND due_at <= :now AND leased_until <= :now AND parked_at IS NULL"
        looks = ", ".join(f"CASE WHEN EXISTS ({row.format(int(each))}) THEN 1 ELSE 0 END" for each in Priority)
        (found,) = await self.db.values(f"SELECT {looks}", now=now)
        return [priority for priority, is_due in zip(Priority, found, strict=True) if is_due]

    def _capacity(self, priority: Priority) -> tuple[tuple[str, ...], int]:
        """The kinds that have room, and how many rows to take; what exceeds a kind's share waits its turn, leased."""
        free = {
            kind: binding.at_once - self.running.get(kind, 0)
            for kind, binding in self.bindings.items()
            if binding.priority == priority
        }
        kinds = tuple(kind for kind, slots in free.items() if slots > 0)
        return kinds, max((free[kind] for kind in kinds), default=0)

    def _start(self, claimed: Claimed) -> None:
        self.running[claimed.kind] = self.running.get(claimed.kind, 0) + 1
        task = asyncio.create_task(self._handle(claimed))
        self._tasks.add(task)
        task.add_done_callback(lambda done: self._ended(claimed.kind, done))

    def _ended(self, kind: str, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self.running[kind] -= 1
        self._wake.set()

    async def drain(self) -> None:
        """Run until nothing is due now; for the demo's made history and for tests."""
        while await self.cycle() or self._tasks:
            await asyncio.gather(*self._tasks)

    async def _handle(self, claimed: Claimed) -> None:
        if claimed.attempts > CRASHES:
            await self._put_back(claimed, "processes ended again and again while they handled it")
            return
        renewing = asyncio.create_task(self._renew(claimed))
        try:
            async with self._turns.setdefault(claimed.kind, asyncio.Semaphore(self.bindings[claimed.kind].at_once)):
                await self._run_handler(claimed)
        except Exception as error:
            log.exception("due.failed", kind=claimed.kind, ref=claimed.ref, attempts=claimed.attempts)
            await self._put_back(claimed, f"{type(error).__name__}: {error}")
        finally:
            renewing.cancel()

    async def _run_handler(self, claimed: Claimed) -> None:
        binding = self.bindings[claimed.kind]
        for _ in range(TRIES_ON_STALE):
            now = self.clock.now()
            writes = await binding.handler(claimed, now)
            try:
                await self.db.apply(finish(writes, claimed), binding.priority)
            except Stale:
                if not await self._is_mine(claimed):
                    log.warning("due.lease_lost", kind=claimed.kind, ref=claimed.ref)
                    return
            else:
                DUE_DONE.labels(claimed.kind).inc()
                DUE_LAG.labels(claimed.kind).observe(max(0.0, (now - claimed.due_at).total_seconds()))
                return
        await self._put_back(claimed, "the rows it decides on kept changing")

    async def _is_mine(self, claimed: Claimed) -> bool:
        fence = await self.db.value("SELECT fence FROM due WHERE id = :id", id=claimed.id)
        return fence == claimed.fence

    async def _renew(self, claimed: Claimed) -> None:
        while True:
            await asyncio.sleep(RENEW_S)
            until = self.clock.now() + LEASE
            writes = Writes().sql(
                "UPDATE due SET leased_until = :until WHERE id = :id AND fence = :fence AND leased_until > 0",
                until=until, id=claimed.id, fence=claimed.fence,
            )  # fmt: skip
            await self.db.apply(writes)

    async def _put_back(self, claimed: Claimed, error: str) -> None:
        """Try again later; after the last attempt park the row where the auditor sees it."""
        now = self.clock.now()
        is_spent = claimed.attempts >= ATTEMPTS
        if is_spent:
            DUE_PARKED.labels(claimed.kind).inc()
        later = now + BACKOFF[min(claimed.attempts, len(BACKOFF)) - 1]
        writes = Writes().sql(
            "UPDATE due SET leased_until = 0, due_at = CASE WHEN due_at = :was THEN :later ELSE due_at END,"
            " parked_at = :parked, error = :error WHERE id = :id AND fence = :fence",
            was=claimed.due_at, later=later, parked=now if is_spent else None, error=error[:2000],
            id=claimed.id, fence=claimed.fence,
        )  # fmt: skip
        with contextlib.suppress(Stale):
            await self.db.apply(writes)
