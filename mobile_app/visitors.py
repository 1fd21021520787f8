"""Who looks at the app without having signed in: few at once, not for long, and the one that came first goes first."""

import asyncio
import contextlib
from collections.abc import MutableMapping
from contextvars import ContextVar
from typing import Any, Final

import flet as ft
from flet_web.fastapi.flet_app import app_manager

from mobile_app.bell import Asgi, Receive, Scope, Send
from phone.app import App

MOST: Final = 50
REGISTERED_WITHIN_S: Final = 10.0
IDLE_S: Final = 600.0
KEPT_S: Final = 30.0
"""How long a stranger's session outlives its connection: a hiccup at the sign-in form."""
MESSAGE_BYTES: Final = 64 * 1024
CROWDED, TOO_LARGE, IDLE = 1013, 1009, 4408


class Visit:
    """One connection of a browser; `app` once it has registered, `showing` is what waits for its first answers."""

    def __init__(self) -> None:
        self.app: App | None = None
        self.key = ""
        self.showing: asyncio.Task[Any] | None = None
        self.ending: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    @property
    def is_signed_in(self) -> bool:
        return self.app is not None and self.app.session.phase == "signed_in"

    def end(self, code: int) -> None:
        if not self.ending.done():
            self.ending.set_result(code)


_visit: ContextVar[Visit | None] = ContextVar("visit", default=None)


def session_key(page: ft.Page) -> str:
    """Under which Flet's register has the session; flet is pinned exactly for names like this one."""
    connection: Any = page.session.connection
    return connection._FletApp__get_unique_session_id(page.session.id)


class Visitors:
    """Everybody who is connected, and strangers that were a moment ago, in the order in which they came."""

    def __init__(self, *, most: int = MOST) -> None:
        self._most = most
        self._here: dict[Visit, None] = {}
        self._forgetting: set[asyncio.Task[None]] = set()

    def opened(self, app: App, page: ft.Page) -> None:
        """The connection in whose context this runs shows this app."""
        visit = _visit.get()
        if visit is None:
            return
        for before in [each for each in self._here if each.app is app and each is not visit]:
            del self._here[before]
        visit.app, visit.key, visit.showing = app, session_key(page), asyncio.current_task()

    def strangers(self) -> list[Visit]:
        return [visit for visit in self._here if not visit.is_signed_in]

    def app(self, site: Asgi) -> Asgi:
        """`site` with its doors watched."""

        async def serve(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != "websocket":
                await site(scope, receive, send)
                return
            visit = Visit()
            await self._make_room()
            self._here[visit] = None
            _visit.set(visit)
            try:
                await site(scope, _Watched(visit, receive).receive, _to_whoever_is_there(send))
                if visit.ending.done():
                    with contextlib.suppress(Exception):
                        await send({"type": "websocket.close", "code": visit.ending.result()})
            finally:
                self._leave(visit)

        return serve

    async def _make_room(self) -> None:
        strangers = self.strangers()
        for visit in strangers[: max(0, len(strangers) + 1 - self._most)]:
            visit.end(CROWDED)
            await self._forget(visit)

    def _leave(self, visit: Visit) -> None:
        """Whoever signed in is expected back for as long as Flet keeps a session; a stranger for a moment."""
        if visit.is_signed_in or visit.app is None or visit.ending.done():
            self._here.pop(visit, None)
        else:
            asyncio.get_running_loop().call_later(KEPT_S, self._begin_to_forget, visit)

    def _begin_to_forget(self, visit: Visit) -> None:
        """By a timer and no sleeping task: at the end of the loop nothing is left that waits."""
        if visit in self._here:
            forgetting = asyncio.create_task(self._forget(visit))
            self._forgetting.add(forgetting)
            forgetting.add_done_callback(self._forgetting.discard)

    async def _forget(self, visit: Visit) -> None:
        """The session with all that it holds, unless somebody came back to it."""
        self._here.pop(visit, None)
        if visit.app is not None and not visit.is_signed_in:
            if visit.showing is not None:
                visit.showing.cancel()
            await app_manager.delete_session(visit.key)


def _to_whoever_is_there(send: Send) -> Send:
    """What is sent into a line that broke is lost: Flet would fail over it and keep the session as one that is looked
    at, so that nobody could come back to it and it never ended.
    """

    async def send_or_lose(message: MutableMapping[str, Any]) -> None:
        with contextlib.suppress(OSError):
            await send(message)

    return send_or_lose


class _Watched:
    """What a browser sends: ended when it is told to, and a stranger's when too long, too late or too rare."""

    def __init__(self, visit: Visit, receive: Receive) -> None:
        self._visit, self._receive = visit, receive
        self._loop = asyncio.get_running_loop()

    async def receive(self) -> Any:
        if self._visit.ending.done():
            return self._ended()
        coming = asyncio.ensure_future(self._receive())
        try:
            await self._wait(coming)
        finally:
            if not coming.done():
                coming.cancel()
        if self._visit.ending.done():
            return self._ended()
        message = coming.result()
        size = len(message.get("bytes") or b"") + len(message.get("text") or "")
        if size > MESSAGE_BYTES and not self._visit.is_signed_in:
            self._visit.end(TOO_LARGE)
            return self._ended()
        return message

    async def _wait(self, coming: "asyncio.Future[Any]") -> None:
        """Until something comes or the visit ends; someone who has signed in may be silent for ever."""
        began = self._loop.time()
        while not coming.done() and not self._visit.ending.done():
            limit = REGISTERED_WITHIN_S if self._visit.app is None else IDLE_S
            left = began + limit - self._loop.time()
            if self._visit.is_signed_in:
                left = limit
            elif left <= 0:
                self._visit.end(IDLE)
                return
            await asyncio.wait({coming, self._visit.ending}, timeout=left, return_when=asyncio.FIRST_COMPLETED)

    def _ended(self) -> dict[str, Any]:
        return {"type": "websocket.disconnect", "code": self._visit.ending.result()}
