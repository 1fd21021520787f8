"""Signed in, and the list of keys opened and closed, with the keyboard alone, in a real browser."""

from pathlib import Path

import pytest

from tests.e2e.test_taps_in_browser import PASSWORD, build, fire
from tests.kit.browser import TABLET, chromium, open_app, sees
from tests.kit.installation import ADMIN, FIRST_ADMIN, dogwatch


@pytest.mark.browser
async def test_the_app_is_signed_in_to_and_its_keys_are_listed_without_a_pointer(tmp_path: Path) -> None:
    async with dogwatch(tmp_path, FIRST_ADMIN) as (api, site, _), chromium() as browser:
        await api.sign_in(ADMIN["email"], ADMIN["password"])
        known = await build(api)
        page = await open_app(browser, site, size=TABLET)
        boxes = page.get_by_role("textbox")
        await boxes.nth(0).focus()
        await page.keyboard.insert_text(known["on_call"])
        await page.keyboard.press("Tab")
        await page.keyboard.insert_text(PASSWORD)
        await page.keyboard.press("Enter")
        await sees(page, "^On call · ")
        await page.keyboard.press("Shift+?")
        await sees(page, "^Keyboard shortcuts$")
        await page.keyboard.press("Escape")
        await fire(api, known["key"], "Disk full")
        await sees(page, "What happens next")
