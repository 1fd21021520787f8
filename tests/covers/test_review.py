"""Requests for cover follow their matter: nobody answers what is over, and everybody hears the right words."""

from typing import Any

import pytest

from tests.kit.world import World
from tests.schedules.team import COVERS, SCHEDULES, V1, Team, instant

pytestmark = pytest.mark.store


async def waiting_for_approval(world: World) -> tuple[Team, Any]:
    """Cy has accepted Ana's hours, and a manager has to approve."""
    team = await Team.build(world)
    root = await world.client("Root")
    change = {"name": "Payments", "covers_need_approval": True}
    await root.put(f"/api/v1/teams/{world.teams['Payments']}", change, rev=1)
    made = await team.ask("Ana", "Cy", "Di")
    await team.answer("Cy", made, "accept")
    return team, made


async def leave(team: Team, name: str) -> None:
    body = {"takers": {"*": team.world.users["Di"]}}
    await team.post("Root", f"/api/v1/users/{team.world.users[name]}/deactivate", body)


async def test_whoever_accepted_and_left_is_asked_for_among_the_others_again(world: World) -> None:
    team, made = await waiting_for_approval(world)
    await leave(team, "Cy")
    found = await team.read(made, "Root")
    assert (found["state"], found["accepted_by"], found["can"]) == ("open", None, ["cancel"])
    assert (await team.told("Ana"))[-1] == "Cy can't stand in for you any more"
    assert await team.told("Di") == ["Ana asks you to stand in"] * 2
    await team.answer("Di", made, "accept")
    assert (await team.post("Root", f"/api/v1/cover-requests/{made['id']}/approve"))["state"] == "approved"
    assert await team.on_call("24 05:00") == ["Di"]


async def test_where_nobody_is_left_to_ask_the_hours_are_still_theirs(world: World) -> None:
    team = await Team.build(world)
    made = await team.ask("Ana", "Cy")
    await leave(team, "Cy")
    found = await team.read(made, "Ana")
    assert (found["state"], found["closed_because"]) == ("cancelled", "unanswered")
    assert [(each["declined_at"], each["left_at"] is not None) for each in found["asked"]] == [(None, True)]
    assert (await team.told("Ana"))[-1] == "Nobody can stand in for you"
    assert await team.refused("Root", "POST", f"{COVERS}/{made['id']}/cancel") == (409, "nobody_left")


async def test_nobody_is_asked_for_somebody_who_has_left(world: World) -> None:
    team = await Team.build(world)
    made = await team.ask("Ana", "Cy", "Bo")
    await leave(team, "Ana")
    found = await team.read(made, "Cy")
    assert (found["state"], found["closed_because"], found["can"]) == ("cancelled", "left", [])
    assert await team.refused("Cy", "POST", f"{COVERS}/{made['id']}/accept", {}) == (409, "asker_left")
    assert (await team.told("Cy"))[-1] == "Ana needs no cover any more"
    world.clock.advance(team.until("25 04:00"))
    await world.settle()
    assert "Nobody stands in for you" not in [*await team.told("Ana"), *await team.told("Cy")]


async def test_a_schedule_that_is_archived_ends_what_was_asked_about_it(world: World) -> None:
    team = await Team.build(world)
    made = await team.ask("Ana", "Cy")
    root = await world.client("Root")
    path = f"{SCHEDULES}/{team.schedule_id}"
    answer = await root.send("DELETE", path, headers={"if-match": str((await root.get(path))["rev"])})
    assert answer.status_code == 204, answer.text
    await world.settle()
    found = await team.read(made, "Ana")
    assert (found["state"], found["closed_because"]) == ("cancelled", "ended")
    assert await team.refused("Cy", "POST", f"{COVERS}/{made['id']}/accept", {}) == (409, "schedule_archived")
    listed = (await (await world.client("Ana")).get("/api/v1/cover-requests", mine=True))["items"]
    assert [each["id"] for each in listed] == [made["id"]], "it is in the list still, closed"
    assert ((await team.told("Ana"))[-1], (await team.told("Cy"))[-1]) == (
        "You need no cover any more", "Ana needs no cover any more",
    )  # fmt: skip
    world.clock.advance(team.until("25 04:00"))
    await world.settle()
    assert "Nobody stands in for you" not in await team.told("Ana")


async def test_hours_that_became_somebody_elses_are_cut_off_or_end_it(world: World) -> None:
    team = await Team.build(world)
    made = await team.ask("Ana", "Cy", "Di")
    await world.add_override(team.schedule_id, "Bo", **team.hours("24 04:00", "24 10:00"))
    await world.settle()
    found = await team.read(made, "Cy")
    assert (found["start"], found["end"], found["state"]) == (instant("24 10:00"), instant("25 04:00"), "open")
    assert (await team.told("Ana"))[-1] == "A cover has other hours now"
    assert [(await team.told(name))[-1] for name in ("Cy", "Di")] == ["Ana asks you to stand in for other hours"] * 2
    await world.add_override(team.schedule_id, "Bo", **team.hours("24 10:00", "25 04:00"))
    await world.settle()
    found = await team.read(made, "Cy")
    assert (found["state"], found["closed_because"]) == ("cancelled", "moved")
    assert await team.refused("Cy", "POST", f"{COVERS}/{made['id']}/accept", {}) == (409, "hours_moved")
    assert ((await team.told("Ana"))[-1], (await team.told("Cy"))[-1]) == (
        "You need no cover any more", "Ana needs no cover any more",
    )  # fmt: skip


async def test_accepting_takes_the_hours_that_are_still_open(world: World) -> None:
    """Two hours in the middle are somebody else's: they stay theirs, whatever becomes of that promise."""
    team = await Team.build(world)
    made = await team.ask("Ana", "Cy")
    await world.add_override(team.schedule_id, "Bo", **team.hours("24 10:00", "24 12:00"))
    taken = await team.answer("Cy", made, "accept")
    assert (taken["state"], taken["start"], taken["end"]) == ("accepted", instant("24 04:00"), instant("24 10:00"))
    rest, _ = await covers_of(team)
    assert (rest["state"], rest["start"], rest["end"]) == ("accepted", instant("24 12:00"), instant("25 04:00"))
    agreed = [each["body"] for _, each in await team.notices("Ana") if each["title"] == "Cy stands in for you"]
    assert {*agreed} == {
        "Watch, Tue 24 Nov 04:00 to 10:00 (UTC)",
        "Watch, Tue 24 Nov 12:00 to Wed 25 Nov 04:00 (UTC)",
    }
    assert [await team.on_call(at) for at in ("24 09:00", "24 11:00", "24 13:00")] == [["Cy"], ["Bo"], ["Cy"]]


async def test_a_manager_who_takes_it_back_is_named(world: World) -> None:
    team = await Team.build(world)
    made = await team.ask("Ana", "Cy")
    await team.answer("Root", made, "cancel")
    found = await team.read(made, "Ana")
    assert (found["state"], found["decided_by"]["name"], found["closed_because"]) == ("cancelled", "Root", None)
    assert (await team.told("Ana"))[-1] == "Root took back your request for cover"
    mine = await team.ask("Ana", "Cy")
    await team.answer("Ana", mine, "cancel")
    assert (await team.told("Ana"))[-1] == "Root took back your request for cover", "what they did they know"


async def test_both_hear_that_nobody_approved_in_time(world: World) -> None:
    team, _ = await waiting_for_approval(world)
    world.clock.advance(team.until("24 04:00"))
    await world.settle()
    assert (await team.told("Ana"))[-1] == "Nobody stands in for you"
    assert (await team.told("Cy"))[-1] == "You don't stand in for Ana: nobody approved it in time"


async def test_whoever_is_asked_sees_the_rest_and_hours_that_whoever_asked_saw(world: World) -> None:
    team = await Team.build(world, turns=("Ana", "Bo", "Cy"))
    hours = team.hours("23 04:00", "24 04:00")
    client = await world.client("Ana")
    offered = await client.get("/api/v1/cover-requests/candidates", schedule_id=team.schedule_id, **hours)
    made = await team.ask("Ana", "Bo", "Cy", **{"start": "23 04:00", "end": "24 04:00"})
    for name in ("Bo", "Cy"):
        shown = next(each for each in offered["items"] if each["user"]["name"] == name)
        assert (await team.read(made, name))["mine"] == shown
    assert (await team.read(made, "Ana"))["mine"] is None


async def test_whoever_is_asked_and_is_no_candidate_sees_why(world: World) -> None:
    team = await Team.build(world, turns=("Ana", "Bo"))
    await team.schedule("Second", "Cy")
    made = await team.ask("Ana", "Bo", "Cy", "Di", start="24 04:00", end="25 04:00")
    assert (await team.read(made, "Bo"))["mine"]["clashes"] is None
    cy = (await team.read(made, "Cy"))["mine"]
    assert (cy["clashes"], cy["rest_h"], cy["is_rested"], cy["user"]["name"]) == ("on_call", 0.0, False, "Cy")
    await team.post("Di", f"{V1}/me/time-off", team.hours("24 10:00", "24 12:00"))
    assert (await team.read(made, "Di"))["mine"]["clashes"] == "away"
    assert await team.refused("Di", "POST", f"{COVERS}/{made['id']}/accept", {}) == (409, "on_time_off")
    assert (await team.answer("Cy", made, "accept"))["state"] == "accepted"


async def covers_of(team: Team) -> list[Any]:
    return (await (await team.world.client("Root")).get(COVERS))["items"]


async def bodies(team: Team, name: str) -> list[str]:
    """What stands below the titles of what somebody was told."""
    return [message["body"] for _, message in await team.notices(name)]


async def test_hours_from_the_middle_leave_a_request_on_each_side(world: World) -> None:
    """And everybody who was asked hears of both."""
    team = await Team.build(world)
    made = await team.ask("Ana", "Cy")
    await world.add_override(team.schedule_id, "Bo", **team.hours("24 10:00", "24 12:00"))
    await world.settle()
    rest, first = await covers_of(team)
    assert first["id"] == made["id"]
    assert [(each["state"], each["start"], each["end"]) for each in (first, rest)] == [
        ("open", instant("24 04:00"), instant("24 10:00")),
        ("open", instant("24 12:00"), instant("25 04:00")),
    ]
    assert (await team.told("Cy"))[-2:] == ["Ana asks you to stand in for other hours"] * 2
    assert (await team.told("Ana"))[-2:] == ["A cover has other hours now"] * 2
    await team.answer("Cy", rest, "accept")
    assert [await team.on_call(at) for at in ("24 09:00", "24 11:00", "24 13:00")] == [["Ana"], ["Bo"], ["Cy"]]
    world.clock.advance(team.until("24 04:00"))
    await world.settle()
    assert (await team.read(first))["state"] == "expired"


async def test_hours_from_the_middle_are_left_out_of_what_is_approved(world: World) -> None:
    team, made = await waiting_for_approval(world)
    await world.add_override(team.schedule_id, "Bo", **team.hours("24 10:00", "24 12:00"))
    await team.answer("Root", made, "approve")
    found = [(each["state"], each["start"], each["accepted_by"]["name"]) for each in await covers_of(team)]
    assert sorted(found) == [("approved", instant("24 04:00"), "Cy"), ("approved", instant("24 12:00"), "Cy")]
    assert [await team.on_call(at) for at in ("24 09:00", "24 11:00", "24 13:00")] == [["Cy"], ["Bo"], ["Cy"]]


async def test_who_may_not_act_any_more_is_asked_no_more_and_hears_why(world: World) -> None:
    """B4c: a viewer can't accept; whoever asked hears once nobody is left."""
    team = await Team.build(world)
    made = await team.ask("Ana", "Cy", "Di")
    await become(team, "Cy")
    found = await team.read(made, "Cy")
    assert (found["state"], found["can"]) == ("open", [])
    assert [each["left_at"] is not None for each in found["asked"]] == [True, False]
    assert (await team.told("Cy"))[-1] == "Ana asks you no more to stand in"
    assert "You may not act on incidents of this team any more." in (await bodies(team, "Cy"))[-1]
    assert await team.told("Ana") == []
    assert len(await team.told("Di")) == 1
    await become(team, "Di")
    found = await team.read(made, "Ana")
    assert (found["state"], found["closed_because"]) == ("cancelled", "unanswered")
    assert await team.told("Ana") == ["Nobody can stand in for you"]


async def test_whoever_accepted_and_may_not_act_any_more_gives_it_back(world: World) -> None:
    team, made = await waiting_for_approval(world)
    await become(team, "Cy")
    found = await team.read(made, "Di")
    assert (found["state"], found["accepted_by"], found["can"]) == ("open", None, ["accept", "decline", "cancel"])
    assert (await team.told("Ana"))[-1] == "Cy can't stand in for you any more"
    assert (await team.told("Cy"))[-1] == "Ana asks you no more to stand in"


async def become(team: Team, name: str, role: str = "viewer") -> None:
    root, path = await team.world.client("Root"), f"{V1}/users/{team.world.users[name]}"
    found = await root.get(path)
    answer = await root.send("PATCH", path, {"role": role}, headers={"if-match": str(found["rev"])})
    assert answer.is_success, answer.text
    await team.world.settle()


async def test_a_cancelled_override_ends_the_cover_that_made_it(world: World) -> None:
    """B4d: nothing says that somebody stands in who doesn't."""
    team = await Team.build(world)
    made = await team.answer("Cy", await team.ask("Ana", "Cy"), "accept")
    path = f"{SCHEDULES}/{team.schedule_id}/overrides/{made['override_id']}"
    assert (await team.send("Root", "DELETE", path)).status_code == 204
    await world.settle()
    found = await team.read(made, "Ana")
    assert (found["state"], found["closed_because"], found["can"]) == ("cancelled", "undone", [])
    assert await team.refused("Cy", "POST", f"{COVERS}/{made['id']}/accept", {}) == (409, "cover_undone")
    assert await team.on_call("24 05:00") == ["Ana"]
    assert (await team.ask("Ana", "Cy"))["state"] == "open"


async def test_who_is_on_call_again_as_the_taker_leaves_hears_of_it_however_far_ahead(world: World) -> None:
    team = await Team.build(world)
    hours = {"start": "2026-12-31T04:00:00Z", "end": "2027-01-01T04:00:00Z"}
    made = await team.post("Bo", COVERS, team.request("Cy") | hours)
    await team.answer("Cy", made, "accept")
    await leave(team, "Cy")
    assert (await team.read(made))["closed_because"] == "undone"
    assert (await team.told("Bo"))[-1] == "Root changed your shifts on Watch"
    (_, message) = (await team.notices("Bo"))[-1]
    assert message["body"] == "+ Watch, Thu 31 Dec 04:00 to Fri 1 Jan 04:00 (UTC)"
