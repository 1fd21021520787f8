"""Asking for cover: who stands in, who is told, and what stays as it was."""

import asyncio
from datetime import datetime
from typing import Any

import pytest

from server.covers import requests as cover_requests
from server.kernel.database import Database, Writes
from server.schedules.rotas import Loaded, load_rotas
from tests.kit.world import World
from tests.schedules.team import COVERS, V1, Team, instant


@pytest.mark.store
async def test_who_accepts_stands_in_and_everybody_concerned_is_told(world: World) -> None:
    team = await Team.build(world)
    made = await team.ask("Ana", "Cy", "Di", reason="dentist")
    assert (made["state"], made["can"], made["requester"]["name"]) == ("open", ["cancel"], "Ana")
    assert await team.told("Cy") == await team.told("Di") == ["Ana asks you to stand in"]
    assert await team.told("Bo") == []
    (_, message) = (await team.notices("Cy"))[0]
    assert message["body"] == "Watch, Tue 24 Nov 04:00 to Wed 25 Nov 04:00 (UTC): dentist"
    assert (await team.read(made, "Cy"))["can"] == ["accept", "decline", "cancel"]
    agreed = await team.answer("Cy", made, "accept")
    assert (agreed["state"], agreed["accepted_by"]["name"], agreed["can"]) == ("accepted", "Cy", [])
    assert agreed["override_id"] is not None
    assert [await team.on_call(at) for at in ("24 03:59", "24 04:00", "25 03:59", "25 04:00")] == [
        ["Bo"],
        ["Cy"],
        ["Cy"],
        ["Bo"],
    ]
    assert await team.told("Ana") == ["Cy stands in for you"]
    assert await team.audited("cover_request") == ["made", "accepted"]


@pytest.mark.store
async def test_some_of_the_hours_leave_the_rest_to_be_asked_about(world: World) -> None:
    team = await Team.build(world)
    made = await team.ask("Ana", "Cy", "Di")
    taken = await team.answer("Cy", made, "accept", start="24 10:00", end="24 18:00")
    assert (taken["start"], taken["end"]) == (instant("24 10:00"), instant("24 18:00"))
    rest = (await (await team.world.client("Di")).get(COVERS, state="open", mine=True))["items"]
    assert sorted((each["start"], each["end"], each["state"]) for each in rest) == [
        (instant("24 04:00"), instant("24 10:00"), "open"),
        (instant("24 18:00"), instant("25 04:00"), "open"),
    ]
    assert len(await team.told("Di")) == 3
    assert len(await team.told("Cy")) == 1, "whoever took some of it is not asked again"
    assert [await team.on_call(at) for at in ("24 09:59", "24 10:00", "24 18:00")] == [["Ana"], ["Cy"], ["Ana"]]
    await team.answer("Di", rest[0], "accept")
    await team.answer("Cy", rest[1], "accept")
    assert "Ana" not in [*await team.on_call("24 05:00"), *await team.on_call("24 20:00")]


@pytest.mark.store
async def test_of_two_who_accept_at_once_one_has_it_and_the_other_is_told_who(world: World) -> None:
    team = await Team.build(world)
    made = await team.ask("Ana", "Cy", "Di")
    paths = [(await team.world.client(name), f"{COVERS}/{made['id']}/accept") for name in ("Cy", "Di")]
    answers = await asyncio.gather(*(client.send("POST", path, {}) for client, path in paths))
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    [won] = [answer.json() for answer in answers if answer.status_code == 200]
    [lost] = [answer.json() for answer in answers if answer.status_code == 409]
    who = won["accepted_by"]["name"]
    assert (lost["code"], lost["detail"]) == ("already_covered", f"{who} has it already")
    assert lost["errors"][0]["args"] == {"who": who}
    assert await team.on_call("24 05:00") == [who]
    assert await world.db.value("SELECT COUNT(*) FROM override") == 1


async def test_when_everybody_declines_the_requester_hears_of_it(world: World) -> None:
    team = await Team.build(world)
    made = await team.ask("Ana", "Cy", "Di")
    once = await team.answer("Cy", made, "decline")
    assert (once["state"], once["can"]) == ("open", ["accept", "cancel"])
    assert await team.refused("Cy", "POST", f"{COVERS}/{made['id']}/decline") == (409, "already_declined")
    assert (await team.answer("Di", made, "decline"))["state"] == "declined"
    assert await team.told("Ana") == ["Nobody can stand in for you"]
    assert await team.refused("Di", "POST", f"{COVERS}/{made['id']}/accept", {}) == (409, "declined")


@pytest.mark.store
async def test_a_team_may_want_its_manager_to_approve(world: World) -> None:
    team = await Team.build(world)
    await world.add_person("Mia", team="Payments", role="manager")
    await world.make_manager("Mia", "Payments")
    await world.db.apply(Writes().sql("UPDATE team SET covers_need_approval = TRUE"))
    first, second = await team.ask("Ana", "Cy"), await team.ask("Bo", "Di", start="25 04:00", end="26 04:00")
    taken = await team.answer("Cy", first, "accept")
    assert (taken["state"], taken["needs_approval"], taken["override_id"]) == ("accepted", True, None)
    assert await team.on_call("24 05:00") == ["Ana"]
    assert (await team.told("Ana"), await team.told("Mia")) == (
        ["Cy would stand in for you"],
        ["Cy would stand in for Ana"],
    )
    assert (await team.read(taken, "Mia"))["can"] == ["approve", "reject", "cancel"]
    assert await team.refused("Bo", "POST", f"{COVERS}/{taken['id']}/approve") == (403, "not_deciding")
    assert await team.refused("Mia", "POST", f"{COVERS}/{second['id']}/approve") == (409, "not_accepted")
    approved = await team.answer("Mia", taken, "approve")
    assert (approved["state"], approved["decided_by"]["name"]) == ("approved", "Mia")
    assert await team.on_call("24 05:00") == ["Cy"]
    assert (await team.told("Cy"))[-1] == "You stand in for Ana: approved"
    assert (await team.told("Ana"))[-1] == "Cy stands in for you: approved"
    await team.answer("Di", second, "accept")
    assert (await team.answer("Root", second, "reject"))["state"] == "declined"
    assert await team.on_call("25 05:00") == ["Bo"]
    assert (await team.told("Di"))[-1] == "You don't stand in for Bo: not approved"


@pytest.mark.parametrize("is_accepted", [False, True])
async def test_what_nobody_agreed_to_expires_when_its_hours_begin(world: World, is_accepted: bool) -> None:
    team = await Team.build(world)
    await world.db.apply(Writes().sql("UPDATE team SET covers_need_approval = TRUE"))
    made = await team.ask("Ana", "Cy", start="22 04:00", end="23 04:00")
    if is_accepted:
        await team.answer("Cy", made, "accept")
    world.clock.move_to(world.clock.now().replace(day=22, hour=4, minute=0))
    assert await team.refused("Cy", "POST", f"{COVERS}/{made['id']}/accept", {}) == (409, "expired")
    assert (await team.read(made))["state"] != "expired"
    await world.settle()
    assert (await team.read(made))["state"] == "expired"
    assert (await team.told("Ana"))[-1] == "Nobody stands in for you"
    assert await team.on_call("22 05:00") == ["Ana"]


async def test_it_can_be_taken_back_by_whoever_asked_or_edits_the_schedule(world: World) -> None:
    team = await Team.build(world)
    await world.add_team("Other")
    await world.add_person("Out", team="Other")
    made = await team.ask("Ana", "Cy")
    path = f"{COVERS}/{made['id']}/cancel"
    assert await team.refused("Out", "POST", path) == (403, "not_yours")
    assert (await team.answer("Ana", made, "cancel"))["state"] == "cancelled"
    assert (await team.told("Cy"))[-1] == "Ana needs no cover any more"
    assert await team.refused("Cy", "POST", f"{COVERS}/{made['id']}/accept", {}) == (409, "cancelled")
    again = await team.ask("Ana", "Cy")
    assert (await team.answer("Bo", again, "cancel"))["state"] == "cancelled"
    await team.answer("Cy", third := await team.ask("Ana", "Cy"), "accept")
    assert await team.refused("Ana", "POST", f"{COVERS}/{third['id']}/cancel") == (409, "already_covered")


async def test_whoever_edits_the_schedule_asks_for_somebody(world: World) -> None:
    team = await Team.build(world)
    made = await team.ask("Bo", "Cy", user_id=world.users["Ana"])
    assert made["requester"]["name"] == "Ana"
    assert (await team.read(made, "Ana"))["can"] == ["cancel"]
    await team.answer("Cy", made, "accept")
    assert await team.on_call("24 05:00") == ["Cy"]
    await world.add_team("Other")
    await world.add_person("Out", team="Other")
    body = team.request("Cy", start="26 04:00", end="27 04:00", user_id=world.users["Ana"])
    assert await team.refused("Out", "POST", COVERS, body) == (403, "not_your_team")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"start": "25 04:00", "end": "26 04:00"}, "start: not_held"),
        ({"start": "24 05:00", "end": "25 05:00"}, "end: not_held"),
        ({"start": "21 03:00", "end": "24 05:00"}, "start: past"),
        ({"start": "24 05:00", "end": "24 05:00"}, "end: end_not_after_start"),
        ({"asked": ("nobody",)}, "asked[0]: unknown"),
        ({"asked": ("Cy", "Ana")}, "asked[1]: themselves"),
        ({"asked": ("Cy", "Cy")}, "asked[1]: repeated"),
        ({"asked": ("Eve",)}, "asked[0]: cannot_see"),
        ({"schedule_id": "nothing"}, "schedule_id: unknown"),
        ({"user_id": "nobody"}, "user_id: unknown"),
    ],
)
async def test_what_cannot_be_asked_is_refused_by_field(world: World, change: dict[str, Any], said: str) -> None:
    team = await Team.build(world)
    await world.add_person("Eve", role="viewer")
    body = team.request(*change.get("asked", ("Cy",)), **{key: change[key] for key in change if key != "asked"})
    assert await team.refused("Ana", "POST", COVERS, body) == (400, said)


async def test_the_same_hours_are_not_asked_about_twice(world: World) -> None:
    team = await Team.build(world)
    await team.ask("Ana", "Cy", start="24 04:00", end="24 12:00")
    body = team.request("Di", start="24 11:00", end="24 13:00")
    assert await team.refused("Ana", "POST", COVERS, body) == (409, "already_asked")
    await team.ask("Ana", "Di", start="24 12:00", end="24 13:00")


async def test_acceptance_is_checked_again(world: World) -> None:
    team = await Team.build(world)
    made = await team.ask("Ana", "Cy", "Di")
    path = f"{COVERS}/{made['id']}/accept"
    assert await team.refused("Bo", "POST", path, {}) == (403, "not_asked")
    assert await team.refused("Cy", "POST", path, {"end": instant("25 05:00")}) == (400, "end: out_of_request")
    assert await team.refused("Cy", "POST", path, {"start": "2026-11-24T05:00:00"}) == (400, "start: no_offset")
    await team.post("Cy", "/api/v1/me/time-off", team.hours("24 20:00", "24 21:00"))
    assert await team.refused("Cy", "POST", path, {}) == (409, "on_time_off")
    await world.add_override(team.schedule_id, "Bo", **team.hours("24 04:00", "24 05:00"))
    taken = await team.post("Di", path, {})
    assert (taken["start"], taken["end"]) == (instant("24 05:00"), instant("25 04:00")), "what is still open"
    assert (await team.on_call("24 04:30"), await team.on_call("24 05:00")) == (["Bo"], ["Di"])


async def test_a_private_teams_requests_are_nobody_elses(world: World) -> None:
    team = await Team.build(world)
    made = await team.ask("Ana", "Cy")
    await world.add_person("Eve")
    await world.db.apply(Writes().sql("UPDATE team SET is_private = TRUE"))
    eve = await team.world.client("Eve")
    assert (await eve.send("GET", f"{COVERS}/{made['id']}")).status_code == 404
    assert (await eve.get(COVERS))["items"] == []
    assert await team.refused("Eve", "POST", f"{COVERS}/{made['id']}/accept", {}) == (404, "not_found")
    assert await team.refused("Eve", "POST", COVERS, team.request("Cy")) == (400, "schedule_id: unknown")


@pytest.mark.store
async def test_lists_come_in_pages_the_newest_first(world: World) -> None:
    team = await Team.build(world)
    for hour in range(4, 9):
        await team.ask("Ana", "Cy", start=f"24 {hour:02}:00", end=f"24 {hour + 1:02}:00")
    client, found, cursor = await team.world.client("Bo"), [], None
    while True:
        page = await client.get(COVERS, limit=2, **({"cursor": cursor} if cursor else {}))
        found += [each["start"][11:13] for each in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert found == ["08", "07", "06", "05", "04"]
    assert (await client.get(COVERS, mine=True))["items"] == []
    assert len((await client.get(COVERS, schedule_id=team.schedule_id))["items"]) == 5


async def test_everybody_is_told_in_their_own_words_and_time(world: World) -> None:
    team = await Team.build(world)
    await world.add_person("Wei", team="Payments", language="zh", time_zone="Asia/Shanghai")
    await team.ask("Ana", "Wei", start="24 04:00", end="24 08:00", reason="牙医")
    [(_, message)] = await team.notices("Wei")
    assert (message["title"], message["body"]) == (
        "Ana 请你代班",
        "Watch，11 月 24 日（周二）12:00 至 16:00（Asia/Shanghai）：牙医",
    )


async def test_a_team_without_a_manager_has_its_administrators_told(world: World) -> None:
    team = await Team.build(world)
    await world.db.apply(Writes().sql("UPDATE team SET covers_need_approval = TRUE"))
    made = await team.ask("Ana", "Cy")
    await team.answer("Cy", made, "accept")
    assert await team.told("Root") == ["Cy would stand in for Ana"]


async def test_approval_is_checked_again(world: World) -> None:
    team = await Team.build(world)
    await world.db.apply(Writes().sql("UPDATE team SET covers_need_approval = TRUE"))
    made = await team.answer("Cy", await team.ask("Ana", "Cy"), "accept")
    await team.post("Cy", "/api/v1/me/time-off", team.hours("24 20:00", "24 21:00"))
    assert await team.refused("Root", "POST", f"{COVERS}/{made['id']}/approve") == (409, "on_time_off")
    assert await team.on_call("24 05:00") == ["Ana"]


async def test_an_answer_sent_twice_with_one_key_is_one_answer(world: World) -> None:
    team = await Team.build(world)
    made = await team.ask("Ana", "Cy")
    client = await team.world.client("Cy")
    first = await client.post(f"{COVERS}/{made['id']}/accept", {}, idempotency_key="k")
    assert await client.post(f"{COVERS}/{made['id']}/accept", {}, idempotency_key="k") == first
    await world.settle()
    assert await team.told("Ana") == ["Cy stands in for you"]


async def test_a_program_asks_for_others_but_is_nobody_itself(world: World) -> None:
    team = await Team.build(world)
    scopes = ["read", "incidents:act", "schedules:edit"]
    program = await world.add_program("Bo", *scopes)
    assert (await program.send("POST", COVERS, team.request("Cy"))).json()["code"] == "person_only"
    made = await program.post(COVERS, team.request("Cy", user_id=world.users["Ana"]))
    assert (made["requester"]["name"], made["can"]) == ("Ana", ["cancel"])
    give = {"to_user_id": world.users["Di"], "until": instant("21 05:00")}
    path = f"/api/v1/schedules/{team.schedule_id}/give"
    assert (await program.send("POST", path, give)).json()["code"] == "person_only"


async def test_who_is_overtaken_between_two_reads_is_told_who_has_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    team = await Team.build(world)
    made = await team.ask("Ana", "Cy", "Di")
    await team.world.client("Cy")
    quicker = iter(["Cy"])

    async def after_the_quicker(db: Database, ids: Any, *, since: datetime, archived: bool) -> dict[str, Loaded]:
        for name in quicker:
            await team.answer(name, made, "accept")
        return await load_rotas(db, ids, since=since, archived=archived)

    monkeypatch.setattr(cover_requests, "load_rotas", after_the_quicker)
    assert await team.refused("Di", "POST", f"{COVERS}/{made['id']}/accept", {}) == (409, "already_covered")
    assert await team.on_call("24 05:00") == ["Cy"]


async def test_what_becomes_of_a_request_reaches_the_live_sockets_of_its_team(world: World) -> None:
    team = await Team.build(world)
    made = await team.ask("Ana", "Cy")
    await team.answer("Cy", made, "accept")
    text = "SELECT object_id, rev, team_id FROM change WHERE kind = 'cover_request' ORDER BY seq"
    payments = world.teams["Payments"]
    assert await world.db.values(text) == [(made["id"], 1, payments), (made["id"], 2, payments)]


async def test_whoever_can_not_be_paged_and_takes_it_is_told_and_so_is_whoever_asked(world: World) -> None:
    """B5: as for overrides, the pager and departures."""
    team = await Team.build(world)
    await world.add_person("Eve", team="Payments", reach="")
    warned = [{"field": "accepted_by", "code": "unreachable", "name": "Eve"}]
    made = await team.ask("Ana", "Eve")
    assert warnings_in(await team.read(made)) == []
    assert warnings_in(await team.answer("Eve", made, "accept")) == warned
    assert warnings_in(await team.read(made, "Ana")) == warned
    [(_, told)] = await team.notices("Ana")
    assert told["title"] == "Eve stands in for you"
    assert told["body"].endswith("Eve has no way to be paged yet")
    others = await team.answer("Cy", await team.ask("Bo", "Cy", start="23 04:00", end="24 04:00"), "accept")
    assert warnings_in(others) == warnings_in(await team.read(others)) == []
    world.clock.advance(team.until("25 04:00"))
    assert warnings_in(await team.read(made, "Ana")) == [], "it is over"


async def test_whoever_approves_hears_that_the_taker_can_not_be_paged(world: World) -> None:
    team = await Team.build(world)
    change = {"name": "Payments", "covers_need_approval": True}
    await (await world.client("Root")).put(f"{V1}/teams/{world.teams['Payments']}", change, rev=1)
    await world.add_person("Eve", team="Payments", reach="")
    made = await team.ask("Ana", "Eve")
    assert len(warnings_in(await team.answer("Eve", made, "accept"))) == 1
    assert (await team.notices("Root"))[-1][1]["body"].endswith(
        "Eve has no way to be paged yet. It waits for your approval."
    )
    assert len(warnings_in(await team.answer("Root", made, "approve"))) == 1


def warnings_in(answer: Any) -> list[Any]:
    return [{"field": each["field"], "code": each["code"], "name": each["args"]["name"]} for each in answer["warnings"]]
