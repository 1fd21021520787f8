"""The app's process is killed while somebody types: what shows meanwhile, and the page is back with the words."""

import re
from pathlib import Path

import pytest
from playwright.async_api import expect

from phone.base.i18n import Words
from tests.kit.browser import PATIENCE_MS, chromium, open_app, sign_in, switch_semantics_on
from tests.kit.installation import ADMIN, FIRST_ADMIN, dogwatch
from tests.kit.processes import answering, free_port, python, running

WORDS = Words("en")
TYPED = "looks like the cache, more in a moment"


@pytest.mark.browser
async def test_what_was_typed_is_there_when_the_app_has_died_and_is_back(tmp_path: Path) -> None:
    async with dogwatch(tmp_path, FIRST_ADMIN) as (api, _, _), chromium() as browser:
        await api.sign_in(ADMIN["email"], ADMIN["password"])
        me = await api.call("GET", "/api/v1/me")
        team = await api.call("POST", "/api/v1/teams", {"name": "Payments"})
        body = {"title": "Nobody can pay", "severity": "critical", "user_ids": [me["id"]], "team_id": team["id"]}
        incident = await api.call("POST", "/api/v1/incidents", body)
        port = free_port()
        site = f"http://127.0.0.1:{port}"
        app = [*python("mobile_app.web", "--port", str(port), "--api-url", api.url)]
        async with running(*app, log=tmp_path / "first.log"):
            await answering(site)
            page = await open_app(browser, site)
            await sign_in(page, ADMIN["email"], ADMIN["password"])
            await page.goto(f"{site}/incidents/{incident['id']}")
            await switch_semantics_on(page)
            await page.get_by_role("button", name=re.compile(f"^{WORDS('verb.more')}")).last.click()
            await page.get_by_role("button", name=re.compile(f"^{WORDS('verb.comment')}")).last.click()
            box = page.get_by_role("textbox", name=re.compile(re.escape(WORDS("comment.text"))))
            await box.click()
            await page.keyboard.insert_text(TYPED)
            stored = "() => Object.keys(localStorage).some((key) => key.endsWith('dogwatch.drafts'))"
            await page.wait_for_function(stored, timeout=PATIENCE_MS)
            await page.wait_for_timeout(1_500)
        await expect(page.get_by_role("alert")).to_contain_text(WORDS("line.title"), timeout=PATIENCE_MS)
        other = await page.context.new_page()
        await other.goto(site)
        await expect(other.get_by_role("heading", level=1)).to_have_text(WORDS("line.title"))
        await expect(other.get_by_role("listitem")).to_contain_text(incident["title"])
        async with running(*app, log=tmp_path / "second.log"):
            await expect(page.locator(".dw-lost")).to_have_count(0, timeout=PATIENCE_MS)
            await switch_semantics_on(page)
            await expect(box).to_have_value(TYPED, timeout=PATIENCE_MS)
            timeline = (await api.call("GET", f"/api/v1/incidents/{incident['id']}/timeline"))["items"]
            assert "comment" not in [each["kind"] for each in timeline]
            await page.get_by_role("button", name=WORDS("comment.submit")).last.click()
            await expect(page.get_by_text(TYPED).or_(page.get_by_label(re.compile(TYPED))).first).to_be_attached(
                timeout=PATIENCE_MS
            )
        await expect(other.locator("flutter-view")).to_be_attached(timeout=PATIENCE_MS)
