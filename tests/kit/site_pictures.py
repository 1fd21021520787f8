"""Takes the public status page as visitors without scripts see it: in each width, light and dark, both languages.

It is rendered as the server does, over the data of picture 12, and read from files as a copy on another web server is.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, Literal

from playwright.async_api import Browser

from server.status_pages.site.render import all_files
from shared.wire.sessions import Language
from tests.kit.nordwind_status import NOW, nordwind

WIDTHS: Final = (320, 768, 1280)
PAGES: Final = {"outage": "index.html", "event": "events/15.html", "calm": "index.html", "subscribe": "subscribe.html"}
"""What is shown, by the file of it."""


@dataclass(frozen=True)
class SitePicture:
    """One page of the site in one form."""

    page: str
    width: int
    brightness: Literal["light", "dark"]
    language: Language

    @property
    def name(self) -> str:
        return f"public-{self.page}-{self.width}-{self.brightness}-{self.language}.png"

    @property
    def path(self) -> str:
        return ("zh/" if self.language == "zh" else "") + PAGES[self.page]


def site_pictures() -> Iterator[SitePicture]:
    """Each page in every form."""
    for page in PAGES:
        for width in WIDTHS:
            for brightness in ("light", "dark"):
                for language in ("en", "zh"):
                    yield SitePicture(page, width, brightness, language)


async def take_site(browser: Browser, wanted: Callable[[str], bool], folder: Path) -> list[Path]:
    """Those that are wanted, whole pages and no scripts."""
    taken: list[Path] = []
    shots = [each for each in site_pictures() if wanted(each.name)]
    if not shots:
        return taken
    with TemporaryDirectory() as there:
        for is_broken in (True, False):
            for path, file in all_files(nordwind(is_broken=is_broken), NOW):
                at = Path(there) / ("broken" if is_broken else "calm") / path
                at.parent.mkdir(parents=True, exist_ok=True)
                at.write_bytes(file.body)
        for shot in shots:
            context = await browser.new_context(
                viewport={"width": shot.width, "height": 800}, color_scheme=shot.brightness, java_script_enabled=False
            )
            page = await context.new_page()
            state = "calm" if shot.page == "calm" else "broken"
            await page.goto((Path(there) / state / shot.path).as_uri())
            await page.screenshot(path=folder / shot.name, full_page=True)
            await context.close()
            taken.append(folder / shot.name)
            print(shot.name)
    return taken
