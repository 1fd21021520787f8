"""Schedules, policies and requests are found by whom and what they name, and by what they name now."""

import json
from typing import Any

import pytest

from server.accounts.access.actors import load_actor
from server.accounts.access.kinds import uses_of
from server.kernel.database import Database
from server.kernel.errors import Stale
from server.schedules.read import my_shifts
from server.schedules.roles import remove_role
from server.schedules.rotas import rotas_of
from tests.kit.world import World
from tests.schedules.team import COVERS, DAY, SCHEDULES, V1, Team

pytestmark = pytest.mark.store
POLICIES = f"{V1}/escalation-policies"
NAMED = "SELECT named_id FROM schedule_member WHERE schedule_id = :id"
TARGETS = "SELECT target_id FROM policy_target WHERE policy_id = :id"


async def named(world: World, text: str, id: str) -> set[str]:
    return {each for (each,) in await world.db.values(text, id=id)}


def level(*targets: dict[str, Any]) -> dict[str, Any]:
    return {"targets": list(targets), "delay_s": 300}


async def test_only_schedules_that_name_a_person_are_read_for_their_shifts(world: World) -> None:
    team = await Team.build(world, "Ana", "Bo", "Cy")
    await team.schedule("Others", "Bo", "Cy")
    ana = world.users["Ana"]
    assert [each.row.id for each in await rotas_of(world.db, ana, since=team.now)] == [team.schedule_id]
    found = await (await team.world.client("Root")).get(f"{SCHEDULES}/{team.schedule_id}")
    layer = found["layers"][0] | {"groups": [{"members": [{"user_id": world.users["Cy"], "role_id": "primary"}]}]}
    body = {name: found[name] for name in ("name", "team_id", "time_zone")} | {"layers": [layer]}
    root = await team.world.client("Root")
    await root.put(f"{SCHEDULES}/{team.schedule_id}", body, rev=found["rev"])
    kept = await world.db.value("SELECT layers FROM schedule WHERE id = :id", id=team.schedule_id)
    members = [m for layer in json.loads(kept) for group in layer["groups"] for m in group.get("members", ())]
    wanted = {id for member in members for id in (member["user_id"], member.get("role_id")) if id}
    assert await named(world, NAMED, team.schedule_id) == wanted
    assert {ana, world.users["Cy"], "primary"} <= wanted, "the past is Ana's still"


async def test_who_is_on_no_schedule_costs_one_look(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is read of schedules, and nothing is computed, for an empty answer."""
    team = await Team.build(world, "Ana", "Bo")
    actor = await load_actor(world.db, world.users["Root"])
    assert actor is not None
    asked: list[str] = []
    fetch = Database._fetch

    async def counted(self: Database, sql: str, *args: Any, **more: Any) -> Any:
        asked.append(sql)
        return await fetch(self, sql, *args, **more)

    monkeypatch.setattr(Database, "_fetch", counted)
    found = await my_shifts(world.db, actor, team.now, team.now + DAY, limit=500, cursor=None, now=team.now)
    assert (found.items, found.on_call_now, len(asked)) == ([], [], 1)


async def test_what_a_policy_names_keeps_it_until_the_policy_names_something_else(world: World) -> None:
    team = await Team.build(world, "Ana", "Bo")
    watch = {"kind": "schedule", "id": team.schedule_id}
    role = await team.post("Root", f"{V1}/on-call-roles", {"name": "pilot"})
    body = {"name": "Deep", "team_id": world.teams["Payments"], "rounds": 1}
    made = await team.post("Root", POLICIES, body | {"levels": [level(watch | {"role_id": role["id"]})]})
    assert await named(world, TARGETS, made["id"]) == {team.schedule_id, role["id"]}
    root = await team.world.client("Root")
    gone = await root.send("DELETE", f"{V1}/on-call-roles/{role['id']}", headers={"if-match": str(role["rev"])})
    assert [each["args"]["name"] for each in gone.json()["errors"]] == ["Deep"]
    person = {"kind": "user", "id": world.users["Ana"]}
    path = f"{POLICIES}/{made['id']}"
    await root.put(path, body | {"levels": [level(person)]}, rev=made["rev"])
    assert await named(world, TARGETS, made["id"]) == {world.users["Ana"]}
    assert await uses_of(world.db, role["id"]) == []


async def test_a_role_that_a_schedule_takes_meanwhile_is_not_removed(world: World) -> None:
    team = await Team.build(world, "Ana", "Bo")
    role = await team.post("Root", f"{V1}/on-call-roles", {"name": "pilot"})
    root = await load_actor(world.db, world.users["Root"])
    assert root is not None
    writes = await remove_role(world.db, root, role["id"], rev=role["rev"], now=team.now)
    groups = [{"members": [{"user_id": world.users["Ana"], "role_id": role["id"]}]}]
    await team.schedule("Late", groups=groups)
    with pytest.raises(Stale):
        await world.db.apply(writes)


async def test_my_requests_are_those_i_made_and_those_i_was_asked_by(world: World) -> None:
    team = await Team.build(world, "Ana", "Bo", "Cy", "Di")
    asked = await team.ask("Ana", "Cy")
    for name, expected in (("Ana", [asked["id"]]), ("Cy", [asked["id"]]), ("Di", [])):
        found = await (await team.world.client(name)).get(COVERS, mine="true")
        assert [each["id"] for each in found["items"]] == expected, name


async def test_a_long_list_of_shifts_is_read_in_pages(world: World) -> None:
    """Also one's own; a shift that a page ends in goes on in the next, and a page costs what it shows."""
    team = await Team.build(world, "Ana", "Bo", unit="hour")
    window: dict[str, Any] = {"from": "2026-11-21T00:30:00Z", "to": "2026-12-21T00:00:00Z"}
    client = await team.world.client("Ana")
    for path, count in ((f"{SCHEDULES}/{team.schedule_id}/shifts", 720), (f"{V1}/me/shifts", 360)):
        found: list[Any] = []
        query: dict[str, Any] = {**window, "limit": 100}
        while True:
            page = await client.get(path, **query)
            assert len(page["items"]) <= 101
            found += page["items"]
            if page["next_cursor"] is None:
                break
            query["cursor"] = page["next_cursor"]
        whole = await client.get(path, **window, limit=1000)
        assert (found, whole["next_cursor"], len(found)) == (whole["items"], None, count)
        assert len((await client.get(path, **window))["items"]) <= 500, "also without being asked to"
        bad: dict[str, Any] = {**window, "cursor": "bm8"}
        answer = await client.send("GET", path, **bad)
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "bad_cursor")
