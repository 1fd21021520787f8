"""The app in the browser: its own process, everything served from here, nothing fetched from elsewhere."""

import argparse
import asyncio
import dataclasses
import importlib
import os
import signal
import socket
import sys
from collections.abc import Callable, Iterable, MutableMapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import SplitResult, urlsplit

import flet as ft
import flet_web
import uvicorn
from flet_web.fastapi import app as flet_asgi
from starlette.middleware.gzip import GZipMiddleware

SOURCE: Final = Path(__file__).resolve().parent / "src"
for folder in (SOURCE, SOURCE.parents[1]):
    if str(folder) not in sys.path:
        sys.path.append(str(folder))

from mobile_app.bell import Asgi, Bell, Receive, Scope, Send  # noqa: E402 - found on the paths above
from mobile_app.habits import knowing, reader_habits, reader_window  # noqa: E402 - found on the paths above
from mobile_app.packed import VERSIONED, Packed  # noqa: E402 - found on the paths above
from mobile_app.page import DESCRIPTION, NAME, Assets, assets, made_files  # noqa: E402 - found on the paths above
from mobile_app.visitors import Visitors  # noqa: E402 - found on the paths above
from phone.app import App  # noqa: E402 - found on the paths above
from phone.base.device.attention import TitleAttention  # noqa: E402 - found on the paths above
from phone.start import Device, make_main, real_device  # noqa: E402 - found on the paths above

SESSION_KEPT_S: Final = 600
LONGEST_MESSAGE_BYTES: Final = 2 * 1024 * 1024
KEY: Final = "DOGWATCH_APP_KEY"
DAY_S: Final = 86_400
BARE: Final = (".wasm", ".otf", ".json", ".css")
"""What is no page and opens none: the policy would be a tenth of some."""
WORKER: Final = "/sw.js"
FOR_EVER: Final = b"public, max-age=31536000, immutable"
ALIVE: Final = "/alive"
FOREIGN: Final = 4403


class Headers:
    """Lets browsers keep what never changes, and tells them to trust nothing from elsewhere.

    With `is_tls` people reach it by https alone, and their browsers stay with it.
    """

    def __init__(self, app: Asgi, *, files: str, is_tls: bool = False) -> None:
        self._app = app
        self._files = files
        self._tls = TLS if is_tls else ()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                headers = [pair for pair in message["headers"] if pair[0] not in REPLACED]
                message["headers"] = [*headers, *own_headers(scope["path"], message["status"], self._files), *self._tls]
            await send(message)

        await self._app(scope, receive, send_with_headers)


# Flet's client would fetch an animation runtime from a CDN, which nothing here uses: the policy says no.
POLICY: Final = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval' blob:",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self' data: blob:",
        "worker-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'self'",
        "frame-ancestors 'none'",
    )
).encode()
REPLACED: Final = (b"cache-control", b"access-control-allow-origin", b"strict-transport-security")
TLS: Final = ((b"strict-transport-security", b"max-age=31536000"),)


def own_headers(path: str, status: int, files: str) -> Iterable[tuple[bytes, bytes]]:
    """What has its version in its path is kept for ever, other pictures and scripts for a day; pages are asked for.

    So is what another version asks for, of a page that is still open or another process: it gets today's files.
    """
    if status == 200 and path.startswith(f"{files}/"):
        yield b"cache-control", FOR_EVER
    else:
        keep = (
            status == 200
            and path != WORKER
            and not path.startswith(VERSIONED)
            and path.rpartition(".")[2] in {"otf", "js", "png", "svg"}
        )
        yield b"cache-control", f"public, max-age={DAY_S}".encode() if keep else b"no-cache"
    yield b"x-content-type-options", b"nosniff"
    if path.endswith(BARE):
        return
    yield b"referrer-policy", b"same-origin"
    yield b"x-frame-options", b"DENY"
    yield b"content-security-policy", POLICY


def own_pages(site: Asgi, public_url: str) -> Asgi:
    """`site`, whose socket is opened by its own pages alone: those of the host that was asked, or of `public_url`.

    What is no browser says no origin.
    """

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket" and not is_own_page(scope["headers"], public_url):
            await send({"type": "websocket.close", "code": FOREIGN})
            return
        await site(scope, receive, send)

    return serve


def is_own_page(headers: Iterable[tuple[bytes, bytes]], public_url: str) -> bool:
    """Whether every origin that is said is ours; a proxy may leave the port out of the host."""
    said = [(name.lower(), value.decode("latin-1").strip().lower()) for name, value in headers]
    hosts = [urlsplit(f"//{value}") for name, value in said if name == b"host"]
    public = urlsplit(public_url.lower())
    return all(
        _is_same(origin, public) or any(_is_of(origin, host) for host in hosts)
        for origin in (urlsplit(value) for name, value in said if name == b"origin")
    )


def _is_same(origin: SplitResult, public: SplitResult) -> bool:
    return bool(public.netloc) and (origin.scheme, origin.netloc) == (public.scheme, public.netloc)


def _is_of(origin: SplitResult, host: SplitResult) -> bool:
    if origin.scheme not in ("http", "https") or not origin.hostname or origin.hostname != host.hostname:
        return False
    return ":" not in host.netloc.rpartition("]")[2] or origin.netloc == host.netloc


def alive(site: Asgi) -> Asgi:
    """`site`, and an answer for pages that ask whether there is still a line to it."""

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] == ALIVE:
            await send({"type": "http.response.start", "status": 204, "headers": []})
            await send({"type": "http.response.body", "body": b""})
        else:
            await site(scope, receive, send)

    return serve


class TabAttention(TitleAttention):
    """The title as Flutter draws it, and the bell for a tab that is hidden."""

    def __init__(self, page: ft.Page, bell: Bell) -> None:
        super().__init__(page)
        self._bell, self._session = bell, page.session.id
        bell.ring(self._session, 0)

    def waiting(self, count: int) -> None:
        super().waiting(count)
        self._bell.ring(self._session, count)

    def close(self) -> None:
        self._bell.forget(self._session)


def vouching(key: str, address: str | None) -> dict[str, str]:
    """What tells the API for which browser the app asks: otherwise its limits take all of them for one."""
    return {"x-dogwatch-app": key, "x-forwarded-for": address} if key and address else {}


def asgi(
    given: Assets,
    *,
    api_url: str,
    demo: bool,
    public_url: str = "",
    device: Callable[[ft.Page], Device] = real_device,
) -> Asgi:
    """The whole site as one ASGI application; `public_url` is where people reach it, as far as that is known."""
    bell = Bell()
    visitors = Visitors()

    def with_bell(page: ft.Page) -> Device:
        def opened(app: App) -> None:
            visitors.opened(app, page)

        made = device(page)
        vouched = {**made.headers, **vouching(os.environ.get(KEY, ""), page.client_ip)}
        return dataclasses.replace(
            made,
            attention=TabAttention(page, bell),
            opened=opened,
            habits=reader_habits(),
            window=reader_window(),
            headers=vouched,
            files=given.files,
        )

    site = flet_asgi(
        make_main(api_url=api_url, demo=demo, device=with_bell),
        assets_dir=str(given.folder.path),
        app_name=NAME,
        app_short_name=NAME,
        app_description=DESCRIPTION,
        no_cdn=True,
        session_timeout_seconds=SESSION_KEPT_S,
    )
    site.state.folder = given.folder  # which goes when nobody holds it
    site.add_middleware(GZipMiddleware, minimum_size=1024, compresslevel=5)
    web = Path(flet_web.get_package_web_dir())
    packed = Packed(knowing(site), (given.folder.path, web), made_files(web))
    inner = own_pages(bell.app(visitors.app(packed)), public_url)
    return Headers(alive(inner), files=given.files, is_tls=public_url.lower().startswith("https://"))


def _announcing(kind: type[uvicorn.Server], started: Callable[[int], None] | None) -> type[uvicorn.Server]:
    """A server that tells the port once it listens, which matters when any free one was asked for."""

    class Announcing(kind):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets=sockets)
            if self.started and started is not None:
                started(self.servers[0].sockets[0].getsockname()[1])

    return Announcing


def server(
    *,
    host: str,
    port: int,
    api_url: str,
    demo: bool,
    public_url: str = "",
    device: Callable[[ft.Page], Device] = real_device,
    started: Callable[[int], None] | None = None,
    within: str = "uvicorn",
) -> uvicorn.Server:
    """The server, not yet started; `started` will hear its port. `within` names the module whose server it is."""
    kinds = importlib.import_module(within)
    config = kinds.Config(
        asgi(assets(), api_url=api_url, demo=demo, public_url=public_url, device=device),
        host=host,
        port=port,
        log_level="warning",
        server_header=False,
        ws_max_size=LONGEST_MESSAGE_BYTES,
        timeout_graceful_shutdown=2,
    )
    return _announcing(kinds.Server, started)(config)


async def serve(
    *, host: str, port: int, api_url: str, demo: bool, started: Callable[[int], None] | None = None
) -> None:
    """Serve inside a running loop until cancelled; leaves signals to the caller."""
    running = server(host=host, port=port, api_url=api_url, demo=demo, started=started)
    task = asyncio.create_task(running._serve())  # pyright: ignore[reportPrivateUsage] serve() would take our signals
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        running.should_exit = True
        await task
        raise


def _exit(number: int, _: object) -> None:
    sys.exit(128 + number)


def main(*, host: str, port: int, api_url: str, demo: bool, public_url: str, within: str) -> None:
    """Serve the app in the browser until interrupted; SIGTERM ends it as an exit, with what is done at one."""
    signal.signal(signal.SIGTERM, _exit)
    server(host=host, port=port, api_url=api_url, demo=demo, public_url=public_url, within=within).run()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8001)
    parser.add_argument("--api-url", default="http://127.0.0.1:8000")
    parser.add_argument("--public-url", default="", help="where people reach it, if a proxy stands in front")
    parser.add_argument("--demo", action="store_true")
    parser.add_argument("--within", default="uvicorn", help="the module whose server bounds what strangers cost")
    given = parser.parse_args()
    main(
        host=given.host,
        port=given.port,
        api_url=given.api_url,
        demo=given.demo,
        public_url=given.public_url,
        within=given.within,
    )
