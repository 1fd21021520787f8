"""What coverage, my shifts and a year of hourly shifts cost an account of 200 services: `python -m bench.watches`.

CPU of one process, medians, asked in turns; what is answered is encoded too.
"""

import asyncio
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec

from server.accounts.access.actors import load_actor
from server.escalation.prove_coverage import as_report, prove, read_services
from server.kernel.database import open_database
from server.kernel.settings import Settings
from server.schedules.read import list_shifts, my_shifts
from server.tables.migrate import bind_tables, engine_for, migrate
from shared.wire import routes
from tests.kit.world import World, world_of

SERVICES, SCHEDULES, PEOPLE, ROUNDS = 200, 50, 60, 7
ZONES = ("Europe/Berlin", "America/New_York", "Asia/Shanghai", "UTC")


async def main() -> None:
    folder = Path(tempfile.mkdtemp(prefix="dogwatch-bench-"))
    settings = Settings(database_url=f"sqlite:///{folder / 'watches.sqlite'}", demo=True)
    bind_tables(engine_for(settings))
    await migrate(settings)
    db = await open_database(settings)
    try:
        async with world_of(settings, db) as world:
            await _fill(world)
            await _measure(world)
    finally:
        await db.close()


async def _fill(world: World) -> None:
    """Day, week and office hours by turns; each policy has two levels of a schedule and a person."""
    await world.add_person("Root", role="admin")
    await world.add_team("Payments")
    names = [f"P{number:02}" for number in range(PEOPLE)]
    for name in names:
        await world.add_person(name, team="Payments")
    workdays, office = ["mon", "tue", "wed", "thu", "fri"], {"start": "09:00", "end": "18:00"}
    day = {"rotation": {"unit": "day", "every": 1, "order": "fair"}, "date_mask": workdays}
    shapes: tuple[tuple[dict[str, Any], ...], ...] = (
        ({"unit": "day"},),
        ({"unit": "week"}, {**day, "restriction": {"kind": "daily", "periods": [office]}}),
        ({"rotation": {"unit": "hour", "every": 8}}, {"unit": "week"}),
    )
    for number in range(SCHEDULES):
        turns = [names[(number + step) % PEOPLE] for step in range(6)]
        layers = [world.layer_of(*turns, **shape) for shape in shapes[number % 3]]
        await world.add_schedule(f"S{number}", *layers, zone=ZONES[number % 4], by="Root", team="Payments")
        await world.add_policy(
            f"schedule:S{number}", names[number], name=f"Policy {number}", by="Root", team="Payments"
        )
    root = await world.client("Root")
    policies = (await root.get(routes.ESCALATION_POLICIES))["items"]
    for number in range(SERVICES):
        body = {"name": f"Service {number}", "team_id": world.teams["Payments"]}
        await root.post(routes.SERVICES, body | {"policy_id": policies[number % SCHEDULES]["id"]})


async def _measure(world: World) -> None:
    actor = await load_actor(world.db, world.users["Root"])
    assert actor is not None
    now = world.clock.now()
    hourly = (await world.add_schedule("H", world.layer_of("P01", "P02", unit="hour"), by="Root", team="Payments")).id

    async def coverage() -> Any:
        services = await read_services(world.db, actor.visible_ids)
        end, within = now + timedelta(days=90), timedelta(minutes=15)
        proofs = await prove(world.db, services, now, end, within=within)
        return await as_report(
            world.db, proofs, now, end, within=within, visible=actor.visible_ids, limit=200, cursor=None
        )

    async def mine() -> Any:
        return await my_shifts(world.db, actor, now, now + timedelta(days=31), limit=500, cursor=None, now=now)

    async def year() -> Any:
        return await list_shifts(world.db, actor, hourly, now, now + timedelta(days=365), limit=500, cursor=None)

    costs: dict[str, list[float]] = {}
    sizes: dict[str, int] = {}
    asked: dict[str, Callable[[], Awaitable[Any]]] = {"coverage": coverage, "my shifts, none": mine, "a year": year}
    for _ in range(ROUNDS):
        for name, ask in asked.items():
            began = time.process_time()
            body = msgspec.json.encode(await ask())
            costs.setdefault(name, []).append((time.process_time() - began) * 1000)
            sizes[name] = len(body)
    for name, found in costs.items():
        low, high = min(found), max(found)
        print(f"{name}: {statistics.median(found):.1f} ms CPU ({low:.1f} to {high:.1f}), {sizes[name] / 1024:.0f} KiB")


if __name__ == "__main__":
    asyncio.run(main())
