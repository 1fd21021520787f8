"""Listen within limits: uvicorn's server behind an acceptor that never takes more connections than there are places."""

import asyncio
import contextlib
import socket
from typing import Any

import uvicorn
from uvicorn.config import STARTUP_FAILURE

from server.kernel.limits.places import Places, places_within, raise_descriptor_limit
from server.kernel.limits.strict_http import StrictHttp, StrictSocket

AT_ONCE = 4
"""Connections taken in one turn of the loop, so that a rush of them holds nobody up."""


class Config(uvicorn.Config):
    """uvicorn's settings with our protocols, and the places that all connections of the server share."""

    def __init__(self, app: Any, *, places: Places | None = None, **settings: Any) -> None:
        super().__init__(app, http=StrictHttp, ws=StrictSocket, **settings)
        self.places = Places(places_within(raise_descriptor_limit())) if places is None else places


class Acceptor:
    """Takes connections from one listening socket; in uvicorn's eyes an `asyncio.Server`."""

    def __init__(self, listening: socket.socket, server: "Server", places: Places) -> None:
        self.sockets = [listening]
        self._socket, self._server, self._places = listening, server, places
        self._loop = asyncio.get_running_loop()
        self._opening: set[asyncio.Task[None]] = set()
        self._is_reading = False
        self._is_closed = False

    def start(self, backlog: int) -> None:
        self._socket.setblocking(False)
        self._socket.listen(backlog)
        self.read()

    def read(self) -> None:
        """Go on, now that there may be a place."""
        if not self._is_reading and not self._is_closed:
            self._is_reading = True
            self._loop.add_reader(self._socket.fileno(), self._take)

    def _pause(self) -> None:
        if self._is_reading:
            self._is_reading = False
            self._loop.remove_reader(self._socket.fileno())

    def _take(self) -> None:
        for _ in range(AT_ONCE):
            if len(self._places) >= self._places.most:
                self._places.make_room(AT_ONCE)
                self._pause()
                return
            try:
                taken, _ = self._socket.accept()
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return
            except OSError:
                self._pause()
                self._loop.call_later(1.0, self.read)
                return
            self._places.opening += 1
            opening = self._loop.create_task(self._open(taken))
            self._opening.add(opening)
            opening.add_done_callback(self._opening.discard)

    async def _open(self, taken: socket.socket) -> None:
        try:
            with contextlib.suppress(OSError):
                taken.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            await self._loop.connect_accepted_socket(self._server.protocol, taken)
        except OSError:
            taken.close()
        finally:
            self._places.opening -= 1

    def close(self) -> None:
        self._pause()
        self._is_closed = True
        self._socket.close()

    async def wait_closed(self) -> None:
        await asyncio.gather(*self._opening, return_exceptions=True)


class Server(uvicorn.Server):
    """Serves within the places of its configuration."""

    config: Config
    _watch: "asyncio.Task[None] | None" = None

    def protocol(self) -> asyncio.Protocol:
        return StrictHttp(self.config, self.server_state, self.lifespan.state)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await self.lifespan.startup()
        if self.lifespan.should_exit:
            raise SystemExit(STARTUP_FAILURE)
        acceptors = [Acceptor(each, self, self.config.places) for each in sockets or [self.config.bind_socket()]]
        self.servers = acceptors  # pyright: ignore[reportAttributeAccessIssue] it closes them, and asks for nothing else
        for each in acceptors:
            self.config.places.on_free.append(each.read)
            each.start(self.config.backlog)
        self._watch = asyncio.create_task(self.config.places.watch())
        self.started = True

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        if self._watch is not None:
            self._watch.cancel()
        await super().shutdown(sockets=sockets)
