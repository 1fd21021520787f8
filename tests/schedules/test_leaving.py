"""Nobody's account ends while a shift of theirs would be lost."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from shared.domain.on_call.layer_edits import Change
from tests.accounts.asking import answered, fields
from tests.kit.client import Client
from tests.kit.world import World

pytestmark = pytest.mark.store
SCHEDULES = "/api/v1/schedules"


@pytest.fixture
async def rota(world: World) -> World:
    await world.add_team("Payments")
    await world.add_person("Root", role="admin")
    for name in ("Ana", "Bo", "Cy", "Di"):
        await world.add_person(name, team="Payments")
    return world


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
    await rota.add_schedule("w", rota.layer_of("Ana", "Bo"))
    assert (await leave(rota, "Di")).status_code == 200


async def test_the_shifts_are_named_until_somebody_takes_them(rota: World) -> None:
    id = (await rota.add_schedule("w", rota.layer_of("Ana", "Bo", "Cy", unit="week"))).id
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
    id = (await rota.add_schedule("w", rota.layer_of("Ana", "Bo", "Cy"))).id
    before = await watch(rota, id)
    assert (await leave(rota, "Bo", {"*": "Di"})).status_code == 200
    after = await watch(rota, id)
    mine = [n for n, people in enumerate(before) if people == {("Bo", None)}]
    assert len(mine) > 20
    assert all(after[n] == {("Di", None)} for n in mine)
    assert all(len(people) == 1 for people in after), "there is no gap, and nobody twice"


async def test_who_shares_the_slot_in_another_role_keeps_it(rota: World) -> None:
    id = (await rota.add_schedule("w", rota.layer_of("Ana/primary+Bo/backup"))).id
    assert (await leave(rota, "Ana", {id: "Di"})).status_code == 200
    assert all(people == {("Di", "primary"), ("Bo", "backup")} for people in await watch(rota, id))


async def test_what_was_promised_is_kept_by_the_taker_and_who_stood_in_stays(rota: World) -> None:
    id = (await rota.add_schedule("w", rota.layer_of("Ana", "Bo", unit="week"))).id
    days = [rota.clock.now() + timedelta(days=day) for day in range(10)]
    await rota.add_override(id, "Ana", start=days[7], end=days[9])
    of_ana = {"kind": "person", "user_id": rota.users["Ana"]}
    await rota.add_override(id, "Cy", start=days[1], end=days[2], scope=of_ana)
    assert (await leave(rota, "Ana", {id: "Di"})).status_code == 200
    after = await watch(rota, id, days=10)
    assert after[7 * 4] == {("Di", None)}
    assert after[4] == {("Cy", None)}
    assert all(len(people) == 1 for people in after)


async def test_a_taker_has_to_be_somebody_else_who_is_there(rota: World) -> None:
    id = (await rota.add_schedule("w", rota.layer_of("Ana", "Bo"))).id
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
    id = (await rota.add_schedule("w", rota.layer_of("Ana"))).id
    service = await rota.add_service(policy=await rota.add_policy("schedule:w"))
    integration = await rota.add_integration(service)
    assert (await leave(rota, "Ana", {id: "Di"})).status_code == 200
    event = {"title": "x", "dedup_key": "x", "severity": "critical"}
    await rota.nobody.send("POST", f"/ingest/events/{integration.key}", event)
    await rota.settle()
    assert await rota.paged() == ["Di"]


async def test_nobody_stands_in_for_a_team_that_they_cannot_see(rota: World) -> None:
    id = (await rota.add_schedule("w", rota.layer_of("Ana"))).id
    root = await rota.sign_in("Root")
    await rota.add_person("Eve")
    await root.put(f"/api/v1/teams/{rota.teams['Payments']}", {"name": "Payments", "is_private": True}, rev=1)
    for key in (id, "*"):
        refused = await leave(rota, "Ana", {key: "Eve"})
        assert (refused.status_code, fields(refused)) == (400, [(f"takers.{key}", "cannot_see")])
    now = rota.clock.now()
    span = {"start": now.isoformat(), "end": (now + timedelta(hours=8)).isoformat()}
    refused = await root.send("POST", f"{SCHEDULES}/{id}/overrides", {**span, "user_id": rota.users["Eve"]})
    assert (refused.status_code, fields(refused)) == (400, [("user_id", "cannot_see")])
    refused = await root.send("POST", "/api/v1/escalation-policies", rota.policy_of("Eve"))
    assert (refused.status_code, fields(refused)) == (400, [("levels[0].targets[0].id", "unknown")])
    assert (await leave(rota, "Ana", {id: "Bo"})).status_code == 200


async def test_colleagues_hear_of_their_changed_shifts_as_far_ahead_as_after_any_edit(rota: World) -> None:
    """The ring closes; what the taker keeps is the 30 days."""
    id = (await rota.add_schedule("w", rota.layer_of("Ana", "Bo", "Cy", unit="week"))).id
    assert (await leave(rota, "Ana", {id: "Di"})).status_code == 200
    text = "SELECT changes FROM shift_change WHERE schedule_id = :id ORDER BY made_at DESC, id DESC"
    (kept,) = (await rota.db.values(text, id=id))[0]
    far = rota.clock.now() + timedelta(days=83)
    changed = msgspec.json.decode(kept, type=list[Change])
    assert {rota.users[name] for name in ("Bo", "Cy")} <= {each.user_id for each in changed if each.end > far}


async def test_a_taker_who_would_hold_both_roles_is_named(world: World) -> None:
    """The backup of whoever leaves takes their hours, and nobody is behind them."""
    await world.add_team("Payments")
    await world.add_person("Root", role="admin")
    for name in ("Ana", "Bo", "Cy"):
        await world.add_person(name, team="Payments")
    await world.add_schedule("Watch", world.layer_of("Ana/primary+Bo/backup", "Cy/primary"))
    gone = await leave(world, "Ana", {"*": "Bo"})
    assert [(each["field"], each["code"], each["args"]["name"]) for each in gone.json()["warnings"]] == [
        ("takers", "several_roles", "Bo")
    ]
