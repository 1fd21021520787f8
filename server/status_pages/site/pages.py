"""The pages of a site as HTML: complete without scripts, and in one file each but for pictures."""

from base64 import b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from msgspec import Struct

from server.kernel.i18n import LANGUAGES
from server.status_pages.read import LoadedEvent
from server.status_pages.site.content import SiteContent
from server.status_pages.site.markdown import as_html
from server.status_pages.site.view import SiteView
from shared.wire.sessions import Language

FOLDER: Final = Path(__file__).parent / "html"
STYLE: Final = (FOLDER / "style.css").read_text("utf-8")
HTML: Final = "text/html; charset=utf-8"
EVERY_UPDATE: Final = 1 << 30
ENDINGS: Final = {"image/png": "png", "image/jpeg": "jpg", "image/webp": "webp", "image/x-icon": "ico"}
_templates = Environment(
    loader=FileSystemLoader(FOLDER), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)


def template(name: str) -> Template:
    return _templates.get_template(name)


class SiteFile(Struct, frozen=True):
    """What stands under one path of a site."""

    body: bytes
    media_type: str


class FeedLink(Struct, frozen=True):
    name: str
    path: str
    type: str


FEEDS: Final = (
    FeedLink("RSS", "history.rss", "application/rss+xml"),
    FeedLink("Atom", "history.atom", "application/atom+xml"),
    FeedLink("JSON", "feed.json", "application/feed+json"),
)


def style_of(content: SiteContent) -> str:
    """The style sheet with the page's own accents."""
    page, style = content.page, STYLE
    if page.accent:
        style += f":root{{--accent:{page.accent}}}\n"
    if page.accent or page.accent_dark:
        accent = page.accent_dark or "#8fb4ff"
        style += f"@media (prefers-color-scheme: dark){{:root{{--accent:{accent}}}}}\n"
    return style


def policy_of(style: str, *, posts: bool = False) -> str:
    """Nothing runs, nothing is loaded but pictures from the same place; with `posts` forms go there too."""
    digest = b64encode(sha256(style.encode()).digest()).decode()
    to = "'self'" if posts else "'none'"
    return f"default-src 'none'; style-src 'sha256-{digest}'; img-src 'self'; base-uri 'none'; form-action {to}"


def image_paths(content: SiteContent) -> dict[str, str]:
    return {each.slot: f"{each.slot}.{ENDINGS[each.media_type]}" for each in content.images}


@dataclass
class SitePages:
    """The pages of one revision of a site; what doesn't change with time is written once."""

    content: SiteContent
    _style: str = ""
    _images: dict[str, str] = field(default_factory=dict[str, str])

    def __post_init__(self) -> None:
        self._style = style_of(self.content)
        self._images = image_paths(self.content)

    def of_now(self, now: datetime) -> Iterator[tuple[str, SiteFile]]:
        """What says how long ago something was, or how long it has lasted."""
        for language in LANGUAGES:
            view = SiteView(self.content, language, now)
            yield self._index(view)
            for each in self.content.events:
                if each.row.closed_at is None:
                    yield self._event(view, each)
            yield from self._months(view, is_open=True)

    def of_revision(self, now: datetime) -> Iterator[tuple[str, SiteFile]]:
        """What stays as it is until somebody publishes something."""
        for language in LANGUAGES:
            view = SiteView(self.content, language, now)
            for each in self.content.events:
                if each.row.closed_at is not None:
                    yield self._event(view, each)
            yield from self._months(view, is_open=False)
            yield self._file(view, "404.html", "missing.html")
            if self._takes_subscribers:
                yield self._file(view, "subscribe.html", "subscribe.html", components=view.choices())

    def _event(self, view: SiteView, event: LoadedEvent) -> tuple[str, SiteFile]:
        shown = view.event(event, most=EVERY_UPDATE)
        return self._file(view, f"events/{shown.number}.html", "event.html", event=shown)

    def _months(self, view: SiteView, *, is_open: bool) -> Iterator[tuple[str, SiteFile]]:
        """Those in which something still lasts, and this one; or all others."""
        months = view.months()
        for n, month in enumerate(months):
            if (n == 0 or month.is_open) == is_open:
                later = months[n - 1] if n else None
                earlier = months[n + 1] if n + 1 < len(months) else None
                yield self._file(view, month.path, "month.html", month=month, later=later, earlier=earlier)

    def _index(self, view: SiteView) -> tuple[str, SiteFile]:
        page = self.content.page
        return self._file(
            view,
            "index.html",
            "index.html",
            banner=view.banner(),
            header=as_html(page.header.said(view.language, page.language)),
            incidents=[view.event(each) for each in view.open_incidents],
            maintenances=[view.event(each) for each in view.maintenances],
            groups=view.groups(),
            recent=view.recent(),
            months=view.months(),
        )

    def form(self, view: SiteView, **shown: Any) -> bytes:
        """A small page that answers somebody and is kept by nobody."""
        return template("form.html").render(**self._common(view, "form.html", posts=True), **shown).encode()

    def _file(self, view: SiteView, path: str, name: str, **shown: Any) -> tuple[str, SiteFile]:
        posts = name == "subscribe.html" or (name == "event.html" and self._takes_subscribers)
        made = template(name).render(**self._common(view, path, posts=posts), **shown)
        return self._folder(view.language) + path, SiteFile(made.encode(), HTML)

    def _folder(self, language: Language) -> str:
        """The page's own language stands at its root."""
        return "" if language == self.content.page.language else f"{language}/"

    @property
    def _takes_subscribers(self) -> bool:
        page = self.content.page
        return page.is_public and page.takes_subscribers

    def _common(self, view: SiteView, path: str, *, posts: bool = False) -> Mapping[str, Any]:
        page, words = self.content.page, view.words
        folder = self._folder(view.language)
        other: Language = "en" if view.language == "zh" else "zh"
        base = "../" * path.count("/") or "./"
        root = "../" * (folder + path).count("/") or "./"
        return {
            "words": words,
            "page": page,
            "language": view.language,
            "address": self.content.address,
            "path": folder + (path if path != "index.html" else ""),
            "root": root,
            "base": base,
            "home": base,
            "other_href": f"{root}{self._folder(other)}{'' if path in ('index.html', '404.html') else path}"
            + ("" if self._folder(other) else f"?lang={other}"),
            "other_lang": "zh-Hans" if other == "zh" else "en",
            "feeds": FEEDS,
            "icon": self._images.get("favicon"),
            "logo": self._images.get("logo"),
            "logo_dark": self._images.get("logo_dark"),
            "footer": as_html(page.footer.said(view.language, page.language)),
            "zone": _zone(words.zone(view.now), page.time_zone),
            "style": Safe(self._style),
            "policy": policy_of(self._style, posts=posts),
            "takes_subscribers": self._takes_subscribers,
        }


def _zone(called: str, name: str) -> str:
    return name if called == name else f"{called} ({name})"


class Safe(str):
    """A style sheet of ours, which stands in a page as it is."""

    def __html__(self) -> str:
        return str(self)
