"""What one session on a phone costs the app's process: sign in, list, detail, acknowledge, On call, Schedules, Me.

`python -m bench.phone [SESSIONS]`: the demo serves the API, `dogwatch app` is measured alone, a real browser taps. The
first session warms the process and is not counted.
"""

import asyncio
import re
import statistics
import sys
import tempfile
from pathlib import Path

import httpx
from playwright.async_api import Browser, Page

from tests.kit.browser import chromium, open_app, sign_in
from tests.kit.processes import answering, free_port, python, running
from tests.kit.storm_site import cpu_seconds

SESSIONS = 6
EMAIL, PASSWORD = "responder@example.com", "dogwatch-demo"
QUIET_S = 1.0


async def session(browser: Browser, url: str, title: str) -> None:
    """Each screen is waited for by a word that only it says."""
    page = await open_app(browser, url)
    await sign_in(page, EMAIL, PASSWORD)
    await page.get_by_role("button", name=re.compile(title)).last.click()
    await page.get_by_role("button", name="Reassign").wait_for()
    await page.get_by_role("button", name="Acknowledge", exact=True).last.click()
    await page.get_by_role("button", name="Resolve").wait_for()
    await asyncio.sleep(QUIET_S)
    await page.get_by_role("button", name=re.compile("^Back")).first.click()
    for tab in ("On call", "Schedules", "Me", "Incidents"):
        await _open(page, tab)
    await page.context.close()


async def _open(page: Page, tab: str) -> None:
    await page.get_by_role("button", name=re.compile(f"^{tab}")).last.click()
    await page.get_by_role("heading", name=re.compile(f"^({tab}|Jonas)")).first.wait_for(state="attached")
    await asyncio.sleep(QUIET_S)


async def page_somebody(api: str, title: str) -> None:
    """One more incident, which pages whoever signs in."""
    async with httpx.AsyncClient(base_url=f"{api}/api/v1") as client:
        tokens = (
            (await client.post("/auth/login", json={"email": EMAIL, "password": PASSWORD})).raise_for_status().json()
        )
        client.headers["authorization"] = f"Bearer {tokens['access_token']}"
        me = (await client.get("/me")).raise_for_status().json()
        wanted = {"title": title, "severity": "critical", "user_ids": [me["id"]]}
        (await client.post("/incidents", json=wanted)).raise_for_status()


async def main(sessions: int) -> None:
    with tempfile.TemporaryDirectory(prefix="dogwatch-bench-") as folder:
        api, app = free_port(), free_port()
        shared = {"LOG_LEVEL": "error", "RESET": "1"}
        demo = {**shared, "DOGWATCH_PORT": str(api), "DOGWATCH_APP_PORT": str(free_port())}
        alone = {**shared, "DOGWATCH_PORT": str(api), "DOGWATCH_APP_PORT": str(app)}
        async with (
            running(*python("server.cli", "demo"), log=Path(folder) / "demo.log", env=demo),
            running(*python("server.cli", "app"), log=Path(folder) / "app.log", env=alone) as measured,
            chromium() as browser,
        ):
            await answering(f"http://127.0.0.1:{api}/health")
            await answering(f"http://127.0.0.1:{app}/")
            spent: list[float] = []
            for number in range(sessions + 1):
                title = f"Bench {number:02}"
                await page_somebody(f"http://127.0.0.1:{api}", title)
                before = cpu_seconds([measured.pid])
                await session(browser, f"http://127.0.0.1:{app}", title)
                spent.append(cpu_seconds([measured.pid]) - before)
            each = sorted(spent[1:])
            print(f"a phone session: {statistics.median(each):.2f} s CPU of the app ({each[0]:.2f} to {each[-1]:.2f})")


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else SESSIONS))
