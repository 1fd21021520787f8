"""Pages as assistive technology reads them: axe-core finds nothing wrong in light and dark, small and large."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Literal

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, expect

from server.status_pages.site.pages import STYLE, Safe, SitePages, template
from server.status_pages.site.render import all_files
from server.status_pages.site.view import SiteView
from server.status_pages.site.words import SiteWords
from shared.domain.status.subscribing import Scope
from tests.kit.browser import chromium
from tests.kit.nordwind_status import NOW, event, nordwind, over, said, site, utc

pytestmark = pytest.mark.browser
SIZES = ((320, 640), (1280, 800))


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as opened:
        yield opened


def forms() -> dict[str, str]:
    """What is rendered for one visitor: what a subscriber manages, a refusal, and the sign-in of internal pages."""
    content = nordwind()
    view = SiteView(content, "en", NOW)
    scope = Scope(is_for_all=False, component_ids=(content.living[0].id,))
    asked: dict[str, Any] = {"token": "t", "chosen": "en", "manage": "", "unsubscribe": "unsubscribe?t=t", "text": ""}
    asked |= {"components": view.choices(), "events": [("e15", "Cards fail")], "scope": scope, "is_problem": False}
    words = SiteWords("zh", "UTC")
    made = {
        "manage": {"heading": "What you hear of", "action": "manage", "button": "Save", "manages": True},
        "refused": {"heading": "No", "text": "Bad link.", "is_problem": True, "action": "", "manages": False},
    }
    found = {name: SitePages(content).form(view, **(asked | more)).decode() for name, more in made.items()}
    shown = {"words": words, "style": Safe(STYLE), "action": "sign-in", "email": "a@b.example", "is_possible": True}
    return found | {"sign-in": template("sign_in.html").render(problem=words("refused.bad_credentials"), **shown)}


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_no_page_breaks_a_rule_of_axe(browser: Browser, tmp_path: Path, scheme: Literal["light", "dark"]) -> None:
    pages: list[Path] = []
    for path, file in all_files(nordwind(), NOW):
        target = tmp_path / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(file.body)
        if path.endswith(".html") and (path.count("/events/") + path.startswith("events/") == 0 or "15.html" in path):
            pages.append(target)
    assert len(pages) >= 6
    for name, text in forms().items():
        pages.append(tmp_path / f"{name}.html")
        pages[-1].write_text(text, "utf-8")
    found: list[Any] = []
    for width, height in SIZES:
        context = await browser.new_context(
            bypass_csp=True, color_scheme=scheme, viewport={"width": width, "height": height}
        )
        page = await context.new_page()
        for each in pages:
            await page.goto(each.as_uri())
            results = await Axe().run(page)
            found += [
                (str(each.relative_to(tmp_path)), width, rule["id"], rule["nodes"][0]["html"][:120])
                for rule in results.response["violations"]
            ]
        await context.close()
    assert found == []


async def test_a_page_is_printed_on_white_with_what_it_says_and_nothing_to_press(
    browser: Browser, tmp_path: Path
) -> None:
    for path, file in all_files(nordwind(), NOW):
        if path in ("index.html", "events/15.html"):
            (tmp_path / path).parent.mkdir(exist_ok=True)
            (tmp_path / path).write_bytes(file.body)
    page = await (await browser.new_context(color_scheme="dark", viewport={"width": 794, "height": 1123})).new_page()
    for path in ("index.html", "events/15.html"):
        await page.goto((tmp_path / path).as_uri())
        await page.emulate_media(media="print", color_scheme="dark")
        for gone in ("nav", "#updates", "form", ".skip"):
            assert [await each.is_visible() for each in await page.locator(gone).all() if await each.is_visible()] == []
        await expect(page.get_by_role("heading", level=1)).to_be_visible()
        await expect(page.locator("body")).to_have_css("background-color", "rgb(255, 255, 255)")
        await expect(page.locator("h1")).to_have_css("color", "rgb(0, 0, 0)")
    await page.goto((tmp_path / "index.html").as_uri())
    await expect(page.locator(".component .bars").first).to_be_visible()


async def test_nothing_is_wider_than_a_small_phone(browser: Browser, tmp_path: Path) -> None:
    """With a story on each day that is shown, and words that can't be broken."""
    told = [over(n, f"{'W' * 80}-{n}", utc(11, n, 9), 30, "x" * 120, api="full_outage") for n in range(1, 28)]
    began = said(utc(11, 28, 10), "investigating", f"{'Y' * 90} `{'z' * 200}`", checkout="full_outage")
    content = site(*told, event(99, "V" * 190, began))
    page = await (await browser.new_context(viewport={"width": 320, "height": 640})).new_page()
    for path, file in all_files(content, NOW):
        if path.endswith(".html"):
            at = tmp_path / path
            at.parent.mkdir(parents=True, exist_ok=True)
            at.write_bytes(file.body)
    for path in ("index.html", "zh/index.html", "events/99.html", "history/2026-11.html", "subscribe.html"):
        await page.goto((tmp_path / path).as_uri())
        assert (path, await page.evaluate("document.documentElement.scrollWidth")) == (path, 320)
    await page.goto((tmp_path / "index.html").as_uri())
    for bar in await page.locator(".bars a").all():
        if await bar.is_visible():
            await bar.focus()
            box = await bar.locator(".tip").bounding_box()
            assert box is not None
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= 320
