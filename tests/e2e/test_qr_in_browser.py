"""The codes that phones scan, as a real browser draws what the real server sends."""

import asyncio
import contextlib
import re
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
import segno
from playwright.async_api import Page, TimeoutError, expect

from phone.base.i18n import Words
from tests.kit.browser import PATIENCE_MS, chromium, open_app, sign_in, switch_semantics_on
from tests.kit.drawn_qr import modules_of
from tests.kit.installation import ADMIN, FIRST_ADMIN, dogwatch
from tests.kit.processes import until

WORDS = Words("en")


async def press(page: Page, key: str) -> None:
    name = re.compile(f"^{re.escape(WORDS(key))}$")
    await page.get_by_role("button", name=name).last.click(timeout=PATIENCE_MS)


async def shown(page: Page, pattern: str, *, within_ms: float = PATIENCE_MS) -> str:
    """A text of the screen that is wholly of this form."""
    whole = re.compile(f"^{pattern}$", re.MULTILINE)
    found = page.get_by_text(whole).or_(page.get_by_label(whole)).first
    await found.wait_for(state="attached", timeout=within_ms)
    said = f"{await found.inner_text()}\n{await found.get_attribute('aria-label')}"
    [told] = [each for each in said.splitlines() if re.fullmatch(pattern, each)]
    return told


async def is_drawn(page: Page, text: str) -> bool | None:
    """Whether the picture on the screen is the code of this text, module by module."""
    wanted = [list(row) for row in segno.make(text, error="m", micro=False).matrix]
    picture = page.get_by_role("img", name=WORDS("qr.label"))
    await expect(picture).to_be_attached(timeout=PATIENCE_MS)
    return await modules_of(page, await picture.bounding_box(), modules=len(wanted)) == wanted or None


async def second_factor(page: Page, *, tries: int = 4) -> str:
    """The secret, once the password is given; typing that came before the app listened is typed again."""
    for _ in range(tries):
        await page.get_by_role("textbox").last.click(timeout=PATIENCE_MS)
        await page.keyboard.press("Control+A")
        await page.keyboard.insert_text(ADMIN["password"])
        await asyncio.sleep(0.3)
        await press(page, "security.next")
        with contextlib.suppress(TimeoutError):
            return await shown(page, "[A-Z2-7]{32}", within_ms=8_000)
    raise AssertionError("the password led to no secret")


@pytest.mark.browser
async def test_pairing_and_second_factor_show_codes_that_scan(tmp_path: Path) -> None:
    async with dogwatch(tmp_path, FIRST_ADMIN) as (api, site, _), chromium() as browser:
        page = await open_app(browser, f"{site}/me/pair")
        await sign_in(page, ADMIN["email"], ADMIN["password"])

        async def pairs() -> bool | None:
            code = await shown(page, "[A-Z2-7]{4}(-[A-Z2-7]{4}){3}")
            return await is_drawn(page, f"dogwatch://pair?{urlencode({'server': api.url, 'code': code})}")

        await until("the pairing code is drawn", pairs, within_s=60)

        await page.goto(f"{site}/me/security")
        await switch_semantics_on(page)
        await press(page, "security.totp")
        secret = await second_factor(page)
        of = quote(f"Dogwatch:{ADMIN['email']}")
        uri = f"otpauth://totp/{of}?{urlencode({'secret': secret, 'issuer': 'Dogwatch'})}"
        await until("the second factor's code is drawn", lambda: is_drawn(page, uri), within_s=60)
        await page.mouse.click(5, 5)
        await asyncio.sleep(1)
        assert await shown(page, "[A-Z2-7]{32}") == secret, "a tap beside it sweeps nothing away that is shown once"
