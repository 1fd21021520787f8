"""Tries and budgets as rows: they hold over all processes, end by themselves, and no key can push another's out."""

import asyncio
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from weakref import WeakValueDictionary

from msgspec import Struct

from server.kernel.clock import from_us
from server.kernel.database import Database, Writes

ALLOTMENTS = 10_000
SLICES = 60
"""A budget's burst is drawn in so many parts, so that most of what is counted needs no write."""


class Count(Struct, frozen=True, kw_only=True):
    """What is known of a key; the next try is free at `free_at`."""

    key: str
    tries: int
    counted_at: datetime
    free_at: datetime
    forgotten_at: datetime

    def wait(self, now: datetime) -> timedelta | None:
        """How long the next try has to wait; None when it needn't, also beside tries that began a moment later."""
        has_to = self.free_at > max(now, self.counted_at)
        return self.free_at - now if has_to else None


@dataclass
class Waits:
    """`free` tries at once, then a wait that doubles from `first` up to `longest`; never for ever."""

    free: int
    first: timedelta
    longest: timedelta
    forget: timedelta

    def after(self, tries: int, *, free: int | None = None) -> timedelta:
        """How long the next try has to wait when there were `tries`."""
        doublings = tries - (self.free if free is None else free)
        return min(self.first * 2 ** min(doublings, 30), self.longest) if doublings >= 0 else timedelta(0)


async def read_counts(db: Database, keys: Iterable[str], now: datetime) -> dict[str, Count]:
    """What is not yet forgotten."""
    text = "SELECT <fields> FROM attempt WHERE key IN :keys AND forgotten_at > :now"
    return {row.key: row for row in await db.rows(Count, text, keys=tuple(keys), now=now)}


def keep_count(writes: Writes, before: Count | None, after: Count) -> None:
    """What was decided on `before`: another try at the same key that came between makes it stale."""
    writes.sql(
        "INSERT INTO attempt (key, tries, counted_at, free_at, forgotten_at)"
        " VALUES (:key, :tries, :counted_at, :free_at, :forgotten_at) ON CONFLICT (key) DO UPDATE"
        " SET tries = excluded.tries, counted_at = excluded.counted_at, free_at = excluded.free_at,"
        " forgotten_at = excluded.forgotten_at"
        " WHERE attempt.forgotten_at <= excluded.counted_at"
        " OR (attempt.tries = :was_tries AND attempt.free_at = :was_free_at)",
        expect=1,
        key=after.key,
        tries=after.tries,
        counted_at=after.counted_at,
        free_at=after.free_at,
        forgotten_at=after.forgotten_at,
        was_tries=before.tries if before else -1,
        was_free_at=before.free_at if before else after.counted_at,
    )


def count_try(writes: Writes, key: str, *, forget: timedelta, now: datetime) -> None:
    """One more, whoever else counts at the same moment."""
    writes.sql(
        "INSERT INTO attempt (key, tries, counted_at, free_at, forgotten_at) VALUES (:key, 1, :now, :now, :forgotten)"
        " ON CONFLICT (key) DO UPDATE SET tries = CASE WHEN attempt.forgotten_at <= excluded.counted_at THEN 1"
        " ELSE attempt.tries + 1 END, counted_at = excluded.counted_at, forgotten_at = excluded.forgotten_at",
        key=key,
        now=now,
        forgotten=now + forget,
    )


def take_back_try(writes: Writes, keys: Iterable[str]) -> None:
    """The last one was no guess: the next is free at once."""
    writes.sql(
        "UPDATE attempt SET tries = tries - 1, free_at = counted_at WHERE key IN :keys AND tries > 0", keys=tuple(keys)
    )


def forget_tries(writes: Writes, key: str) -> None:
    writes.sql("DELETE FROM attempt WHERE key = :key", key=key)


async def claim_quiet(db: Database, key: str, quiet: timedelta, now: datetime) -> bool:
    """Whether nobody in any process has claimed it for as long as `quiet`; then it is claimed."""
    writes = Writes().sql(
        "INSERT INTO attempt (key, tries, counted_at, free_at, forgotten_at) VALUES (:key, 1, :now, :free, :free)"
        " ON CONFLICT (key) DO UPDATE SET counted_at = excluded.counted_at, free_at = excluded.free_at,"
        " forgotten_at = excluded.forgotten_at WHERE attempt.free_at <= excluded.counted_at RETURNING key",
        key=key,
        now=now,
        free=now + quiet,
    )
    [(_, claimed)] = await db.apply(writes)
    return bool(claimed)


async def is_quiet(db: Database, key: str, now: datetime) -> bool:
    text = "SELECT 1 FROM attempt WHERE key = :key AND free_at > :now"
    return await db.value(text, key=key, now=now) is not None


def keep_quiet(writes: Writes, key: str, quiet: timedelta, *, now: datetime) -> None:
    """From now on, for as long as `quiet`."""
    writes.sql(
        "INSERT INTO attempt (key, tries, counted_at, free_at, forgotten_at) VALUES (:key, 1, :now, :free, :free)"
        " ON CONFLICT (key) DO UPDATE SET counted_at = excluded.counted_at, free_at = excluded.free_at,"
        " forgotten_at = excluded.forgotten_at",
        key=key,
        now=now,
        free=now + quiet,
    )


async def draw(db: Database, key: str, cost: float, *, per_s: float, burst: float, now: datetime) -> float:
    """0 when `cost` was drawn from a budget of up to `burst`, refilled with `per_s`; else the seconds until it can be.

    `free_at` is when the budget will be full again.
    """
    costs, whole = timedelta(seconds=cost / per_s), timedelta(seconds=burst / per_s)
    writes = Writes().sql(
        "INSERT INTO attempt (key, tries, counted_at, free_at, forgotten_at) VALUES (:key, 1, :now, :free, :forgotten)"
        " ON CONFLICT (key) DO UPDATE SET counted_at = excluded.counted_at, forgotten_at = excluded.forgotten_at,"
        " free_at = CASE WHEN attempt.free_at > excluded.counted_at THEN attempt.free_at"
        " ELSE excluded.counted_at END + (excluded.free_at - excluded.counted_at)"
        " WHERE attempt.free_at <= :latest RETURNING key",
        key=key,
        now=now,
        free=now + costs,
        forgotten=now + whole + costs,
        latest=now + whole - costs,
    )
    [(_, drawn)] = await db.apply(writes)
    if drawn:
        return 0.0
    full_at = from_us(await db.value("SELECT free_at FROM attempt WHERE key = :key", key=key) or 0)
    return max(0.001, (full_at + costs - whole - now).total_seconds())


async def take(db: Database, key: str, most: int, *, until: datetime, now: datetime) -> bool:
    """One of `most` that there are until the first one's `until`; False when all are gone."""
    writes = Writes().sql(
        "INSERT INTO attempt (key, tries, counted_at, free_at, forgotten_at) VALUES (:key, 1, :now, :now, :until)"
        " ON CONFLICT (key) DO UPDATE SET"
        " tries = CASE WHEN attempt.forgotten_at <= excluded.counted_at THEN 1 ELSE attempt.tries + 1 END,"
        " forgotten_at = CASE WHEN attempt.forgotten_at <= excluded.counted_at THEN excluded.forgotten_at"
        " ELSE attempt.forgotten_at END, counted_at = excluded.counted_at"
        " WHERE attempt.forgotten_at <= excluded.counted_at OR attempt.tries < :most RETURNING key",
        key=key,
        now=now,
        until=until,
        most=most,
    )
    [(_, taken)] = await db.apply(writes)
    return bool(taken)


class Budget:
    """Up to `burst` at once, refilled with `per_s` a second, for each key; drawn in parts that this process uses up."""

    def __init__(self, name: str, *, per_s: float, burst: int) -> None:
        self.name, self.per_s, self.burst = name, per_s, burst
        self._left: OrderedDict[str, float] = OrderedDict()
        self._drawing: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def wait_s(self, db: Database, key: str, now: datetime, *, cost: float = 1.0) -> float:
        """0 when `cost` was taken; otherwise the seconds until it would be there, and nothing is taken."""
        if self._take(key, cost):
            return 0.0
        lock = self._drawing.setdefault(key, asyncio.Lock())
        async with lock:
            return 0.0 if self._take(key, cost) else await self._draw(db, key, cost, now)

    def _take(self, key: str, cost: float) -> bool:
        left = self._left.get(key, 0.0)
        if left >= cost:
            self._left[key] = left - cost
        return left >= cost

    async def _draw(self, db: Database, key: str, cost: float, now: datetime) -> float:
        """A part of the budget, or where there is no whole part just what is missing."""
        missing = cost - self._left.get(key, 0.0)
        wait_s = 0.0
        for part in (max(missing, self.burst / SLICES), missing):
            wait_s = await draw(db, f"{self.name} {key}"[:64], part, per_s=self.per_s, burst=self.burst, now=now)
            if wait_s == 0:
                self._left[key] = self._left.pop(key, 0.0) + part - cost
                break
        while len(self._left) > ALLOTMENTS:
            self._left.popitem(last=False)
        return wait_s
