"""The end that comes to the other: it connects again whenever it is lost."""

import asyncio
import contextlib
from pathlib import Path
from typing import Self

import structlog

from server.kernel.errors import Unavailable
from server.kernel.ipc.frames import Connection, Handlers, Lost, What

log = structlog.get_logger()
WITHIN_S = 10.0
AGAIN_S = 0.05


class Client:
    """Asks the process that listens at `path`; `handlers` answer what it asks and notes."""

    def __init__(self, path: Path, handlers: Handlers) -> None:
        self._path, self._handlers = path, handlers
        self._connection: Connection | None = None
        self._there = asyncio.Event()
        self._lost = asyncio.Event()

    async def __aenter__(self) -> Self:
        self._gone_at = asyncio.get_running_loop().time()
        self._running = asyncio.create_task(self._run())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._running.cancel()
        await asyncio.gather(self._running, return_exceptions=True)
        if self._connection is not None:
            self._connection.close()

    async def call(self, what: What, body: bytes = b"", *, within_s: float = WITHIN_S) -> bytes:
        """The answer. Raises Unavailable when none comes: then nobody knows whether it was done."""
        try:
            if self._connection is None:
                async with asyncio.timeout(min(within_s, self._patience())):
                    await self._there.wait()
            if self._connection is None:
                raise Lost("it came and went again")
            return await self._connection.call(what, body, within_s=within_s)
        except (Lost, TimeoutError) as error:
            raise Unavailable(f"the engine does not answer: {error}", retry_after_s=1) from error

    def _patience(self) -> float:
        """Seconds to wait for somebody to listen: who comes when nobody has for long needn't wait as long again."""
        return max(0.0, self._gone_at + WITHIN_S - asyncio.get_running_loop().time())

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            with contextlib.suppress(OSError):
                _, connection = await loop.create_unix_connection(
                    lambda: Connection(self._handlers, self._on_lost), str(self._path)
                )
                self._lost.clear()
                self._connection = connection
                self._there.set()
                await self._lost.wait()
                log.warning("ipc.lost")
            await asyncio.sleep(AGAIN_S)

    def _on_lost(self, connection: Connection) -> None:
        if self._connection in (connection, None):
            self._connection = None
            self._gone_at = asyncio.get_running_loop().time()
            self._there.clear()
            self._lost.set()
