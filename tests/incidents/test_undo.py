"""Five seconds to take it back: the run as it was, the same due time, and nobody paged twice."""

from typing import Any

import pytest

from tests.incidents.desk import Desk
from tests.kit.world import World

pytestmark = pytest.mark.store


async def run_of(world: World, incident: Any) -> tuple[Any, ...]:
    """(state, position, next_at) of the run, and when it is due."""
    run = await world.db.values(
        "SELECT state, position, next_at FROM escalation_run WHERE incident_id = :id ORDER BY cycle DESC",
        id=incident["id"],
    )
    due = await world.db.value("SELECT due_at FROM due WHERE kind = 'run.advance' AND ref = :id", id=incident["id"])
    return (*run[0], due)


@pytest.mark.parametrize(
    ("verb", "body"), [("acknowledge", None), ("resolve", {"method": "restarted"}), ("snooze", {"seconds": 600})]
)
async def test_undo_restores_the_run_exactly(world: World, verb: str, body: Any) -> None:
    desk = await Desk.build(world)
    incident = await desk.fire()
    await world.advance(minutes=7)
    before, seen = await run_of(world, incident), await desk.read(incident)
    await desk.act("Ana", incident, verb, body)
    assert (await run_of(world, incident))[0] == "stopped"
    await world.advance(seconds=4)
    back = await desk.act("Ana", incident, "undo")
    assert await run_of(world, incident) == before
    assert (back["state"], back["next"], back["open_alert_count"]) == ("triggered", seen["next"], 1)
    assert back["pages_left"] == 0
    assert await world.paged() == ["Ana"]
    assert await desk.audited(incident) == [verb, "undo"]
    await world.advance(minutes=54)
    assert await world.paged() == ["Ana", "Bo"]


async def test_undo_of_resolve_opens_its_alerts_again_so_that_they_count_and_recover(world: World) -> None:
    desk = await Desk.build(world)
    incident = await desk.fire()
    await desk.act("Ana", incident, "resolve", {})
    await desk.act("Ana", incident, "undo")
    await desk.house.fire(dedup_key="checkout", check="checkout")
    assert len(await desk.items()) == 1
    assert await world.paged() == ["Ana"]
    await desk.house.fire(dedup_key="checkout", check="checkout", action="resolve")
    assert (await desk.read(incident))["state"] == "resolved"


async def test_undo_of_escalate_goes_back_and_says_what_had_left(world: World) -> None:
    desk = await Desk.build(world)
    incident = await desk.fire()
    await world.advance(minutes=7)
    before = await run_of(world, incident)
    await desk.act("Ana", incident, "escalate", {})
    assert await world.paged() == ["Ana", "Bo"]
    back = await desk.act("Ana", incident, "undo")
    assert back["pages_left"] == 1
    assert [person["name"] for person in back["paging"]] == ["Ana"], "the level that it went back to"
    assert [(step["state"], step["level"]) for step in back["escalation"]["steps"]][:2] == [("now", 1), ("next", 2)]
    assert ("undone", {"verb": "escalate", "left": 1}) in await desk.told(incident)
    assert await run_of(world, incident) == before
    await world.advance(minutes=52)
    assert await world.paged() == ["Ana", "Bo"], "nobody is hurried by a page that was taken back"
    await world.advance(minutes=2)
    assert await world.paged() == ["Ana", "Bo", "Bo"]


async def test_undo_of_escalate_before_its_page_left_pages_nobody(world: World) -> None:
    desk = await Desk.build(world)
    incident = await desk.fire()
    await desk.act("Ana", incident, "acknowledge")
    assert (await desk.send("Bo", incident, "escalate", {})).status_code == 200
    back = await desk.act("Bo", incident, "undo")
    assert (back["state"], back["acknowledged_by"]["name"], back["pages_left"]) == ("acknowledged", "Ana", 0)
    await world.advance(minutes=70)
    assert await world.paged() == ["Ana"]


async def test_a_repeated_undo_with_its_key_gets_the_first_answer(world: World) -> None:
    desk = await Desk.build(world)
    incident = await desk.fire()
    await desk.act("Ana", incident, "acknowledge")
    answers = [await desk.send("Ana", incident, "undo", None, Idempotency_Key="u") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].text == answers[1].text


async def test_a_merge_leaves_nothing_older_to_take_back(world: World) -> None:
    desk = await Desk.build(world)
    first, second = await desk.fire(), await desk.fire("other")
    await desk.act("Ana", first, "acknowledge")
    await desk.act("Ana", first, "merge", {"sources": [second["id"]]})
    assert await desk.refused("Ana", first, "undo") == (409, "nothing_to_undo")
    assert (await desk.read(first))["state"] == "acknowledged"


TWICE = [{"channel": "push"}, {"channel": "push", "delay_s": 240}]


async def twice_desk(world: World) -> Desk:
    """Ana is paged at once, and four minutes later again."""
    desk = await Desk.build(world)
    rules = {"critical": TWICE, "warning": TWICE, "info": TWICE}
    await (await desk.world.client("Ana")).put("/api/v1/me/notification-rules", rules, rev=0)
    return desk


@pytest.mark.parametrize(("verb", "body"), [("acknowledge", None), ("resolve", {}), ("snooze", {"seconds": 600})])
async def test_undo_restores_the_pages_that_waited_for_the_times_they_had(world: World, verb: str, body: Any) -> None:
    desk = await twice_desk(world)
    incident = await desk.fire()
    await world.advance(seconds=30)
    await desk.act("Bo", incident, verb, body)
    assert [state for _, _, state in await world.pages()] == ["accepted", "cancelled"]
    await desk.act("Bo", incident, "undo")
    assert [state for _, _, state in await world.pages()] == ["accepted", "queued"]
    await world.advance(minutes=3, seconds=20)
    assert await world.paged() == ["Ana"]
    await world.advance(seconds=20)
    assert await world.paged() == ["Ana", "Ana"]


async def test_undo_restores_no_page_that_was_taken_back_before(world: World) -> None:
    desk = await twice_desk(world)
    incident = await desk.fire()
    await desk.act("Bo", incident, "acknowledge")
    await world.advance(seconds=30)
    await desk.act("Bo", incident, "unacknowledge")
    await desk.act("Bo", incident, "acknowledge")
    await desk.act("Bo", incident, "undo")
    await world.advance(minutes=10)
    assert await world.paged() == ["Ana"]


async def test_undo_of_answering_a_snoozed_incident_lets_the_snooze_go_on_and_end(world: World) -> None:
    desk = await Desk.build(world)
    incident = await desk.fire()
    await desk.act("Ana", incident, "snooze", {"seconds": 600})
    await desk.act("Bo", incident, "acknowledge")
    back = await desk.act("Bo", incident, "undo")
    assert (back["acknowledged_by"]["name"], back["snoozed_until"]) == ("Ana", "2026-11-21T03:22:00Z")
    await world.advance(minutes=11)
    assert await world.paged() == ["Ana", "Ana"]
