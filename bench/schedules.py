"""Who is on call: 10,000 schedules at once, 90 days of one, and whether the age of a layer matters.

`python -m bench.schedules` alone, or as the end of `make bench`. Times are CPU of one process, best of several.
"""

import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from server.kernel.database import Database, Writes, open_database
from server.kernel.settings import Settings
from server.schedules.rotas import load_rotas
from server.tables.migrate import bind_tables, engine_for, migrate
from server.tables.schedules import Schedule as ScheduleTable
from shared.domain.on_call.rota import Group, Layer, Member, Override, Rota, Rotation, Schedule
from shared.domain.on_call.schedules import next_handoff, on_call_at, shifts
from shared.wire.schedules import ShiftNotices

MANY = 10_000
NOW = datetime(2026, 11, 21, 3, 12, tzinfo=UTC)
BEST_OF = 5


def groups(*names: str) -> tuple[Group, ...]:
    return tuple(Group(members=(Member(user_id=name),)) for name in names)


def layers(since: str) -> tuple[Layer, ...]:
    """A week of primaries, days that go round fairly, and nights of two."""
    week = Rotation(unit="week", handoff_weekday="mon", handoff_time="10:00")
    workdays: Any = ("mon", "tue", "wed", "thu", "fri")
    return (
        Layer(id="week", start=since, rotation=week, groups=groups("ana", "bo", "cy")),
        Layer(
            id="days",
            start=since,
            rotation=Rotation(unit="day", order="fair"),
            date_mask=workdays,
            groups=groups("di", "ed", "flo", "gus"),
        ),
        Layer(id="hours", start=since, rotation=Rotation(unit="hour", every=12), groups=groups("hal", "ida")),
    )


def rota(since: str, *, weekly_only: bool = False, overrides: int = 0) -> Rota:
    chosen = layers(since)[:1] if weekly_only else layers(since)
    made = tuple(
        Override(
            id=f"o{n}",
            start=NOW + timedelta(days=14 * n),
            end=NOW + timedelta(days=14 * n + 1),
            user_id="zoe",
            created_at=NOW,
        )
        for n in range(overrides)
    )
    return Rota(schedule=Schedule(time_zone="Europe/Berlin", layers=chosen), overrides=made)


def best(work: Callable[[], object]) -> float:
    """Milliseconds of CPU."""
    found: list[float] = []
    for _ in range(BEST_OF):
        began = time.process_time()
        work()
        found.append((time.process_time() - began) * 1000)
    return min(found)


async def best_of(work: Callable[[], Awaitable[object]]) -> float:
    found: list[float] = []
    for _ in range(3):
        began = time.process_time()
        await work()
        found.append((time.process_time() - began) * 1000)
    return min(found)


def ahead(of: Rota, days: int) -> Callable[[], object]:
    return lambda: shifts(of, NOW, NOW + timedelta(days=days))


def measure() -> None:
    young, old = rota("2026-11-16T10:00"), rota("2000-01-03T10:00")
    year = rota("2026-11-16T10:00", weekly_only=True, overrides=26)
    quarter, half = best(ahead(young, 90)), best(ahead(young, 45))
    count = len(shifts(young, NOW, NOW + timedelta(days=90)))
    print(f"schedule, 90 days, 3 layers: {quarter:.2f} ms for {count} shifts, {1000 * quarter / count:.1f} us each")
    print(f"  twice the days cost {quarter / half:.2f} times as much (2 is linear)")
    print(f"  layers 26 years old cost {best(ahead(old, 90)) / quarter:.2f} times as much (1 is no matter)")
    print(f"  a year, weekly, 26 overrides: {best(ahead(year, 366)):.2f} ms")
    print(f"  next handoff: {best(lambda: next_handoff(young, NOW)):.3f} ms")


async def measure_many() -> None:
    folder = Path(tempfile.mkdtemp(prefix="dogwatch-bench-"))
    settings = Settings(database_url=f"sqlite:///{folder / 'many.sqlite'}")
    bind_tables(engine_for(settings))
    await migrate(settings)
    db = await open_database(settings)
    try:
        ids = await _fill(db)
        few = await best_of(lambda: _on_call(db, ids[: MANY // 10]))
        total = await best_of(lambda: _on_call(db, ids))
        print(f"on call now on {MANY} schedules of 3 layers, read and answered in one batch: {total:.0f} ms")
        print(f"  {1000 * total / MANY:.0f} us each; ten times the schedules cost {total / few:.1f} times as much")
    finally:
        await db.close()


async def _on_call(db: Database, ids: list[str]) -> int:
    loaded = await load_rotas(db, ids, since=NOW)
    return sum(len(on_call_at(each.rota, NOW)) for each in loaded.values())


async def _fill(db: Database) -> list[str]:
    ids = [f"schedule-{n:05}" for n in range(MANY)]
    three = layers("2020-01-06T10:00")
    for start in range(0, MANY, 500):
        writes = Writes()
        for id in ids[start : start + 500]:
            writes.insert(
                ScheduleTable,
                id=id,
                name=id,
                description="",
                team_id="team",
                time_zone="Europe/Berlin",
                overlap="union",
                layers=three,
                former=(),
                description_in_notices=False,
                notices=ShiftNotices(),
                created_at=NOW,
                archived_at=None,
                rev=1,
            )
        await db.apply(writes)
    return ids


async def main() -> None:
    measure()
    await measure_many()


if __name__ == "__main__":
    asyncio.run(main())
