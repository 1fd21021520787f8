"""Pages as assistive technology reads them: axe-core finds nothing wrong in light and dark, small and large."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Literal

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser

from server.status_pages.site.render import all_files
from tests.kit.browser import chromium
from tests.kit.nordwind_status import NOW, nordwind

pytestmark = pytest.mark.browser
SIZES = ((320, 640), (1280, 800))


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as opened:
        yield opened


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
