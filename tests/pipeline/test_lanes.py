"""What can't be worked through is visible, stops nobody else, and lanes have one holder."""

from typing import Any

import pytest

from server.ingest.store import EventStore
from server.kernel.errors import Unavailable
from server.kernel.ids import new_id
from server.pipeline import work as work_module
from server.pipeline.arrivals import NewEvent
from server.pipeline.run import LANES, Lanes
from tests.ingest.ways import EVENT, Ways, alert, notification


async def test_what_cannot_be_parsed_becomes_a_visible_alert(ways: Ways) -> None:
    now = ways.world.clock.now()
    event = NewEvent(
        id=new_id(now),
        integration_id=ways.integrations["alertmanager"].id,
        received_at=now,
        headers={},
        body=b'{"version": "4"} and the rest of it',
        idem_key=None,
    )
    await EventStore(ways.world.db).keep(event)
    await ways.send(ways.path("alertmanager"), notification())
    await ways.send(ways.path("alertmanager"), b'{"version": "4"}')
    await ways.send(ways.path("alertmanager"), notification(alert("A", "1")))
    items = await ways.incidents()
    assert sorted(item["title"] for item in items) == ["A on 1", "alertmanager: an event could not be read"]
    assert {item["severity"] for item in items} == {"warning", "critical"}
    unreadable = next(item for item in items if item["title"] != "A on 1")
    alerts = (await ways.manager.get(f"/api/v1/incidents/{unreadable['id']}/alerts"))["items"]
    assert alerts[0]["description"].startswith('{"version": "4"}')


async def test_an_event_that_fails_every_time_stops_neither_others_nor_its_lane(
    ways: Ways, monkeypatch: pytest.MonkeyPatch
) -> None:
    absorb: Any = work_module.absorb

    async def failing(db: Any, items: Any, facts: Any, *, now: Any) -> Any:
        if any(item.event.title == "poison" for item in items):
            raise RuntimeError("a bug of ours")
        return await absorb(db, items, facts, now=now)

    monkeypatch.setattr(work_module, "absorb", failing)
    await ways.send(ways.path("events"), {"title": "before", "dedup_key": "1"})
    await ways.send(ways.path("events"), {"title": "poison", "dedup_key": "2"})
    await ways.send(ways.path("events"), {"title": "after", "dedup_key": "3"})
    await ways.send(ways.path("alertmanager"), notification(alert("A", "1")))
    await ways.world.settle()
    assert "A on 1" in [item["title"] for item in await ways.incidents()]
    for _ in range(40):
        await ways.world.settle()
    titles = sorted(item["title"] for item in await ways.incidents())
    assert titles == ["A on 1", "after", "before", "events: an event could not be read"]
    assert await ways.world.db.value("SELECT COUNT(*) FROM event WHERE parsed_at IS NULL") == 0


async def test_a_store_that_is_away_sets_no_event_aside(ways: Ways, monkeypatch: pytest.MonkeyPatch) -> None:
    async def away(*_: Any, **__: Any) -> Any:
        raise Unavailable("the database is away")

    await ways.send(ways.path("events"), EVENT)
    with monkeypatch.context() as broken:
        broken.setattr(work_module, "absorb", away)
        for _ in range(30):
            with pytest.raises(Unavailable):
                await ways.world.engine.lanes.cycle()
    assert [item["title"] for item in await ways.incidents()] == [EVENT["title"]]


@pytest.mark.store
async def test_a_lane_has_one_holder_and_one_who_slept_takes_nothing_back(ways: Ways) -> None:
    world = ways.world
    first = world.engine.lanes
    second = Lanes(world.db, world.clock, world.engine.directory)
    await first.cycle()
    await second.cycle()
    assert len(first.held) == LANES
    assert second.held == {}
    world.clock.advance(world.clock.now().resolution * 11_000_000)
    await second.cycle()
    assert len(second.held) == LANES
    fences = dict(second.held)
    await first.cycle()
    assert first.held == {}, "its leases ran out, so it holds nothing"
    world.clock.advance(world.clock.now().resolution * 5_000_000)
    await second.cycle()
    assert second.held.keys() == fences.keys()
