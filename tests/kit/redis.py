"""A Redis of our own on loopback, which keeps nothing."""

import asyncio
import contextlib
import os
import signal
from pathlib import Path

from tests.kit.needs import needed
from tests.kit.processes import running


def redis(port: int, folder: Path) -> tuple[str, ...]:
    return (str(needed("redis-server")), "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder))


class RedisServer:
    """Whoever connects before it listens tries again; it can be killed and started again."""

    def __init__(self, port: int, folder: Path) -> None:
        self.url = f"redis://127.0.0.1:{port}"
        self._port, self._folder = port, folder
        self._stack = contextlib.AsyncExitStack()
        self._pid = 0

    async def __aenter__(self) -> "RedisServer":
        started = running(*redis(self._port, self._folder), log=self._folder / "redis.log")
        self._pid = (await self._stack.enter_async_context(started)).pid
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    async def kill(self) -> None:
        """As if it crashed."""
        os.kill(self._pid, signal.SIGKILL)
        await self._stack.aclose()

    async def forget(self) -> None:
        """Drop every key."""
        _, writer = await asyncio.open_connection("127.0.0.1", self._port)
        writer.write(b"FLUSHALL\r\n")
        await writer.drain()
        writer.close()
