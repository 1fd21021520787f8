"""The end that others come to: a loop in a thread of its own, which the work on the other loop delays little."""

import asyncio
import contextlib
import socket
import threading
from typing import Self

import uvloop

from server.kernel.ipc.frames import Connection, Handlers, Lost, What

CLOSING_S = 5.0


class Server:
    """Serves whoever comes to `listening`; handlers run on its own loop. The socket outlives it."""

    def __init__(self, listening: socket.socket, handlers: Handlers) -> None:
        self._listening, self._handlers = listening, handlers
        self._loop = uvloop.new_event_loop()
        self._connections: set[Connection] = set()
        self._is_signalling = False
        self._thread = threading.Thread(target=self._serve, name="ipc", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(CLOSING_S)

    @property
    def is_used(self) -> bool:
        """Whether somebody is connected."""
        return bool(self._connections)

    def signal(self, what: What) -> None:
        """Say it to everybody who is connected; from any thread, many at once as one."""
        if not self._is_signalling:
            self._is_signalling = True
            with contextlib.suppress(RuntimeError):  # it is closed: nobody is connected any more
                self._loop.call_soon_threadsafe(self._signal_all, what)

    async def ask_all(self, what: What, *, within_s: float) -> list[bytes]:
        """What everybody who is connected answers in time; on the server's own loop."""
        asked = [each.call(what, b"", within_s=within_s) for each in self._connections]
        found = await asyncio.gather(*asked, return_exceptions=True)
        return [each for each in found if isinstance(each, bytes)]

    def _signal_all(self, what: What) -> None:
        self._is_signalling = False
        for each in self._connections:
            each.signal(what)

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        accepting = self._loop.create_task(self._accept())
        try:
            self._loop.run_forever()
        finally:
            accepting.cancel()
            for each in tuple(self._connections):
                each.close()
            with contextlib.suppress(asyncio.CancelledError, Lost):
                self._loop.run_until_complete(accepting)
            self._loop.close()

    async def _accept(self) -> None:
        self._listening.setblocking(False)
        while True:
            taken, _ = await self._loop.sock_accept(self._listening)
            await self._loop.connect_accepted_socket(self._open, taken)

    def _open(self) -> Connection:
        connection = Connection(self._handlers, self._connections.discard)
        self._connections.add(connection)
        return connection
