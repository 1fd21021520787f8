"""What other processes committed, by LISTEN and NOTIFY: the commit itself tells, so never before it, never without."""

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any, Final

import asyncpg
import structlog

log = structlog.get_logger()
CHANNEL: Final = "dogwatch"
NOTIFY: Final = f"NOTIFY {CHANNEL}"
PAUSES_S = (0.5, 1.0, 2.0, 5.0)
LOOK_S = 5.0
"""A connection that says nothing may be one that is gone."""


class CommitListener:
    """Once started, calls `on_commit` when another process committed what hurries; a lost connection is made again."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._own: set[int] = set()
        self._task: asyncio.Task[None] | None = None

    async def know(self, connection: Any) -> None:
        """What this connection commits is no news here."""
        self._own.add(connection.get_server_pid())

    def start(self, on_commit: Callable[[], None]) -> None:
        self._on_commit = on_commit
        self._task = asyncio.create_task(self._run())

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        failures = 0
        while True:
            try:
                connection = await asyncpg.connect(self._url, timeout=10, command_timeout=10)
                try:
                    await connection.add_listener(CHANNEL, self._hear)
                    self._on_commit()
                    failures = 0
                    await _while_alive(connection)
                finally:
                    with contextlib.suppress(Exception):
                        await connection.close(timeout=1)
            except Exception as error:
                log.warning("postgres.listener_lost", error=str(error))
            await asyncio.sleep(PAUSES_S[min(failures, len(PAUSES_S) - 1)])
            failures += 1

    def _hear(self, _: Any, pid: int, __: str, ___: object) -> None:
        if pid not in self._own:
            self._on_commit()


async def _while_alive(connection: Any) -> None:
    """Until the connection is lost; raises when it no longer answers."""
    lost = asyncio.Event()

    def end(_: object) -> None:
        lost.set()

    connection.add_termination_listener(end)
    while not lost.is_set():
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LOOK_S):
                await lost.wait()
            return
        await connection.execute("SELECT 1")
