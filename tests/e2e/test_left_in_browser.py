"""What a browser keeps of its reader: while they are signed in, in their zone; nothing once they signed out."""

from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, expect

from phone.base.i18n import Words
from tests.kit.browser import PATIENCE_MS, PHONE, chromium, sees, sign_in, switch_semantics_on
from tests.kit.installation import ADMIN, FIRST_ADMIN, dogwatch
from tests.kit.processes import answering, free_port, python, running

pytestmark = pytest.mark.browser
WORDS = Words("en")
OF_NOBODY = {"flutter.dogwatch.language", "FletSecureStorage", "_flet_session_id", "dogwatch.window"}
"""The language that the next one is greeted in, the browser's own key, the tab."""
KEPT = """async () => {
  const cached = [];
  for (const name of await caches.keys()) for (const each of await (await caches.open(name)).matchAll())
    cached.push(await each.text());
  return {
    texts: [...Object.entries({...localStorage, ...sessionStorage}), ...cached.map((each) => ["", each])],
    bases: (await indexedDB.databases()).map((each) => each.name),
    cookies: document.cookie,
  };
}"""


async def kept_in(page: Page) -> tuple[set[str], str]:
    """Under which names something is kept, and all that is."""
    found: Any = await page.evaluate(KEPT)
    assert found["bases"] == []
    whole = "\n".join(text for _, text in found["texts"]) + found["cookies"]
    return {name for name, _ in found["texts"] if name}, whole


async def test_times_are_the_readers_without_a_line_and_nothing_is_left_of_who_signed_out(tmp_path: Path) -> None:
    async with dogwatch(tmp_path, FIRST_ADMIN) as (api, _, _), chromium() as browser:
        await api.sign_in(ADMIN["email"], ADMIN["password"])
        me = await api.call("GET", "/api/v1/me")
        headers = {"if-match": str(me["rev"])}
        await api.call("PATCH", "/api/v1/me", {"time_zone": "Asia/Kathmandu"}, headers=headers)
        team = await api.call("POST", "/api/v1/teams", {"name": "Payments"})
        body = {"title": "Nobody can pay", "severity": "critical", "user_ids": [me["id"]], "team_id": team["id"]}
        incident = await api.call("POST", "/api/v1/incidents", body)
        port = free_port()
        site = f"http://127.0.0.1:{port}"
        app = [*python("mobile_app.web", "--port", str(port), "--api-url", api.url)]
        context = await browser.new_context(
            viewport={"width": PHONE[0], "height": PHONE[1]}, locale="en-GB", timezone_id="America/New_York"
        )
        page = await context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        async with running(*app, log=tmp_path / "first.log"):
            await answering(site)
            await page.goto(f"{site}/incidents")
            await switch_semantics_on(page)
            await sign_in(page, ADMIN["email"], ADMIN["password"])
            await expect(page).to_have_title("Incidents · Dogwatch", timeout=PATIENCE_MS)
            await page.goto(f"{site}/incidents/{incident['id']}")
            await expect(page).to_have_title(f"INC-{incident['number']} Nobody can pay · Dogwatch", timeout=PATIENCE_MS)
            seen = "(title) => (localStorage.getItem('flutter.dogwatch.last_seen') || '').includes(title)"
            await page.wait_for_function(seen, arg=incident["title"])
            await page.evaluate("async () => { await navigator.serviceWorker.ready; }")
        kathmandu = await page.evaluate(
            "(at) => new Date(at).toLocaleTimeString('en-GB',"
            " {timeZone: 'Asia/Kathmandu', hour: '2-digit', minute: '2-digit'})",
            incident["triggered_at"],
        )
        await expect(page.get_by_role("alert")).to_contain_text(kathmandu.partition(":")[0], timeout=PATIENCE_MS)
        alone = await context.new_page()
        await alone.goto(site)
        await expect(alone.get_by_role("listitem")).to_contain_text(kathmandu)
        await expect(alone).to_have_title(f"{WORDS('line.title')} · Dogwatch")
        await alone.evaluate("() => localStorage.setItem('flutter.dogwatch.zone', '\"Mars/Base\"')")
        await alone.reload()
        await expect(alone.get_by_role("listitem")).to_have_count(1)
        await alone.close()
        async with running(*app, log=tmp_path / "second.log"):
            await expect(page.locator(".dw-lost")).to_have_count(0, timeout=PATIENCE_MS)
            for path in ("/incidents", "/schedules", "/me"):
                await page.goto(site + path)
                await switch_semantics_on(page)
                await page.wait_for_timeout(1_000)
            names, _ = await kept_in(page)
            assert names > OF_NOBODY
            leave = page.get_by_role("button", name=WORDS("me.sign_out"))
            await page.mouse.move(200, 500)
            for _ in range(20):
                await page.mouse.wheel(0, 400)
                await page.wait_for_timeout(300)
                if await leave.count():
                    break
            await leave.click()
            await sees(page, WORDS("me.sign_out_title").replace("?", "."))
            await leave.last.click()
            await sees(page, WORDS("sign_in.submit"))
            await page.wait_for_function("() => localStorage.getItem('flutter.dogwatch.person') === null")
            await page.wait_for_timeout(1_000)
            names, whole = await kept_in(page)
            assert names <= OF_NOBODY
            for each in (me["id"], me["name"], me["email"], incident["id"], incident["title"], "Kathmandu"):
                assert each not in whole
