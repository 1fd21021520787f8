"""Who could stand in: the same people in the same order, whether for a cover or for an override."""

from typing import Any

import pytest

from tests.kit.world import World
from tests.schedules.team import COVERS, SCHEDULES, Team, instant

HOURS = ("24 04:00", "25 04:00")


async def proposed(team: Team, by: str = "Root", start: str = HOURS[0], end: str = HOURS[1], **more: Any) -> list[Any]:
    path = f"{SCHEDULES}/{team.schedule_id}/overrides/candidates"
    client = await team.world.client(by)
    return (await client.get(path, start=instant(start), end=instant(end), **more))["items"]


@pytest.mark.store
async def test_an_override_is_proposed_whom_a_cover_is(world: World) -> None:
    team = await Team.build(world)
    await team.schedule("Nights", "Cy", start="2026-11-23T00:00", end="2026-11-23T20:00")
    ana = world.users["Ana"]
    query = {"schedule_id": team.schedule_id, "user_id": ana, **team.hours(*HOURS)}
    for_cover = (await (await world.client("Root")).get(f"{COVERS}/candidates", **query))["items"]
    for_override = await proposed(team, user_id=ana)
    assert [each["user"]["name"] for each in for_override] == ["Di", "Cy", "Bo"]
    assert for_override == for_cover
    assert await proposed(team) == for_override, "whoever is on call then is nobody's stand-in anyway"


async def test_hours_that_are_over_take_nobody_out_of_the_choice(world: World) -> None:
    """The form fills in today from midnight; an override has no effect before it is made."""
    team = await Team.build(world)
    world.clock.move_to(world.clock.now().replace(day=24, hour=5, minute=0))
    names = [each["user"]["name"] for each in await proposed(team, start="23 04:00", end="24 20:00")]
    assert set(names) == {"Bo", "Cy", "Di"}, "Bo was on call until 04:00 only"


async def test_candidates_for_an_override_are_for_whoever_may_make_it(world: World) -> None:
    team = await Team.build(world)
    await world.add_team("Others")
    await world.add_person("Eve", team="Others")
    path = f"{SCHEDULES}/{team.schedule_id}/overrides/candidates"
    hours = team.hours(*HOURS)
    assert (await team.send("Eve", "GET", path, **hours)).status_code == 403
    assert (await team.send("Root", "GET", f"{SCHEDULES}/nothing/overrides/candidates", **hours)).status_code == 404
    over = await team.send("Root", "GET", path, **team.hours("19 04:00", "20 04:00"))
    assert [(each["field"], each["code"]) for each in over.json()["errors"]] == [("end", "past")]
    turned = await team.send("Root", "GET", path, **team.hours("25 04:00", "24 04:00"))
    assert [(each["field"], each["code"]) for each in turned.json()["errors"]] == [("end", "end_not_after_start")]
    bare = await team.send("Root", "GET", path, start="2026-11-24T04:00:00", end=hours["end"])
    assert [(each["field"], each["code"]) for each in bare.json()["errors"]] == [("start", "no_offset")]
