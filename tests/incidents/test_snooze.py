"""Give it back, or leave it for a while: what pages again, and when."""

from typing import Any

import pytest

from server.kernel.database import Writes
from tests.incidents.desk import LONG, Desk
from tests.kit.world import World

pytestmark = pytest.mark.store


async def test_unacknowledge_lets_the_run_go_on_where_it_was(world: World) -> None:
    desk = await Desk.build(world)
    incident = await desk.fire()
    due_at = incident["next"]["at"]
    await desk.act("Ana", incident, "acknowledge")
    await world.advance(minutes=10)
    seen = await desk.act("Ana", incident, "unacknowledge")
    assert (seen["state"], seen["acknowledged_by"], seen["next"]["at"]) == ("triggered", None, due_at)
    assert await world.paged() == ["Ana"]
    assert await desk.refused("Bo", incident, "unacknowledge") == (409, "not_acknowledged")
    await world.advance(minutes=51)
    assert await world.paged() == ["Ana", "Bo"]
    assert await desk.audited(incident) == ["acknowledge", "unacknowledge"]


async def test_unacknowledge_before_any_page_had_left_pages_the_level_first(world: World) -> None:
    desk = await Desk.build(world)
    later = [{"channel": "push", "delay_s": 60}]
    rules = {"critical": later, "warning": later, "info": later}
    await (await desk.world.client("Ana")).put("/api/v1/me/notification-rules", rules, rev=0)
    incident = await desk.fire()
    await desk.act("Bo", incident, "acknowledge")
    await world.advance(minutes=2)
    await desk.act("Bo", incident, "unacknowledge")
    await world.advance(minutes=2)
    assert await world.paged() == ["Ana"]


async def test_unacknowledge_after_the_next_level_was_due_pages_it_at_once(world: World) -> None:
    desk = await Desk.build(world)
    incident = await desk.fire()
    await desk.act("Ana", incident, "acknowledge")
    await world.advance(minutes=90)
    await desk.act("Ana", incident, "unacknowledge")
    assert await world.paged() == ["Ana", "Bo"]


async def test_a_snooze_is_quiet_until_its_end_and_then_pages_again(world: World) -> None:
    desk = await Desk.build(world)
    incident = await desk.fire()
    seen = await desk.act("Bo", incident, "snooze", {"seconds": 7200})
    assert (seen["state"], seen["acknowledged_by"]["name"], seen["next"]) == ("acknowledged", "Bo", None)
    assert seen["snoozed_until"] == "2026-11-21T05:12:00Z"
    assert "unsnooze" in seen["can"]
    await world.advance(minutes=119)
    assert await world.paged() == ["Ana"]
    await world.advance(minutes=2)
    assert await world.paged() == ["Ana", "Ana"], "the level that it had reached is paged again"
    seen = await desk.read(incident)
    assert (seen["state"], seen["snoozed_until"], seen["acknowledged_by"]) == ("triggered", None, None)
    assert ("snooze_ended", {"reason": "over"}) in await desk.told(incident)
    await world.advance(minutes=61)
    assert await world.paged() == ["Ana", "Ana", "Bo"]


@pytest.mark.parametrize(
    ("verb", "body", "state"),
    [
        ("unsnooze", None, "acknowledged"),
        ("acknowledge", None, "acknowledged"),
        ("resolve", {}, "resolved"),
        ("unacknowledge", None, "triggered"),
        ("escalate", {}, "triggered"),
    ],
)
async def test_a_snooze_ends_with_a_reason_when_something_else_comes_first(
    world: World, verb: str, body: Any, state: str
) -> None:
    desk = await Desk.build(world)
    incident = await desk.fire()
    await desk.act("Ana", incident, "snooze", {"seconds": 600})
    seen = await desk.act("Bo", incident, verb, body)
    assert (seen["state"], seen["snoozed_until"]) == (state, None)
    told = await desk.told(incident)
    assert [args["reason"][:6] for kind, args in told if kind == "snooze_ended"] == [f"{verb}d"[:6]]
    before = await world.paged()
    await world.advance(minutes=11)
    assert await world.paged() == before, "its end has nothing left to do"


async def test_a_snooze_can_be_moved_and_taken_back(world: World) -> None:
    desk = await Desk.build(world)
    incident = await desk.fire()
    due_at = incident["next"]["at"]
    await desk.act("Ana", incident, "snooze", {"seconds": 600})
    await world.advance(seconds=20)
    moved = await desk.act("Bo", incident, "snooze", {"until": "2026-11-21T08:00:00Z"})
    assert (moved["snoozed_until"], moved["acknowledged_by"]["name"]) == ("2026-11-21T08:00:00Z", "Ana")
    back = await desk.act("Bo", incident, "undo")
    assert back["snoozed_until"] == "2026-11-21T03:22:00Z"
    await world.advance(minutes=10)
    assert await world.paged() == ["Ana", "Ana"]
    again = await desk.act("Ana", incident, "snooze", {"seconds": 600})
    assert again["next"] is None
    back = await desk.act("Ana", incident, "undo")
    assert (back["state"], back["snoozed_until"]) == ("triggered", None)
    assert back["next"]["at"] > due_at
    assert await world.db.value("SELECT COUNT(*) FROM due WHERE kind = 'incident.wake'") == 0


async def test_a_snooze_needs_one_end_and_not_too_far(world: World) -> None:
    desk = await Desk.build(world)
    incident = await desk.fire()
    for body, field in (
        ({}, "seconds"),
        ({"seconds": 60, "until": "2026-11-21T08:00:00Z"}, "seconds"),
        ({"seconds": 59}, "seconds"),
        ({"seconds": 8 * 24 * LONG}, "seconds"),
        ({"until": "2026-11-21T03:12:00Z"}, "until"),
        ({"until": "2027-11-21T03:12:00Z"}, "until"),
        ({"until": "2026-11-21T08:00:00"}, "until"),
        ({"hours": 1}, "hours"),
    ):
        assert await desk.refused("Ana", incident, "snooze", body) == (400, field)
    assert await desk.refused("Ana", incident, "unsnooze") == (409, "not_snoozed")


async def test_the_auditor_gives_a_snooze_that_lost_its_end_one(world: World) -> None:
    desk = await Desk.build(world)
    incident = await desk.fire()
    await desk.act("Ana", incident, "snooze", {"seconds": 600})
    await world.db.apply(Writes().sql("DELETE FROM due WHERE kind = 'incident.wake'"))
    assert await world.engine.auditor.audit(world.clock.now()) == [
        "1 snoozed incidents had no timer and were given one"
    ]
    await world.advance(minutes=11)
    assert await world.paged() == ["Ana", "Ana"]
