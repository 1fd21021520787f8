"""What a stolen token is worth: little, not for long, and nothing that lasts."""

from datetime import timedelta

import pytest
from pyotp.totp import TOTP

from server.accounts.sign_in.sessions import LONGEST, authenticate
from tests.accounts.asking import answered, fields
from tests.accounts.sign_in.test_sessions import ME, refresh, sign_in
from tests.kit.adding import PASSWORD
from tests.kit.client import Client
from tests.kit.world import World

pytestmark = pytest.mark.store
CONFIRM, CODES, KEYS, TOTP_PATH = (
    "/api/v1/auth/confirm",
    "/api/v1/auth/pairing-codes",
    "/api/v1/api-keys",
    "/api/v1/me/totp",
)
KEY = {"name": "terraform", "scopes": ["read"]}
WANTS = (
    ("POST", CODES, None),
    ("POST", KEYS, KEY),
    ("POST", TOTP_PATH, None),
    ("POST", f"{TOTP_PATH}/disable", {"password": PASSWORD}),
    ("POST", f"{TOTP_PATH}/recovery-codes", {"password": PASSWORD}),
)


@pytest.fixture
async def ana(world: World) -> World:
    await world.add_team("Payments")
    await world.add_person("Ana", team="Payments")
    return world


async def test_a_stale_session_takes_no_second_factor_off(ana: World) -> None:
    await ana.add_person("Root", role="owner")
    root = await ana.sign_in("Root")
    ana.clock.advance(timedelta(minutes=11))
    for name in ("Root", "Ana"):
        answer = await root.send("DELETE", f"/api/v1/users/{ana.users[name]}/totp")
        assert (answer.status_code, answer.json()["code"]) == (403, "fresh_sign_in_required")


async def test_a_thief_who_replays_once_the_victim_went_on_ends_it_for_both(ana: World) -> None:
    stolen = (await sign_in(ana)).json()
    victim = (await refresh(ana, stolen["refresh_token"])).json()
    assert (await Client(ana.http, victim["access_token"]).get(ME))["name"] == "Ana"
    ana.clock.advance(timedelta(seconds=1))
    replayed = await refresh(ana, stolen["refresh_token"])
    assert (replayed.status_code, replayed.json()["code"]) == (401, "refresh_reused")
    assert (await Client(ana.http, victim["access_token"]).send("GET", ME)).status_code == 401
    assert (await refresh(ana, victim["refresh_token"])).status_code == 401


async def test_a_victim_who_comes_after_the_thief_ends_it_for_both(ana: World) -> None:
    stolen = (await sign_in(ana)).json()
    thief = (await refresh(ana, stolen["refresh_token"])).json()
    assert (await refresh(ana, stolen["refresh_token"])).status_code == 200, "the answer may have been lost"
    assert (await Client(ana.http, thief["access_token"]).get(ME))["name"] == "Ana"
    assert (await refresh(ana, stolen["refresh_token"])).json()["code"] == "refresh_reused"
    assert (await Client(ana.http, thief["access_token"]).send("GET", ME)).status_code == 401


async def test_the_live_socket_uses_a_token_too(ana: World) -> None:
    stolen = (await sign_in(ana)).json()
    victim = (await refresh(ana, stolen["refresh_token"])).json()
    await authenticate(ana.db, victim["access_token"], ana.clock.now())
    assert (await refresh(ana, stolen["refresh_token"])).status_code == 401


async def test_a_session_ends_however_often_it_is_renewed(ana: World) -> None:
    tokens = (await sign_in(ana)).json()
    began = ana.clock.now()
    while ana.clock.now() - began <= LONGEST - timedelta(days=30):
        ana.clock.advance(timedelta(days=30))
        answer = await refresh(ana, tokens["refresh_token"])
        assert answer.status_code == 200
        tokens = answer.json()
    ana.clock.move_to(began + LONGEST - timedelta(minutes=5))
    tokens = (await refresh(ana, tokens["refresh_token"])).json()
    client = Client(ana.http, tokens["access_token"])
    assert (await client.get("/api/v1/me/sessions"))["items"]
    ana.clock.advance(timedelta(minutes=6))
    assert (await client.send("GET", ME)).json()["code"] == "session_ended"
    assert (await refresh(ana, tokens["refresh_token"])).json()["code"] == "session_ended"


async def test_what_would_last_wants_a_fresh_sign_in(ana: World) -> None:
    client = await ana.sign_in("Ana")
    assert (await answered(client, "POST", CODES))[0] == 201
    ana.clock.advance(timedelta(minutes=10, seconds=1))
    for method, path, body in WANTS:
        assert await answered(client, method, path, body) == (403, "fresh_sign_in_required"), path
    wrong = await client.send("POST", CONFIRM, {"password": "not my password"})
    assert fields(wrong) == [("password", "wrong")]
    assert await answered(client, "POST", CODES) == (403, "fresh_sign_in_required")
    assert (await client.send("POST", CONFIRM, {"password": PASSWORD})).status_code == 204
    assert (await answered(client, "POST", CODES))[0] == 201
    assert (await answered(client, "POST", KEYS, KEY))[0] == 201
    tokens = await sign_in(ana)
    ana.clock.advance(timedelta(minutes=9))
    renewed = (await refresh(ana, tokens.json()["refresh_token"])).json()
    ana.clock.advance(timedelta(minutes=2))
    renewed_client = Client(ana.http, renewed["access_token"])
    assert await answered(renewed_client, "POST", CODES) == (403, "fresh_sign_in_required"), "renewing proves nothing"


async def test_an_answer_that_is_repeated_is_as_closed_as_the_first(ana: World) -> None:
    client = await ana.sign_in("Ana")
    once = {"idempotency-key": "once"}
    assert (await client.send("POST", KEYS, KEY, headers=once)).status_code == 201
    ana.clock.advance(timedelta(minutes=11))
    assert (await client.send("POST", KEYS, KEY, headers=once)).status_code == 403


async def test_a_second_factor_is_asked_for_where_there_is_one(ana: World) -> None:
    client = await ana.sign_in("Ana")
    made = await client.post(TOTP_PATH)
    totp = TOTP(made["secret"])
    await client.post(f"{TOTP_PATH}/confirm", {"code": code(totp, ana)})
    ana.clock.advance(timedelta(minutes=11))
    for given, field in (
        ({"password": PASSWORD}, ("totp", "totp_required")),
        ({"password": PASSWORD, "totp": "000000"}, ("totp", "bad_totp")),
        ({"password": "wrong", "totp": code(totp, ana)}, ("password", "wrong")),
    ):
        assert fields(await client.send("POST", CONFIRM, given)) == [field]
    good = {"password": PASSWORD, "totp": code(totp, ana)}
    assert (await client.send("POST", CONFIRM, good)).status_code == 204
    assert fields(await client.send("POST", CONFIRM, good)) == [("totp", "bad_totp")], "each once"
    assert (await answered(client, "POST", CODES))[0] == 201


async def test_a_phone_that_was_paired_has_proven_nothing(ana: World) -> None:
    made = await (await ana.sign_in("Ana")).post(CODES)
    tokens = await ana.nobody.post("/api/v1/auth/pair", {"code": made["code"]})
    phone = Client(ana.http, tokens["access_token"])
    assert await answered(phone, "POST", CODES) == (403, "fresh_sign_in_required")
    assert (await phone.send("POST", CONFIRM, {"password": PASSWORD})).status_code == 204
    assert (await answered(phone, "POST", CODES))[0] == 201


async def test_guessing_at_the_confirmation_is_throttled_and_keeps_no_other_session_out(ana: World) -> None:
    thief, owner = await ana.sign_in("Ana"), await ana.sign_in("Ana")
    statuses = [(await thief.send("POST", CONFIRM, {"password": f"guess {n}"})).status_code for n in range(11)]
    assert statuses == [400] * 10 + [429]
    assert (await owner.send("POST", CONFIRM, {"password": PASSWORD})).status_code == 204
    assert (await sign_in(ana)).status_code == 200


def code(totp: TOTP, world: World) -> str:
    return totp.at(world.clock.now())


@pytest.mark.parametrize(
    ("path", "body", "most", "code"),
    [
        (CODES, None, 60, "too_many_pairing_codes"),
        (KEYS, KEY, 40, "too_many_api_keys"),
        ("/api/v1/me/calendar-feed", None, 30, "too_many_calendar_addresses"),
    ],
)
async def test_nobody_fills_the_store_with_what_lets_in(
    ana: World, path: str, body: object, most: int, code: str
) -> None:
    client = await ana.sign_in("Ana")
    for _ in range(most):
        assert (await answered(client, "POST", path, body))[0] == 201
    assert await answered(client, "POST", path, body) == (429, code)
    await ana.add_person("Bo", team="Payments")
    assert (await answered(await ana.sign_in("Bo"), "POST", path, body))[0] == 201, "whatever others have made"


async def test_nobody_has_more_keys_than_anybody_could_watch_over(ana: World) -> None:
    client, key = await ana.sign_in("Ana"), {}
    for n in range(50):
        if n % 30 == 0:
            ana.clock.advance(timedelta(hours=1))
            client = await ana.sign_in("Ana")
        key = await client.post(KEYS, KEY)
    assert await answered(client, "POST", KEYS, KEY) == (409, "too_many")
    await client.send("DELETE", f"{KEYS}/{key['id']}")
    assert (await answered(client, "POST", KEYS, KEY))[0] == 201
