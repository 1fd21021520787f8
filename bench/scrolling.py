"""What 1,000 incidents cost to scroll by, beside a plain list of as many texts: `python -m bench.scrolling [ROUNDS]`.

Both are drawn by the same engine in the same browser, in turn, on a phone's window without a graphics card: CPU of all
the browser's processes for as many steps of the wheel.
"""

import asyncio
import contextlib
import statistics
import sys
from collections.abc import AsyncIterator
from typing import Final

import uvicorn
from playwright.async_api import Browser, Page

from tests.kit.browser import PHONE, chromium
from tests.kit.crowd import Crowd, plain_list
from tests.kit.processes import answering, free_port
from tests.kit.screenshots import served, shots

ROUNDS: Final = 5
MANY: Final = 1_000
SETTLED_S: Final = 5
STEPS, STEP_PX, EVERY_S = 60, 240, 0.03


@contextlib.asynccontextmanager
async def plainly_served() -> AsyncIterator[str]:
    """The plain list on loopback."""
    port = free_port()
    running = uvicorn.Server(uvicorn.Config(plain_list(MANY), host="127.0.0.1", port=port, log_level="error"))
    task = asyncio.create_task(running.serve())
    await answering(f"http://127.0.0.1:{port}/")
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        running.should_exit = True
        await task


async def opened(browser: Browser, url: str) -> Page:
    context = await browser.new_context(viewport={"width": PHONE[0], "height": PHONE[1]}, locale="en-GB")
    page = await context.new_page()
    await page.goto(url)
    return page


async def busy_s(browser: Browser) -> float:
    """CPU seconds of all the browser's processes so far."""
    line = await browser.new_browser_cdp_session()
    told = await line.send("SystemInfo.getProcessInfo")
    await line.detach()
    return sum(each["cpuTime"] for each in told["processInfo"])


async def scrolled(browser: Browser, page: Page, sign: int) -> float:
    """CPU seconds for one way through a part of the list."""
    await page.bring_to_front()
    await page.mouse.move(PHONE[0] / 2, PHONE[1] / 2)
    before = await busy_s(browser)
    for _ in range(STEPS):
        await page.mouse.wheel(0, sign * STEP_PX)
        await asyncio.sleep(EVERY_S)
    return await busy_s(browser) - before


async def main(rounds: int) -> None:
    stage = Crowd(MANY)
    stage.shot = next(each for each in shots() if each.route.screen == "incidents" and each.size == "phone")
    async with served(stage) as ours, plainly_served() as theirs, chromium() as browser:
        pages = {
            "1,000 incidents": await opened(browser, f"{ours}/incidents"),
            "a plain list": await opened(browser, theirs),
        }
        await asyncio.sleep(SETTLED_S)
        spent: dict[str, list[float]] = {name: [] for name in pages}
        for number in range(rounds + 1):
            for name, page in pages.items():
                both = [await scrolled(browser, page, sign) for sign in (1, -1)]
                if number:
                    spent[name] += both
        medians: list[float] = []
        for name, cpu in spent.items():
            medians.append(statistics.median(cpu))
            print(f"{name}: {medians[-1]:.2f} s CPU ({min(cpu):.2f} to {max(cpu):.2f}), {STEPS} steps of {STEP_PX} px")
        print(f"{medians[0] / medians[1]:.2f} times a plain list (aim 1.5)")


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS))
