"""Tells a hidden browser tab how many incidents wait: Flutter draws no title there."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, MutableMapping
from typing import Any, Final

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Asgi = Callable[[Scope, Receive, Send], Coroutine[Any, Any, None]]

PATH: Final = "/attention"
SESSION_HEADER: Final = b"x-flet-session"
STILL_THERE_S: Final = 20


class Bell:
    """The number of each session, and who listens for it."""

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}
        self._listeners: dict[str, set[asyncio.Event]] = {}

    def ring(self, session: str, count: int) -> None:
        """The session's number is now `count`."""
        self._counts[session] = count
        for changed in self._listeners.get(session, ()):
            changed.set()

    def forget(self, session: str) -> None:
        """The session is over."""
        self._counts.pop(session, None)
        for changed in self._listeners.pop(session, set()):
            changed.set()

    def app(self, site: Asgi) -> Asgi:
        """`site` with the stream of numbers beside it."""

        async def serve(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] == "http" and scope["path"] == PATH:
                session = dict(scope["headers"]).get(SESSION_HEADER, b"").decode("latin-1")
                await self._stream(session, receive, send)
            else:
                await site(scope, receive, send)

        return serve

    async def _stream(self, session: str, receive: Receive, send: Send) -> None:
        if session not in self._counts:
            await send({"type": "http.response.start", "status": 404, "headers": []})
            await send({"type": "http.response.body", "body": b""})
            return
        changed = asyncio.Event()
        self._listeners.setdefault(session, set()).add(changed)
        gone = asyncio.create_task(_gone(receive))
        try:
            headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"x-accel-buffering", b"no")]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            while session in self._counts and not gone.done():
                line = f"{self._counts[session]}\n".encode()
                await send({"type": "http.response.body", "body": line, "more_body": True})
                changed.clear()
                waits = asyncio.create_task(changed.wait())
                await asyncio.wait({waits, gone}, timeout=STILL_THERE_S, return_when=asyncio.FIRST_COMPLETED)
                waits.cancel()
            await send({"type": "http.response.body", "body": b""})
        finally:
            gone.cancel()
            self._listeners.get(session, set()).discard(changed)


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
