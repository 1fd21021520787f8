"""In a backlog the first critical alert of a new group goes ahead, and what is older changes nothing of it."""

from typing import Any

import pytest

from server.pipeline import work as work_module
from server.pipeline.work import next_size
from tests.ingest.ways import Ways, alert, notification

pytestmark = pytest.mark.store


@pytest.fixture
async def backlog(ways: Ways, monkeypatch: pytest.MonkeyPatch) -> Ways:
    """Each turn works one event through and then looks ahead."""
    monkeypatch.setattr(work_module, "TURN_S", 0.0)
    monkeypatch.setattr(work_module, "SLICE", 1)
    monkeypatch.setattr(work_module, "BEHIND_S", -1.0)
    return ways


async def post(ways: Ways, *alerts: dict[str, Any], status: str = "firing") -> None:
    answer = await ways.send(ways.path("alertmanager"), notification(*alerts, status=status))
    assert answer.status_code == 202


async def pages_after_a_turn(ways: Ways) -> list[str]:
    await ways.world.engine.lanes.cycle()
    await ways.world.engine.due.drain()
    rows = await ways.world.db.values(
        "SELECT title FROM incident WHERE id IN (SELECT incident_id FROM notification) ORDER BY number"
    )
    return [title for (title,) in rows]


async def test_a_new_critical_group_pages_before_its_turn(backlog: Ways) -> None:
    for n in range(30):
        await post(backlog, alert("Flood", f"host-{n}", severity="warning"))
    await post(backlog, alert("Mild", "m", severity="warning"))
    await post(backlog, alert("Database", "db-1"))
    assert await pages_after_a_turn(backlog) == ["Flood on host-0", "Database on db-1"]
    await backlog.world.settle()
    counts = dict(await backlog.world.db.values("SELECT title, count FROM alert"))
    assert len(counts) == 32
    assert set(counts.values()) == {1}, "what went ahead is not counted again in its turn"


async def test_an_older_recovery_of_the_same_key_does_not_end_what_went_ahead(backlog: Ways) -> None:
    for n in range(5):
        await post(backlog, alert("Flood", f"host-{n}"))
    await post(backlog, alert("Database", "db-1", status="resolved"), status="resolved")
    await post(backlog, alert("Database", "db-1"))
    assert "Database on db-1" in await pages_after_a_turn(backlog)
    await backlog.world.settle()
    [state] = await backlog.world.db.values("SELECT state FROM incident WHERE title = 'Database on db-1'")
    assert state == ("triggered",)


async def test_what_has_recovered_since_does_not_go_ahead(backlog: Ways) -> None:
    for n in range(5):
        await post(backlog, alert("Flood", f"host-{n}"))
    await post(backlog, alert("Database", "db-1"))
    await post(backlog, alert("Database", "db-1", status="resolved"), status="resolved")
    assert await pages_after_a_turn(backlog) == ["Flood on host-0"]


async def test_a_process_that_dies_after_it_looked_ahead_pages_once(backlog: Ways) -> None:
    for n in range(5):
        await post(backlog, alert("Flood", f"host-{n}"))
    await post(backlog, alert("Database", "db-1"))
    await pages_after_a_turn(backlog)
    backlog.world.engine.lanes._work._ahead.clear()
    await backlog.world.settle()
    assert len(await backlog.world.paged()) == 2
    assert await backlog.world.db.value("SELECT COUNT(*) FROM incident") == 2


async def test_integrations_take_turns(backlog: Ways) -> None:
    for n in range(10):
        await post(backlog, alert("Flood", f"host-{n}"))
    await backlog.send(backlog.path("events"), {"title": "Beside", "dedup_key": "b", "severity": "warning"})
    await pages_after_a_turn(backlog)
    assert "Beside" in await pages_after_a_turn(backlog)


async def test_a_newer_word_goes_ahead_although_an_older_one_of_its_key_was_looked_at(backlog: Ways) -> None:
    for n in range(5):
        await post(backlog, alert("Flood", f"host-{n}"))
    await post(backlog, alert("Database", "db-1", severity="warning"))
    assert await pages_after_a_turn(backlog) == ["Flood on host-0"]
    await post(backlog, alert("Database", "db-1"))
    assert await pages_after_a_turn(backlog) == ["Flood on host-0", "Database on db-1"]


async def test_what_went_ahead_and_was_resolved_does_not_come_back(backlog: Ways) -> None:
    for n in range(5):
        await post(backlog, alert("Flood", f"host-{n}"))
    await post(backlog, alert("Database", "db-1", severity="warning"))
    await post(backlog, alert("Database", "db-1"))
    assert "Database on db-1" in await pages_after_a_turn(backlog)
    [found] = [
        item
        for item in (await backlog.manager.get("/api/v1/incidents"))["items"]
        if item["title"] == "Database on db-1"
    ]
    await backlog.manager.post(f"/api/v1/incidents/{found['id']}/resolve", {})
    backlog.world.engine.lanes._work._ahead.clear()
    await backlog.world.settle()
    states = await backlog.world.db.values("SELECT state FROM incident WHERE title = 'Database on db-1'")
    assert states == [("resolved",)]


async def test_a_group_goes_ahead_again_once_its_incident_is_over(backlog: Ways) -> None:
    for n in range(5):
        await post(backlog, alert("Flood", f"host-{n}"))
    await post(backlog, alert("Database", "db-1"))
    await pages_after_a_turn(backlog)
    items = (await backlog.manager.get("/api/v1/incidents"))["items"]
    [found] = [item for item in items if item["title"] == "Database on db-1"]
    await backlog.manager.post(f"/api/v1/incidents/{found['id']}/resolve", {})
    await post(backlog, alert("Database", "db-2"))
    assert "Database on db-2" in await pages_after_a_turn(backlog)


async def test_a_backlog_makes_no_more_pages_while_many_wait(backlog: Ways, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work_module, "PAGES_WAITING", 2)
    for n in range(6):
        await post(backlog, alert(f"Flood{n}", "host", severity="warning"))
    lanes = backlog.world.engine.lanes
    for _ in range(5):
        await lanes.cycle()
    assert await backlog.world.db.value("SELECT COUNT(*) FROM incident") == 2
    await backlog.send(backlog.path("events"), {"title": "Beside", "dedup_key": "b", "severity": "warning"})
    await lanes.cycle()
    assert await backlog.world.db.value("SELECT COUNT(*) FROM incident WHERE title = 'Beside'") == 1
    await backlog.world.settle()
    await backlog.world.settle()
    assert await backlog.world.db.value("SELECT COUNT(*) FROM incident") == 7


def test_slices_shrink_when_they_take_long_and_grow_again() -> None:
    assert next_size(200, 0.5) == 100
    assert next_size(25, 5.0) == 25
    assert next_size(100, 0.1) == 100
    assert next_size(100, 0.01) == 200
    assert next_size(200, 0.01) == 200
