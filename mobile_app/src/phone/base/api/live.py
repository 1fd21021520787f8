"""The live socket: tells which objects changed, resumes where it stopped, and never gives up."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import Any, Final

import msgspec
from websockets.asyncio.client import connect as websocket_connect
from websockets.exceptions import ConnectionClosed, WebSocketException

from phone.base.api.errors import ApiError, SignedOut, Unreachable
from shared.wire import routes
from shared.wire.live import Authenticate, Changed, Hello, LiveMessage, Ping, Reset

SILENT_FOR_S: Final = 45
ASK_EVERY_S: Final = 2.0
ANSWERS_WITHIN_S: Final = 3.0
"""A server that is stopped keeps its connections: only what must be answered tells. A ping is two bytes each way."""
SHORTEST_WAIT_S: Final = 0.2
TIMED_OUT: Final = 1011
TOKEN_ENDED: Final = 4401
APART_S: Final = 5.0
"""From one try to the next at most, so that nobody reads "no connection" for long after the server is back."""


Connect = Callable[[str], AbstractAsyncContextManager[Any]]


def open_socket(url: str) -> AbstractAsyncContextManager[Any]:
    """The real socket; it closes by itself when the server answers no ping."""
    return websocket_connect(
        url,
        open_timeout=APART_S - 0.5,
        ping_interval=ASK_EVERY_S,
        ping_timeout=ANSWERS_WITHIN_S,
        close_timeout=0.3,
        max_size=1 << 20,
        proxy=None,
    )


class Live:
    """Calls `changed(kind, id)` per change, `reset()` when what was missed is unknown, `connected(bool)`.

    `silent()` when the server let a ping go unanswered; a socket that was lost otherwise says nothing of the server.
    """

    def __init__(
        self,
        server: Callable[[], str],
        token: Callable[[], Awaitable[str]],
        *,
        renew: Callable[[], Awaitable[None]],
        connect: Connect = open_socket,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self._server = server
        self._token = token
        self._renew = renew
        self._connect = connect
        self._sleep = sleep
        self._seconds = seconds
        self._epoch: str | None = None
        self._n: int | None = None
        self._failures = 0
        self._began = 0.0
        self._task: asyncio.Task[None] | None = None
        self.changed: Callable[[str, str], None] = lambda _kind, _ident: None
        self.reset: Callable[[], None] = lambda: None
        self.connected: Callable[[bool], None] = lambda _is_live: None
        self.silent: Callable[[], None] = lambda: None
        self.signed_out: Callable[[], None] = lambda: None

    def start(self) -> None:
        """Listen until `stop`."""
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run())

    def stop(self) -> None:
        """Stop listening; a later start resumes."""
        if self._task is not None:
            self._task.cancel()
            self._task = None

    def forget(self) -> None:
        """Stop, and let the next start begin anew: another person signs in."""
        self.stop()
        self._epoch = self._n = None

    async def _run(self) -> None:
        while True:
            self._began = self._seconds()
            try:
                await self._listen()
            except SignedOut:
                self.signed_out()
                return
            except (OSError, WebSocketException, TimeoutError, Unreachable, ApiError, msgspec.MsgspecError):
                pass
            self.connected(False)
            self._failures += 1
            await self._sleep(self._pause())

    def _pause(self) -> float:
        """Longer after each failure; a try that was left hanging has used up its own."""
        longest = min(APART_S, 2.0 ** (self._failures - 1))
        wait = longest * random.uniform(0.5, 1)  # noqa: S311 - spreads reconnects, guards nothing
        hung = self._seconds() - self._began if self._failures > 1 else 0
        return max(SHORTEST_WAIT_S, min(wait, APART_S - hung))

    async def _listen(self) -> None:
        url = self._server().replace("http", "ws", 1) + routes.LIVE
        async with self._connect(url) as socket:
            first = Authenticate(token=await self._token(), epoch=self._epoch, n=self._n)
            await socket.send(msgspec.json.encode(first).decode())
            messages = aiter(socket)
            try:
                while True:
                    async with asyncio.timeout(SILENT_FOR_S):
                        message = await anext(messages)
                    self._take(msgspec.json.decode(message, type=LiveMessage))
            except StopAsyncIteration:
                await self._after_close(getattr(socket, "close_code", None))
            except ConnectionClosed as closed:
                if closed.rcvd is None and closed.sent is not None and closed.sent.code == TIMED_OUT:
                    self.silent()
                await self._after_close(closed.rcvd.code if closed.rcvd else None)

    async def _after_close(self, code: int | None) -> None:
        if code == TOKEN_ENDED:
            await self._renew()

    def _take(self, message: LiveMessage) -> None:
        match message:
            case Hello(epoch=epoch, n=n):
                self._failures = 0
                first = self._epoch is None
                self._epoch, self._n = epoch, n
                self.connected(True)
                if first:
                    self.reset()
            case Reset(epoch=epoch, n=n):
                self._failures = 0
                self._epoch, self._n = epoch, n
                self.connected(True)
                self.reset()
            case Changed(n=n, kind=kind, id=ident):
                self._n = n
                self.changed(kind, ident)
            case Ping(n=n):
                self._n = max(n, self._n or 0)
