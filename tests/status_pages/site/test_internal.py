"""Internal pages: members who signed in see them, and nobody else anything of them, by whatever path."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from pyotp.totp import TOTP

from server.app import behind_the_line
from server.status_pages.site.visits import COOKIE, LASTS, Visitor, visitor_in
from shared.wire import routes
from shared.wire.status_pages import StatusPage
from tests.kit.adding import PASSWORD, email_of
from tests.kit.world import World

SITE = "/status/inside/"
PATHS = (
    "",
    "index.html",
    "zh/",
    "events/1",
    "events/1.html",
    "history/2026-11.html",
    "history.rss",
    "feed.rss",
    "history.atom",
    "feed.atom",
    "feed.json",
    "maintenance.ics",
    "badge.svg",
    "api/v2/summary.json",
    "api/v2/status.json",
    "api/v2/components.json",
    "404.html",
    "nothing",
)
SECRETS = ("Vault", "Meltdown", "Inside", "vault")


@pytest.fixture
async def world(world: World) -> World:
    await world.add_team("Payments", is_private=True)
    await world.add_team("Other")
    await world.add_person("Root", role="admin")
    await world.add_person("Ana", team="Payments", role="manager")
    await world.add_person("Vic", team="Payments", role="viewer")
    await world.add_person("Out", team="Other")
    return world


@pytest.fixture
async def page(world: World) -> StatusPage:
    made = await world.add_status_page(
        "Inside", "Vault: Vault", is_public=False, domain="inside.nordwind.example", team="Payments"
    )
    await world.add_status_event(
        made, "Meltdown", world.update_of("investigating", Vault="full_outage"), team="Payments"
    )
    await world.app.state.site_keeper.refresh()
    return made


@pytest.fixture
async def visitor(world: World) -> AsyncIterator[httpx.AsyncClient]:
    app: Any = behind_the_line(world.app, world.engine.settings)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="https://localhost") as client:
        yield client


async def enter(visitor: httpx.AsyncClient, name: str, **more: str) -> httpx.Response:
    form = {"email": email_of(name), "password": PASSWORD, **more}
    return await visitor.post(f"{SITE}sign-in", data=form)


async def see_nothing(visitor: httpx.AsyncClient) -> None:
    for path in PATHS:
        for found in (
            await visitor.get(SITE + path),
            await visitor.head(SITE + path),
            await visitor.post(SITE + path),
            await visitor.get(f"/{path}", headers={"host": "inside.nordwind.example"}),
        ):
            assert found.status_code == 401, path
            assert [each for each in SECRETS if each in found.text + str(found.headers)] == [], path
            assert found.headers["cache-control"] == "no-store"


async def test_a_member_signs_in_and_sees_all_of_it(page: StatusPage, visitor: httpx.AsyncClient) -> None:
    entered = await enter(visitor, "Vic")
    assert (entered.status_code, entered.headers["location"]) == (303, "./")
    cookie = entered.headers["set-cookie"]
    assert cookie.startswith(f"{COOKIE}=")
    assert [each for each in ("Path=/", "Secure", "HttpOnly", "SameSite=Lax") if each not in cookie] == []
    for path in (*sorted(set(PATHS) - {"nothing", "404.html", "zh/"}), "zh/"):
        found = await visitor.get(SITE + path)
        assert found.status_code == 200, path
        assert found.headers["cache-control"] == "no-store"
        assert "access-control-allow-origin" not in found.headers
        assert found.headers["cross-origin-resource-policy"] == "same-origin"
    assert "Meltdown" in (await visitor.get(f"{SITE}zh/")).text
    assert (await visitor.get(f"{SITE}nothing")).status_code == 404
    assert (await visitor.put(SITE)).status_code == 405


async def test_the_anonymous_the_disabled_and_those_outside_see_nothing(
    world: World, page: StatusPage, visitor: httpx.AsyncClient
) -> None:
    await see_nothing(visitor)
    assert (await enter(visitor, "Out")).status_code == 303
    await see_nothing(visitor)
    visitor.cookies.clear()
    assert (await enter(visitor, "Vic")).status_code == 303
    assert (await visitor.get(SITE)).status_code == 200
    root = await world.client("Root")
    await root.post(routes.USER_DEACTIVATE.format(user_id=world.users["Vic"]), {})
    await see_nothing(visitor)


async def test_a_session_that_ends_ends_it_here_too(world: World, page: StatusPage, visitor: httpx.AsyncClient) -> None:
    await enter(visitor, "Vic")
    assert (await visitor.get(SITE)).status_code == 200
    vic = await world.sign_in("Vic")
    assert (await vic.send("DELETE", routes.MY_SESSIONS)).status_code == 204
    await see_nothing(visitor)


async def test_a_cookie_holds_for_twelve_hours(world: World, page: StatusPage, visitor: httpx.AsyncClient) -> None:
    await enter(visitor, "Vic")
    world.clock.move_to(world.clock.now() + LASTS - timedelta(seconds=1))
    assert (await visitor.get(SITE)).status_code == 200
    world.clock.move_to(world.clock.now() + timedelta(seconds=1))
    await see_nothing(visitor)


async def test_nobody_signs_their_own_cookie(world: World, page: StatusPage, visitor: httpx.AsyncClient) -> None:
    await enter(visitor, "Vic")
    good = visitor.cookies[COOKIE]
    session, until, signature = good.split(".")
    for forged in (
        f"{session}.{int(until) + 1}.{signature}",
        f"{session}x.{until}.{signature}",
        f"{session}.{until}.{signature[:-1]}",
        f"{session}.{until}.",
        f"{session}.{until}",
        "x.y.z",
        "..",
        f"{session}.{'9' * 30}.{signature}",
    ):
        visitor.cookies.clear()
        visitor.cookies.set(COOKIE, forged)
        assert (await visitor.get(SITE)).status_code == 401, forged


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"email": "vic@example.com", "password": "wrong wrong wrong"}, "Email or password is wrong."),
        ({"email": "nobody@example.com", "password": "wrong wrong wrong"}, "Email or password is wrong."),
        ({"email": "", "password": ""}, "That did not work."),
        ({"email": "vic@example.com", "password": "x" * 9000}, "That did not work."),
    ],
)
async def test_the_form_says_what_was_wrong_and_no_more(
    page: StatusPage, visitor: httpx.AsyncClient, form: dict[str, str], said: str
) -> None:
    found = await visitor.post(f"{SITE}sign-in", data=form)
    assert (found.status_code, said in found.text) == (401, True)
    assert "set-cookie" not in found.headers
    assert [each for each in SECRETS if each in found.text] == []


async def test_a_second_factor_is_asked_for(world: World, page: StatusPage, visitor: httpx.AsyncClient) -> None:
    vic = await world.sign_in("Vic")
    secret = (await vic.post(routes.MY_TOTP))["secret"]
    await vic.post(routes.MY_TOTP_CONFIRM, {"code": TOTP(secret).at(world.clock.now())})
    assert "Enter the code of your authenticator too." in (await enter(visitor, "Vic")).text
    world.clock.move_to(world.clock.now() + timedelta(minutes=1))
    assert (await enter(visitor, "Vic", totp=TOTP(secret).at(world.clock.now()))).status_code == 303


async def test_guessing_waits_as_at_the_apps_sign_in(page: StatusPage, visitor: httpx.AsyncClient) -> None:
    for _ in range(10):
        await visitor.post(f"{SITE}sign-in", data={"email": "vic@example.com", "password": "wrong wrong wrong"})
    assert "Wait a moment" in (await enter(visitor, "Vic")).text


@pytest.mark.parametrize(
    ("said", "is_taken"),
    [
        ({"origin": "https://evil.example"}, False),
        ({"origin": "null"}, False),
        ({"origin": "null", "sec-fetch-site": "cross-site"}, False),
        ({"origin": "https://localhost", "sec-fetch-site": "same-site"}, False),
        ({"origin": "null", "sec-fetch-site": "same-origin"}, True),
        ({"origin": "https://localhost"}, True),
        ({}, True),
    ],
)
async def test_a_form_of_another_site_is_not_taken(
    page: StatusPage, visitor: httpx.AsyncClient, said: dict[str, str], is_taken: bool
) -> None:
    form = {"email": email_of("Vic"), "password": PASSWORD}
    found = await visitor.post(f"{SITE}sign-in", data=form, headers=said)
    assert (found.status_code, "set-cookie" in found.headers) == (303 if is_taken else 401, is_taken)


async def test_in_the_clear_nobody_signs_in(page: StatusPage, visitor: httpx.AsyncClient) -> None:
    """Over http a browser keeps such a cookie for this machine itself only."""
    form = {"email": email_of("Vic"), "password": PASSWORD}
    for host, is_let_in in (("status.example.com", False), ("10.0.0.7:8000", False), ("127.0.0.1:8000", True)):
        found = await visitor.post(f"{SITE}sign-in", data=form, headers={"host": host})
        assert (host, found.status_code) == (host, 303 if is_let_in else 401)
        shown = await visitor.get(SITE, headers={"host": host, "cookie": ""})
        assert ("<form" in shown.text, "needs https" in shown.text) == (is_let_in, not is_let_in)


async def test_what_is_published_is_shown_at_once_and_the_time_anew(
    world: World, page: StatusPage, visitor: httpx.AsyncClient
) -> None:
    await enter(visitor, "Vic")
    assert "Meltdown" in (await visitor.get(SITE)).text
    more = world.update_of("investigating", Vault="degraded_performance")
    await world.add_status_event(page, "Tremor", more, team="Payments")
    assert "Tremor" in (await visitor.get(f"{SITE}events/2")).text
    world.clock.move_to(world.clock.now() + timedelta(minutes=7))
    assert "Updated 7 min ago" in (await visitor.get(SITE)).text


async def test_without_a_database_who_was_let_in_sees_the_last_copy_and_nobody_else_does(
    world: World, page: StatusPage, visitor: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    await enter(visitor, "Vic")
    shown = (await visitor.get(SITE)).text
    vic = visitor.cookies[COOKIE]
    visitor.cookies.clear()
    await enter(visitor, "Ana")
    ana = visitor.cookies[COOKIE]

    async def stopped(*_: Any) -> Any:
        raise OSError("the database is gone")

    monkeypatch.setattr(world.db._store, "fetch", stopped)
    visitor.cookies.set(COOKIE, vic)
    assert (await visitor.get(SITE, headers={"cookie": f"{COOKIE}={vic}"})).text == shown
    visitor.cookies.clear()
    assert (await visitor.get(SITE, headers={"cookie": f"{COOKIE}={ana}"})).status_code == 401
    assert (await visitor.get(SITE)).status_code == 401


async def test_nothing_of_it_is_in_any_file(world: World, page: StatusPage, visitor: httpx.AsyncClient) -> None:
    await enter(visitor, "Vic")
    await visitor.get(SITE)
    await world.app.state.site_keeper.refresh()
    written = [each for each in Path(world.engine.settings.status_path).rglob("*") if each.is_file()]
    assert [each for each in written if any(word.encode() in each.read_bytes() for word in SECRETS)] == []


async def test_a_cookie_is_read_whatever_stands_beside_it(world: World) -> None:
    secrets, now = world.engine.secrets, world.clock.now()
    visitor = Visitor("session", now + timedelta(hours=1))
    signed = visitor.signed(secrets)
    assert visitor_in(f"a=b; {COOKIE}={signed}; c=d".encode(), secrets, now) == visitor
    assert visitor_in(f"x{COOKIE}={signed}".encode(), secrets, now) is None
    assert visitor_in(b"", secrets, now) is None
    assert visitor_in(f"{COOKIE}={signed}".encode(), secrets, now + timedelta(hours=1)) is None


async def test_the_language_that_a_member_chose_is_kept_and_can_be_changed(
    page: StatusPage, visitor: httpx.AsyncClient
) -> None:
    assert 'lang="zh' not in (await visitor.get(SITE)).text
    await enter(visitor, "Vic")
    chosen = await visitor.get(f"{SITE}zh/")
    assert "status_language=zh" in chosen.headers["set-cookie"]
    assert "Secure" in chosen.headers["set-cookie"]
    kept = await visitor.get(SITE)
    assert (kept.status_code, kept.headers["location"]) == (302, "zh/")
    assert (await visitor.get(SITE, params={"lang": "en"})).status_code == 303
    assert (await visitor.get(SITE)).status_code == 200


async def test_the_form_speaks_the_language_that_was_chosen(page: StatusPage, visitor: httpx.AsyncClient) -> None:
    chosen = {"cookie": "status_language=zh", "accept-language": "en"}
    assert '<html lang="zh' in (await visitor.get(SITE, headers=chosen)).text
    chosen = {"cookie": "status_language=en", "accept-language": "zh-CN"}
    assert '<html lang="en' in (await visitor.get(SITE, headers=chosen)).text
    assert '<html lang="zh' in (await visitor.get(SITE, headers={"accept-language": "zh-CN"})).text
