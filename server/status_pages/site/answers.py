"""What a site answers to a path: files as browsers keep them, the visitor's language, and what is missing."""

import gzip
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from litestar.types import Send
from msgspec import Struct

from server.status_pages.site.pages import HTML
from shared.wire.sessions import Language

COOKIE: Final = "status_language"
VARIES: Final = (b"vary", b"Cookie")
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
SMALL_BYTES: Final = 1024
CACHE: Final = "public, max-age=30, stale-while-revalidate=60, stale-if-error=86400"
TEXTS: Final = {404: b"There is no such status page.\n", 405: b"Status pages are only read.\n"}
Headers = list[tuple[bytes, bytes]]
Answer = tuple[int, Headers, bytes]


class Held(Struct, frozen=True):
    """A file in memory, plain and, where that is worth it, packed."""

    body: bytes
    packed: bytes | None
    etag: str


Find = Callable[[str], Held | None]


def hold(body: bytes) -> Held:
    packed = gzip.compress(body, 6, mtime=0) if len(body) > SMALL_BYTES else None
    is_smaller = packed is not None and len(packed) < len(body) * 0.9
    return Held(body, packed if is_smaller else None, sha256(body).hexdigest()[:20])


def answer(
    find: Find,
    language: Language,
    below: str,
    headers: dict[bytes, bytes],
    *,
    query: bytes = b"",
    is_secure: bool = True,
) -> Answer:
    """To a request for what stands below a site, whose own language stands at its root.

    Every page is shown in the language that the visitor chose last, wherever a link came from; feeds and figures are
    what their addresses say.
    """
    other = "zh" if language == "en" else "en"
    chosen = chosen_language(headers)
    if below == other:
        return 308, [(b"location", f"{other}/".encode())], b""
    for path in _paths(below):
        held = find(path)
        if held is None:
            continue
        if kind_of(path) != HTML:
            return _found(path, held, headers)
        if path.startswith(f"{other}/"):
            status, more, body = _found(path, held, headers)
            return status, [*more, *([_remember(other, is_secure=is_secure)] if chosen != other else [])], body
        if query == f"lang={language}".encode():
            here = below.rpartition("/")[2] or "./"
            return 303, [(b"location", here.encode()), _remember(language, is_secure=is_secure)], b""
        if chosen == other and find(f"{other}/{path}") is not None:
            there = "../" * below.count("/") + f"{other}/{below}"
            return 302, [(b"location", there.encode()), (b"cache-control", b"private, no-store"), VARIES], b""
        status, more, body = _found(path, held, headers)
        return status, [*more, VARIES], body
    missing = find(f"{other}/{MISSING}" if below.startswith(f"{other}/") else MISSING)
    return 404, [*_kind(MISSING), (b"cache-control", b"no-cache")], missing.body if missing is not None else b""


def _remember(language: str, *, is_secure: bool) -> tuple[bytes, bytes]:
    """For all of the host: people read one language."""
    secure = "; Secure" if is_secure else ""
    cookie = f"{COOKIE}={language}; Path=/; Max-Age={YEAR_S}; HttpOnly; SameSite=Lax{secure}"
    return b"set-cookie", cookie.encode()


def _paths(below: str) -> Iterator[str]:
    """A folder is its index, and pages are found without their ending."""
    if below == "" or below.endswith("/"):
        yield f"{below}index.html"
        return
    yield below
    yield f"{below}.html"


def _found(path: str, held: Held, headers: dict[bytes, bytes]) -> Answer:
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


def kind_of(path: str) -> str:
    """The media type of a site's file."""
    return KINDS.get(Path(path).suffix, "application/octet-stream")


def _kind(path: str) -> Headers:
    """Pages say for themselves what they may load; whatever else there is may be read and shown from anywhere."""
    kind = kind_of(path)
    more: Headers = [(b"content-type", kind.encode())]
    if kind == HTML:
        return [*more, (b"content-security-policy", b"frame-ancestors 'none'")]
    return [*more, (b"access-control-allow-origin", b"*"), (b"cross-origin-resource-policy", b"cross-origin")]


def chosen_language(headers: dict[bytes, bytes]) -> str:
    """What the visitor's cookie says; empty where they chose none."""
    for each in headers.get(b"cookie", b"").split(b";"):
        name, _, value = each.strip().partition(b"=")
        if name == COOKIE.encode():
            return value.decode("latin-1")
    return ""


async def send_answer(send: Send, status: int, headers: Headers, body: bytes, *, is_head: bool) -> None:
    """Whole, with its length; what has no words of its own gets some."""
    if status in TEXTS and not body:
        body = TEXTS[status]
        headers = [*(each for each in headers if each[0] != b"content-type"), (b"content-type", b"text/plain")]
    counted: Headers = headers if status == 304 else [*headers, (b"content-length", str(len(body)).encode())]
    start: Any = {"type": "http.response.start", "status": status, "headers": counted}
    end: Any = {"type": "http.response.body", "body": b"" if is_head else body, "more_body": False}
    await send(start)
    await send(end)
