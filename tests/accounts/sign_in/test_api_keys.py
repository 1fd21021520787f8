"""API keys: act under their own name, with no more than their maker may."""

from datetime import timedelta

import pytest

from tests.accounts.asking import answered, fields
from tests.escalation.house import House
from tests.kit.client import Client
from tests.kit.world import World

KEYS = "/api/v1/api-keys"


@pytest.mark.store
async def test_a_key_is_shown_once_and_kept_as_a_digest(office: World) -> None:
    rob, root, mia = await office.sign_in("Rob"), await office.sign_in("Root"), await office.sign_in("Mia")
    body = {"name": "robot", "scopes": ["incidents:act", "read"]}
    made = await rob.post(KEYS, body, idempotency_key="once")
    assert await rob.post(KEYS, body, idempotency_key="once") == made
    assert made["key"].startswith("dwk_")
    assert made["key"].startswith(made["hint"])
    assert made["scopes"] == ["read", "incidents:act"]
    (listed,) = (await rob.get(KEYS))["items"]
    assert (listed["key"], listed["made_by"]["name"], listed["last_used_at"]) == (None, "Rob", None)
    assert len((await root.get(KEYS))["items"]) == 1
    assert (await mia.get(KEYS))["items"] == []
    dump = [str(await office.db.values(f"SELECT * FROM {table}")) for table in ("api_key", "idempotency", "audit")]
    assert all(made["key"] not in text and made["key"][10:] not in text for text in dump)


async def test_a_key_may_what_its_scopes_and_its_maker_may(office: World) -> None:
    vic, reading = await office.sign_in("Vic"), await office.add_program("Mia", "read")
    making = await office.add_program("Mia", "read", "configuration:edit")
    service = {"name": "s", "team_id": office.teams["Payments"]}
    assert (await reading.get("/api/v1/teams"))["items"]
    assert (await answered(reading, "POST", "/api/v1/services", service))[0] == 403
    assert (await answered(making, "POST", "/api/v1/services", service))[0] == 201
    elsewhere = {"name": "t", "team_id": office.teams["Search"]}
    assert (await answered(making, "POST", "/api/v1/services", elsewhere))[0] == 403, "not a team of the maker"
    refused = await vic.send("POST", KEYS, {"name": "r", "scopes": ["read", "incidents:act"]})
    assert fields(refused) == [("scopes[1]", "not_held")]
    root = await office.sign_in("Root")
    demoted = await root.send(
        "PATCH", f"/api/v1/users/{office.users['Mia']}", {"role": "viewer"}, headers={"if-match": "1"}
    )
    assert demoted.status_code == 200
    again = {"name": "u", "team_id": office.teams["Payments"]}
    assert (await answered(making, "POST", "/api/v1/services", again))[0] == 403, "the maker may no longer"


async def test_a_key_of_one_team_sees_and_changes_no_other(office: World) -> None:
    root = await office.sign_in("Root")
    search = office.teams["Search"]
    key = await office.add_program("Root", "read", "configuration:edit", team_id=search)
    assert [team["name"] for team in (await key.get("/api/v1/teams"))["items"]] == ["Search"]
    assert (await answered(key, "GET", f"/api/v1/teams/{office.teams['Payments']}"))[0] == 404
    for team, status in ((search, 201), (office.teams["Payments"], 400), (office.teams["Secret"], 400)):
        assert (await answered(key, "POST", "/api/v1/services", {"name": team, "team_id": team}))[0] == status
    wide = await root.send("POST", KEYS, {"name": "w", "scopes": ["people:edit"], "team_id": search})
    assert fields(wide) == [("scopes[0]", "account_wide")]
    unknown = await root.send("POST", KEYS, {"name": "w", "scopes": ["read"], "team_id": "nowhere"})
    assert fields(unknown)[0] == ("team_id", "unknown")


async def test_what_is_a_persons_own_is_closed_to_keys(office: World) -> None:
    key = await office.add_program("Root", "read", "people:edit")
    for method, path in (
        ("GET", "/api/v1/me"),
        ("GET", "/api/v1/me/sessions"),
        ("GET", "/api/v1/me/on-call"),
        ("POST", "/api/v1/auth/logout"),
        ("POST", "/api/v1/auth/pairing-codes"),
        ("POST", KEYS),
        ("GET", KEYS),
    ):
        assert await answered(key, method, path) == (403, "person_only"), path


@pytest.mark.store
async def test_a_key_ends_when_it_expires_or_is_revoked(office: World) -> None:
    rob, mia = await office.sign_in("Rob"), await office.sign_in("Mia")
    until = office.clock.now() + timedelta(minutes=5)
    for wrong in ("2020-01-01T00:00:00Z", "2030-01-01T00:00:00"):
        refused = await rob.send("POST", KEYS, {"name": "r", "scopes": ["read"], "expires_at": wrong})
        assert fields(refused)[0][0] == "expires_at"
    short, long = await office.add_program("Rob", "read", expires_at=until), await office.add_program("Rob", "read")
    office.clock.advance(timedelta(minutes=5))
    assert await answered(short, "GET", "/api/v1/teams") == (401, "api_key_expired")
    assert (await answered(long, "GET", "/api/v1/teams"))[0] == 200
    (id,) = [key["id"] for key in (await rob.get(KEYS))["items"] if key["expires_at"] is None]
    assert (await answered(mia, "DELETE", f"{KEYS}/{id}"))[0] == 404
    assert (await answered(rob, "DELETE", f"{KEYS}/{id}"))[0] == 204
    assert await answered(long, "GET", "/api/v1/teams") == (401, "bad_api_key")
    assert (await answered(rob, "DELETE", f"{KEYS}/{id}"))[0] == 404
    assert await answered(Client(office.http, "dwk_nonsense"), "GET", "/api/v1/teams") == (401, "bad_api_key")


async def test_its_last_use_is_written_once_a_minute(office: World) -> None:
    rob = await office.sign_in("Rob")
    key = await office.add_program("Rob", "read")
    used: list[str] = []
    for _ in range(3):
        await key.get("/api/v1/teams")
        used.append((await rob.get(KEYS))["items"][0]["last_used_at"])
        office.clock.advance(timedelta(seconds=30))
    assert used[0] == used[1] != used[2]


async def test_the_timeline_and_the_trail_name_the_key(world: World) -> None:
    house = await House.build(world, "Ana", levels=("Ana",), delay_s=3600)
    await house.fire()
    key = await world.add_program("Ana", "read", "incidents:act", "schedules:edit")
    id = (await key.get("/api/v1/incidents"))["items"][0]["id"]
    await key.post(f"/api/v1/incidents/{id}/acknowledge")
    told = (await key.get(f"/api/v1/incidents/{id}/timeline"))["items"]
    (actor,) = [entry["actor"] for entry in told if entry["kind"] == "acknowledged"]
    assert (actor["kind"], actor["name"]) == ("api_key", "robot")
    await key.post("/api/v1/schedules", {"name": "w", "team_id": world.teams["Payments"], "time_zone": "UTC"})
    (entry,) = (await key.get("/api/v1/audit", object_kind="schedule"))["items"]
    assert (entry["actor_kind"], entry["actor_name"]) == ("api_key", "robot")
