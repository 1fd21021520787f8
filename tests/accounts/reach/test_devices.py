"""Phones: one row an installation, with one person, as long as it is signed in."""

from datetime import timedelta
from typing import Any

import pytest

from server.kernel.database import Writes
from tests.accounts.asking import answered, fields
from tests.kit.adding import PASSWORD
from tests.kit.client import Client
from tests.kit.world import World

pytestmark = pytest.mark.store
DEVICES = "/api/v1/me/devices"
PHONE = {
    "name": "Pixel 9",
    "platform": "android",
    "kind": "fid",
    "value": "token-1",
    "app_version": "1.2",
    "locale": "de-DE",
    "time_zone": "Europe/Berlin",
    "permissions": {"notifications": "granted", "full_screen": "denied"},
}


async def put(client: Client, installation: str = "install-1", **change: Any) -> Any:
    answer = await client.send("PUT", f"{DEVICES}/{installation}", {**PHONE, **change})
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.fixture
async def two(world: World) -> World:
    for name in ("Ana", "Bo"):
        await world.add_person(name, reach="")
    return world


async def test_a_phone_says_what_it_is_and_what_it_may(two: World) -> None:
    ana = await two.sign_in("Ana")
    device = await put(ana)
    assert device["permissions"]["full_screen"] == "denied"
    assert device["permissions"]["dnd_access"] == "unknown"
    assert (device["is_current"], device["last_receipt_at"]) == (True, None)
    again = await put(ana, value="token-2", name="Renamed", permissions={"notifications": "denied"})
    assert (again["id"], again["name"]) == (device["id"], "Renamed")
    other = await two.sign_in("Ana")
    (listed,) = (await other.get(DEVICES))["items"]
    assert listed == {**again, "is_current": False}
    (method,) = (await ana.get("/api/v1/me/contact-methods"))["items"]
    assert (method["channel"], method["label"]) == ("push", "Renamed (Android)")
    verbs = [entry["verb"] for entry in (await ana.get("/api/v1/audit", object_kind="device"))["items"]]
    assert verbs == ["changed", "made"]


async def test_who_knows_a_token_or_an_installation_takes_no_phone_away_and_its_owner_is_told(two: World) -> None:
    ana, bo = await two.sign_in("Ana"), await two.sign_in("Bo")
    mail = {"channel": "email", "name": "Mail", "value": "ana@example.com"}
    method = await ana.post("/api/v1/me/contact-methods", mail)
    await two.db.apply(Writes().sql("UPDATE address SET verified_at = 1 WHERE id = :id", id=method["id"]))
    mine = await put(ana)
    for number, (installation, value) in enumerate((("install-1", "token-b"), ("install-2", "token-1")), 1):
        await put(bo, installation, value=value)
        assert (await ana.get(DEVICES))["items"] == [mine]
        assert len((await bo.get(DEVICES))["items"]) == number
        await two.settle()
    await bo.post(DEVICES, {"name": "Mine", "platform": "android", "value": "token-1"})
    assert (await answered(bo, "DELETE", f"{DEVICES}/install-1"))[0] == 204
    assert (await ana.get(DEVICES))["items"] == [mine]
    await two.settle()
    told = await two.db.values("SELECT channel, address_id, message FROM delivery WHERE message LIKE '%registered%'")
    assert [(channel, id) for channel, id, _ in told] == [("email", method["id"])], "once a day"
    assert "Bo" in told[0][2]
    two.clock.advance(timedelta(days=1))
    await put(await two.sign_in("Bo"), "install-3", value="token-1")
    await two.settle()
    text = "SELECT COUNT(*) FROM delivery WHERE channel = 'email' AND message LIKE '%registered%'"
    assert await two.db.value(text) == 2, "and the next day again"


async def test_a_person_has_a_token_and_an_installation_once(two: World) -> None:
    ana = await two.sign_in("Ana")
    await put(ana)
    await put(ana, "install-2", value="token-9")
    await put(ana, "install-1", value="token-9")
    assert [each["installation_id"] for each in (await ana.get(DEVICES))["items"]] == ["install-1"]
    await ana.post(DEVICES, {"name": "Pixel", "platform": "android", "value": "token-9"})
    assert [each["installation_id"] for each in (await ana.get(DEVICES))["items"]] == ["install-1"]


async def test_a_phone_whose_session_ended_or_is_too_old_goes_to_whoever_registers_it(two: World) -> None:
    phone, bo = await two.sign_in("Ana"), await two.sign_in("Bo")
    await put(phone)
    await phone.send("POST", "/api/v1/auth/logout")
    await put(bo)
    assert (await (await two.sign_in("Ana")).get(DEVICES))["items"] == []
    two.clock.advance(timedelta(days=61))
    ana = await two.sign_in("Ana")
    await put(ana)
    assert (await (await two.sign_in("Bo")).get(DEVICES))["items"] == []
    assert await two.db.value("SELECT COUNT(*) FROM delivery WHERE message LIKE '%registered%'") == 0


async def test_nobody_fills_the_store_with_phones(two: World) -> None:
    ana = await two.sign_in("Ana")
    for n in range(20):
        await put(ana, f"install-{n}", value=f"token-{n}")
    more = await ana.send("PUT", f"{DEVICES}/install-20", {**PHONE, "value": "token-20"})
    assert (more.status_code, more.json()["code"]) == (409, "too_many")
    assert (await put(ana, "install-3", value="token-3"))["installation_id"] == "install-3"


async def test_what_an_old_client_registered_becomes_the_installation(two: World) -> None:
    ana = await two.sign_in("Ana")
    old = await ana.post(DEVICES, {"name": "Pixel", "platform": "android", "value": "token-1"})
    assert (await put(ana))["id"] == old["id"]
    assert len((await ana.get(DEVICES))["items"]) == 1


async def test_a_phone_rings_no_more_once_its_session_is_ended_and_again_once_it_is_back(two: World) -> None:
    ana, phone = await two.sign_in("Ana"), await two.sign_in("Ana")
    await put(phone)
    sessions = (await ana.get("/api/v1/me/sessions"))["items"]
    (other,) = [each["id"] for each in sessions if not each["is_current"]]
    assert (await answered(ana, "DELETE", f"/api/v1/me/sessions/{other}"))[0] == 204
    assert (await ana.get(DEVICES))["items"][0]["dead_reason"] == "signed_out"
    assert (await put(await two.sign_in("Ana")))["dead_at"] is None


async def test_a_phone_is_removed_by_its_owner_alone(two: World) -> None:
    ana, bo = await two.sign_in("Ana"), await two.sign_in("Bo")
    await put(ana)
    assert (await answered(bo, "DELETE", f"{DEVICES}/install-1"))[0] == 404
    assert (await answered(ana, "DELETE", f"{DEVICES}/install-1"))[0] == 204
    assert (await answered(ana, "DELETE", f"{DEVICES}/install-1"))[0] == 404


async def test_nonsense_is_refused(two: World) -> None:
    ana = await two.sign_in("Ana")
    odd = await ana.send("PUT", f"{DEVICES}/a%20b", PHONE)
    assert fields(odd) == [("installation_id", "not_an_id")]
    for change in ({"platform": "windows"}, {"value": ""}, {"permissions": {"notifications": "maybe"}}, {"x": 1}):
        assert (await ana.send("PUT", f"{DEVICES}/i", {**PHONE, **change})).status_code == 400, change


async def test_a_session_registers_what_it_has_or_what_was_paired_lately_and_nothing_else(two: World) -> None:
    made = await (await two.sign_in("Ana")).post("/api/v1/auth/pairing-codes")
    tokens = await two.nobody.post("/api/v1/auth/pair", {"code": made["code"]})
    phone = Client(two.http, tokens["access_token"])
    await put(phone)
    two.clock.advance(timedelta(minutes=11))
    await put(phone, value="token-2", permissions={"notifications": "denied"})
    stale = (403, "fresh_sign_in_required")
    assert await answered(phone, "PUT", f"{DEVICES}/install-2", {**PHONE, "value": "token-3"}) == stale
    new = {"name": "iPhone", "platform": "ios", "value": "thief"}
    assert await answered(phone, "POST", DEVICES, new) == stale
    assert (await answered(phone, "POST", "/api/v1/auth/confirm", {"password": PASSWORD}))[0] == 204
    assert (await answered(phone, "POST", DEVICES, new))[0] == 201
    two.clock.advance(timedelta(minutes=11))
    other = await two.sign_in("Ana")
    two.clock.advance(timedelta(minutes=11))
    assert await answered(other, "PUT", f"{DEVICES}/install-1", {**PHONE, "value": "mine"}) == stale
