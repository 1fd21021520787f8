"""Passwords: which are taken, how they are kept, changed and set anew."""

import dataclasses
from datetime import timedelta
from typing import Any

import pytest
from argon2 import PasswordHasher

from server.accounts.people.setup import admin_from_settings
from server.accounts.sign_in.passwords import hash_password, password_flaw
from server.kernel.database import Writes
from server.kernel.settings import SettingError
from tests.accounts.asking import answered, fields
from tests.kit.adding import PASSWORD
from tests.kit.world import World

LOGIN, CHANGE, RESET = "/api/v1/auth/login", "/api/v1/me/password", "/api/v1/auth/reset"
NEW = "another good password"


async def login(world: World, password: str = PASSWORD) -> Any:
    return await world.nobody.send("POST", LOGIN, {"email": "rob@example.com", "password": password})


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("elevenchars", "too_short"),
        ("x" * 201, "too_long"),
        (" " * 12, "too_simple"),
        ("\u3000" * 12, "too_simple"),
        ("aAaAaAaAaAaA", "too_simple"),
        ("password1234", "too_common"),
        ("Qwertyuiop123", "too_common"),
        ("twelve chars", None),
        ("密码密码密码密码密码密码", None),
    ],
)
def test_what_is_guessed_first_is_refused(password: str, code: str | None) -> None:
    flaw = password_flaw(password)
    assert (flaw.code if flaw else None) == code


@pytest.mark.usefixtures("real_passwords")
async def test_a_hash_has_the_profile_of_owasp_and_an_older_one_is_renewed_at_sign_in(office: World) -> None:
    assert (await hash_password(PASSWORD)).startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    weak = PasswordHasher(time_cost=1, memory_cost=8 * 1024, parallelism=1).hash(PASSWORD)
    text = "SELECT password_hash FROM user_account WHERE email = 'rob@example.com'"
    await office.db.apply(Writes().sql("UPDATE user_account SET password_hash = :hash", hash=weak))
    assert (await login(office, "not the password")).status_code == 401
    assert await office.db.value(text) == weak
    assert (await login(office)).status_code == 200
    renewed = await office.db.value(text)
    assert renewed.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert (await login(office)).status_code == 200
    assert await office.db.value(text) == renewed


@pytest.mark.store
async def test_my_password_changes_for_the_old_one_and_ends_my_other_sessions(office: World) -> None:
    here, there = await office.sign_in("Rob"), await office.sign_in("Rob")
    body = {"old_password": PASSWORD, "new_password": NEW}
    wrong = await here.send("POST", CHANGE, {**body, "old_password": "guess"})
    assert (wrong.status_code, fields(wrong)) == (400, [("old_password", "wrong")])
    weak = await here.send("POST", CHANGE, {**body, "new_password": "short"})
    assert fields(weak) == [("new_password", "too_short")]
    assert (await answered(here, "POST", CHANGE, body))[0] == 204
    assert (await here.get("/api/v1/me"))["name"] == "Rob"
    assert (await there.send("GET", "/api/v1/me")).status_code == 401
    assert ((await login(office)).status_code, (await login(office, NEW)).status_code) == (401, 200)


async def test_the_old_password_can_not_be_guessed_either(office: World) -> None:
    rob = await office.sign_in("Rob")
    body = {"old_password": "guess", "new_password": NEW}
    codes = [(await answered(rob, "POST", CHANGE, body))[0] for _ in range(11)]
    assert codes == [400] * 10 + [429]


async def reset_links(world: World) -> list[str]:
    """What would be mailed, to whom."""
    rows = await world.db.values("SELECT ref FROM due WHERE kind = 'accounts.mail' ORDER BY id")
    return [ref for (ref,) in rows]


@pytest.mark.store
async def test_a_forgotten_password_is_set_once_by_a_mailed_link(
    office: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[Any] = []

    async def send(message: Any, address: Any) -> None:
        sent.append((address.email, message.body))

    monkeypatch.setattr(office.engine.channels["email"], "send", send)
    rob = await office.sign_in("Rob")
    for email in (" ROB@example.com", "nobody@example.com"):
        answer = await office.nobody.send("POST", RESET, {"email": email})
        assert (answer.status_code, answer.content in (b"", b"null")) == (202, True)
    assert len(await reset_links(office)) == 2, "as much is written for an address that nobody has"
    await office.settle()
    assert [to for to, _ in sent] == ["rob@example.com"]
    token = next(word for word in sent[0][1].split() if "/reset/" in word).rsplit("/", 1)[1]
    confirm = f"{RESET}/confirm"
    weak = await office.nobody.send("POST", confirm, {"token": token, "password": "short"})
    assert fields(weak) == [("password", "too_short")]
    assert (await answered(office.nobody, "POST", confirm, {"token": token, "password": NEW}))[0] == 204
    assert (await rob.send("GET", "/api/v1/me")).status_code == 401
    assert ((await login(office)).status_code, (await login(office, NEW)).status_code) == (401, 200)
    again = await answered(office.nobody, "POST", confirm, {"token": token, "password": PASSWORD})
    assert again == (404, "bad_reset_link")


@pytest.mark.store
async def test_an_administrator_hands_over_a_link_that_ends_after_an_hour(office: World) -> None:
    root = await office.sign_in("Root")
    path = f"/api/v1/users/{office.users['Rob']}/password-reset"
    made = await root.post(path)
    assert made["is_mailed"] is False
    token = made["link"].rsplit("/", 1)[1]
    other = (await root.post(path))["link"].rsplit("/", 1)[1]
    office.clock.advance(timedelta(minutes=59))
    assert (await login(office)).status_code == 200, "until it is used the old one holds"
    confirm = {"token": token, "password": NEW}
    assert (await answered(office.nobody, "POST", f"{RESET}/confirm", confirm))[0] == 204
    assert (await answered(office.nobody, "POST", f"{RESET}/confirm", {**confirm, "token": other}))[0] == 404
    third = (await (await office.sign_in("Root")).post(path))["link"].rsplit("/", 1)[1]
    office.clock.advance(timedelta(hours=1))
    assert (await answered(office.nobody, "POST", f"{RESET}/confirm", {**confirm, "token": third}))[0] == 404
    for token in ("", "dwp_x", "dwp_" + "0" * 36 + "_" + "A" * 43, "é"):
        body = {"token": token, "password": NEW}
        assert await answered(office.nobody, "POST", f"{RESET}/confirm", body) == (404, "bad_reset_link")
    assert (await answered(await office.sign_in("Mia"), "POST", path))[0] == 403


async def test_nobody_is_flooded_with_mails(office: World) -> None:
    for _ in range(6):
        assert (await office.nobody.send("POST", RESET, {"email": "rob@example.com"})).status_code == 202
    assert len(await reset_links(office)) == 3


async def test_a_deactivated_person_gets_no_reset(office: World) -> None:
    root = await office.sign_in("Root")
    path = f"/api/v1/users/{office.users['Rob']}"
    link = (await root.post(f"{path}/password-reset"))["link"]
    await root.post(f"{path}/deactivate", {})
    assert await answered(root, "POST", f"{path}/password-reset") == (409, "deactivated")
    body = {"token": link.rsplit("/", 1)[1], "password": NEW}
    assert (await answered(office.nobody, "POST", f"{RESET}/confirm", body))[0] == 404


async def test_the_administrator_of_the_environment_needs_a_good_password_too(world: World) -> None:
    settings = dataclasses.replace(world.engine.settings, admin_email="root@example.com", admin_password="password1234")
    with pytest.raises(SettingError, match="DOGWATCH_ADMIN_PASSWORD"):
        await admin_from_settings(world.db, settings, now=world.clock.now())


async def test_tries_wait_longer_and_longer_and_never_for_ever(office: World) -> None:
    waits: list[int] = []
    for _ in range(24):
        answer = await login(office, "guess")
        if answer.status_code == 429:
            waits.append(int(answer.headers["retry-after"]))
            office.clock.advance(timedelta(seconds=waits[-1]))
    assert waits[:4] == [6, 11, 21, 41]
    assert max(waits) <= 15 * 60 + 1
    office.clock.advance(timedelta(minutes=15))
    assert (await login(office)).status_code == 200
    assert (await login(office, "guess")).status_code == 401, "after the right one all is forgotten"


async def test_a_changed_password_ends_the_links_that_are_out(office: World) -> None:
    root, rob = await office.sign_in("Root"), await office.sign_in("Rob")
    link = (await root.post(f"/api/v1/users/{office.users['Rob']}/password-reset"))["link"]
    assert (await answered(rob, "POST", CHANGE, {"old_password": PASSWORD, "new_password": NEW}))[0] == 204
    body = {"token": link.rsplit("/", 1)[1], "password": PASSWORD}
    assert await answered(office.nobody, "POST", f"{RESET}/confirm", body) == (404, "bad_reset_link")
