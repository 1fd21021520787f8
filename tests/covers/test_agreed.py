"""What was agreed follows its matter: whoever asked hears when nobody is paged, or another stands in."""

import pytest

from tests.covers.test_review import become, bodies, covers_of, leave
from tests.kit.world import World
from tests.schedules.team import COVERS, SCHEDULES, V1, Team

pytestmark = pytest.mark.store


async def test_whoever_agreed_and_may_not_act_any_more_is_said_and_told(world: World) -> None:
    """Once, to whoever asked, to them and to who manages the team: nothing pages them in these hours."""
    team = await Team.build(world)
    made = await team.answer("Cy", await team.ask("Ana", "Cy"), "accept")
    await become(team, "Cy")
    found = await team.read(made, "Ana")
    assert found["state"] == "accepted"
    [warning] = found["warnings"]
    assert (warning["field"], warning["code"], warning["args"]["name"]) == ("accepted_by", "cannot_answer", "Cy")
    assert [each["left_at"] is not None for each in found["asked"]] == [True]
    assert (await team.told("Ana"))[-1] == "Cy stands in for you and isn't paged"
    assert (await team.told("Cy"))[-1] == "You stand in for Ana and aren't paged"
    assert (await team.told("Root"))[-1] == "Cy stands in for Ana and isn't paged"
    assert "find somebody else" in (await bodies(team, "Ana"))[-1]
    before = [await team.told(name) for name in ("Ana", "Cy", "Root")]
    await world.add_override(team.schedule_id, "Bo", **team.hours("27 04:00", "27 10:00"))
    await world.settle()
    assert [await team.told(name) for name in ("Ana", "Cy", "Root")] == before
    await become(team, "Cy", "responder")
    found = await team.read(made, "Ana")
    assert (found["warnings"], found["asked"][0]["left_at"]) == ([], None)
    await become(team, "Cy")
    assert (await team.told("Ana"))[-2:] == ["Cy stands in for you and isn't paged"] * 2


async def test_whoever_agreed_and_lost_sight_of_the_team_is_said_and_told(world: World) -> None:
    team = await Team.build(world)
    await world.add_person("Ed")
    made = await team.answer("Ed", await team.ask("Ana", "Ed"), "accept")
    root, path = await world.client("Root"), f"{V1}/teams/{world.teams['Payments']}"
    change = {"name": "Payments", "is_private": True}
    await root.put(path, change, rev=(await root.get(path))["rev"])
    await world.settle()
    assert [each["code"] for each in (await team.read(made, "Ana"))["warnings"]] == ["cannot_answer"]
    assert (await team.told("Ana"))[-1] == "Ed stands in for you and isn't paged"


async def test_whoever_takes_over_an_agreed_cover_stands_in_now(world: World) -> None:
    """Whoever asked hears who; beyond the 30 days that are taken over the hours are theirs again."""
    team = await Team.build(world)
    made = await team.answer("Cy", await team.ask("Ana", "Cy"), "accept")
    await leave(team, "Cy")
    found = await team.read(made, "Ana")
    assert (found["state"], found["accepted_by"]["name"], found["closed_because"]) == ("accepted", "Di", None)
    assert [(each["user"]["name"], each["left_at"] is not None) for each in found["asked"]] == [
        ("Cy", True), ("Di", False),
    ]  # fmt: skip
    assert await team.on_call("24 05:00") == ["Di"]
    assert (await team.told("Ana"))[-1] == "Di stands in for you now"
    assert made["id"] in [each["id"] for each in (await (await world.client("Di")).get(COVERS, mine=True))["items"]]
    await become(team, "Di")
    assert (await team.told("Ana"))[-1] == "Di stands in for you and isn't paged"
    path = f"{SCHEDULES}/{team.schedule_id}/overrides/{found['override_id']}"
    assert (await team.send("Root", "DELETE", path)).status_code == 204
    await world.settle()
    assert (await team.read(made, "Ana"))["closed_because"] == "undone"


async def test_what_nobody_takes_over_of_an_agreed_cover_is_undone(world: World) -> None:
    team = await Team.build(world, turns=("Ana",))
    hours = {"start": "2026-12-16T04:00:00Z", "end": "2026-12-25T04:00:00Z"}
    made = await team.post("Ana", COVERS, team.request("Cy") | hours)
    await team.answer("Cy", made, "accept")
    await leave(team, "Cy")
    found = {each["end"]: (each["state"], each["closed_because"]) for each in await covers_of(team)}
    assert found.pop("2026-12-25T04:00:00Z") == ("cancelled", "undone")
    assert set(found.values()) == {("accepted", None)}
