"""What the window is called says where the reader is, in the reader's language."""

from types import SimpleNamespace
from typing import cast

import flet as ft
import pytest

from phone.base.device.attention import TitleAttention
from phone.base.i18n import catalogue
from phone.console.kinds import SHOWN
from phone.routes import ROUTES
from phone.titles import SCREENS
from shared.wire.sessions import Language
from tests.kit.fake_api import FakeApi
from tests.kit.headless_app import HeadlessApp


def test_every_screen_has_a_title() -> None:
    assert set(SCREENS) == {route.screen for route in ROUTES}
    for key in SCREENS.values():
        for kind in SHOWN:
            assert key.format(kind=kind.slug) in catalogue("en"), key


@pytest.mark.parametrize(
    ("route", "language", "title"),
    [
        ("/incidents", "en", "Incidents"),
        ("/incidents", "zh", "故障"),
        ("/incidents/inc-4821", "en", "INC-4821 Checkout errors above 5 % in eu-west"),
        ("/on-call", "en", "On call"),
        ("/on-call", "zh", "值班"),
        ("/schedules/s-pay-1", "en", "Payments primary"),
        ("/me/rules/critical", "en", "How you are paged: Critical"),
        ("/configure/services", "en", "Services"),
        ("/configure/services/new", "en", "New service"),
        ("/configure/services/svc-checkout", "en", "checkout-api"),
        ("/nowhere", "en", "No such page"),
    ],
)
async def test_the_title_names_what_is_open(route: str, language: Language, title: str) -> None:
    async with HeadlessApp(FakeApi(language=language), route=route) as app:
        assert app.attention.titles[-1] == title


def test_what_waits_stands_before_where_the_reader_is() -> None:
    page = SimpleNamespace(title="Dogwatch", schedule_update=lambda: None)
    title = TitleAttention(cast(ft.Page, page))
    title.waiting(2)
    assert page.title == "(2) Dogwatch"
    title.at("On call")
    assert page.title == "(2) On call · Dogwatch"
    title.waiting(0)
    assert page.title == "On call · Dogwatch"


async def test_the_title_follows_the_reader_and_names_no_incident_that_was_left() -> None:
    async with HeadlessApp(route="/incidents/inc-4821") as app:
        await app.goto("/incidents/inc-4820")
        assert app.attention.titles[-1] == "INC-4820 Payment webhooks delayed by 11 min"
        await app.goto("/me")
        assert app.attention.titles[-1] == "Me"
        await app.state.sign_out()
        await app.settle()
        assert app.attention.titles[-1] == "Sign in"
