"""Takes every route of the app, phone and tablet, light and dark, English and Chinese, into `build/screenshots`.

The public status page (`site_pictures`) is taken with them. Look at its `contact-*.png`, and at what seems odd there.

PYTHONPATH=mobile_app/src python -m tests.kit.screenshots [--only incidents] [--size 320x640] [--text 200] [--docs]
"""

import argparse
import asyncio
import contextlib
import re
import socket
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import flet as ft
from playwright.async_api import Browser, Page, async_playwright

from mobile_app.web import server
from phone.base.api.client import REFRESH_TOKEN
from phone.base.device.attention import TitleAttention
from phone.base.device.store import MemoryStore
from phone.base.i18n import Words
from phone.console.roles.kind import PERMISSIONS
from phone.route import Route
from phone.routes import ROUTES
from phone.start import Device
from shared.wire.sessions import Language
from tests.kit.fake_api import FakeApi
from tests.kit.headless_app import FixedClock
from tests.kit.processes import until
from tests.kit.site_pictures import take_site

ROOT: Final = Path(__file__).resolve().parents[2]
CHROMIUM: Final = "/usr/bin/chromium"
ARGS: Final = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SIZES: Final = {"phone": (412, 915), "tablet": (1280, 800)}
DOCS: Final = ROOT / "docs" / "screenshots"
IN_DOCS: Final = (
    "incidents-phone-light-en",
    "incidents-phone-light-zh",
    "incident-phone-dark-en",
    "incident-phone-dark-zh",
    "schedules-tablet-light-en",
    "schedules-tablet-light-zh",
    "on-call-phone-light-en",
    "on-call-phone-light-zh",
)
"""What docs show, and README: no more than twelve."""


ON_A_SHEET: Final = 24
SHEET_STYLE: Final = (
    "body{margin:12px;display:flex;flex-wrap:wrap;gap:12px;background:#888;font:11px sans-serif}"
    "figure{margin:0}img{display:block;height:380px;max-width:600px;object-fit:contain}"
)


@dataclass(frozen=True)
class Scene:
    """Something that no address shows: taps from a path, on what a key of the catalogue or a text names.

    A text with `hold:` before it is pressed long, one with `=` is the whole name, and `|` stands between its forms
    in both languages.
    """

    name: str
    path: str
    taps: tuple[str, ...]
    size: str = "phone"


SCENES: Final = (
    Scene("sheet-snooze", "/incidents/inc-4821", ("verb.snooze",)),
    Scene("sheet-reassign", "/incidents/inc-4821", ("verb.reassign",)),
    Scene("sheet-more", "/incidents/inc-4821", ("verb.more",)),
    Scene("sheet-resolve", "/incidents/inc-4820", ("verb.resolve",)),
    Scene("sheet-filter", "/incidents", ("filter.button",)),
    Scene("selection", "/incidents", ("hold:Disk 91", "Payment webhooks")),
    Scene("sheet-device", "/me", ("iPad",)),
    Scene("sheet-way", "/me", ("me.add_way",)),
    Scene("calendar-week", "/schedules/s-plat", ("=calendar.week",)),
    Scene("calendar-month", "/schedules/s-pay-1", ("=calendar.month",)),
    Scene("calendar-month-wide", "/schedules/s-plat", ("=calendar.month",), "tablet"),
    Scene("calendar-by-layer", "/schedules/s-plat", ("calendar.by_layer",), "tablet"),
    Scene("calendar-clocks", "/schedules/s-pay-2", ("=calendar.month", *("calendar.after",) * 4)),
    Scene("sheet-slot", "/schedules/s-pay-1", ("Wed 25 Nov; |25 日周三；",)),
    Scene("sheet-slot-gap", "/schedules/s-data", ("Sat 21 Nov; |21 日周六；",)),
    Scene("sheet-override", "/schedules/s-pay-1", ("override.add",)),
    Scene("sheet-time-off", "/on-call", ("hand_over.off",)),
    Scene("sheet-time-off-tiles", "/on-call", ("hand_over.off", "From: |从：")),
    Scene("sheet-time-off-change", "/on-call", ("hand_over.off", "off.change")),
    Scene("sheet-time-off-wide", "/on-call", ("hand_over.off",), "tablet"),
    Scene("sheet-ask-cover", "/schedules/mine", ("Ask for cover of|请人代班：",)),
    Scene("sheet-give", "/on-call", ("hand_over.give",)),
    Scene("sheet-give-until", "/on-call", ("hand_over.give", "=give.own")),
    Scene("sheet-part", "/covers/cover-ana", ("cover.verb_part",)),
    Scene("sheet-calendar", "/me/time-off", ("calendars.add",)),
    Scene("sheet-cancel-off", "/me/time-off", ("Cancel the time off|取消请假：",)),
    Scene("handover-remark", "/schedules/s-pay-2", ("handover.leave",), "tablet"),
    Scene("schedule-preset", "/configure/schedules/new", ("preset.primary_backup",)),
    Scene("schedule-people", "/configure/schedules/new", ("preset.around_the_clock", "turn.add", "Ana")),
    Scene("schedule-layer", "/configure/schedules/s-pay-2", ("Backup",)),
    Scene("calendar-year", "/configure/service-calendars/c-berlin", ("calendar.year",)),
    Scene("sheet-publish", "/status-pages", ("publish.title",)),
    Scene("sheet-publish-maintenance", "/status-pages", ("publish.title", "=status_kind.maintenance")),
    Scene("sheet-status-update", "/status-pages/page-nordwind/events/e15", ("publish.update",)),
    Scene("sheet-status-template", "/status-pages/page-nordwind/templates", ("Payments fail",)),
    Scene("sheet-status-rule", "/status-pages/page-nordwind/rules", ("Checkout is down",)),
    Scene("sheet-take-in", "/status-pages/page-nordwind/subscribers", ("subscribers.take_in",)),
    Scene("sheet-edit", "/incidents/inc-4820", ("verb.more", "verb.edit")),
)

KINDS: Final = ("schedules", "on-call-roles", "service-calendars")

# An address with a place in it is shot once for each of these.
EXAMPLES: Final[dict[str, list[dict[str, str]]]] = {
    "incident": [{"incident_id": "inc-4821"}],
    "incident-alerts": [{"incident_id": "inc-4821"}],
    "alert": [{"alert_id": "a-1"}],
    "event": [{"event_id": "ev-1"}],
    "cover": [{"request_id": ident} for ident in ("cover-ana", "cover-mine")],
    "schedule": [{"schedule_id": ident} for ident in ("s-pay-1", "s-plat")],
    "status-page": [{"page_id": "page-nordwind"}],
    **{
        f"status-{part}": [{"page_id": "page-nordwind"}]
        for part in ("page-settings", "components", "templates", "rules", "subscribers")
    },
    "status-event": [{"page_id": "page-nordwind", "event_id": "e15"}],
    "me-rule": [{"severity": "critical"}],
    "configure-list": [{"kind": kind} for kind in ("services", "people", "invitations", "roles", "api-keys", *KINDS)],
    "configure-object": [
        {"kind": "services", "object_id": "svc-checkout"},
        {"kind": "integrations", "object_id": "i-grafana"},
        {"kind": "policies", "object_id": "p-pay"},
        {"kind": "teams", "object_id": "t-pay"},
        {"kind": "people", "object_id": "u-bo"},
        {"kind": "invitations", "object_id": "v-lea"},
        {"kind": "invitations", "object_id": "new"},
        {"kind": "roles", "object_id": "manager"},
        {"kind": "api-keys", "object_id": "new"},
        {"kind": "channels", "object_id": "email"},
        {"kind": "integrations", "object_id": "new"},
        {"kind": "schedules", "object_id": "s-pay-1"},
        {"kind": "schedules", "object_id": "new"},
        {"kind": "on-call-roles", "object_id": "r-dba"},
        {"kind": "service-calendars", "object_id": "c-berlin"},
    ],
}


@dataclass(frozen=True)
class Shot:
    """One picture of one route, or of a scene."""

    route: Route
    size: str
    brightness: str
    language: Language
    example: tuple[tuple[str, str], ...] = ()
    scene: Scene | None = None

    @property
    def name(self) -> str:
        which = (
            "".join(f"-{value}" for _, value in self.example) if len(EXAMPLES.get(self.route.screen, [])) > 1 else ""
        )
        if self.scene is not None:
            return f"{self.scene.name}-{self.size}-{self.brightness}-{self.language}.png"
        return f"{self.route.screen}{which}-{self.size}-{self.brightness}-{self.language}.png"

    @property
    def path(self) -> str:
        return self.scene.path if self.scene else self.route.pattern.format(**dict(self.example))


def shots() -> Iterator[Shot]:
    """The route table times sizes, themes and languages: no screen is left out. Then the scenes, on a phone."""
    for route in ROUTES:
        for example in EXAMPLES.get(route.screen, [{}]):
            for size in SIZES:
                for brightness in ("light", "dark"):
                    for language in ("en", "zh"):
                        yield Shot(route, size, brightness, language, tuple(example.items()))
    for scene in SCENES:
        route = next(route for route in ROUTES if route.match(scene.path) is not None)
        yield Shot(route, scene.size, "light", "en", scene=scene)
        yield Shot(route, scene.size, "dark", "zh", scene=scene)


class Stage:
    """What the next window borrows: the shot decides language, theme and whether anybody is signed in."""

    def __init__(self, *, text_size: int = 100) -> None:
        self.text_size = text_size
        self.shot: Shot | None = None
        self.apis: list[FakeApi] = []

    def device(self, page: ft.Page) -> Device:
        shot = self.shot
        assert shot is not None
        api = FakeApi(language=shot.language)
        self.apis.append(api)
        if shot.route.screen.startswith(("configure", "audit", "coverage", "first-run")):
            api.as_role("admin", *PERMISSIONS[1:])
        if shot.route.screen.startswith("status"):
            api.as_role("manager", *PERMISSIONS[1:])
        if shot.route.screen == "first-run":
            api.console.services.items.clear()
            api.console.integrations.items.clear()
        secrets, preferences = MemoryStore(), MemoryStore()
        secrets.durable = True
        preferences.kept |= {"theme": shot.brightness, "language": shot.language}
        preferences.kept["text_size"] = str(self.text_size)
        if shot.route.screen != "sign-in":
            secrets.kept[REFRESH_TOKEN] = "refresh-1"
        return Device(
            secrets=secrets,
            preferences=preferences,
            attention=TitleAttention(page),
            clock=FixedClock(),
            transport=api.transport,
            connect=api.live.connect,
        )


@contextlib.asynccontextmanager
async def served(stage: Stage) -> AsyncGenerator[str]:
    """The app on loopback."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    running = server(
        host="127.0.0.1",
        port=port,
        api_url="https://dogwatch.nordwind.example",
        demo=False,
        device=stage.device,
    )
    task = asyncio.create_task(running.serve())
    while not running.started:
        await asyncio.sleep(0.05)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        running.should_exit = True
        await task


async def take(browser: Browser, url: str, shot: Shot, folder: Path, size: tuple[int, int] | None = None) -> None:
    """One fresh page per shot, taken when its picture stands still."""
    width, height = size or SIZES[shot.size]
    context = await browser.new_context(
        viewport={"width": width, "height": height},
        device_scale_factor=1.5 if shot.size == "phone" else 1,
        reduced_motion="reduce",
    )
    page = await context.new_page()
    fetched: list[str] = []
    page.on("requestfinished", lambda request: fetched.append(request.url.rpartition("/")[2]))
    await page.goto(url + shot.path)
    if shot.language == "zh":
        await until("Chinese letters are there", lambda: _both(fetched))
    if shot.scene is not None:
        await tap(page, shot.scene, Words(shot.language))
    (folder / shot.name).write_bytes(await still(page))
    await context.close()


async def _both(fetched: list[str]) -> bool | None:
    return {"NotoSansSC-Regular.otf", "NotoSansSC-Bold.otf"} <= set(fetched) or None


async def tap(page: Page, scene: Scene, words: Words) -> None:
    """Find each part by its accessible name, as a screen reader would."""
    await page.wait_for_selector("flt-semantics-placeholder", state="attached")
    await page.evaluate("document.querySelector('flt-semantics-placeholder').click()")
    for key in scene.taps:
        name = key.removeprefix("hold:").removeprefix("=")
        names = "|".join(re.escape(words(each) if words.has(each) else each) for each in name.split("|"))
        wanted = re.compile(f"^{names}$" if key.startswith("=") else names)
        button = page.get_by_role("button", name=wanted).or_(page.get_by_role("checkbox", name=wanted))
        await button.last.click(delay=900 if key.startswith("hold:") else 0)
    await page.mouse.move(1, 1)


async def still(page: Page) -> bytes:
    """The picture after fonts arrived: the same twice in a row, and not the loading page."""
    await page.wait_for_selector("flt-glass-pane, flutter-view", state="attached", timeout=30_000)
    last = b""
    equal = 0
    for _ in range(60):
        await asyncio.sleep(0.4)
        picture = await page.screenshot(timeout=60_000)
        equal = equal + 1 if picture == last and len(picture) > 9_000 else 0
        if equal >= 3:
            break
        last = picture
    return last


async def main(wanted: Callable[[str], bool], folder: Path, *, size: tuple[int, int] | None, text_size: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    stage = Stage(text_size=text_size)
    taken: list[Path] = []
    async with served(stage) as url, async_playwright() as playwright:
        browser: Any = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGS)
        for shot in shots():
            if wanted(shot.name):
                stage.shot = shot
                await take(browser, url, shot, folder, size)
                taken.append(folder / shot.name)
                print(shot.name, (folder / shot.name).stat().st_size)
        taken += await take_site(browser, wanted, folder)
        if folder != DOCS:
            await contact_sheets(browser, taken, folder)
        await browser.close()


async def contact_sheets(browser: Browser, taken: Sequence[Path], folder: Path) -> None:
    """Many pictures on one, with their names: what is looked at first."""
    page = await browser.new_page(viewport={"width": 1600, "height": 1000})
    for number, at in enumerate(range(0, len(taken), ON_A_SHEET), start=1):
        figures = "".join(
            f'<figure><img src="{each.name}"><figcaption>{each.stem}</figcaption></figure>'
            for each in taken[at : at + ON_A_SHEET]
        )
        sheet = folder / f"contact-{number:02}.html"
        sheet.write_text(f"<!doctype html><style>{SHEET_STYLE}</style>{figures}", encoding="utf-8")
        await page.goto(sheet.as_uri())
        await page.screenshot(path=sheet.with_suffix(".png"), full_page=True)
        print(sheet.with_suffix(".png"))
    await page.close()


def _size(text: str) -> tuple[int, int]:
    width, height = text.split("x")
    return int(width), int(height)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="names that contain this")
    parser.add_argument("--to", type=Path, default=ROOT / "build" / "screenshots")
    parser.add_argument("--size", type=_size, help="one size for all, such as 320x640 or 820x1180")
    parser.add_argument("--text", type=int, default=100, help="how large text is, in per cent")
    parser.add_argument("--docs", action="store_true", help="take those of docs and README, there")
    given = parser.parse_args()

    def is_wanted(name: str) -> bool:
        return given.only in name and (not given.docs or name.removesuffix(".png") in IN_DOCS)

    asyncio.run(main(is_wanted, DOCS if given.docs else given.to, size=given.size, text_size=given.text))
