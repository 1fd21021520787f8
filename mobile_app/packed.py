"""Files of the engine and our own assets: packed once instead of for each visitor, kept for ever under a version."""

import asyncio
import gzip
import hashlib
import mimetypes
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, cast

import brotli

from mobile_app.bell import Asgi, Receive, Scope, Send

PACKED: Final = frozenset((".wasm", ".otf", ".ttf", ".js", ".mjs", ".svg", ".css"))
"""What Flet serves as it lies there; its page and its two lists it writes anew."""
GZIP_LEVEL: Final = 9
BEST: Final = 11
QUICK: Final = 9
QUICK_FROM_BYTES: Final = 512 * 1024
"""A second of a core for the engine, once; what is smaller is packed as well as it can be."""
LEAST_BYTES: Final = 1024
VERSIONED: Final = "/~"

Make = Callable[[], bytes]


@dataclass(frozen=True, kw_only=True)
class _File:
    body: bytes
    kind: bytes
    tag: bytes


class Packed:
    """Answers for the files of `folders`, the first that has one, and for those that are `made`; the rest is the app's.

    Each is packed when it is first asked for, beside the loop, and kept in memory: about 6 MB for each way of packing.
    A path may begin with `/~` and a version, so that a page of another version never takes this one's files.
    """

    def __init__(self, app: Asgi, folders: Sequence[Path], made: Mapping[str, Make]) -> None:
        self._app = app
        self._makes: dict[str, Make] = {
            f"/{path.relative_to(folder).as_posix()}": path.read_bytes
            for folder in reversed(folders)
            for path in folder.rglob("*")
            if path.suffix in PACKED and path.is_file() and path.stat().st_size >= LEAST_BYTES
        }
        self._makes.update(made)
        self._packed: dict[tuple[str, str], asyncio.Task[_File]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "GET":
            await self._app(scope, receive, send)
            return
        path = unversioned(scope["path"])
        way = _way(scope)
        if path not in self._makes or way is None:
            await self._app({**scope, "path": path, "raw_path": path.encode()}, receive, send)
            return
        if (path, way) not in self._packed:
            self._packed[path, way] = asyncio.create_task(asyncio.to_thread(_pack, path, self._makes[path], way))
        file = await asyncio.shield(self._packed[path, way])
        fresh = _header(scope, b"if-none-match") == file.tag
        headers = [(b"etag", file.tag), (b"vary", b"accept-encoding")]
        if not fresh:
            length = str(len(file.body)).encode()
            headers += [(b"content-type", file.kind), (b"content-encoding", way.encode()), (b"content-length", length)]
        await send({"type": "http.response.start", "status": 304 if fresh else 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if fresh else file.body})


def unversioned(path: str) -> str:
    """The file's own path: /~abc/fonts/x is /fonts/x."""
    return f"/{path.removeprefix(VERSIONED).partition('/')[2]}" if path.startswith(VERSIONED) else path


def version_of(folder: Path, *said: str) -> str:
    """Of all that `folder` holds, and of what else is `said`."""
    digest = hashlib.sha256("\0".join(said).encode())
    for path in sorted(each for each in folder.rglob("*") if each.is_file()):
        digest.update(path.relative_to(folder).as_posix().encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]


def _pack(path: str, make: Make, way: str) -> _File:
    plain = make()
    body = _brotli(plain) if way == "br" else gzip.compress(plain, GZIP_LEVEL, mtime=0)
    kind = "text/javascript" if path.endswith((".js", ".mjs")) else mimetypes.guess_type(path)[0]
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    return _File(body=body, kind=(kind or "application/octet-stream").encode(), tag=tag.encode())


def _brotli(plain: bytes) -> bytes:
    quality = BEST if len(plain) < QUICK_FROM_BYTES else QUICK
    return cast(Any, brotli).compress(plain, quality=quality)


def _way(scope: Scope) -> str | None:
    """How the browser takes it; none where it takes neither."""
    taken = {each.partition(b";")[0].strip() for each in _header(scope, b"accept-encoding").split(b",")}
    return "br" if b"br" in taken else "gzip" if b"gzip" in taken else None


def _header(scope: Scope, name: bytes) -> bytes:
    return next((value for each, value in scope["headers"] if each == name), b"")
