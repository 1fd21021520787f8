"""Sign-in, on call, me, the demo's outbox, and addresses that lead nowhere."""

import flet as ft
import msgspec

from phone.base.api.client import REFRESH_TOKEN
from shared.wire import routes
from tests.kit.fake_api import PASSWORD, FakeApi
from tests.kit.headless_app import HeadlessApp, texts_of


async def sign_in(app: HeadlessApp, password: str = PASSWORD) -> None:
    await app.type("email", "responder@example.com")
    await app.type("password", password)
    await app.tap(key="sign-in")
    await app.settle(0.1)


async def test_signing_in_leads_to_the_incidents() -> None:
    async with HeadlessApp(signed_in=False) as app:
        await sign_in(app)
        await app.until(lambda: app.says("Checkout errors above 5 %"))
        assert app.api.live.sockets


async def test_a_wrong_password_says_so_and_keeps_what_was_typed() -> None:
    async with HeadlessApp(signed_in=False) as app:
        await sign_in(app, "wrong")
        assert app.says("Email and password do not match.")
        assert app.one(ft.TextField, key="email").value == "responder@example.com"


async def test_empty_fields_are_named_before_anything_is_sent() -> None:
    async with HeadlessApp(signed_in=False) as app:
        await app.tap(key="sign-in")
        assert app.says("Enter your email.")
        assert app.says("Enter your password.")
        assert app.api.calls == []


async def test_too_many_attempts_say_how_long_to_wait() -> None:
    async with HeadlessApp(signed_in=False) as app:
        app.api.refuse(routes.LOGIN, 429, "too_many_attempts", headers={"retry-after": "30"})
        await sign_in(app)
        assert app.says("Too many attempts. Try again in 30 seconds.")


async def test_a_server_that_does_not_answer_says_so() -> None:
    async with HeadlessApp(signed_in=False) as app:
        app.api.offline = True
        await sign_in(app)
        assert app.says("The server does not answer. Check the address and your network")


async def test_without_encryption_the_page_says_that_it_forgets() -> None:
    async with HeadlessApp(signed_in=False) as app:
        assert app.says("This page is not encrypted")


async def test_a_phone_asks_for_its_server_and_remembers_it() -> None:
    async with HeadlessApp(signed_in=False, fixed_server=False) as app:
        await app.type("server", "dogwatch.example.com")
        await sign_in(app)
        assert app.says("An address starts with https://")
        await app.type("server", "https://dogwatch.example.com")
        await app.tap(key="sign-in")
        await app.until(lambda: app.says("Checkout errors above 5 %"))
        assert app.api.requests[-1].url.host == "dogwatch.example.com"
        assert app.preferences.kept["server"] == "https://dogwatch.example.com"


async def test_the_demo_offers_its_sign_in() -> None:
    async with HeadlessApp(signed_in=False, demo_page=True) as app:
        await app.tap(key="demo-fill")
        await app.tap(key="sign-in")
        await app.until(lambda: app.says("Checkout errors above 5 %"))


async def test_the_language_can_be_chosen_before_signing_in() -> None:
    async with HeadlessApp(signed_in=False) as app:
        await app.tap(key="language")
        assert app.says("登录后才能收到呼叫。")
        assert app.preferences.kept["language"] == "zh"


async def test_a_session_that_the_server_ended_asks_to_sign_in_again() -> None:
    async with HeadlessApp() as app:
        app.api.generation = 99
        await app.tap(key="refresh")
        await app.until(lambda: app.says("Your session ended. Sign in again; nothing was lost."))
        assert not app.says("Checkout errors")


async def test_a_start_without_an_answer_offers_to_try_again() -> None:
    api = FakeApi()
    api.offline = True
    async with HeadlessApp(api) as app:
        assert app.says("The server does not answer.")
        api.offline = False
        await app.tap(key="retry")
        await app.until(lambda: app.says("Checkout errors above 5 %"))


async def test_on_call_shows_my_watch_everybody_and_gaps() -> None:
    async with HeadlessApp(route="/on-call") as app:
        assert app.says("You, Payments primary")
        assert app.says("5\u00a0h 47\u00a0m left")
        assert app.says("Since Fri 09:00, until Sat 09:00. Then Ana Ruiz.")
        assert "Secondary, until Mon 09:00" in app.texts(), "without its team's name, under which it stands"
        assert app.says("No one on call")
        assert app.says("Nights, until Mon 09:00. Alerts page the fallback.")
        said = [text for text in app.texts() if text in ("Payments", "Data", "Platform", "your team")]
        assert said == ["Payments", "your team", "Data", "Platform"], "the reader's own first"


async def test_a_colleague_in_another_zone_is_shown_with_their_clock_and_paged_from_the_row() -> None:
    async with HeadlessApp(route="/on-call") as app:
        assert [text for text in app.texts() if text.endswith(" there")] == ["10:12 there"]
        await app.fire(app.one(ft.IconButton, key="page-s-plat-u-mei"))
        await app.until(lambda: app.state.place.route == "/incidents/new?to=u-mei")


async def test_my_next_shifts_are_a_line_that_is_said_whole() -> None:
    async with HeadlessApp(route="/on-call") as app:
        app.clock.move(seconds=90)
        app.state.on_call.work_out()
        await app.settle()
        line = app.one(ft.TextButton, key="next-shifts")
        assert "now" in texts_of(line)
        (said,) = [each.label for each in app.find(ft.Semantics) if each.content is line]
        assert said is not None
        assert said.startswith("My next shifts: Payments primary, until Sat 21 Nov 09:00, ")
        await app.tap(key="next-shifts")
        await app.until(lambda: app.state.place.route == "/schedules/mine")


async def test_on_call_without_schedules_teaches() -> None:
    api = FakeApi()
    api.schedules.rotas = []
    async with HeadlessApp(api, route="/on-call") as app:
        assert app.says("Whoever manages a team makes one under Configure.")
        assert not app.says("API")
        assert app.says("No schedule yet")


async def test_on_call_failing_says_what_to_do() -> None:
    api = FakeApi()
    api.refuse(routes.SCHEDULE_ROTAS, 403, "forbidden")
    async with HeadlessApp(api, route="/on-call") as app:
        assert app.says("You may see this, but not do it.")


async def test_me_changes_name_language_and_theme() -> None:
    async with HeadlessApp(route="/me") as app:
        await app.tap(key="edit-name")
        await app.type("name", "Jonas K.")
        await app.tap(key="save-name")
        await app.until(lambda: app.says("Saved."))
        assert app.api.me.name == "Jonas K."
        await app.tap(key="choice-zh")
        await app.until(lambda: app.api.me.language == "zh")
        assert app.says("语言")
        await app.tap(key="choice-dark")
        assert app.page.views is not None
        assert app.preferences.kept["theme"] == "dark"
        assert app.state.look.palette.surface == "#101214"


async def test_a_name_that_somebody_changed_meanwhile_is_tried_on_the_newest_state() -> None:
    async with HeadlessApp(route="/me") as app:
        app.api.me = msgspec.structs.replace(app.api.me, rev=7)
        await app.tap(key="edit-name")
        await app.type("name", "Jonas K.")
        await app.tap(key="save-name")
        await app.until(lambda: app.api.me.name == "Jonas K.")


async def test_signing_out_asks_once_and_forgets() -> None:
    async with HeadlessApp(route="/me") as app:
        await app.tap(key="sign-out")
        assert app.says("Pages to your other devices go on.")
        await app.tap(key="leave")
        await app.until(lambda: app.find(ft.TextField, key="email"))
        assert REFRESH_TOKEN not in app.secrets.kept
        assert set(app.preferences.kept) <= {"theme", "language", "person"}
        assert app.attention.told[-1] == 0


async def test_the_outbox_buttons_work_with_the_notifications_own_token() -> None:
    async with HeadlessApp(route="/outbox") as app:
        assert app.says("Demo: nothing leaves this machine.")
        await app.tap(key="acknowledge-o-1")
        await app.until(lambda: app.says("Done: acknowledged by you"))
        assert app.api.get("inc-4821").state == "acknowledged"
        sent = next(each for each in app.api.requests if each.url.path == routes.ACTIONS)
        assert "authorization" not in sent.headers
        await app.tap(key="acknowledge-o-2")
        await app.until(lambda: app.says("It was acknowledged by Ana Ruiz before"))


async def test_the_outbox_shows_what_is_sent() -> None:
    async with HeadlessApp(route="/outbox") as app:
        await app.tap(key="raw-o-3")
        assert app.says("Subject: Checkout errors")


async def test_an_empty_outbox_teaches() -> None:
    api = FakeApi()
    api.outbox = []
    async with HeadlessApp(api, route="/outbox") as app:
        assert app.says("Nothing was sent yet")


async def test_without_a_demo_there_is_no_outbox() -> None:
    async with HeadlessApp(FakeApi(demo=False), route="/outbox") as app:
        assert app.says("No such page")
        assert app.find(ft.TextButton, key="tab-/on-call"), "the ways to other screens stay"
        await app.goto("/incidents")
        assert not app.find(ft.TextButton, key="tab-/outbox")


async def test_an_address_that_leads_nowhere_leads_home() -> None:
    async with HeadlessApp(route="/nope") as app:
        assert app.says("The address /nope leads nowhere.")
        assert app.find(ft.OutlinedButton, key="home")
