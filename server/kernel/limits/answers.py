"""Every request is answered, and every answer has headers: browsers trust it with nothing, and nobody keeps it."""

import asyncio
from collections.abc import MutableMapping
from typing import Any

import msgspec
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from server.kernel.errors import Unavailable
from server.kernel.http.problems import PROBLEM, problem_of

ALWAYS = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
)
UNLESS_SAID = (
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"),
    (b"cache-control", b"no-store"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
"""What a page or a file that may be kept says otherwise."""
TLS = (b"strict-transport-security", b"max-age=31536000")
RAW = b"".join(name + b": " + value + b"\r\n" for name, value in (*ALWAYS, *UNLESS_SAID))
"""The same for what is refused before it is a request."""


RETRY_AFTER_S = 1
CUT_OFF = Unavailable("the server is ending; send it again", code="ending")
"""What a request is told that the end of its process cuts off: whether it was done isn't known."""


class Answered:
    """The application, whose answers say what may be done with them; `is_tls` where people reach it by https alone.

    Who was told nothing yet when the server cancels a request gets 503 instead of the server's 500.
    """

    def __init__(self, app: ASGIApp, *, is_tls: bool) -> None:
        self._app = app
        self._always = (*ALWAYS, TLS) if is_tls else ALWAYS

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_begun = False

        async def answer(message: Message) -> None:
            nonlocal is_begun
            is_begun = True
            if message["type"] == "http.response.start":
                _add(message, self._always)  # pyright: ignore[reportArgumentType] a plain dict, whatever Litestar's type says
            await send(message)

        try:
            await self._app(scope, receive, answer)
        except asyncio.CancelledError:
            if is_begun or scope["type"] != "http":
                raise
            await _refuse(answer)


def _add(message: MutableMapping[str, Any], always: tuple[tuple[bytes, bytes], ...]) -> None:
    said = [(name.lower(), value) for name, value in message["headers"]]
    names = {name for name, _ in said}
    ours = {name for name, _ in always}
    kept = [(name, value) for name, value in said if name not in ours]
    message["headers"] = [*kept, *always, *(pair for pair in UNLESS_SAID if pair[0] not in names)]


async def _refuse(send: Send) -> None:
    body = msgspec.json.encode(problem_of(CUT_OFF))
    headers = {
        "content-type": PROBLEM,
        "content-length": str(len(body)),
        "retry-after": str(RETRY_AFTER_S),
        "connection": "close",
    }
    start: Any = {
        "type": "http.response.start",
        "status": CUT_OFF.status,
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }
    end: Any = {"type": "http.response.body", "body": body, "more_body": False}
    await send(start)
    await send(end)
