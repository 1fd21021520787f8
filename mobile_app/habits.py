"""What a browser's cookies say of its reader, which Flet doesn't: the languages they read and the zone they live in."""

from contextvars import ContextVar
from http.cookies import CookieError, SimpleCookie
from typing import Final
from urllib.parse import unquote

from mobile_app.bell import Asgi, Receive, Scope, Send
from phone.device.habits import UNKNOWN, Habits

LONGEST: Final = 200

_habits: ContextVar[Habits | None] = ContextVar("habits", default=None)


def habits_in(header: str) -> Habits:
    """Of a Cookie header, as `reader.js` sets it; empty for what it doesn't say, or says at too great length."""
    try:
        cookies = SimpleCookie(header)
    except CookieError:
        return UNKNOWN
    said = {name: unquote(cookies[name].value) if name in cookies else "" for name in ("languages", "zone")}
    if any(len(each) > LONGEST for each in said.values()):
        return UNKNOWN
    return Habits(languages=tuple(filter(None, said["languages"].split(","))), zone=said["zone"])


def reader_habits() -> Habits:
    """Of the browser whose connection this runs for."""
    return _habits.get() or UNKNOWN


def knowing(site: Asgi) -> Asgi:
    """`site`, where each connection knows its reader's habits."""

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            _habits.set(habits_in(dict(scope["headers"]).get(b"cookie", b"").decode("latin-1")))
        await site(scope, receive, send)

    return serve
