"""A real Chromium that finds things in the app by their accessible names."""

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator

from playwright.async_api import Browser, Locator, Page, TimeoutError, async_playwright, expect

from tests.kit.needs import needed

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE, TABLET = (412, 915), (1280, 800)
PATIENCE_MS = 60_000
TRIES = 5
SETTLED_S = 0.4


@contextlib.asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=needed("chromium"), args=FLAGS)
        try:
            yield browser
        finally:
            await browser.close()


async def open_app(browser: Browser, url: str, *, size: tuple[int, int] = PHONE, language: str = "en") -> Page:
    """The app in a fresh profile, with its semantics tree switched on."""
    context = await browser.new_context(
        viewport={"width": size[0], "height": size[1]}, locale="zh-CN" if language == "zh" else "en-GB"
    )
    page = await context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    await page.goto(url)
    await switch_semantics_on(page)
    return page


async def switch_semantics_on(page: Page) -> None:
    """Have the tree for screen readers built, unless it is; once for each time that a page is loaded."""
    await page.wait_for_selector("flt-semantics-placeholder, flt-semantics", state="attached")
    await page.evaluate("document.querySelector('flt-semantics-placeholder')?.click()")


async def sees(page: Page, text: str) -> None:
    """A pattern of something that is written, or said to a screen reader."""
    found = page.get_by_text(re.compile(text)).or_(page.get_by_label(re.compile(text))).first
    await expect(found).to_be_attached(timeout=PATIENCE_MS)


async def write(page: Page, box: Locator, text: str) -> None:
    """Instead of what a field holds; what came before the app listened is typed again.

    The browser's own field has the text at once, and loses it again when the app, which never heard of it, draws anew.
    """
    for _ in range(TRIES):
        await box.click(timeout=PATIENCE_MS)
        await page.keyboard.press("Control+A")
        await page.keyboard.insert_text(text)
        await asyncio.sleep(SETTLED_S)
        with contextlib.suppress(AssertionError):
            await expect(box).to_have_value(text, timeout=2_000)
            return
    raise AssertionError(f"{box} takes no text")


async def sign_in(page: Page, email: str, password: str, *, button: str = "Sign in", tries: int = 3) -> None:
    """Fill the form and send it; typing that came before the app listened is typed again."""
    send = page.get_by_role("button", name=re.compile(f"^{button}$"))
    boxes = page.get_by_role("textbox")
    for _ in range(tries):
        await boxes.nth(1).wait_for()
        for box, text in ((boxes.nth(0), email), (boxes.nth(1), password)):
            await box.click()
            await page.keyboard.press("Control+A")
            await page.keyboard.insert_text(text)
            await asyncio.sleep(0.2)
        await send.click()
        with contextlib.suppress(TimeoutError):
            await boxes.nth(1).wait_for(state="detached", timeout=5_000)
            return
    raise AssertionError("signing in did not leave the form")
