"""Making schedules: what a new one says of the time before it, and who is in it."""

from datetime import timedelta

import pytest

from tests.kit.world import World
from tests.schedules.team import SCHEDULES, Team
from tests.schedules.test_saving import HISTORY, Draft, shifts


@pytest.mark.store
@pytest.mark.parametrize("effective_at", [None, "2026-11-20T12:00:00Z"])
async def test_a_new_schedule_does_not_say_that_somebody_was_on_call_before_it_was_made(
    world: World, effective_at: str | None
) -> None:
    team = await Team.build(world)
    layer = world.layer_of("Ana", "Bo", start="2026-10-02T04:00")
    made = await world.add_schedule("Late", layer, team="Payments", by="Root", effective_at=effective_at)
    team.schedule_id = made.id
    assert await team.on_call("20 05:00") == await team.on_call("20 23:00") == []
    world.clock.advance(timedelta(minutes=1))
    assert await team.on_call() == ["Bo"], "where the rotation stands since October"
    assert [start for _, start, _ in await shifts(team, HISTORY | {"to": "2026-11-21T05:00:00Z"})] == [
        "21T03:12",
        "21T04:00",
    ]


async def test_a_member_whom_nothing_pages_is_named(world: World) -> None:
    """A viewer of the team has a place in a layer, and may answer nothing."""
    team = await Team.build(world)
    await world.add_person("Vi", team="Payments", role="viewer")
    draft = await Draft.of(team)
    draft.body["layers"][0]["groups"] += draft.members("Vi")
    [warning] = (await draft.save())["warnings"]
    assert (warning["field"], warning["code"], warning["args"]["name"]) == ("layers", "cannot_answer", "Vi")
    root = await world.client("Root")
    assert (await root.get(f"{SCHEDULES}/{team.schedule_id}"))["warnings"] == [warning]
