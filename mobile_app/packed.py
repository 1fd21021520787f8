"""Files of the engine and our own assets, packed once instead of for each visitor."""

import asyncio
import gzip
import hashlib
import mimetypes
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from mobile_app.bell import Asgi, Receive, Scope, Send

PACKED: Final = frozenset((".wasm", ".otf", ".ttf", ".js", ".mjs", ".svg", ".css"))
"""What Flet serves as it lies there; its page and its two lists it writes anew."""
LEVEL: Final = 9
LEAST_BYTES: Final = 1024


@dataclass(frozen=True, kw_only=True)
class _File:
    body: bytes
    kind: bytes
    tag: bytes


class Packed:
    """Answers for the files of `folders`, the first that has one, to who takes gzip; the rest is the app's.

    Each is packed when it is first asked for, beside the loop, and kept in memory: about 6 MB in all.
    """

    def __init__(self, app: Asgi, folders: Sequence[Path]) -> None:
        self._app = app
        self._files = {
            f"/{path.relative_to(folder).as_posix()}": path
            for folder in reversed(folders)
            for path in folder.rglob("*")
            if path.suffix in PACKED and path.is_file() and path.stat().st_size >= LEAST_BYTES
        }
        self._packed: dict[str, asyncio.Task[_File]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        if scope["type"] != "http" or scope["method"] != "GET" or path not in self._files or not _takes_gzip(scope):
            await self._app(scope, receive, send)
            return
        if path not in self._packed:
            self._packed[path] = asyncio.create_task(asyncio.to_thread(_pack, self._files[path]))
        file = await asyncio.shield(self._packed[path])
        fresh = _header(scope, b"if-none-match") == file.tag
        headers = [(b"etag", file.tag), (b"vary", b"accept-encoding")]
        if not fresh:
            length = str(len(file.body)).encode()
            headers += [(b"content-type", file.kind), (b"content-encoding", b"gzip"), (b"content-length", length)]
        await send({"type": "http.response.start", "status": 304 if fresh else 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if fresh else file.body})


def _pack(path: Path) -> _File:
    body = gzip.compress(path.read_bytes(), LEVEL, mtime=0)
    kind = "text/javascript" if path.suffix in (".js", ".mjs") else mimetypes.guess_type(path.name)[0]
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    return _File(body=body, kind=(kind or "application/octet-stream").encode(), tag=tag.encode())


def _takes_gzip(scope: Scope) -> bool:
    return b"gzip" in _header(scope, b"accept-encoding")


def _header(scope: Scope, name: bytes) -> bytes:
    return next((value for each, value in scope["headers"] if each == name), b"")
