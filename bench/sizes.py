"""`python -m bench.sizes [NAME…]`: what much that lies there costs who asks, at a tenth, in full, and the ratio.

Milliseconds of this process and of waiting for the database, medians; the ratio is the figure.
"""

import asyncio
import os
import statistics
import sys
import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any

import msgspec

from bench.databases import as_after_a_minute, opened
from bench.million import ALERTS, actor_of, fill, searches
from server.incidents.read import list_incidents
from server.kernel.clock import to_us
from server.kernel.database import Database, Priority, Writes
from server.kernel.due import Kind, claim
from server.kernel.due.rows import Share
from server.kernel.tables import Due
from server.pipeline.search import search_alerts
from server.tables.incidents import Incident
from shared.wire.incidents import IncidentFilter
from tests.kit.world import START

ENGINES = os.environ.get("BENCH_ENGINES", "sqlite,postgres").split(",")
PENDING = int(os.environ.get("BENCH_PENDING", "1000000"))
INCIDENTS = int(os.environ.get("BENCH_LISTED", "100000"))
AT_ONCE, TRIES = 5_000, 15
PAGE, LATER = Kind("bench.page", Priority.PAGE), Kind("bench.later", Priority.BULK)
Figures = dict[str, float]


async def pending(db: Database, number: int, before: int) -> Figures:
    """Claiming pages while so many rows of other kinds are pending, half of them due."""
    for begin in range(before, number, AT_ONCE):
        rows = [_due(LATER, n, late=n % 2 == 0) for n in range(begin, min(begin + AT_ONCE, number))]
        await db.apply(Writes().insert_many(Due, rows))
    await as_after_a_minute(db)

    async def claims() -> None:
        claimed = await claim(db, {PAGE: Share(oldest=8, newest=8)}, now=START)
        assert len(claimed) == 16

    found: list[float] = []
    for turn in range(TRIES):
        pages = [_due(PAGE, number * 100 + turn * 100 + n, late=True) for n in range(16)]
        await db.apply(Writes().insert_many(Due, pages))
        found.append(await _ms(claims))
        await db.apply(Writes().sql("DELETE FROM due WHERE kind = :kind", kind=PAGE))
    return {"claim of 16 pages": statistics.median(found)}


def _due(kind: Kind, n: int, *, late: bool) -> dict[str, Any]:
    at = to_us(START - timedelta(minutes=1) if late else START + timedelta(days=1))
    return {
        "id": f"{kind}{n}", "kind": kind, "ref": f"{n}", "priority": int(kind.priority), "due_at": at,
        "leased_until": 0, "fence": 0, "attempts": 0,
    }  # fmt: skip


async def incidents(db: Database, number: int, before: int) -> Figures:
    """The first page of the list, all and only those open, as a phone asks for it."""
    for begin in range(before, number, AT_ONCE):
        await db.apply(
            Writes().insert_many(Incident, [_incident(n) for n in range(begin, min(begin + AT_ONCE, number))])
        )
    await as_after_a_minute(db)
    actor = actor_of("t")

    async def look(wanted: IncidentFilter) -> float:
        async def ask() -> None:
            msgspec.json.encode(await list_incidents(db, actor, wanted, limit=50, cursor=None, now=START))

        return statistics.median([await _ms(ask) for _ in range(TRIES)])

    return {
        "all": await look(IncidentFilter()),
        "open": await look(IncidentFilter(state=("triggered", "acknowledged"))),
    }


def _incident(n: int) -> dict[str, Any]:
    at, is_open = to_us(START + timedelta(seconds=n)), n % 200 == 0
    return {
        "id": f"incident {n:09}", "number": n, "service_id": f"s{n % 40}", "team_id": "t", "integration_id": None,
        "title": f"High latency {n}", "group_key": f"g{n}", "group_open": is_open,
        "state": "triggered" if is_open else "resolved", "severity": "critical", "severity_pinned": False, "cycle": 1,
        "alert_count": 3, "open_alert_count": int(is_open), "triggered_at": at, "resolved_at": None if is_open else at,
        "pages_anyway": False, "timeline_n": 0, "timeline_hash": "", "rev": 1, "decided": 0, "sealed_n": 0,
    }  # fmt: skip


async def search(db: Database, number: int, before: int) -> Figures:
    """The first page of each search of `bench.million`."""
    await fill(db, before, number)
    await as_after_a_minute(db)
    actor, found = actor_of("t"), Figures()
    for name, wanted in searches():

        async def ask(wanted: Any = wanted) -> None:
            msgspec.json.encode(await search_alerts(db, actor, wanted, limit=50, cursor=None))

        found[name] = statistics.median([await _ms(ask) for _ in range(TRIES)])
    return found


async def _ms(what: Callable[[], Awaitable[None]]) -> float:
    began = time.perf_counter()
    await what()
    return (time.perf_counter() - began) * 1000


Scene = Callable[[Database, int, int], Awaitable[Figures]]
SCENES: Mapping[str, tuple[Scene, int]] = {
    "pending": (pending, PENDING), "incidents": (incidents, INCIDENTS), "search": (search, ALERTS),
}  # fmt: skip


async def main(names: list[str]) -> None:
    for name in names or SCENES:
        scene, number = SCENES[name]
        async for engine, db in opened(ENGINES):
            print(f"{name} on {engine}:", flush=True)
            tenth, full = await scene(db, number // 10, 0), await scene(db, number, number // 10)
            for what, ms in full.items():
                ratio = ms / tenth[what]
                print(
                    f"  {what:26} {number // 10:>9,}: {tenth[what]:7.2f} ms  {number:>9,}: {ms:7.2f} ms  x {ratio:.1f}"
                )


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
