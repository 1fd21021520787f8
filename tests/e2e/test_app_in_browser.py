"""The app in a real browser, found by the names that a screen reader speaks."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass

import msgspec
import pytest
from playwright.async_api import Browser, Page

from phone.routes import ROUTES
from tests.kit.browser import PATIENCE_MS, PHONE, TABLET, chromium, open_app, sees, sign_in, switch_semantics_on
from tests.kit.fake_api import PASSWORD
from tests.kit.screenshots import EXAMPLES, Shot, Stage, served

pytestmark = pytest.mark.browser


@dataclass
class Window:
    """A browser before the app; each page borrows language and sign-in from the stage."""

    browser: Browser
    stage: Stage
    url: str

    async def open(self, screen: str, *, language: str = "en", size: tuple[int, int] = PHONE) -> Page:
        route = next(route for route in ROUTES if route.screen == screen)
        example = tuple(EXAMPLES.get(screen, [{}])[0].items())
        self.stage.shot = Shot(route, "phone", "light", "zh" if language == "zh" else "en", example)
        return await open_app(self.browser, self.url + self.stage.shot.path, size=size, language=language)


@pytest.fixture
async def window() -> AsyncIterator[Window]:
    stage = Stage()
    async with served(stage) as url, chromium() as browser:
        yield Window(browser, stage, url)


async def scrolls_to(page: Page, text: str, *, at: tuple[int, int] = (206, 600)) -> None:
    """Turn the wheel until it is there: what is far below isn't drawn yet."""
    await page.mouse.move(*at)
    for _ in range(20):
        if await page.get_by_text(re.compile(text)).or_(page.get_by_label(re.compile(text))).count():
            return
        await page.mouse.wheel(0, 400)
        await page.wait_for_timeout(200)
    raise AssertionError(f"{text} is not on this screen")


async def press(page: Page, name: str) -> None:
    await page.get_by_role("button", name=re.compile(name)).first.click(timeout=PATIENCE_MS)


async def test_acknowledging_and_taking_it_back(window: Window) -> None:
    page = await window.open("incidents")
    await press(page, "^Acknowledge$")
    await sees(page, "Acknowledged")
    await press(page, "^Undo$")
    await sees(page, "Waiting for you")


async def test_opening_an_incident_and_going_back(window: Window) -> None:
    page = await window.open("incidents")
    await press(page, "Disk 91")
    await sees(page, "Disk 91")
    await scrolls_to(page, "Timeline")
    await page.go_back()
    await sees(page, "Filter incidents")


async def test_going_back_from_a_sheet_leads_to_the_screen_under_it_and_then_on(window: Window) -> None:
    page = await window.open("incidents")
    await press(page, "Disk 91")
    await sees(page, "Why you")
    address = page.url
    for _ in range(2):
        await press(page, "^Snooze")
        await sees(page, "Then it pages again")
        await page.go_back()
        await page.get_by_text(re.compile("Then it pages again")).wait_for(state="detached", timeout=PATIENCE_MS)
        await sees(page, "Why you")
        await page.wait_for_url(address)
    await page.go_back()
    await sees(page, "Filter incidents")


async def test_chinese_on_a_tablet_shows_list_and_incident_side_by_side(window: Window) -> None:
    page = await window.open("incident", language="zh", size=TABLET)
    await sees(page, "认领")
    await scrolls_to(page, "时间线", at=(900, 500))
    await sees(page, "筛选")


async def test_signing_in_wrongly_and_rightly(window: Window) -> None:
    page = await window.open("sign-in")
    await page.get_by_role("textbox").nth(1).wait_for(timeout=PATIENCE_MS)
    with pytest.raises(AssertionError):
        await sign_in(page, "responder@example.com", "not the password", tries=1)
    await sees(page, "do not match")
    await sign_in(page, "responder@example.com", PASSWORD)
    await sees(page, "Filter incidents")


async def test_another_address_in_the_same_tab_is_obeyed_whatever_is_open(window: Window) -> None:
    page = await window.open("incident", size=TABLET)
    await sees(page, "Why you")
    api = window.stage.apis[-1]
    storm = [
        msgspec.structs.replace(api.alerts[0], id=f"a-{number}", labels={"pod": f"p-{number}"}) for number in range(200)
    ]
    api.alerts = storm
    api.incidents[0] = msgspec.structs.replace(api.incidents[0], alert_count=200, open_alert_count=200)
    await press(page, "^Refresh$")
    await sees(page, "200 alerts")
    await page.goto(f"{window.url}/on-call")
    await switch_semantics_on(page)
    await sees(page, "Your next watch|Ask for cover")
    await page.goto(f"{window.url}/configure")
    await switch_semantics_on(page)
    await sees(page, "Everything that decides who is paged")
