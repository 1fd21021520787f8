"""Time off marks shifts on every schedule, and says no more than when."""

from datetime import timedelta
from typing import Any

import pytest

from server.kernel.database import Writes
from server.schedules.rotas import load_rotas
from server.tables.covers import TimeOff
from tests.kit.world import World
from tests.schedules.team import Team, instant
from tests.schedules.test_leaving import SCHEDULES, rota

__all__ = ["rota"]


@pytest.mark.store
async def test_shifts_within_time_off_are_marked(rota: World) -> None:
    first, second = [(await rota.add_schedule(name, rota.layer_of("Ana", "Bo"))).id for name in ("w", "v")]
    now = rota.clock.now()
    writes = Writes()
    for user, days, cancelled in (("Ana", (2, 4), None), ("Bo", (0, 9), now), ("Di", (0, 9), None)):
        writes.insert(
            TimeOff,
            id=f"off {user}",
            user_id=rota.users[user],
            start_at=now + timedelta(days=days[0]),
            end_at=now + timedelta(days=days[1]),
            reason="private",
            created_at=now,
            cancelled_at=cancelled,
        )
    await rota.db.apply(writes)
    client = await rota.sign_in("Cy")
    span = {"from": now.isoformat(), "to": (now + timedelta(days=8)).isoformat()}
    for id in (first, second):
        answer = await client.get(f"{SCHEDULES}/{id}/shifts", **span)
        marked = {each["start"][:10] for each in answer["items"] if each["on_time_off"]}
        assert marked == {"2026-11-22", "2026-11-24"}
        assert "private" not in str(answer)
    later = await load_rotas(rota.db, [first], since=now + timedelta(days=4))
    assert later[first].rota.time_off == ()


MINE = "/api/v1/me/time-off"


@pytest.mark.store
async def test_time_off_names_every_shift_it_touches_and_who_could_stand_in(world: World) -> None:
    team = await Team.build(world, turns=("Ana", "Bo", "Cy"))
    second = await team.schedule("Second", "Di", "Ana")
    made = await team.post("Ana", MINE, {**team.hours("23 16:00", "26 12:00"), "reason": "Lisbon"})
    assert made["time_off"]["source"] == "entered"
    assert [(each["schedule"]["name"], each["start"], each["end"]) for each in made["affected"]] == [
        ("Second", instant("23 16:00"), instant("24 04:00")),
        ("Watch", instant("23 16:00"), instant("24 04:00")),
        ("Second", instant("25 04:00"), instant("26 04:00")),
        ("Watch", instant("26 04:00"), instant("26 12:00")),
    ]
    first = made["affected"][1]
    names = [(each["user"]["name"], each["is_rested"], each["shares"]) for each in first["candidates"]]
    assert names == [("Cy", True, "schedule"), ("Bo", False, "schedule"), ("Di", False, "team")]
    assert [each["rest_h"] for each in first["candidates"]] == [12.0, 0.0, 0.0]
    assert second in {each["schedule"]["id"] for each in made["affected"]}
    preview = await team.post("Ana", f"{MINE}/preview", team.hours("26 04:00", "26 06:00"))
    assert (preview["time_off"], len(preview["affected"])) == (None, 1)
    team.schedule_id = first["schedule"]["id"]
    asked = await team.ask("Ana", "Cy", start="23 16:00", end="24 04:00")
    preview = await team.post("Ana", f"{MINE}/preview", team.hours("23 16:00", "26 12:00"))
    assert [each["request_id"] for each in preview["affected"]] == [None, asked["id"], None, None]
    await team.answer("Cy", asked, "accept")
    preview = await team.post("Ana", f"{MINE}/preview", team.hours("23 16:00", "26 12:00"))
    assert len(preview["affected"]) == 3, "what is covered is not affected any more"


async def test_candidates_are_neither_away_nor_on_call_nor_gone_nor_unable(world: World) -> None:
    team = await Team.build(world, "Ana", "Bo", "Cy", "Di", "Ed", "Flo", turns=("Ana",))
    await world.add_person("Vi", team="Payments", role="viewer")
    await world.add_person("Out")
    await team.schedule("Second", "Bo")
    await team.post("Di", MINE, team.hours("22 00:00", "22 05:00"))
    await team.post("Root", f"/api/v1/users/{world.users['Ed']}/deactivate", {})
    query = {"schedule_id": team.schedule_id, "user_id": world.users["Ana"], **team.hours("22 04:00", "22 06:00")}
    found = (await (await team.world.client("Cy")).get("/api/v1/cover-requests/candidates", **query))["items"]
    assert [each["user"]["name"] for each in found] == ["Cy", "Flo"]
    assert found[0] | {"user": None} == {
        "user": None,
        "hours": 0.0,
        "rest_h": 99.0,
        "is_rested": True,
        "shares": "team",
        "clashes": None,
    }
    bad = await team.send("Cy", "GET", "/api/v1/cover-requests/candidates", **query | {"schedule_id": "nothing"})
    assert (bad.status_code, bad.json()["errors"][0]["field"]) == (400, "schedule_id")


async def test_time_off_is_cancelled_and_kept(world: World) -> None:
    team = await Team.build(world)
    made = (await team.post("Ana", MINE, {**team.hours("22 04:00", "23 04:00"), "reason": "x"}))["time_off"]
    path = f"{MINE}/{made['id']}"
    assert await team.refused("Bo", "DELETE", path) == (404, "not_found")
    assert (await team.send("Ana", "DELETE", path)).status_code == 204
    assert await team.refused("Ana", "DELETE", path) == (409, "already_cancelled")
    [kept] = (await (await team.world.client("Ana")).get(MINE))["items"]
    assert (kept["cancelled_at"], kept["reason"]) == (team.now.isoformat().replace("+00:00", "Z"), "x")
    assert await team.audited("time_off") == ["made", "cancelled"]
    assert "x" not in str(await world.db.values("SELECT differences FROM audit WHERE object_kind = 'time_off'"))


async def test_reasons_are_for_the_owner_their_managers_and_administrators(world: World) -> None:
    team = await Team.build(world)
    for name in ("Mia", "Max"):
        await world.add_person(name, team="Payments", role="manager")
    await world.make_manager("Mia", "Payments")
    await team.post("Ana", MINE, {**team.hours("22 04:00", "23 04:00"), "reason": "surgery"})
    path = f"/api/v1/users/{world.users['Ana']}/time-off"
    for name in ("Ana", "Mia", "Root"):
        [entry] = (await (await team.world.client(name)).get(path))["items"]
        assert (entry["user"]["name"], entry["reason"]) == ("Ana", "surgery")
    for name in ("Bo", "Max"):
        assert await team.refused(name, "GET", path) == (403, "role")
    assert await team.refused("Root", "GET", "/api/v1/users/nobody/time-off") == (404, "not_found")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"end": "22 04:00"}, "end: end_not_after_start"),
        ({"start": "20 04:00", "end": "21 03:00"}, "end: past"),
        ({"end": None}, "end: too_long"),
    ],
)
async def test_time_off_that_makes_no_sense_is_refused(world: World, change: dict[str, Any], said: str) -> None:
    team = await Team.build(world)
    span = {"start": "22 04:00", "end": "23 04:00"} | change
    body = {name: instant(value) if value else "2028-01-01T00:00:00Z" for name, value in span.items()}
    for path in (MINE, f"{MINE}/preview"):
        assert await team.refused("Ana", "POST", path, body) == (400, said)
    body = {"start": "2026-11-22T04:00:00", "end": "2026-11-22T05:00:00"}
    assert await team.refused("Ana", "POST", MINE, body) == (400, "start: no_offset, end: no_offset")


async def test_time_off_is_listed_in_pages_by_start(world: World) -> None:
    team = await Team.build(world)
    for day in (25, 23, 24):
        await team.post("Ana", MINE, team.hours(f"{day} 04:00", f"{day} 05:00"))
    client = await team.world.client("Ana")
    page = await client.get(MINE, limit=2)
    rest = await client.get(MINE, limit=2, cursor=page["next_cursor"])
    assert [each["start"][8:10] for each in [*page["items"], *rest["items"]]] == ["23", "24", "25"]
    assert rest["next_cursor"] is None


async def test_turns_that_are_planned_go_around_time_off(world: World) -> None:
    team = await Team.build(world)
    rotation = {"unit": "day", "every": 1, "order": "least_recent"}
    team.schedule_id = await team.schedule("Planned", "Ana", "Bo", "Cy", rotation=rotation)
    day = team.now.replace(month=12, day=20, hour=5)
    root = await team.world.client("Root")

    async def holder() -> str:
        path = f"{SCHEDULES}/{team.schedule_id}/on-call"
        return (await root.get(path, at=day.isoformat()))["entries"][0]["name"]

    was = await holder()
    span = {"start": (day - timedelta(hours=5)).isoformat(), "end": (day + timedelta(hours=5)).isoformat()}
    made = await team.post(was, MINE, span)
    assert await holder() != was
    await team.send(was, "DELETE", f"{MINE}/{made['time_off']['id']}")
    await world.settle()
    assert await holder() == was


async def test_no_entry_reaches_beyond_the_years_that_schedules_know(world: World) -> None:
    team = await Team.build(world)
    for start, end in (
        ("9999-12-31T00:00:00-14:00", "9999-12-31T23:59:59-14:00"),
        ("2150-01-01T00:00:00Z", "2150-01-02T00:00:00Z"),
        ("0001-01-01T00:00:00+14:00", "2026-12-02T00:00:00Z"),
    ):
        answer = await team.send("Ana", "POST", MINE, {"start": start, "end": end})
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "start")
