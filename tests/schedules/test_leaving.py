"""Nobody's account ends while a shift of theirs would be lost."""

from datetime import timedelta
from typing import Any

import pytest

from tests.accounts.asking import answered, fields
from tests.kit.world import Client, World

pytestmark = pytest.mark.store
SCHEDULES = "/api/v1/schedules"


def layer(world: World, *groups: str, unit: str = "day", **more: Any) -> Any:
    """Each group is names joined by `+`, with `/role` where there is one."""

    def member(word: str) -> dict[str, str]:
        name, _, role = word.partition("/")
        return {"user_id": world.users[name]} | ({"role_id": role} if role else {})

    made = [{"members": [member(word) for word in group.split("+")]} for group in groups]
    return {"name": "l", "start": "2026-11-20T04:00", "rotation": {"unit": unit, "every": 1}, "groups": made} | more


@pytest.fixture
async def rota(world: World) -> World:
    await world.add_team("Payments")
    await world.add_user("Root", role="admin")
    for name in ("Ana", "Bo", "Cy", "Di"):
        await world.add_user(name, team="Payments")
    return world


async def schedule(world: World, name: str, *layers: Any) -> str:
    body = {"name": name, "team_id": world.teams["Payments"], "time_zone": "UTC", "layers": list(layers)}
    return (await (await world.sign_in("Root")).post(SCHEDULES, body))["id"]


async def on_call(world: World, client: Client, id: str, at: Any) -> set[tuple[str, str | None]]:
    entries = (await client.get(f"{SCHEDULES}/{id}/on-call", at=at.isoformat().replace("+00:00", "Z")))["entries"]
    return {(entry["name"], entry["role_id"]) for entry in entries}


async def watch(world: World, id: str, days: int = 29) -> list[set[tuple[str, str | None]]]:
    """Who is on call, every six hours from now on."""
    root = await world.sign_in("Root")
    now = world.clock.now()
    return [await on_call(world, root, id, now + timedelta(hours=6 * n)) for n in range(days * 4)]


async def leave(world: World, name: str, takers: dict[str, str] | None = None) -> Any:
    root = await world.sign_in("Root")
    body = {"takers": {key: world.users.get(taker, taker) for key, taker in (takers or {}).items()}}
    return await root.send("POST", f"/api/v1/users/{world.users[name]}/deactivate", body)


async def test_whoever_holds_no_shift_goes_at_once(rota: World) -> None:
    await schedule(rota, "w", layer(rota, "Ana", "Bo"))
    assert (await leave(rota, "Di")).status_code == 200


async def test_the_shifts_are_named_until_somebody_takes_them(rota: World) -> None:
    id = await schedule(rota, "w", layer(rota, "Ana", "Bo", "Cy", unit="week"))
    refused = await leave(rota, "Ana")
    assert (refused.status_code, refused.json()["code"]) == (409, "on_call")
    named = [(each["args"]["schedule"], each["args"]["start"][:10]) for each in refused.json()["errors"]]
    assert named == [("w", "2026-11-21"), ("w", "2026-12-11")]
    assert await rota.db.value("SELECT COUNT(*) FROM override") == 0
    assert await rota.db.value("SELECT COUNT(*) FROM user_account WHERE deactivated_at IS NOT NULL") == 0
    gone = await leave(rota, "Ana", {id: "Di"})
    assert gone.status_code == 200, gone.text
    after = await watch(rota, id)
    assert after[0] == {("Di", None)}
    assert all(len(people) == 1 and ("Ana", None) not in people for people in after)
    verbs = [entry["verb"] for entry in (await (await rota.sign_in("Root")).get("/api/v1/audit"))["items"]]
    assert verbs.count("deactivated") == 1


async def test_the_taker_has_exactly_the_shifts_that_were_left(rota: World) -> None:
    id = await schedule(rota, "w", layer(rota, "Ana", "Bo", "Cy"))
    before = await watch(rota, id)
    assert (await leave(rota, "Bo", {"*": "Di"})).status_code == 200
    after = await watch(rota, id)
    mine = [n for n, people in enumerate(before) if people == {("Bo", None)}]
    assert len(mine) > 20
    assert all(after[n] == {("Di", None)} for n in mine)
    assert all(len(people) == 1 for people in after), "there is no gap, and nobody twice"


async def test_who_shares_the_slot_in_another_role_keeps_it(rota: World) -> None:
    id = await schedule(rota, "w", layer(rota, "Ana/primary+Bo/backup"))
    assert (await leave(rota, "Ana", {id: "Di"})).status_code == 200
    assert all(people == {("Di", "primary"), ("Bo", "backup")} for people in await watch(rota, id))


async def test_what_was_promised_is_kept_by_the_taker_and_who_stood_in_stays(rota: World) -> None:
    id = await schedule(rota, "w", layer(rota, "Ana", "Bo", unit="week"))
    root = await rota.sign_in("Root")
    now = rota.clock.now()

    async def override(days: tuple[int, int], name: str, scope: Any) -> None:
        start, end = (now + timedelta(days=day) for day in days)
        body = {"start": start, "end": end, "user_id": rota.users[name], "scope": scope}
        await root.post(f"{SCHEDULES}/{id}/overrides", body)

    await override((7, 9), "Ana", {"kind": "all"})
    await override((1, 2), "Cy", {"kind": "person", "user_id": rota.users["Ana"]})
    assert (await leave(rota, "Ana", {id: "Di"})).status_code == 200
    after = await watch(rota, id, days=10)
    assert after[7 * 4] == {("Di", None)}
    assert after[4] == {("Cy", None)}
    assert all(len(people) == 1 for people in after)


async def test_a_taker_has_to_be_somebody_else_who_is_there(rota: World) -> None:
    id = await schedule(rota, "w", layer(rota, "Ana", "Bo"))
    for takers, field in (
        ({id: "Ana"}, f"takers.{id}"),
        ({"*": "nobody"}, "takers.*"),
        ({"elsewhere": "Di"}, "takers.elsewhere"),
    ):
        refused = await leave(rota, "Ana", takers)
        assert (refused.status_code, fields(refused)) == (400, [(field, "unknown")])


async def test_only_those_who_edit_people_may(rota: World) -> None:
    path = f"/api/v1/users/{rota.users['Ana']}/deactivate"
    assert (await answered(await rota.sign_in("Bo"), "POST", path, {}))[0] == 403
    root = await rota.sign_in("Root")
    assert (await answered(root, "POST", "/api/v1/users/nobody/deactivate", {}))[0] == 404


async def test_a_page_goes_to_the_taker(rota: World) -> None:
    id = await schedule(rota, "w", layer(rota, "Ana"))
    root = await rota.sign_in("Root")
    team = rota.teams["Payments"]
    levels = [{"targets": [{"kind": "schedule", "id": id}], "delay_s": 300}]
    policy = await root.post("/api/v1/escalation-policies", {"name": "P", "team_id": team, "levels": levels})
    service = await root.post("/api/v1/services", {"name": "s", "team_id": team, "policy_id": policy["id"]})
    key = (await root.post("/api/v1/integrations", {"name": "i", "source": "events", "service_id": service["id"]}))[
        "key"
    ]
    assert (await leave(rota, "Ana", {id: "Di"})).status_code == 200
    event = {"title": "x", "dedup_key": "x", "severity": "critical"}
    await rota.nobody.send("POST", f"/ingest/events/{key}", event)
    await rota.settle()
    assert await rota.paged() == ["Di"]


async def test_nobody_stands_in_for_a_team_that_they_cannot_see(rota: World) -> None:
    id = await schedule(rota, "w", layer(rota, "Ana"))
    root = await rota.sign_in("Root")
    await rota.add_user("Eve")
    await root.put(f"/api/v1/teams/{rota.teams['Payments']}", {"name": "Payments", "is_private": True}, rev=1)
    for key in (id, "*"):
        refused = await leave(rota, "Ana", {key: "Eve"})
        assert (refused.status_code, fields(refused)) == (400, [(f"takers.{key}", "cannot_see")])
    now = rota.clock.now()
    span = {"start": now.isoformat(), "end": (now + timedelta(hours=8)).isoformat()}
    refused = await root.send("POST", f"{SCHEDULES}/{id}/overrides", {**span, "user_id": rota.users["Eve"]})
    assert (refused.status_code, fields(refused)) == (400, [("user_id", "cannot_see")])
    levels = [{"targets": [{"kind": "user", "id": rota.users["Eve"]}], "delay_s": 60}]
    policy = {"name": "p", "team_id": rota.teams["Payments"], "levels": levels}
    refused = await root.send("POST", "/api/v1/escalation-policies", policy)
    assert (refused.status_code, fields(refused)) == (400, [("levels[0].targets[0].id", "unknown")])
    assert (await leave(rota, "Ana", {id: "Bo"})).status_code == 200
