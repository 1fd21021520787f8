"""Pairing: one scan, one phone, five minutes to take it back."""

import asyncio
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from server.kernel.database import Writes
from tests.accounts.asking import answered
from tests.kit.client import Client
from tests.kit.world import World

CODES, PAIR = "/api/v1/auth/pairing-codes", "/api/v1/auth/pair"
PHONE = {"name": "Pixel 9", "platform": "android", "app_version": "1.0"}


async def pair(world: World, code: str, **phone: Any) -> Any:
    return await world.nobody.send("POST", PAIR, {"code": code, "device": {**PHONE, **phone}})


@pytest.mark.store
async def test_a_phone_joins_and_the_web_sees_which(office: World) -> None:
    rob = await office.sign_in("Rob")
    made = await rob.post(CODES)
    link = parse_qs(urlsplit(made["link"]).query)
    assert made["link"].startswith("dogwatch://pair?")
    assert link["code"] == [made["code"]]
    assert link["server"] == [office.engine.settings.api_url]
    assert made["qr_svg"].startswith('<svg xmlns="http://www.w3.org/2000/svg" ')
    state = f"{CODES}/{made['id']}"
    assert (await rob.get(state))["state"] == "waiting"
    answer = await pair(office, made["code"].lower().replace("-", " "))
    phone = Client(office.http, answer.json()["access_token"])
    assert (await phone.get("/api/v1/me"))["name"] == "Rob"
    joined = await rob.get(state)
    assert (joined["state"], joined["device"]) == ("joined", "Pixel 9")
    assert joined["undo_until"] is not None
    assert (await pair(office, made["code"])).json()["code"] == "bad_pairing_code"
    assert (await answered(await office.sign_in("Mia"), "GET", state))[0] == 404


@pytest.mark.parametrize(
    ("routes", "rings"), [(("email",), False), (("email", "push.fcm"), True), (("push.apns",), True)]
)
async def test_a_code_says_whether_the_phone_will_ring(office: World, routes: tuple[str, ...], rings: bool) -> None:
    writes = Writes().sql("DELETE FROM way_out")
    for route in routes:
        writes.sql("INSERT INTO way_out (route) VALUES (:route)", route=route)
    await office.db.apply(writes)
    assert (await (await office.sign_in("Rob")).post(CODES))["rings"] is rings


@pytest.mark.store
async def test_of_a_hundred_phones_one_joins(office: World) -> None:
    code = (await (await office.sign_in("Rob")).post(CODES))["code"]
    office.parts.throttle.codes.free = 1_000
    answers = await asyncio.gather(*(pair(office, code, name=f"phone {n}") for n in range(100)))
    assert sorted(answer.status_code for answer in answers) == [200] + [401] * 99
    assert await office.db.value("SELECT COUNT(*) FROM session WHERE device LIKE 'phone %'") == 1


@pytest.mark.store
async def test_a_code_ends_with_the_session_that_made_it(office: World) -> None:
    thief, rob = await office.sign_in("Rob"), await office.sign_in("Rob")
    made, own = await thief.post(CODES), await rob.post(CODES)
    current = next(each for each in (await thief.get("/api/v1/me/sessions"))["items"] if each["is_current"])
    assert (await rob.send("DELETE", f"/api/v1/me/sessions/{current['id']}")).status_code == 204
    assert (await pair(office, made["code"])).json()["code"] == "bad_pairing_code"
    assert (await rob.get(f"{CODES}/{made['id']}"))["device"] is None
    assert (await pair(office, own["code"])).status_code == 200
    waiting = await rob.post(CODES)
    assert (await rob.get(f"{CODES}/{waiting['id']}"))["device"] is None, "its maker's is no phone that joined"
    assert (await rob.send("POST", "/api/v1/auth/logout")).status_code == 204
    assert (await pair(office, waiting["code"])).status_code == 401


async def test_a_code_ends_after_five_minutes(office: World) -> None:
    rob = await office.sign_in("Rob")
    made = await rob.post(CODES)
    office.clock.advance(timedelta(minutes=5))
    assert (await pair(office, made["code"])).status_code == 401
    assert (await rob.get(f"{CODES}/{made['id']}"))["state"] == "expired"
    for nonsense in ("", "AAAA-AAAA-AAAA-AAAA", "é" * 16):
        assert (await pair(office, nonsense)).status_code == 401


async def test_undo_throws_the_phone_out_at_once_for_five_minutes(office: World) -> None:
    rob = await office.sign_in("Rob")
    made = await rob.post(CODES)
    undo = f"{CODES}/{made['id']}/undo"
    assert await answered(rob, "POST", undo) == (409, "not_joined")
    phone = Client(office.http, (await pair(office, made["code"])).json()["access_token"])
    body = {"name": "Pixel 9", "platform": "android", "value": "token-1"}
    assert (await phone.send("PUT", "/api/v1/me/devices/install-1", body)).status_code == 200
    assert (await answered(rob, "POST", undo))[0] == 204
    assert (await phone.send("GET", "/api/v1/me")).status_code == 401
    (device,) = [each for each in (await rob.get("/api/v1/me/devices"))["items"] if each["installation_id"]]
    assert device["dead_reason"] == "signed_out"
    assert (await rob.get(f"{CODES}/{made['id']}"))["state"] == "undone"
    assert await answered(rob, "POST", undo) == (409, "undone_already")
    late = await rob.post(CODES)
    await pair(office, late["code"])
    office.clock.advance(timedelta(minutes=5))
    assert await answered(rob, "POST", f"{CODES}/{late['id']}/undo") == (409, "too_late")


async def test_codes_can_not_be_tried_at_will(office: World) -> None:
    statuses = [(await pair(office, f"AAAA-AAAA-AAAA-{n:04}")).status_code for n in range(62)]
    assert statuses[:60] == [401] * 60
    assert statuses[-1] == 429
