"""The second factor: codes of the moment and recovery codes, each once."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from pyotp.totp import TOTP

from tests.accounts.asking import answered, fields
from tests.kit.adding import PASSWORD
from tests.kit.client import Client
from tests.kit.world import World

pytestmark = pytest.mark.store
ME, TOTP_PATH = "/api/v1/me", "/api/v1/me/totp"


async def login(world: World, totp: str | None = None, password: str = PASSWORD) -> tuple[int, str]:
    body = {"email": "rob@example.com", "password": password, "totp": totp}
    return await answered(world.nobody, "POST", "/api/v1/auth/login", body)


def code_at(secret: str, now: datetime) -> str:
    return TOTP(secret).generate_otp(int(now.timestamp()) // 30)


async def switched_on(world: World) -> tuple[Client, str, list[str]]:
    rob = await world.sign_in("Rob")
    secret = (await rob.post(TOTP_PATH))["secret"]
    codes = (await rob.post(f"{TOTP_PATH}/confirm", {"code": code_at(secret, world.clock.now())}))["recovery_codes"]
    return rob, secret, codes


async def test_it_counts_once_a_code_has_proved_it(office: World) -> None:
    rob = await office.sign_in("Rob")
    assert await answered(rob, "POST", f"{TOTP_PATH}/confirm", {"code": "123456"}) == (409, "totp_not_begun")
    begun = await rob.post(TOTP_PATH)
    assert begun["uri"].startswith("otpauth://totp/Dogwatch%3Arob%40example.com?secret=" + begun["secret"])
    assert begun["qr_svg"].startswith('<svg xmlns="http://www.w3.org/2000/svg" ')
    assert (await login(office))[0] == 200, "not yet"
    wrong = await rob.send("POST", f"{TOTP_PATH}/confirm", {"code": "000000"})
    assert fields(wrong) == [("code", "bad_totp")]
    confirmed = await rob.post(f"{TOTP_PATH}/confirm", {"code": code_at(begun["secret"], office.clock.now())})
    assert len(set(confirmed["recovery_codes"])) == 10
    assert (await rob.get(ME))["has_totp"] is True
    assert await answered(rob, "POST", TOTP_PATH) == (409, "totp_on")
    assert await login(office) == (401, "totp_required")
    assert await login(office, password="wrong password") == (401, "bad_credentials")
    stored = str(await office.db.values("SELECT totp_enc FROM user_account UNION SELECT code_hash FROM recovery_code"))
    assert begun["secret"] not in stored
    assert confirmed["recovery_codes"][0] not in stored


async def test_a_code_signs_in_once_and_for_a_minute(office: World) -> None:
    _, secret, _ = await switched_on(office)
    used = code_at(secret, office.clock.now())
    assert await login(office, used) == (401, "bad_totp"), "it was used up by the set-up"
    office.clock.advance(timedelta(seconds=30))
    code = code_at(secret, office.clock.now())
    assert (await login(office, f" {code[:3]} {code[3:]} "))[0] == 200
    assert await login(office, code) == (401, "bad_totp")
    office.clock.advance(timedelta(seconds=30))
    coming = code_at(secret, office.clock.now() + timedelta(seconds=30))
    assert (await login(office, coming))[0] == 200, "of a clock that is ahead"
    assert await login(office, code_at(secret, office.clock.now())) == (401, "bad_totp"), "an older one than was used"
    office.clock.advance(timedelta(minutes=5))
    assert await login(office, code_at(secret, office.clock.now() - timedelta(minutes=2))) == (401, "bad_totp")


async def test_a_recovery_code_signs_in_once(office: World) -> None:
    rob, _, codes = await switched_on(office)
    assert (await login(office, codes[0].upper().replace("-", " ")))[0] == 200
    assert await login(office, codes[0]) == (401, "bad_totp")
    assert (await login(office, codes[1]))[0] == 200
    wrong = await rob.send("POST", f"{TOTP_PATH}/recovery-codes", {"password": "guess"})
    assert fields(wrong) == [("password", "wrong")]
    renewed = (await rob.post(f"{TOTP_PATH}/recovery-codes", {"password": PASSWORD}))["recovery_codes"]
    assert await login(office, codes[2]) == (401, "bad_totp")
    assert (await login(office, renewed[0]))[0] == 200


async def test_codes_can_not_be_guessed(office: World) -> None:
    await switched_on(office)
    answers = [await login(office, f"{n:06}") for n in range(11)]
    assert [code for code, _ in answers] == [401] * 10 + [429]
    office.clock.advance(timedelta(hours=2))
    asked = [(await login(office))[1] for _ in range(20)]
    assert set(asked) == {"totp_required"}, "the right password without a code is no guess"


async def test_it_goes_off_for_the_password_or_by_an_administrator(office: World) -> None:
    rob, _, _ = await switched_on(office)
    assert (await answered(rob, "POST", f"{TOTP_PATH}/disable", {"password": "guess"}))[0] == 400
    assert (await answered(rob, "POST", f"{TOTP_PATH}/disable", {"password": PASSWORD}))[0] == 204
    assert (await login(office))[0] == 200
    office.clock.advance(timedelta(minutes=1))
    await switched_on(office)
    root, mia = await office.sign_in("Root"), await office.sign_in("Mia")
    path = f"/api/v1/users/{office.users['Rob']}/totp"
    assert (await answered(mia, "DELETE", path))[0] == 403
    assert (await answered(root, "DELETE", path))[0] == 204
    assert await answered(root, "DELETE", path) == (409, "totp_off")
    assert (await login(office))[0] == 200


async def test_the_answers_to_a_key_are_the_same_and_stored_nowhere(office: World) -> None:
    rob = await office.sign_in("Rob")
    first: Any = await rob.post(TOTP_PATH, idempotency_key="begin")
    assert await rob.post(TOTP_PATH, idempotency_key="begin") == first
    body = {"code": code_at(first["secret"], office.clock.now())}
    codes = await rob.post(f"{TOTP_PATH}/confirm", body, idempotency_key="confirm")
    assert await rob.post(f"{TOTP_PATH}/confirm", body, idempotency_key="confirm") == codes
    kept = b"".join(bytes(row[0]) for row in await office.db.values("SELECT body FROM idempotency"))
    assert first["secret"].encode() not in kept
    assert codes["recovery_codes"][0].encode() not in kept
