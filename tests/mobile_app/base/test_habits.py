"""Language and zone: what the device knows until a person says otherwise, and what their account learns of it."""

import flet as ft
import httpx
import msgspec
import pytest

from mobile_app.habits import habits_in
from phone.base.device.habits import Habits
from phone.base.i18n import Words
from phone.base.theme import flet_theme
from shared.wire.sessions import Language
from tests.kit.fake_api import PASSWORD, FakeApi
from tests.kit.headless_app import HeadlessApp

SHANGHAI = Habits(languages=("zh-CN", "en"), zone="Asia/Shanghai")
BERLIN = Habits(languages=("de-DE", "en-GB"), zone="Europe/Berlin")


class Deaf(FakeApi):
    """Loses what is sent to change an account."""

    async def handle(self, request: httpx.Request) -> httpx.Response:
        if request.method == "PATCH":
            raise httpx.ConnectError("no network", request=request)
        return await super().handle(request)


def account(language: Language, zone: str) -> FakeApi:
    api = FakeApi(language=language)
    api.me = msgspec.structs.replace(api.me, time_zone=zone)
    return api


async def sign_in(app: HeadlessApp) -> None:
    await app.until(lambda: app.find(ft.TextField, key="email"))
    await app.type("email", "responder@example.com")
    await app.type("password", PASSWORD)
    await app.tap(key="sign-in")
    await app.until(lambda: app.state.session.phase == "signed_in" and app.state.look.person)


@pytest.mark.parametrize(
    ("cookies", "languages", "zone"),
    [
        ("languages=zh-CN%2Czh%2Cen; zone=Asia%2FShanghai", ("zh-CN", "zh", "en"), "Asia/Shanghai"),
        ("zone=Europe%2FBerlin", (), "Europe/Berlin"),
        ("", (), ""),
        ("languages=" + "zh%2C" * 99, (), ""),
        ("a[]=b; ;;", (), ""),
    ],
)
def test_what_cookies_say(cookies: str, languages: tuple[str, ...], zone: str) -> None:
    assert habits_in(cookies) == Habits(languages, zone)


@pytest.mark.parametrize(("said", "touches"), [("pointer=fine", False), ("pointer=coarse", True), ("", True)])
def test_who_has_a_mouse_only_is_told_of_no_swiping(said: str, touches: bool) -> None:
    assert habits_in(said).touches is touches


@pytest.mark.parametrize(
    ("languages", "language"),
    [
        (("zh-CN",), "zh"),
        (("zh",), "zh"),
        (("de", "zh-Hans-CN", "en"), "zh"),
        (("fr", "en-US", "zh"), "en"),
        ((), None),
    ],
)
def test_the_first_language_that_we_speak_counts(languages: tuple[str, ...], language: str | None) -> None:
    assert Habits(languages).language == language


@pytest.mark.parametrize("zone", ["", "UTC", "Etc/Unknown", "Mars/Olympus"])
def test_a_zone_that_says_nothing_is_none(zone: str) -> None:
    assert Habits(zone=zone).home is None


async def test_a_chinese_browser_reads_chinese_before_and_after_signing_in() -> None:
    async with HeadlessApp(account("en", "UTC"), signed_in=False, habits=SHANGHAI) as app:
        await app.until(lambda: app.says(Words("zh")("sign_in.submit")))
        await sign_in(app)
        assert app.state.look.language == "zh"
        assert app.state.look.zone_name == "Asia/Shanghai"
        assert (app.api.me.language, app.api.me.time_zone) == ("zh", "Asia/Shanghai")


async def test_what_a_person_chose_for_their_account_stands() -> None:
    async with HeadlessApp(account("zh", "Asia/Tokyo"), signed_in=False, habits=BERLIN) as app:
        await app.until(lambda: app.says(Words("en")("sign_in.submit")))
        await sign_in(app)
        assert (app.state.look.language, app.state.look.zone_name) == ("zh", "Asia/Tokyo")
        assert (app.api.me.language, app.api.me.time_zone) == ("zh", "Asia/Tokyo")


async def test_the_language_chosen_on_the_sign_in_screen_outlives_signing_in() -> None:
    async with HeadlessApp(account("zh", "Asia/Tokyo"), signed_in=False, habits=BERLIN) as app:
        await app.until(lambda: app.find(ft.TextField, key="email"))
        await app.tap(key="language")
        assert app.state.look.language == "zh"
        await app.tap(key="language")
        await sign_in(app)
        assert app.state.look.language == "en"
        assert app.api.me.language == "en"


@pytest.mark.parametrize("chosen_at", ["an English browser", "me", "the invitation"])
async def test_english_that_was_chosen_stays_in_a_chinese_browser(chosen_at: str) -> None:
    api = account("en", "UTC")
    if chosen_at == "an English browser":
        async with HeadlessApp(api, signed_in=False, habits=BERLIN) as app:
            await sign_in(app)
    elif chosen_at == "me":
        async with HeadlessApp(api) as app:
            await app.state.choose_language("en")
    else:
        api.me = msgspec.structs.replace(api.me, rev=2)
    async with HeadlessApp(api, signed_in=False, habits=SHANGHAI) as app:
        await sign_in(app)
        assert (app.state.look.language, api.me.language) == ("en", "en")
        assert api.me.time_zone == ("Europe/Berlin" if chosen_at == "an English browser" else "UTC")


async def test_whoever_wants_utc_is_asked_once_only() -> None:
    async with HeadlessApp(account("en", "UTC"), signed_in=False, habits=BERLIN) as app:
        await sign_in(app)
        assert app.says("Europe/Berlin")
        app.api.me = msgspec.structs.replace(app.api.me, time_zone="UTC")
        await app.state.sign_out()
        await sign_in(app)
        assert app.api.me.time_zone == "UTC"
        await app.goto("/me")
        await app.until(lambda: app.says("This device is in Europe/Berlin"))
        await app.state.account.live_here()
        assert app.state.look.zone_name == "Europe/Berlin"


async def test_an_account_that_cannot_be_told_lets_its_reader_in() -> None:
    async with HeadlessApp(Deaf(), signed_in=False, habits=SHANGHAI) as app:
        await sign_in(app)
        assert app.state.session.phase == "signed_in"


@pytest.mark.parametrize(("said", "moves"), [("motion=reduce", False), ("motion=full", True), ("", True)])
async def test_who_asked_for_less_motion_gets_sheets_and_pages_that_are_there_at_once(said: str, moves: bool) -> None:
    assert habits_in(said).moves is moves
    async with HeadlessApp(habits=habits_in(said)) as app:
        await app.tap(key="filter")
        [shown] = app.find(ft.BottomSheet)
        assert (shown.animation_style is None) is moves
    theme = flet_theme("light", moves=moves)
    assert theme.page_transitions is not None
    assert (theme.page_transitions.android is ft.PageTransitionTheme.NONE) is not moves
