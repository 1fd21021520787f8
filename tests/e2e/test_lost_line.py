"""The reader's own line to the app's site is lost and comes back: what a real browser shows, sends and doesn't send."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from playwright.async_api import Browser, Page, expect

from phone.base.i18n import Words
from phone.routes import ROUTES
from shared.wire.sessions import Language
from tests.kit.browser import PATIENCE_MS, PHONE, chromium, switch_semantics_on
from tests.kit.cable import Cable, State, cable_to
from tests.kit.fake_api import FakeApi
from tests.kit.screenshots import Shot, Stage, served

pytestmark = pytest.mark.browser
INCIDENTS = next(route for route in ROUTES if route.screen == "incidents")
# Resolves to this machine and counts as safe, but Flet's client waits twice as long each time, as on any host but two.
HOST = "dogwatch.localhost"


@dataclass
class Line:
    """A browser at the far end of a cable."""

    browser: Browser
    cable: Cable
    stage: Stage

    @property
    def api(self) -> FakeApi:
        return self.stage.apis[-1]

    async def open(self, language: Language, *, dark: bool = False) -> Page:
        brightness = "dark" if dark else "light"
        self.stage.shot = Shot(INCIDENTS, "phone", brightness, language)
        context = await self.browser.new_context(
            viewport={"width": PHONE[0], "height": PHONE[1]},
            locale="zh-CN" if language == "zh" else "en-GB",
            color_scheme=brightness,
        )
        page = await context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        await page.goto(f"http://{HOST}:{self.cable.port}/incidents")
        await switch_semantics_on(page)
        await page.get_by_role("button", name=Words(language)("verb.acknowledge"), exact=True).first.wait_for()
        return page


@pytest.fixture
async def line() -> AsyncIterator[Line]:
    stage = Stage()
    async with served(stage) as url, cable_to(int(url.rpartition(":")[2])) as cable, chromium() as browser:
        yield Line(browser, cable, stage)


@pytest.mark.parametrize("how", ["cut", "held"])
async def test_nothing_tapped_without_a_line_is_sent_and_everything_works_when_it_is_back(
    line: Line, how: State
) -> None:
    page, words = await line.open("en"), Words("en")
    button = page.get_by_role("button", name=words("verb.acknowledge"), exact=True).first
    where = await button.bounding_box()
    assert where is not None
    await line.cable.become(how)
    banner = page.get_by_role("alert")
    await expect(banner).to_contain_text(words("line.title"), timeout=PATIENCE_MS)
    assert not await page.get_by_text("Working").count()
    # The banner moves the last frame down.
    await page.mouse.click(where["x"] + 20, where["y"] + 90)
    await page.keyboard.press("Enter")
    await expect(banner).to_contain_text(words("line.unsent"))

    await line.cable.become("whole")
    await expect(banner).to_have_count(0, timeout=PATIENCE_MS)
    await switch_semantics_on(page)
    await button.wait_for()
    assert "acknowledge" not in line.api.verbs()
    await button.click()
    undo = page.get_by_role("button", name=words("verb.undo"), exact=True).first
    await undo.wait_for()
    assert line.api.verbs() == ["acknowledge"]
    await undo.click()
    await button.wait_for()


async def test_the_banner_speaks_the_readers_language_in_their_theme(line: Line) -> None:
    page = await line.open("zh", dark=True)
    await line.cable.become("cut")
    banner = page.get_by_role("alert")
    await expect(banner).to_contain_text(Words("zh")("line.title"), timeout=PATIENCE_MS)
    assert await page.locator(".dw-lost.dw-dark").count() == 1
    await line.cable.become("whole")
    await page.get_by_role("button", name=Words("zh")("line.now")).click()
    await expect(banner).to_have_count(0, timeout=PATIENCE_MS)
