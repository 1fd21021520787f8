"""Serve sites from their files, in memory: no framework, no database, and nothing of the rest of the server."""

import gzip
import re
from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from litestar.types import Scope, Send
from msgspec import Struct

from server.status_pages.site.files import INDEX, SiteEntry, read_entries
from server.status_pages.site.pages import HTML
from shared.wire import routes

HOLDS_BYTES: Final = 64 * 1024 * 1024
COOKIE: Final = "status_language"
YEAR_S: Final = 365 * 24 * 3600
MISSING: Final = "404.html"
KINDS: Final = {
    ".html": HTML,
    ".rss": "application/rss+xml; charset=utf-8",
    ".atom": "application/atom+xml; charset=utf-8",
    ".json": "application/json",
    ".ics": "text/calendar; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".webp": "image/webp",
    ".ico": "image/x-icon",
}
PACKED: Final = (".html", ".rss", ".atom", ".json", ".ics", ".svg")
CACHE: Final = "public, max-age=30, stale-while-revalidate=60, stale-if-error=86400"
_PATH = re.compile(r"[a-z0-9][A-Za-z0-9._-]*(?:/[a-z0-9][A-Za-z0-9._-]*)*")
Headers = list[tuple[bytes, bytes]]


class _Held(Struct, frozen=True):
    """A file in memory, plain and packed."""

    body: bytes
    packed: bytes | None
    etag: str


class SiteServer:
    """What the files of a folder say, for whoever asks; `hosts` are the domains of pages, each with its slug."""

    def __init__(self, folder: Path, hosts: dict[bytes, str], *, is_tls: bool) -> None:
        self._folder, self.hosts, self._is_tls = folder, hosts, is_tls
        self._sites: dict[str, SiteEntry] = {}
        self._held: dict[tuple[str, str], _Held | None] = {}
        self._bytes = 0
        self._index_at = -1

    def look(self) -> None:
        """See whether something was written."""
        try:
            at = (self._folder / INDEX).stat().st_mtime_ns
        except FileNotFoundError:
            at = -1
        if at == self._index_at:
            return
        self._index_at = at
        before = {each.page_id: each.stamp for each in self._sites.values()}
        self._sites = {each.slug: each for each in read_entries(self._folder)}
        still = {each.page_id for each in self._sites.values() if before.get(each.page_id) == each.stamp}
        self._held = {key: held for key, held in self._held.items() if key[0] in still}
        self._bytes = sum(len(held.body) for held in self._held.values() if held is not None)
        self.hosts.clear()
        self.hosts.update({each.domain.encode(): each.slug for each in self._sites.values() if each.domain})

    async def __call__(self, raw_path: bytes, scope: Scope, send: Send) -> None:
        """A request to `/<slug>/<path>`, which stands below /status."""
        if scope["type"] != "http":
            close: Any = {"type": "websocket.close", "code": 1008}
            await send(close)
            return
        slug, slash, below = raw_path.decode("latin-1").removeprefix("/").partition("/")
        site = self._sites.get(slug)
        is_read = scope["method"] in ("GET", "HEAD")
        headers: dict[bytes, bytes] = dict(scope["headers"])
        if site is None or not is_read:
            status, more, body = (404, [], b"") if site is None else (405, [(b"allow", b"GET, HEAD")], b"")
        elif not slash:
            status, more, body = 308, [(b"location", f"{slug}/".encode())], b""
        else:
            status, more, body = self._answer(site, below, headers, scope["query_string"])
        if status in (404, 405) and not body:
            body = TEXTS[status]
            more = [*more, (b"content-type", b"text/plain")]
        await _send(send, status, more, b"" if scope["method"] == "HEAD" else body, len(body))

    def _answer(
        self, site: SiteEntry, below: str, headers: dict[bytes, bytes], query: bytes
    ) -> tuple[int, Headers, bytes]:
        other = "zh" if site.language == "en" else "en"
        chosen = _cookie(headers.get(b"cookie", b""))
        root_of_other = below in (f"{other}", f"{other}/")
        if below == other:
            return 308, [(b"location", f"{other}/".encode())], b""
        if below == "" and query == f"lang={site.language}".encode():
            return 303, [(b"location", b"./"), self._remember(site.language, headers)], b""
        if below == "" and chosen == other:
            to_other: Headers = [(b"location", f"{other}/".encode()), (b"cache-control", b"private, no-store")]
            return 302, [*to_other, (b"vary", b"Cookie")], b""
        for path in _paths(below):
            held = self._file(site, path)
            if held is not None:
                status, more, body = _found(path, held, headers)
                if path == "index.html":
                    more.append((b"vary", b"Cookie"))
                if root_of_other and chosen != other:
                    more.append(self._remember(other, headers))
                return status, more, body
        missing = self._file(site, f"{other}/{MISSING}" if below.startswith(f"{other}/") else MISSING)
        if missing is None:
            return 404, [], b""
        return 404, [*_kind(MISSING), (b"cache-control", b"no-cache")], missing.body

    def _remember(self, language: str, headers: dict[bytes, bytes]) -> tuple[bytes, bytes]:
        """For all of the site's host, or all sites below ours: people read one language."""
        secure = "; Secure" if self._is_tls or _host(headers) in self.hosts else ""
        cookie = f"{COOKIE}={language}; Path=/; Max-Age={YEAR_S}; HttpOnly; SameSite=Lax{secure}"
        return b"set-cookie", cookie.encode()

    def _file(self, site: SiteEntry, path: str) -> _Held | None:
        key = (site.page_id, path)
        if key in self._held:
            return self._held[key]
        if _PATH.fullmatch(path) is None:
            return None
        try:
            body = (self._folder / site.page_id / path).read_bytes()
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
            return None
        packed = gzip.compress(body, 6, mtime=0) if path.endswith(PACKED) and len(body) > 1024 else None
        held = _Held(body, packed, sha256(body).hexdigest()[:20])
        if self._bytes > HOLDS_BYTES:
            self._held, self._bytes = {}, 0
        self._held[key] = held
        self._bytes += len(body)
        return held


TEXTS: Final = {404: b"There is no such status page.\n", 405: b"Status pages are only read.\n"}


def _paths(below: str) -> Iterator[str]:
    """A folder is its index, and pages are found without their ending."""
    if below == "" or below.endswith("/"):
        yield f"{below}index.html"
        return
    yield below
    yield f"{below}.html"


def _found(path: str, held: _Held, headers: dict[bytes, bytes]) -> tuple[int, Headers, bytes]:
    is_packed = held.packed is not None and b"gzip" in headers.get(b"accept-encoding", b"")
    etag = f'"{held.etag}{"-gz" if is_packed else ""}"'.encode()
    more: Headers = [*_kind(path), (b"etag", etag), (b"cache-control", CACHE.encode())]
    if held.packed is not None:
        more.append((b"vary", b"Accept-Encoding"))
    known = {each.strip().removeprefix(b"W/") for each in headers.get(b"if-none-match", b"").split(b",")}
    if etag in known or b"*" in known:
        return 304, more, b""
    if is_packed and held.packed is not None:
        return 200, [*more, (b"content-encoding", b"gzip")], held.packed
    return 200, more, held.body


def _kind(path: str) -> Headers:
    """Pages say for themselves what they may load; whatever else there is may be read and shown from anywhere."""
    kind = KINDS.get(Path(path).suffix, "application/octet-stream")
    more: Headers = [(b"content-type", kind.encode())]
    if kind == HTML:
        return [*more, (b"content-security-policy", b"frame-ancestors 'none'")]
    return [*more, (b"access-control-allow-origin", b"*"), (b"cross-origin-resource-policy", b"cross-origin")]


def _cookie(said: bytes) -> str:
    for each in said.split(b";"):
        name, _, value = each.strip().partition(b"=")
        if name == COOKIE.encode():
            return value.decode("latin-1")
    return ""


def _host(headers: dict[bytes, bytes]) -> bytes:
    return headers.get(b"host", b"").lower().partition(b":")[0]


async def _send(send: Send, status: int, headers: Headers, body: bytes, length: int) -> None:
    counted: Headers = headers if status == 304 else [*headers, (b"content-length", str(length).encode())]
    start: Any = {"type": "http.response.start", "status": status, "headers": counted}
    end: Any = {"type": "http.response.body", "body": body, "more_body": False}
    await send(start)
    await send(end)


def put_below_site(scope: Any, hosts: Mapping[bytes, str]) -> None:
    """A request to a page's own domain is one for its site, whatever it asks for."""
    if scope["type"] not in ("http", "websocket"):
        return
    for name, value in scope["headers"]:
        if name == b"host":
            slug = hosts.get(value.lower().partition(b":")[0])
            if slug is not None:
                below = f"{routes.STATUS_SITES}/{slug}"
                scope["raw_path"] = below.encode() + scope["raw_path"]
                scope["path"] = below + scope["path"]
            return
