"""What a browser says of its reader and Flet doesn't: languages, zone, hands (by cookies), and which tab it is."""

from contextvars import ContextVar
from http.cookies import CookieError, SimpleCookie
from typing import Final
from urllib.parse import parse_qs, unquote

from mobile_app.bell import Asgi, Receive, Scope, Send
from phone.base.device.habits import UNKNOWN, Habits

LONGEST: Final = 200
COOKIES: Final = ("languages", "zone", "pointer", "motion")

_habits: ContextVar[Habits | None] = ContextVar("habits", default=None)
_window: ContextVar[str] = ContextVar("window", default="")


def habits_in(header: str) -> Habits:
    """Of a Cookie header, as `reader.js` sets it; empty for what it doesn't say, or says at too great length."""
    try:
        cookies = SimpleCookie(header)
    except CookieError:
        return UNKNOWN
    said = {name: unquote(cookies[name].value) if name in cookies else "" for name in COOKIES}
    if any(len(each) > LONGEST for each in said.values()):
        return UNKNOWN
    return Habits(
        languages=tuple(filter(None, said["languages"].split(","))),
        zone=said["zone"],
        touches=said["pointer"] != "fine",
        moves=said["motion"] != "reduce",
    )


def reader_habits() -> Habits:
    """Of the browser whose connection this runs for."""
    return _habits.get() or UNKNOWN


def window_in(query: bytes) -> str:
    """Of a socket's address, as `connection.js` makes it; empty where it says nothing, or too much."""
    said = parse_qs(query.decode("latin-1")).get("window", [""])[0]
    return said if len(said) <= LONGEST else ""


def reader_window() -> str:
    """Which tab of its browser this runs for."""
    return _window.get()


def knowing(site: Asgi) -> Asgi:
    """`site`, where each connection knows its reader's habits and window."""

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            _habits.set(habits_in(dict(scope["headers"]).get(b"cookie", b"").decode("latin-1")))
            _window.set(window_in(scope.get("query_string", b"")))
        await site(scope, receive, send)

    return serve
