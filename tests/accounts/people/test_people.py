"""People: found, changed, thrown out and let in again by whoever may."""

import asyncio
from typing import Any

import pytest

from tests.accounts.asking import answered, fields
from tests.kit.adding import PASSWORD
from tests.kit.client import Client
from tests.kit.world import World

USERS = "/api/v1/users"


def at(world: World, name: str) -> str:
    return f"{USERS}/{world.users[name]}"


async def change(client: Client, path: str, body: Any, rev: int = 1) -> tuple[int, str]:
    return await answered(client, "PATCH", path, body, rev)


@pytest.mark.store
async def test_people_are_listed_page_by_page_and_found_by_words_team_and_state(office: World) -> None:
    vic, root = await office.sign_in("Vic"), await office.sign_in("Root")
    await office.add_person("ana", team="Payments")
    seen: list[str] = []
    cursor: str | None = None
    while True:
        query: dict[str, Any] = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = await vic.get(USERS, **query)
        seen += [user["name"] for user in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == ["ana", "Mia", "Olga", "Rob", "Root", "Vic"]
    assert [user["name"] for user in (await vic.get(USERS, q="RO"))["items"]] == ["Rob", "Root"]
    assert (await vic.get(USERS, q="%"))["items"] == []
    paying = await vic.get(USERS, team_id=office.teams["Payments"])
    assert [user["name"] for user in paying["items"]] == ["ana", "Mia"]
    assert paying["items"][0]["teams"] == [{"id": office.teams["Payments"], "name": "Payments"}]
    assert (await root.send("POST", f"{at(office, 'ana')}/deactivate", {})).status_code == 200
    assert [user["name"] for user in (await vic.get(USERS, state="deactivated"))["items"]] == ["ana"]
    assert len((await vic.get(USERS, state="active"))["items"]) == 5
    for query in ({"limit": 0}, {"limit": "x"}, {"cursor": "x"}, {"state": "asleep"}):
        assert (await vic.send("GET", USERS, headers=None, **query)).status_code == 400, query
    assert (await vic.send("GET", f"{USERS}/nobody")).status_code == 404


async def test_who_is_in_a_private_team_is_not_told(office: World) -> None:
    root, vic = await office.sign_in("Root"), await office.sign_in("Vic")
    secret = office.teams["Secret"]
    await root.post(f"/api/v1/teams/{secret}/members", {"user_id": office.users["Rob"]})
    assert (await vic.get(USERS, team_id=secret))["items"] == []
    assert [team["name"] for team in (await vic.get(at(office, "Rob")))["teams"]] == ["Search"]
    assert [team["name"] for team in (await root.get(at(office, "Rob")))["teams"]] == ["Search", "Secret"]


async def test_a_person_is_changed_by_their_rev(office: World) -> None:
    root = await office.sign_in("Root")
    path = at(office, "Rob")
    assert (await root.send("PATCH", path, {"name": "Robert"})).status_code == 428
    body = {"name": " Robert ", "role": "manager", "language": "zh", "time_zone": "Asia/Shanghai"}
    changed = await root.send("PATCH", path, body, headers={"if-match": "1"})
    assert changed.status_code == 200
    assert (changed.json()["name"], changed.json()["role"], changed.json()["rev"]) == ("Robert", "manager", 2)
    assert await change(root, path, {"name": "x"}) == (412, "stale")
    for wrong, field in (
        ({"name": "  "}, "name"),
        ({"time_zone": "Mars/Base"}, "time_zone"),
        ({"role": "king"}, "role"),
    ):
        answer = await root.send("PATCH", path, wrong, headers={"if-match": "2"})
        assert (answer.status_code, fields(answer)[0][0]) == (400, field)
    assert (await change(await office.sign_in("Mia"), path, {"name": "x"}, 2))[0] == 403
    entries = (await root.get("/api/v1/audit", object_id=office.users["Rob"]))["items"]
    assert [entry["verb"] for entry in entries] == ["changed"]
    assert {each["field"] for each in entries[0]["differences"]} == {"name", "role", "language", "time_zone"}


async def test_administrators_neither_make_nor_change_owners(office: World) -> None:
    root, olga = await office.sign_in("Root"), await office.sign_in("Olga")
    new = {"name": "N", "email": "n@example.com", "password": "a long enough one", "role": "owner"}
    assert await answered(root, "POST", USERS, new) == (403, "role_above_yours")
    assert await change(root, at(office, "Rob"), {"role": "owner"}) == (403, "role_above_yours")
    assert await change(root, at(office, "Olga"), {"name": "x"}) == (403, "role_above_yours")
    for verb, body in (("deactivate", {}), ("password-reset", None)):
        assert await answered(root, "POST", f"{at(office, 'Olga')}/{verb}", body) == (403, "role_above_yours")
    assert (await change(olga, at(office, "Rob"), {"role": "owner"}))[0] == 200
    assert (await change(root, at(office, "Vic"), {"role": "admin"}))[0] == 200


@pytest.mark.store
async def test_one_owner_is_always_left_also_when_two_go_at_once(office: World) -> None:
    olga = await office.sign_in("Olga")
    assert await change(olga, at(office, "Olga"), {"role": "viewer"}) == (409, "last_owner")
    assert await answered(olga, "POST", f"{at(office, 'Olga')}/deactivate", {}) == (409, "last_owner")
    assert (await change(olga, at(office, "Rob"), {"role": "owner"}))[0] == 200
    rob = await office.sign_in("Rob")
    both = await asyncio.gather(
        change(olga, at(office, "Olga"), {"role": "viewer"}), change(rob, at(office, "Rob"), {"role": "viewer"}, 2)
    )
    assert sorted(code for code, _ in both) == [200, 409]
    left = await office.db.values("SELECT name FROM user_account WHERE role = 'owner'")
    assert len(left) == 1


async def test_where_there_is_no_owner_the_last_administrator_stays(world: World) -> None:
    await world.add_person("Root", role="admin")
    root = await world.sign_in("Root")
    assert await change(root, at(world, "Root"), {"role": "viewer"}) == (409, "last_owner")


@pytest.mark.store
async def test_whoever_is_deactivated_is_out_everywhere_at_once_and_may_come_back(office: World) -> None:
    root = await office.sign_in("Root")
    tokens = await office.nobody.post("/api/v1/auth/login", {"email": "rob@example.com", "password": PASSWORD})
    rob = Client(office.http, tokens["access_token"])
    key = await office.add_program("Rob", "read")
    code = (await rob.post("/api/v1/auth/pairing-codes"))["code"]
    body = await root.send("POST", f"{at(office, 'Rob')}/deactivate", {})
    assert body.json()["deactivated_at"] is not None
    assert (await rob.send("GET", "/api/v1/me")).status_code == 401
    assert (await key.send("GET", "/api/v1/teams")).status_code == 401
    refreshed = await office.nobody.send("POST", "/api/v1/auth/refresh", {"refresh_token": tokens["refresh_token"]})
    signed_in = await office.nobody.send(
        "POST", "/api/v1/auth/login", {"email": "rob@example.com", "password": PASSWORD}
    )
    paired = await office.nobody.send("POST", "/api/v1/auth/pair", {"code": code})
    assert (refreshed.status_code, signed_in.status_code, paired.status_code) == (401, 401, 401)
    dead = await office.db.values("SELECT dead_reason FROM address WHERE user_id = :id", id=office.users["Rob"])
    assert dead == [("deactivated",)]
    assert await answered(root, "POST", f"{at(office, 'Rob')}/deactivate", {}) == (409, "deactivated_already")
    assert (await answered(root, "POST", f"{at(office, 'Rob')}/reactivate"))[0] == 200
    assert await answered(root, "POST", f"{at(office, 'Rob')}/reactivate") == (409, "active_already")
    back = await office.sign_in("Rob")
    assert (await back.get("/api/v1/me"))["name"] == "Rob"
    assert (await key.send("GET", "/api/v1/teams")).status_code == 401, "keys stay revoked"
    verbs = [entry["verb"] for entry in (await root.get("/api/v1/audit", object_id=office.users["Rob"]))["items"]]
    assert verbs == ["reactivated", "deactivated"]
