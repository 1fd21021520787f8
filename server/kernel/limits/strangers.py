"""Strangers wait in line: whoever hasn't shown a key or token of ours is handled a few at a time, addresses in turn."""

import asyncio
import contextlib
import hashlib
import ipaddress
from collections import OrderedDict, deque
from collections.abc import Callable, Generator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

import msgspec
from litestar import Litestar
from litestar.types import Receive, Scope, Send

from server.kernel.errors import DogwatchError, Invalid, NotFound, TooManyRequests, Unavailable
from server.kernel.http import PROBLEM, address_of, problem_of
from server.kernel.limits.own_app import name_the_browser
from server.kernel.limits.strict_http import place_of
from server.kernel.settings import Network
from server.kernel.telemetry import REQUESTS_REFUSED

AT_ONCE = 2
"""Each takes at most some 2 ms of a turn of the event loop, and a page takes some tens of turns."""
WAITING, WAITING_EACH = 256, 32
READ_BYTES = 64 * 1024
BATCH_BYTES, SMALL_BYTES = 32 * 1024, 16 * 1024
"""What handlers read of strangers: a batch of a hundred receipts; everything else. READ_BYTES is for all."""
PARAMETERS = 200
REMEMBERED = 4_096
SOCKETS, SOCKETS_EACH = 64, 32
"""That have not signed in yet, in all and from one address."""


class Turn:
    """One stranger's; ended once however often it is asked to."""

    def __init__(self, end: Callable[[], None]) -> None:
        self._end: Callable[[], None] | None = end

    def end(self) -> None:
        if self._end is not None:
            end, self._end = self._end, None
            end()


_turn: ContextVar[Turn | None] = ContextVar("turn", default=None)


def step_aside() -> None:
    """What follows is work of another kind, with a line of its own: let the next stranger in."""
    if (turn := _turn.get()) is not None:
        turn.end()


@dataclass
class Line:
    """At most `at_once` inside. The others wait by address, and addresses take turns."""

    at_once: int = AT_ONCE
    waiting: int = WAITING
    waiting_each: int = WAITING_EACH
    _inside: int = 0
    _queues: OrderedDict[str, deque[asyncio.Future[None]]] = field(
        default_factory=OrderedDict[str, deque[asyncio.Future[None]]]
    )
    _length: int = 0

    async def turn(self, address: str) -> Turn:
        """Raises TooManyRequests when this address has too many waiting, Unavailable when all have."""
        if self._inside < self.at_once:
            self._inside += 1
            return Turn(self._next)
        address = limited_by(address)
        queue = self._queues.get(address)
        if queue is not None and len(queue) >= self.waiting_each:
            REQUESTS_REFUSED.labels("address_waiting").inc()
            raise TooManyRequests("too many requests from this address are waiting", retry_after_s=1)
        if self._length >= self.waiting:
            REQUESTS_REFUSED.labels("all_waiting").inc()
            raise Unavailable("too many requests are waiting", retry_after_s=2)
        mine: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._queues.setdefault(address, deque()).append(mine)
        self._length += 1
        try:
            await mine
        except asyncio.CancelledError:
            if mine.done() and not mine.cancelled():
                self._next()
            raise
        return Turn(self._next)

    def _next(self) -> None:
        while self._queues:
            address, queue = self._queues.popitem(last=False)
            waiting = queue.popleft()
            self._length -= 1
            if queue:
                self._queues[address] = queue
            if not waiting.done():
                waiting.set_result(None)
                return
        self._inside -= 1


class Strangers:
    """The line of one process, and whom it need not hold up."""

    def __init__(self) -> None:
        self.line = Line()
        self.sockets: OrderedDict[object, str] = OrderedDict()
        self._tokens: OrderedDict[bytes, None] = OrderedDict()

    def remember(self, token: str) -> None:
        """It was good just now."""
        hashed = _hashed(token)
        self._tokens[hashed] = None
        self._tokens.move_to_end(hashed)
        if len(self._tokens) > REMEMBERED:
            self._tokens.popitem(last=False)

    def forget(self, token: str) -> None:
        self._tokens.pop(_hashed(token), None)

    def knows(self, token: str) -> bool:
        return _hashed(token) in self._tokens

    @contextlib.contextmanager
    def unproven(self, socket: object, address: str = "") -> Generator["object | None"]:
        """A socket that has not signed in yet inside; gives the oldest when this address, or all, have too many."""
        address = limited_by(address)
        mine = [each for each, whose in self.sockets.items() if whose == address != ""]
        oldest = mine[0] if len(mine) >= SOCKETS_EACH else None
        if oldest is None and len(self.sockets) >= SOCKETS:
            oldest = next(iter(self.sockets))
        self.sockets.pop(oldest, None)
        self.sockets[socket] = address
        try:
            yield oldest
        finally:
            self.sockets.pop(socket, None)


def _hashed(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).digest()


def limited_by(address: str) -> str:
    """What limits count by: an IPv6 address as its /64, which is what one customer has."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network((parsed, 64), strict=False)) if parsed.version == 6 else address


class Front:
    """The application behind the line: who asks is named, and strangers wait.

    `key` proves our own app, `is_hidden` says what is not at the address that was asked, `has_own_line` which paths let
    strangers in by themselves. `hosts` are names under which only a part of the server is there, and `put_below` turns
    a request for one of them into one for that part.
    """

    def __init__(
        self,
        app: Litestar,
        trusted: tuple[Network, ...],
        *,
        key: str,
        is_hidden: Callable[[Scope], bool],
        has_own_line: Callable[[str], bool],
        hosts: Mapping[bytes, str],
        put_below: Callable[[Scope, Mapping[bytes, str]], None],
    ) -> None:
        self._app, self._trusted = app, trusted
        self._hosts, self._put_below = hosts, put_below
        self._key, self._is_hidden, self._has_own_line = key, is_hidden, has_own_line

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        name_the_browser(scope, self._key)
        if self._hosts:
            self._put_below(scope, self._hosts)
        if self._is_hidden(scope):
            await refuse(scope, send, NotFound())
            return
        if scope["type"] not in ("http", "websocket") or self._has_own_line(scope["path"]):
            await self._app(scope, receive, send)
            return
        token = _bearer(scope)
        strangers: Strangers = self._app.state.strangers
        if token and strangers.knows(token):
            if (place := place_of(scope)) is not None:
                place.is_known = True
            await self._app(scope, receive, send)
            return
        await self._let_in(strangers.line, scope, receive, send)

    async def _let_in(self, line: Line, scope: Scope, receive: Receive, send: Send) -> None:
        """What is sent is read before the turn begins and the answer is written after it, so no slow peer holds it."""
        first = await _first_part(scope, receive)
        try:
            if scope["query_string"].count(b"&") > PARAMETERS:
                REQUESTS_REFUSED.labels("too_many_parameters").inc()
                raise Invalid.one("", "too_many_parameters", f"at most {PARAMETERS} query parameters")
            turn = await line.turn(address_of(scope, self._trusted))
        except DogwatchError as refusal:
            await refuse(scope, send, refusal)
            return
        _turn.set(turn)

        async def replay() -> Any:
            return first.popleft() if first else await receive()

        async def answer(message: Any) -> None:
            turn.end()
            await send(message)

        try:
            await self._app(scope, replay, answer)
        finally:
            turn.end()


async def _first_part(scope: Scope, receive: Receive) -> "deque[Any]":
    """A request's body, or as much of a long one as strangers may send."""
    first: deque[Any] = deque()
    if scope["type"] != "http":
        return first
    size = 0
    while True:
        message: Any = await receive()
        first.append(message)
        size += len(message.get("body", b""))
        if message["type"] != "http.request" or not message.get("more_body", False) or size > READ_BYTES:
            return first


def _bearer(scope: Scope) -> str:
    for name, value in scope["headers"]:
        if name == b"authorization":
            scheme, _, token = value.decode("latin-1").partition(" ")
            return token.strip() if scheme.lower() == "bearer" else ""
    return ""


async def refuse(scope: Scope, send: Send, refusal: DogwatchError) -> None:
    """Answer in the protocol's way, and close: who was refused has to come again."""
    if scope["type"] != "http":
        close: Any = {"type": "websocket.close", "code": 1013, "reason": refusal.detail}
        await send(close)
        return
    body = msgspec.json.encode(problem_of(refusal))
    headers = [
        (b"content-type", PROBLEM.encode()),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),
    ]
    if refusal.retry_after_s is not None:
        headers.append((b"retry-after", str(refusal.retry_after_s).encode()))
    start: Any = {"type": "http.response.start", "status": refusal.status, "headers": headers}
    await send(start)
    done: Any = {"type": "http.response.body", "body": body, "more_body": False}
    await send(done)
