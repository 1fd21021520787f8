"""The page in which the app runs, its manifest and its fonts' list, made from the installed flet-web's."""

import json
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Final, get_args

import flet_web

from mobile_app import icons
from mobile_app.own_folder import OwnFolder
from mobile_app.packed import VERSIONED, Make, version_of
from phone.base.i18n import LANGUAGES, Words
from shared.wire.incidents import Severity

SOURCE: Final = Path(__file__).resolve().parent / "src"
ASSETS: Final = SOURCE / "assets"
NAME: Final = "Dogwatch"
DESCRIPTION: Final = "On call: what is broken, is it mine, and one big button."
MARKER: Final = "<!-- fletAppConfig -->"
FONT_LIST: Final = "assets/FontManifest.json"
STATES: Final = ("triggered", "acknowledged", "snoozed", "resolved")
BOOTSTRAP: Final = "flutter_bootstrap.js"
WORKER: Final = re.compile(r"serviceWorkerSettings:\s*\{[^}]*\},?")
ICONS: Final = "assets/fonts/MaterialIcons-Regular.otf"
MAKERS: Final = tuple(Path(__file__).with_name(name) for name in ("page.py", "icons.py", "packed.py"))
"""The sources of what is made: whoever changes one of them may change every file."""
MADE_WITH: Final = ("flet-web", "fonttools", "brotli")


@dataclass(frozen=True, kw_only=True)
class Assets:
    """Ours with the page made for them; `version` changes with any of them, and with whatever makes them."""

    folder: OwnFolder
    version: str

    @property
    def files(self) -> str:
        """What stands before the path of a file that is kept for ever: /~8f3a…"""
        return f"{VERSIONED}{self.version}"


class PageChanged(RuntimeError):
    """The installed flet-web no longer has the page that ours is made of."""


def index_page(template: str, files: str = "") -> str:
    """Flet's own page with our name, language, colours and scripts; the connection's comes before Flet opens one.

    The engine and its files are asked for under `files`; the animation runtime that it would append from a CDN and the
    script for Python in the browser are left out.
    """
    if MARKER not in template or "<html>" not in template:
        raise PageChanged("flet-web's index.html has changed: look at mobile_app/page.py")
    ours = (
        '<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">\n'
        '  <meta name="theme-color" content="#FAFAF8" media="(prefers-color-scheme: light)">\n'
        '  <meta name="theme-color" content="#101214" media="(prefers-color-scheme: dark)">\n'
        '  <meta name="robots" content="noindex">\n'
        f'  <link rel="stylesheet" href="{files}/connection.css">\n'
        f'  <script src="{files}/reader.js"></script>\n'
        f"  <script>window.dogwatchWords = {_words_of_the_line()};</script>\n"
        f'  <script src="{files}/connection.js"></script>\n'
        f'  <script src="{files}/attention.js" defer></script>\n'
        f'  <script src="{files}/keys.js" defer></script>\n'
        f"  {MARKER}\n"
        "  <script>\n"
        "    const add = Element.prototype.append;\n"
        "    Element.prototype.append = function (...given) {\n"
        '      return add.apply(this, given.filter((each) => !String(each?.src || "").includes("rive_native")));\n'
        "    };\n"
        f'    flet.entrypointBaseUrl = flet.assetBase = "{files}/";\n'
        f'    flet.canvasKitBaseUrl = "{files}/canvaskit/";\n'
        "  </script>"
    )
    page = template.replace('src="flutter_bootstrap.js"', f'src="{files}/flutter_bootstrap.js"')
    page = page.replace(
        '<link rel="icon" type="image/png" href="favicon.png" />', f'<link rel="icon" href="{files}/mark.svg">'
    )
    page = page.replace('src="icons/loading-animation.png"', f'src="{files}/mark.svg"')
    page = page.replace('<script src="python.js"></script>', "")
    page = page.replace("<html>", '<html lang="en">').replace(MARKER, ours)
    page = re.sub(r"background: #ffffff;", "background: #FAFAF8;", page)
    page = re.sub(r"background: #222222;", "background: #101214;", page)
    return re.sub(r"width: 200px;", "width: 96px;", page)


def _words_of_the_line() -> str:
    """What stands over the last frame while the reader's line is lost, by language, for a script in the page."""
    return _told({"title": "line.title", "lead": "line.lead", "now": "line.now", "unsent": "line.unsent"})


def _told(keys: Mapping[str, str]) -> str:
    told = {each: {name: Words(each)(key, when="{when}") for name, key in keys.items()} for each in LANGUAGES}
    return json.dumps(told).replace("<", "\\u003c")


def _words_without_network() -> str:
    """What `offline.js` says, by language."""
    keys = {each: f"severity.{each}" for each in get_args(Severity)} | {each: f"state.{each}" for each in STATES}
    keys |= {"title": "line.title", "now": "line.now", "list": "line.lead", "empty": "offline.empty"}
    keys |= {"since": "offline.since", "mine": "group.waiting", "others": "group.rest", "none": "incidents.calm"}
    return _told(keys)


def manifest(template: str) -> str:
    """Flet's own manifest with our name and colours."""
    fields = json.loads(template)
    fields.update(
        name=NAME,
        short_name=NAME,
        description=DESCRIPTION,
        theme_color="#FAFAF8",
        background_color="#FAFAF8",
        display="standalone",
    )
    return json.dumps(fields, indent=2)


def font_list() -> str:
    """The fonts that the engine fetches before it draws: icons, and what it falls back to. Flet names twenty."""
    files = {"MaterialIcons": "fonts/MaterialIcons-Regular.otf", "Roboto": "../fonts/Inter-Regular.otf"}
    return json.dumps([{"family": family, "fonts": [{"asset": file}]} for family, file in files.items()])


def assets() -> Assets:
    """Our assets with the pages generated from the installed flet-web."""
    folder = OwnFolder()
    shutil.copytree(ASSETS, folder.path, dirs_exist_ok=True)
    web = Path(flet_web.get_package_web_dir())
    made = Assets(folder=folder, version=own_version())
    for name, page in (
        ("index.html", index_page((web / "index.html").read_text(encoding="utf-8"), made.files)),
        ("manifest.json", manifest((web / "manifest.json").read_text(encoding="utf-8"))),
    ):
        (folder.path / name).write_text(page, encoding="utf-8")
    mark = (ASSETS / "mark.svg").read_text(encoding="utf-8").strip()
    for name in ("offline.html", "sw.js"):
        page = (folder.path / name).read_text(encoding="utf-8")
        for placeholder, text in (
            ("FILES", made.files),
            ("VERSION", made.version),
            ("MARK", mark),
            ("WORDS", _words_without_network()),
        ):
            page = page.replace(placeholder, text)
        (folder.path / name).write_text(page, encoding="utf-8")
    return made


def own_version() -> str:
    """Of our assets, of the words and icons that are put into what is made, and of all that makes it."""
    makers = (maker.read_text(encoding="utf-8") for maker in MAKERS)
    words = (_words_without_network(), _words_of_the_line(), manifest("{}"))
    return version_of(ASSETS, *map(version, MADE_WITH), *makers, *words, *sorted(_icons()))


def made_files(web: Path) -> Mapping[str, Make]:
    """Files that stand for the engine's own, made when somebody asks for them, by path."""
    return {
        f"/{ICONS}": lambda: icons.cut(web / ICONS, _icons()),
        f"/{FONT_LIST}": font_list().encode,
        f"/{BOOTSTRAP}": lambda: bootstrap((web / BOOTSTRAP).read_text(encoding="utf-8")).encode(),
    }


def bootstrap(script: str) -> str:
    """Flet's own start without Flutter's service worker, which would remove ours and load the page anew, for ever."""
    found = WORKER.sub("", script)
    if found == script:
        raise PageChanged("flet-web's flutter_bootstrap.js has changed: look at mobile_app/page.py")
    return found


def _icons() -> set[str]:
    return icons.named_in(SOURCE / "phone") | icons.DRAWN_BY_CONTROLS
