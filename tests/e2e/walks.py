"""Six walks through the app, and two hands that take them: one presses keys, one knows roles and names."""

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

from playwright.async_api import Browser, Page, TimeoutError, expect

from tests.e2e.test_taps_in_browser import ANA, BO, PASSWORD, build
from tests.kit.browser import PATIENCE_MS, chromium, open_app, sees, write
from tests.kit.heard import heard
from tests.kit.installation import ADMIN, FIRST_ADMIN, Api, dogwatch
from tests.kit.processes import until

SOON_MS = 6_000
MOST_TABS = 60
"""Of the longest screen that is walked: whoever needs more has lost the way."""
FOCUSED = """() => {
  const found = document.activeElement;
  if (!found || found === document.body || found.tagName === "FLUTTER-VIEW") return null;
  const box = found.getBoundingClientRect();
  const name = found.getAttribute("aria-label") || found.textContent || "";
  return {id: found.id + found.tagName, name: name.trim(), x: box.x, y: box.y, width: box.width, height: box.height};
}"""


class Hand(Protocol):
    """What a walk needs of a person."""

    page: Page

    async def press(self, name: str) -> None:
        """Find what can be pressed by a pattern of its name, and press it."""
        ...

    async def write(self, name: str, text: str) -> None:
        """Write into the field of this name."""
        ...

    async def tell(self) -> None:
        """Say that a form is whole."""
        ...


@dataclass
class Keys:
    """Tab, Enter and letters."""

    page: Page

    async def press(self, name: str) -> None:
        await self.reach(name)
        await self.page.keyboard.press("Enter")

    async def write(self, name: str, text: str) -> None:
        await self.reach(name)
        await self.page.keyboard.press("Control+A")
        await self.page.keyboard.insert_text(text)
        await asyncio.sleep(0.3)

    async def tell(self) -> None:
        await self.page.keyboard.press("Enter")

    async def focused(self) -> dict[str, Any] | None:
        """Name and box of what the next key goes to."""
        found: dict[str, Any] | None = await self.page.evaluate(FOCUSED)
        return found

    async def step(self) -> dict[str, Any] | None:
        """To the next control, once the app has moved there."""
        before = await self.focused()
        await self.page.keyboard.press("Tab")
        for _ in range(20):
            await asyncio.sleep(0.05)
            if (after := await self.focused()) is not None and after != before:
                return after
        return await self.focused()

    async def reach(self, name: str) -> dict[str, Any]:
        await there(self.page, name)
        passed: list[str] = []
        for _ in range(MOST_TABS):
            found = await self.focused()
            if found is not None and re.search(name, found["name"]):
                return found
            passed.append(found["name"] if found is not None else "-")
            await self.step()
        raise AssertionError(f"Tab never comes to {name!r}: {passed}")


@dataclass
class Names:
    """Only what is the one control of its role and name: two of them are an error, as they would be to a listener."""

    page: Page

    async def press(self, name: str) -> None:
        await there(self.page, name, wheel=True)
        # As a screen reader does: on the control itself, wherever it is drawn.
        await control(self.page, name, of="button").evaluate("(found) => found.click()")

    async def write(self, name: str, text: str) -> None:
        await write(self.page, self.page.get_by_role("textbox", name=re.compile(name)), text)

    async def tell(self) -> None:
        await self.press("^Sign in$")


def control(page: Page, name: str, *, of: str | None = None) -> Any:
    """A button or a field of this name."""
    wanted = re.compile(name)
    button = page.get_by_role("button", name=wanted)
    return button if of == "button" else button.or_(page.get_by_role("textbox", name=wanted))


async def there(page: Page, name: str, *, wheel: bool = False) -> None:
    """Wait until it comes; a long list holds only what is near what is seen, and the `wheel` brings more of it."""
    with contextlib.suppress(TimeoutError):
        await control(page, name).first.wait_for(state="attached", timeout=SOON_MS)
        return
    if not wheel:
        return
    await page.mouse.move(200, 400)
    for _ in range(8):
        await page.mouse.wheel(0, 400)
        with contextlib.suppress(TimeoutError):
            await control(page, name).first.wait_for(state="attached", timeout=1_000)
            return
    raise AssertionError(f"{name!r} isn't among {[each.name for each in await heard(page)]}")


@dataclass(frozen=True)
class Ground:
    """A server, a browser, and Ana and Bo, who take turns."""

    api: Api
    site: str
    browser: Browser
    known: dict[str, Any]


@asynccontextmanager
async def ground(folder: Path) -> AsyncIterator[Ground]:
    """One for all the walks of a file."""
    async with dogwatch(folder, FIRST_ADMIN) as (api, site, _), chromium() as browser:
        await api.sign_in(ADMIN["email"], ADMIN["password"])
        yield Ground(api=api, site=site, browser=browser, known=await build(api))


async def every_walk(ground: Ground, hand_of: type[Keys] | type[Names], mark: str, *, days: int) -> None:
    """Ana's day; `mark` and the `days` from now of her override tell what she leaves from what another hand left."""
    page = await open_app(ground.browser, ground.site)
    hand: Hand = hand_of(page)
    await sign_in(hand)
    await acknowledge(ground, hand, mark)
    await accept(ground, hand)
    await time_off(ground, hand)
    await override(ground, hand, days)
    await new_policy(ground, hand, mark)
    await page.context.close()


async def state(api: Api, path: str, wanted: str) -> None:
    """The app says what was done before the server has answered."""

    async def look() -> bool | None:
        return (await api.call("GET", path))["state"] == wanted or None

    await until(f"{path} is {wanted}", look)


async def count(api: Api, path: str, wanted: int) -> None:
    """So many are listed."""

    async def look() -> bool | None:
        return len((await api.call("GET", path))["items"]) == wanted or None

    await until(f"{path} has {wanted}", look)


async def sign_in(hand: Hand) -> None:
    await sees(hand.page, "^Show password")
    await hand.write("^Email", ANA)
    await hand.write("^Password", PASSWORD)
    await hand.tell()
    await sees(hand.page, "^On call · |^Not on call")


async def acknowledge(ground: Ground, hand: Hand, mark: str) -> None:
    made = {"title": f"Disk full {mark}", "severity": "critical", "user_ids": [ground.known["ids"]["Ana Ruiz"]]}
    incident = (await ground.api.call("POST", "/api/v1/incidents", made))["id"]
    await hand.press(f"^Disk full {mark}|Disk full {mark}.*Triggered")
    await sees(hand.page, "What happens next")
    await hand.press("^Acknowledge$")
    await sees(hand.page, "^Acknowledged")
    await state(ground.api, f"/api/v1/incidents/{incident}", "acknowledged")
    await hand.press("^Back")


async def accept(ground: Ground, hand: Hand) -> None:
    """A shift of Bo's that no other walk touches."""
    bo = await Api(ground.api.url).sign_in(BO, PASSWORD)
    begin = datetime.now(UTC)
    asked = {"from": begin.isoformat(), "to": (begin + timedelta(days=60)).isoformat()}
    shifts = [each["shift"] for each in (await bo.call("GET", "/api/v1/me/shifts", params=asked))["items"]]
    shift = next(
        each for each in reversed(shifts) if datetime.fromisoformat(each["start"]) > begin + timedelta(days=14)
    )
    body = {
        "schedule_id": ground.known["schedule"],
        "start": shift["start"],
        "end": shift["end"],
        "asked": [ground.known["ids"]["Ana Ruiz"]],
    }
    request = (await bo.call("POST", "/api/v1/cover-requests", body))["id"]
    await hand.press("^On call")
    await sees(hand.page, "asks you to stand in")
    await hand.press("^Accept$")
    await sees(hand.page, "Take this watch|You are on call then")
    await hand.press("^Accept$")
    await sees(hand.page, "Accepted: you are on call then")
    await state(bo, f"/api/v1/cover-requests/{request}", "accepted")


async def time_off(ground: Ground, hand: Hand) -> None:
    ana = await Api(ground.api.url).sign_in(ANA, PASSWORD)
    before = len((await ana.call("GET", "/api/v1/me/time-off"))["items"])
    await hand.press("^Time off")
    await hand.press("^Ask Bo|^Enter")
    await sees(hand.page, "[Tt]ime off (is )?entered")
    await count(ana, "/api/v1/me/time-off", before + 1)


async def override(ground: Ground, hand: Hand, days: int) -> None:
    day = datetime.now(UTC) + timedelta(days=days)
    path = f"/api/v1/schedules/{ground.known['schedule']}/overrides"
    before = len((await ground.api.call("GET", path))["items"])
    await hand.press("^Schedules")
    await hand.press("^All schedules")
    await expect(control(hand.page, "^All schedules")).to_have_count(0, timeout=PATIENCE_MS)
    await hand.press("^Payments watch")
    await hand.press(rf"{day:%a} {day.day} {day:%b}")
    await hand.press("^Override this shift")
    await hand.press("^Put (Ana Ruiz|Bo Lindqvist|you|yourself) on call")
    await sees(hand.page, "The override is set")
    await count(ground.api, path, before + 1)


async def new_policy(ground: Ground, hand: Hand, mark: str) -> None:
    name = f"At night {mark}"
    await hand.press("^Back")
    await hand.press("^Me$")
    await hand.press("^Configure")
    await hand.press(r"^Escalation policies")
    await hand.press("^New policy")
    await hand.write("^Name", name)
    await hand.press("^Add the first level")
    await hand.press("^Bo Lindqvist")
    await sees(hand.page, "^Level 1")
    await hand.press("^Create$")
    await expect(hand.page.get_by_role("button", name="Create", exact=True)).to_have_count(0, timeout=PATIENCE_MS)

    async def look() -> bool | None:
        listed = (await ground.api.call("GET", "/api/v1/escalation-policies"))["items"]
        return name in [each["name"] for each in listed] or None

    await until(f"{name!r} is a policy", look)
