"""Headers that every answer has, whoever gave it: browsers trust it with nothing, and nobody keeps it."""

from collections.abc import MutableMapping
from typing import Any

from litestar.types import ASGIApp, Receive, Scope, Send

ALWAYS = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
UNLESS_SAID = (
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"),
    (b"cache-control", b"no-store"),
)
"""What a page or a file that may be kept says otherwise."""
TLS = (b"strict-transport-security", b"max-age=31536000")
RAW = b"".join(name + b": " + value + b"\r\n" for name, value in (*ALWAYS, *UNLESS_SAID))
"""The same for what is refused before it is a request."""


def with_headers(app: ASGIApp, *, is_tls: bool) -> ASGIApp:
    """The application, whose answers say what may be done with them; `is_tls` where people reach it by https alone."""
    always = (*ALWAYS, TLS) if is_tls else ALWAYS

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        async def answer(message: Any) -> None:
            if message["type"] == "http.response.start":
                _add(message, always)
            await send(message)

        await app(scope, receive, answer)

    return serve


def _add(message: MutableMapping[str, Any], always: tuple[tuple[bytes, bytes], ...]) -> None:
    said = [(name.lower(), value) for name, value in message["headers"]]
    names = {name for name, _ in said}
    ours = {name for name, _ in always}
    kept = [(name, value) for name, value in said if name not in ours]
    message["headers"] = [*kept, *always, *(pair for pair in UNLESS_SAID if pair[0] not in names)]
