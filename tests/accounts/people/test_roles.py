"""Permission sets: granted somewhere they hold there, at once, and nowhere else."""

from typing import Any

import pytest

from tests.accounts.asking import answered, fields
from tests.escalation.house import House
from tests.kit.world import World

ROLES = "/api/v1/roles"


async def test_built_in_roles_are_listed_and_can_not_be_changed(office: World) -> None:
    root, vic = await office.sign_in("Root"), await office.sign_in("Vic")
    listed = {role["id"]: role["permissions"] for role in (await vic.get(ROLES))["items"] if role["built_in"]}
    assert list(listed) == ["viewer", "responder", "manager", "admin", "owner"]
    assert listed["viewer"] == ["read"]
    assert listed["responder"] == ["read", "incidents:act", "schedules:edit"]
    assert "people:edit" not in listed["manager"]
    body = {"name": "x", "permissions": ["read"]}
    assert await answered(root, "PUT", f"{ROLES}/viewer", body, 1) == (403, "built_in")
    assert await answered(root, "DELETE", f"{ROLES}/admin", None, 1) == (403, "built_in")
    assert await answered(vic, "POST", ROLES, body) == (403, "role")
    assert (await vic.get(f"{ROLES}/manager"))["built_in"] is True


@pytest.mark.store
async def test_a_set_is_made_changed_and_removed_by_its_rev(office: World) -> None:
    root = await office.sign_in("Root")
    made = await root.post(ROLES, {"name": "Night shift", "permissions": ["incidents:act", "read", "read"]})
    assert (made["permissions"], made["built_in"], made["rev"]) == (["read", "incidents:act"], False, 1)
    path = f"{ROLES}/{made['id']}"
    for name in ("Night shift", "owner"):
        taken = {"name": name, "permissions": ["read"]}
        assert await answered(root, "POST", ROLES, taken) == (409, "name_taken")
    assert (await answered(root, "POST", ROLES, {"name": "n", "permissions": ["fly"]}))[0] == 400
    assert (await answered(root, "POST", ROLES, {"name": "n", "permissions": []}))[0] == 400
    changed = {"name": "Night", "permissions": ["read"]}
    assert (await answered(root, "PUT", path, changed))[0] == 428
    assert (await root.put(path, changed, rev=1))["rev"] == 2
    assert (await answered(root, "PUT", path, changed, 1))[0] == 412
    assert (await answered(root, "DELETE", path, None, 2))[0] == 204
    assert (await answered(root, "DELETE", path, None, 2))[0] == 404


async def test_a_viewer_acts_on_the_incidents_of_the_team_where_it_was_granted_and_of_no_other(world: World) -> None:
    house = await House.build(world, "Ana", levels=("Ana",), delay_s=3600)
    await world.add_person("Vic", role="viewer")
    await world.add_person("Root", role="admin")
    await house.fire()
    await world.settle()
    vic = await world.sign_in("Vic")
    incident = (await vic.get("/api/v1/incidents"))["items"][0]
    path = f"/api/v1/incidents/{incident['id']}"
    assert (await vic.get(path))["can"] == ["follow"]
    assert (await answered(vic, "POST", f"{path}/acknowledge"))[0] == 403
    other = (await world.add_team("Other")).id
    elsewhere = (await world.add_grant("Vic", "read", "incidents:act", kind="team", id=other)).id
    assert await answered(vic, "POST", f"{path}/acknowledge") == (403, "not_your_team")
    assert (await vic.get(path))["can"] == ["follow"]
    team = incident["team"]["id"]
    await world.add_grant("Vic", "read", "incidents:act", "schedules:edit", kind="team", id=team)
    assert "acknowledge" in (await vic.get(path))["can"]
    assert (await answered(vic, "POST", f"{path}/acknowledge"))[0] == 200
    me = await vic.get("/api/v1/me")
    assert me["team_permissions"][team] == ["read", "incidents:act", "schedules:edit"]
    root = await world.sign_in("Root")
    user = world.users["Vic"]
    for grant_id in [each["id"] for each in (await root.get(f"/api/v1/users/{user}/grants"))["items"]]:
        assert (await answered(root, "DELETE", f"/api/v1/users/{user}/grants/{grant_id}"))[0] == 204
    assert (await answered(vic, "POST", f"{path}/resolve"))[0] == 403, "at once"
    assert (await answered(root, "DELETE", f"/api/v1/users/{user}/grants/{elsewhere}"))[0] == 404


async def test_a_grant_on_a_private_team_opens_it_and_nothing_else_does(office: World) -> None:
    secret = office.teams["Secret"]
    vic = await office.sign_in("Vic")
    await office.add_grant("Vic", "read", "configuration:edit")
    assert (await answered(vic, "GET", f"/api/v1/teams/{secret}"))[0] == 404, "the account's width does not open it"
    service = {"name": "s", "team_id": secret}
    assert (await answered(vic, "POST", "/api/v1/services", service))[0] == 400
    await office.add_grant("Vic", "read", kind="team", id=secret)
    assert (await vic.get(f"/api/v1/teams/{secret}"))["name"] == "Secret"
    assert (await answered(vic, "POST", "/api/v1/services", service))[0] == 201


async def test_a_grant_on_one_service_holds_for_it_alone_and_moves_it_nowhere(office: World) -> None:
    rob, team = await office.sign_in("Rob"), office.teams["Payments"]
    one, two = await office.add_service("one"), await office.add_service("two")
    await office.add_grant("Rob", "configuration:edit", kind="service", id=one.id)
    body = {"name": "renamed", "team_id": team}
    assert (await rob.put(f"/api/v1/services/{one.id}", body, rev=1))["name"] == "renamed"
    assert (await answered(rob, "PUT", f"/api/v1/services/{two.id}", body, 1))[0] == 403
    moved = {"name": "moved", "team_id": office.teams["Search"]}
    assert (await answered(rob, "PUT", f"/api/v1/services/{one.id}", moved, 2))[0] == 403
    assert (await answered(rob, "POST", "/api/v1/services", {"name": "three", "team_id": team}))[0] == 403


async def test_nobody_grants_what_they_do_not_hold(office: World) -> None:
    root, vic = await office.sign_in("Root"), await office.sign_in("Vic")
    acting = await root.post(ROLES, {"name": "acting", "permissions": ["incidents:act"]})
    reading = await root.post(ROLES, {"name": "reading", "permissions": ["read"]})
    await office.add_grant("Vic", "people:edit")
    path = f"/api/v1/users/{office.users['Rob']}/grants"
    refused = await vic.send("POST", path, {"role_id": acting["id"], "scope": {"kind": "account"}})
    assert (refused.status_code, fields(refused)) == (400, [("role_id", "not_held")])
    assert (await answered(vic, "POST", path, {"role_id": reading["id"]}))[0] == 201
    assert fields(await vic.send("POST", ROLES, {"name": "mine", "permissions": ["read", "incidents:act"]})) == [
        ("permissions[1]", "not_held")
    ]
    assert await answered(vic, "PUT", f"{ROLES}/{reading['id']}", {"name": "r", "permissions": ["read"]}, 1) == (
        403,
        "role",
    )


async def test_what_is_granted_has_to_be_there_and_wide_enough(office: World) -> None:
    root, mia = await office.sign_in("Root"), await office.sign_in("Mia")
    editing = await root.post(ROLES, {"name": "editing", "permissions": ["people:edit"]})
    reading = await root.post(ROLES, {"name": "reading", "permissions": ["read"]})
    path = f"/api/v1/users/{office.users['Rob']}/grants"

    async def refused(body: Any) -> list[tuple[str, str]]:
        answer = await root.send("POST", path, body)
        assert answer.status_code == 400, answer.text
        return fields(answer)

    team = {"kind": "team", "id": office.teams["Search"]}
    assert await refused({"role_id": "viewer"}) == [("role_id", "unknown")]
    assert await refused({"role_id": reading["id"], "scope": {"kind": "team"}}) == [("scope.id", "unknown")]
    assert await refused({"role_id": reading["id"], "scope": {"kind": "schedule", "id": "x"}}) == [
        ("scope.id", "unknown")
    ]
    assert await refused({"role_id": reading["id"], "scope": {"kind": "account", "id": "x"}}) == [
        ("scope.id", "not_of_this_kind")
    ]
    assert await refused({"role_id": editing["id"], "scope": team}) == [("scope.kind", "account_wide")]
    assert (await root.post(path, {"role_id": reading["id"], "scope": team}))["scope_name"] == "Search"
    assert await answered(root, "POST", path, {"role_id": reading["id"], "scope": team}) == (409, "granted_already")
    widened = await root.send(
        "PUT", f"{ROLES}/{reading['id']}", {"name": "r", "permissions": ["people:edit"]}, headers={"if-match": "1"}
    )
    assert fields(widened) == [("permissions", "account_wide")]
    assert await answered(root, "DELETE", f"{ROLES}/{reading['id']}", None, 1) == (409, "in_use")
    held = await root.send("DELETE", f"{ROLES}/{reading['id']}", headers={"if-match": "1"})
    assert [(error["args"]["kind"], error["args"]["name"]) for error in held.json()["errors"]] == [("user", "Rob")]
    assert (await answered(root, "POST", "/api/v1/users/nobody/grants", {"role_id": reading["id"]}))[0] == 404
    assert (await answered(mia, "GET", path))[0] == 403
    assert len((await (await office.sign_in("Rob")).get(path))["items"]) == 1


async def test_nobody_opens_the_account_of_somebody_who_may_or_sees_more(office: World) -> None:
    await office.add_person("Val", role="viewer")
    await office.add_person("Sue", team="Secret", role="viewer")
    await office.add_person("Wim", role="viewer")
    vic = await office.sign_in("Vic")
    await office.add_grant("Vic", "people:edit")
    await office.add_grant("Val", "configuration:edit", kind="team", id=office.teams["Search"])
    for name in ("Val", "Sue"):
        path = f"/api/v1/users/{office.users[name]}"
        assert await answered(vic, "POST", f"{path}/password-reset") == (403, "role_above_yours")
        assert await answered(vic, "DELETE", f"{path}/totp") == (403, "role_above_yours")
        assert (await answered(await office.sign_in("Root"), "POST", f"{path}/password-reset"))[0] == 201
    assert (await answered(vic, "POST", f"/api/v1/users/{office.users['Wim']}/password-reset"))[0] == 201
