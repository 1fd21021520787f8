"""Serve sites from their files, in memory: no framework, no database, and nothing of the rest of the server."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from litestar.types import Receive, Scope, Send

from server.status_pages.site.answers import Held, answer, hold, send_answer
from server.status_pages.site.content import InternalPage
from server.status_pages.site.files import INDEX, SiteEntry, read_entries
from server.status_pages.site.forms import PATHS, SUBSCRIBE, SiteForms
from server.status_pages.site.internal import InternalSites
from shared.wire import routes

HOLDS_BYTES: Final = 64 * 1024 * 1024
LONGEST_PATH: Final = 200
_PATH = re.compile(r"[a-z0-9][A-Za-z0-9._-]*(?:/[a-z0-9][A-Za-z0-9._-]*)*")


class SiteServer:
    """What the files of a folder say, for whoever asks; `hosts` are the domains of pages, each with its slug.

    Internal pages are asked of `internal` and what visitors send of `forms`, where there are these.
    """

    def __init__(
        self,
        folder: Path,
        hosts: dict[bytes, str],
        *,
        is_tls: bool,
        internal: InternalSites | None = None,
        forms: SiteForms | None = None,
    ) -> None:
        self._folder, self.hosts, self._is_tls = folder, hosts, is_tls
        self.internal, self.forms = internal, forms
        self._sites: dict[str, SiteEntry] = {}
        self._held: dict[tuple[str, str], Held] = {}
        self._bytes = 0
        self._index_at = -1
        self._internal_pages: list[InternalPage] = []

    def look(self) -> None:
        """See whether something was written."""
        try:
            at = (self._folder / INDEX).stat().st_mtime_ns
        except FileNotFoundError:
            at = -1
        if at != self._index_at:
            self._index_at = at
            self._read_index()
            self._name_hosts()

    def now_internal(self, pages: list[InternalPage]) -> None:
        """These are all internal pages that there are."""
        if self.internal is not None:
            self.internal.now_there(pages)
            self._internal_pages = pages
            self._name_hosts()

    def _read_index(self) -> None:
        before = {each.page_id: each.stamp for each in self._sites.values()}
        self._sites = {each.slug: each for each in read_entries(self._folder)}
        still = {each.page_id for each in self._sites.values() if before.get(each.page_id) == each.stamp}
        self._held = {key: held for key, held in self._held.items() if key[0] in still}
        self._bytes = sum(len(held.body) for held in self._held.values())

    def _name_hosts(self) -> None:
        named = [*self._sites.values(), *self._internal_pages]
        self.hosts.clear()
        self.hosts.update({each.domain.encode(): each.slug for each in named if each.domain})

    async def __call__(self, raw_path: bytes, scope: Scope, receive: Receive, send: Send) -> None:
        """A request to `/<slug>/<path>`, which stands below /status."""
        if scope["type"] != "http":
            close: Any = {"type": "websocket.close", "code": 1008}
            await send(close)
            return
        slug, slash, below = raw_path.decode("latin-1").removeprefix("/").partition("/")
        inside = self.internal.pages.get(slug) if self.internal is not None else None
        if inside is not None and self.internal is not None and slash:
            await self.internal(inside, below, scope, receive, send)
            return
        site = self._sites.get(slug)
        is_head = scope["method"] == "HEAD"
        if site is None and inside is None:
            await send_answer(send, 404, [], b"", is_head=is_head)
        elif site is not None and self.forms is not None and _is_form(below, scope["method"]):
            await self.forms(site.page_id, below, scope, receive, send)
        elif scope["method"] not in ("GET", "HEAD"):
            await send_answer(send, 405, [(b"allow", b"GET, HEAD")], b"", is_head=False)
        elif not slash or site is None:
            await send_answer(send, 308, [(b"location", f"{slug}/".encode())], b"", is_head=is_head)
        else:
            await self._show(site, below, scope, send)

    async def _show(self, site: SiteEntry, below: str, scope: Any, send: Send) -> None:
        headers: dict[bytes, bytes] = dict(scope["headers"])
        is_secure = self._is_tls or _host(headers.get(b"host", b"")) in self.hosts
        status, more, body = answer(
            lambda path: self._file(site, path),
            site.language,
            below,
            headers,
            query=scope["query_string"],
            is_secure=is_secure,
        )
        await send_answer(send, status, more, body, is_head=scope["method"] == "HEAD")

    def _file(self, site: SiteEntry, path: str) -> Held | None:
        key = (site.page_id, path)
        if key in self._held:
            return self._held[key]
        if len(path) > LONGEST_PATH or _PATH.fullmatch(path) is None:
            return None
        try:
            held = hold((self._folder / site.page_id / path).read_bytes())
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
            return None
        if self._bytes > HOLDS_BYTES:
            self._held, self._bytes = {}, 0
        self._held[key] = held
        self._bytes += len(held.body)
        return held


def _is_form(below: str, method: str) -> bool:
    """What is answered with the database; a page to subscribe on is a file."""
    return below in PATHS and (method == "POST" or (method in ("GET", "HEAD") and below != SUBSCRIBE))


def _host(header: bytes) -> bytes:
    """A name, also where it is said to be a whole one by a dot at its end."""
    return header.lower().partition(b":")[0].rstrip(b".")


def put_below_site(scope: Any, hosts: Mapping[bytes, str]) -> None:
    """A request to a page's own domain is one for its site, whatever it asks for."""
    if scope["type"] not in ("http", "websocket"):
        return
    for name, value in scope["headers"]:
        if name == b"host":
            slug = hosts.get(_host(value))
            if slug is not None:
                below = f"{routes.STATUS_SITES}/{slug}"
                scope["raw_path"] = below.encode() + scope["raw_path"]
                scope["path"] = below + scope["path"]
            return
