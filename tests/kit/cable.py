"""A line between a browser and a server that a test can cut, hold and mend: TCP on loopback."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Literal

State = Literal["whole", "cut", "held"]


class Cable:
    """`cut` drops what is open and refuses what is new; `hold` lets nothing through and closes nothing."""

    def __init__(self, to: int) -> None:
        self._to = to
        self._state: State = "whole"
        self._changed = asyncio.Condition()
        self._ends: set[asyncio.StreamWriter] = set()
        self.port = 0

    async def become(self, state: State) -> None:
        async with self._changed:
            self._state = state
            self._changed.notify_all()
        if state == "cut":
            for end in list(self._ends):
                end.transport.abort()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._state == "cut":
            writer.transport.abort()
            return
        with contextlib.suppress(OSError):
            back, on = await asyncio.open_connection("127.0.0.1", self._to)
            self._ends |= {writer, on}
            await asyncio.gather(self._carry(reader, on), self._carry(back, writer))
            self._ends -= {writer, on}

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(65536):
                async with self._changed:
                    await self._changed.wait_for(lambda: self._state != "held")
                writer.write(data)
                await writer.drain()
        with contextlib.suppress(OSError):
            writer.close()


@asynccontextmanager
async def cable_to(port: int) -> AsyncGenerator[Cable]:
    """A whole one."""
    cable = Cable(port)
    server = await asyncio.start_server(cable.serve, "127.0.0.1", 0)
    cable.port = server.sockets[0].getsockname()[1]
    try:
        yield cable
    finally:
        await cable.become("cut")
        server.close()
