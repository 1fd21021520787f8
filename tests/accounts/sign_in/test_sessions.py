"""Signing in, staying in, being thrown out."""

import asyncio
import re
from datetime import timedelta
from typing import Any

import pytest

from server.accounts.people.setup import setup_token
from server.kernel.secrets import Secrets
from tests.kit.adding import PASSWORD
from tests.kit.client import Client
from tests.kit.stores import SECRET
from tests.kit.world import World

LOGIN, REFRESH, LOGOUT, ME = ("/api/v1/auth/login", "/api/v1/auth/refresh", "/api/v1/auth/logout", "/api/v1/me")
SESSIONS = "/api/v1/me/sessions"


async def sign_in(world: World, email: str = "ana@example.com", password: str = PASSWORD) -> Any:
    return await world.nobody.send("POST", LOGIN, {"email": email, "password": password})


async def refresh(world: World, token: str) -> Any:
    return await world.nobody.send("POST", REFRESH, {"refresh_token": token})


@pytest.fixture
async def ana(world: World) -> World:
    await world.add_team("Payments")
    await world.add_person("Ana", team="Payments")
    return world


@pytest.mark.store
async def test_the_right_password_signs_in_whatever_the_case_of_the_address(ana: World) -> None:
    answer = await sign_in(ana, " ANA@Example.com ")
    assert answer.status_code == 200
    assert set(answer.json()) == {"access_token", "refresh_token", "expires_in_s"}
    me = await Client(ana.http, answer.json()["access_token"]).get(ME)
    assert (me["name"], me["role"]) == ("Ana", "responder")


async def test_a_wrong_password_and_an_unknown_address_read_the_same(ana: World) -> None:
    wrong = await sign_in(ana, password="not the password")
    unknown = await sign_in(ana, email="nobody@example.com")
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.json() == unknown.json()
    assert wrong.headers["www-authenticate"] == "Bearer"


async def test_guessing_is_throttled_for_one_account_but_not_for_others(ana: World) -> None:
    await ana.add_person("Bo", team="Payments")
    answers = [await sign_in(ana, password="guess") for _ in range(11)]
    assert [answer.status_code for answer in answers] == [401] * 10 + [429]
    assert int(answers[-1].headers["retry-after"]) > 0
    assert (await sign_in(ana)).status_code == 429, "also with the right one: else guessing goes on"
    assert (await sign_in(ana, "bo@example.com")).status_code == 200
    ana.clock.advance(timedelta(seconds=10))
    assert (await sign_in(ana)).status_code == 200


async def test_guessing_many_accounts_from_one_address_is_throttled(ana: World) -> None:
    codes = [(await sign_in(ana, f"user{n}@example.com")).status_code for n in range(62)]
    assert codes[:60] == [401] * 60
    assert codes[-1] == 429


async def test_an_access_token_ends_and_a_refresh_token_gives_another(ana: World) -> None:
    tokens = (await sign_in(ana)).json()
    ana.clock.advance(timedelta(minutes=15, seconds=1))
    expired = await Client(ana.http, tokens["access_token"]).send("GET", ME)
    assert (expired.status_code, expired.json()["code"]) == (401, "access_expired")
    fresh = (await refresh(ana, tokens["refresh_token"])).json()
    assert fresh["refresh_token"] != tokens["refresh_token"]
    assert (await Client(ana.http, fresh["access_token"]).get(ME))["name"] == "Ana"


@pytest.mark.store
async def test_a_refresh_token_used_again_late_ends_the_session_for_both(ana: World) -> None:
    tokens = (await sign_in(ana)).json()
    fresh = (await refresh(ana, tokens["refresh_token"])).json()
    ana.clock.advance(timedelta(seconds=61))
    reused = await refresh(ana, tokens["refresh_token"])
    assert (reused.status_code, reused.json()["code"]) == (401, "refresh_reused")
    assert (await refresh(ana, fresh["refresh_token"])).status_code == 401
    assert (await Client(ana.http, fresh["access_token"]).send("GET", ME)).status_code == 401


async def test_a_refresh_whose_answer_was_lost_may_be_repeated_for_a_minute(ana: World) -> None:
    tokens = (await sign_in(ana)).json()
    await refresh(ana, tokens["refresh_token"])
    ana.clock.advance(timedelta(seconds=30))
    again = await refresh(ana, tokens["refresh_token"])
    assert again.status_code == 200
    assert (await Client(ana.http, again.json()["access_token"]).get(ME))["name"] == "Ana"


async def test_nonsense_is_no_token(ana: World) -> None:
    for token in ("", "dwr_x", "é" * 40, "x" * 5000):
        assert (await refresh(ana, token)).status_code == 401
    for header in ("Bearer", "Bearer ", "Basic abc", "Bearer dwa_x", "bearer  \tx"):
        answer = await ana.nobody.send("GET", ME, headers={"authorization": header})
        assert answer.status_code == 401, header


async def test_signing_out_holds_at_once_and_only_for_that_session(ana: World) -> None:
    one = Client(ana.http, (await sign_in(ana)).json()["access_token"])
    tokens = (await sign_in(ana)).json()
    other = Client(ana.http, tokens["access_token"])
    assert (await other.send("POST", LOGOUT)).status_code == 204
    assert (await other.send("GET", ME)).status_code == 401
    assert (await refresh(ana, tokens["refresh_token"])).status_code == 401
    assert (await one.get(ME))["name"] == "Ana"


@pytest.mark.store
async def test_the_set_up_link_makes_the_first_administrator_once(world: World) -> None:
    token = setup_token(Secrets(SECRET))
    new = {"token": token, "name": "Root", "email": "root@example.com", "password": "a long enough one"}
    wrong = await world.nobody.send("POST", "/api/v1/auth/setup", {**new, "token": "dws.nonsense"})
    assert wrong.status_code == 404
    odd = await world.nobody.send("POST", "/api/v1/auth/setup", {**new, "token": "dws.é"})
    assert odd.status_code == 404
    short = await world.nobody.send("POST", "/api/v1/auth/setup", {**new, "password": "short"})
    assert (short.status_code, short.json()["errors"][0]["field"]) == (400, "password")
    made = await world.nobody.send("POST", "/api/v1/auth/setup", new)
    assert made.status_code == 200
    assert (await Client(world.http, made.json()["access_token"]).get(ME))["role"] == "owner"
    again = await world.nobody.send("POST", "/api/v1/auth/setup", {**new, "email": "evil@example.com"})
    assert (again.status_code, again.json()["code"]) == (409, "set_up_already")


async def test_the_set_up_page_works_once_without_the_app(world: World) -> None:
    path = f"/setup/{setup_token(Secrets(SECRET))}"
    page = await world.nobody.send("GET", path)
    assert page.status_code == 200
    assert re.search(r"script-src 'sha256-[^']+';", page.headers["content-security-policy"]), "one script, and no other"
    assert 'name="password"' in page.text
    zh = await world.nobody.send("GET", path, headers={"accept-language": "zh-CN"})
    assert 'lang="zh' in zh.text
    assert (await world.nobody.send("GET", "/setup/dws.nonsense")).status_code == 404
    assert (await world.nobody.send("GET", "/setup/%C3%A9")).status_code == 404
    form = {"content-type": "application/x-www-form-urlencoded"}
    bad = await world.nobody.send("POST", path, b"name=%3Cb%3E&email=root%40example.com&password=x", headers=form)
    assert bad.status_code == 400
    assert "&lt;b&gt;" in bad.text
    assert "<b>" not in bad.text
    good = b"name=Root&email=root%40example.com&password=a+long+enough+one&time_zone=UTC&language=en"
    assert (await world.nobody.send("POST", path, good, headers=form)).status_code == 200
    assert (await world.nobody.send("GET", path)).status_code == 404
    assert (await world.nobody.send("POST", path, good, headers=form)).status_code == 404
    assert (await sign_in(world, "root@example.com", "a long enough one")).status_code == 200


async def test_the_set_up_page_looks_at_the_token_before_the_form(world: World) -> None:
    form = {"content-type": "application/x-www-form-urlencoded"}
    stranger = await world.nobody.send("POST", "/setup/x", b"a=1&" * 250_000, headers=form)
    assert stranger.status_code == 404, "the form was not read"
    path = f"/setup/{setup_token(Secrets(SECRET))}"
    assert (await world.nobody.send("POST", path, b"a=1&" * 2_100, headers=form)).status_code == 413


@pytest.mark.parametrize(
    "body", [b"name=&email=&password=a+long+enough+one", b"name=x&email=nonsense&password=a+long+enough+one"]
)
async def test_the_set_up_page_refuses_an_account_nobody_could_use(world: World, body: bytes) -> None:
    form = {"content-type": "application/x-www-form-urlencoded"}
    answer = await world.nobody.send("POST", f"/setup/{setup_token(Secrets(SECRET))}", body, headers=form)
    assert answer.status_code == 400


@pytest.mark.store
async def test_two_tabs_that_refresh_at_once_both_go_on(ana: World) -> None:
    tokens = (await sign_in(ana)).json()
    answers = await asyncio.gather(*(refresh(ana, tokens["refresh_token"]) for _ in range(5)))
    assert [answer.status_code for answer in answers] == [200] * 5
    for answer in answers:
        assert (await Client(ana.http, answer.json()["access_token"]).get(ME))["name"] == "Ana"
    for answer in answers:
        assert (await refresh(ana, answer.json()["refresh_token"])).status_code == 200


@pytest.mark.store
async def test_any_older_refresh_token_ends_the_session(ana: World) -> None:
    first = (await sign_in(ana)).json()
    newest = first
    for _ in range(4):
        newest = (await refresh(ana, newest["refresh_token"])).json()
    assert (await refresh(ana, first["refresh_token"])).json()["code"] == "refresh_reused"
    assert (await refresh(ana, newest["refresh_token"])).json()["code"] == "session_ended"
    assert (await Client(ana.http, newest["access_token"]).send("GET", ME)).status_code == 401


async def test_the_database_holds_nothing_that_lets_in(ana: World) -> None:
    tokens = (await sign_in(ana)).json()
    stored = str(await ana.db.values("SELECT * FROM session"))
    secrets = [str(token).partition("_")[2] for token in tokens.values()]
    assert not any(secret[n : n + 12] in stored for secret in secrets for n in range(len(secret) - 11))


async def test_i_see_my_sessions_and_end_one_or_all_others(ana: World) -> None:
    await ana.add_person("Bo", team="Payments")
    here, bo = await ana.sign_in("Ana"), await ana.sign_in("Bo")
    ana.clock.advance(timedelta(minutes=2))
    there, third = await ana.sign_in("Ana"), await ana.sign_in("Ana")
    assert (await here.get(ME))["name"] == "Ana"
    listed = (await here.get(SESSIONS))["items"]
    assert [each["is_current"] for each in listed].count(True) == 1
    assert len(listed) == 3
    current = next(each for each in listed if each["is_current"])
    assert current["last_seen_at"] > current["created_at"]
    other = next(each["id"] for each in (await there.get(SESSIONS))["items"] if each["is_current"])
    assert (await bo.send("DELETE", f"{SESSIONS}/{other}")).status_code == 404
    assert (await here.send("DELETE", f"{SESSIONS}/{other}")).status_code == 204
    assert [(await client.send("GET", ME)).status_code for client in (here, there, third)] == [200, 401, 200]
    assert (await here.send("DELETE", f"{SESSIONS}/{other}")).status_code == 404
    assert (await here.send("DELETE", SESSIONS)).status_code == 204
    assert [(await client.send("GET", ME)).status_code for client in (here, third, bo)] == [200, 401, 200]


async def test_a_session_is_marked_as_seen_once_a_minute(ana: World) -> None:
    client = await ana.sign_in("Ana")
    text = "SELECT last_seen_at FROM session"
    seen: list[int] = []
    for _ in range(4):
        ana.clock.advance(timedelta(seconds=30))
        await client.get(ME)
        seen.append(await ana.db.value(text))
    assert seen[0] < seen[1] == seen[2] < seen[3]
