"""Connections to SQLite's file, and the pool of those that read."""

import asyncio
import queue
import sqlite3
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from server.kernel.clock import machine_time
from server.kernel.database.statements import Priority, Writes
from server.kernel.errors import Unavailable
from server.kernel.private_files import make_private

READERS = 4
BUSY_MS: Final = 10_000
Answer = tuple[list[str], list[tuple[Any, ...]]]


def connect(path: Path, *, read_only: bool = False) -> sqlite3.Connection:
    """A connection with our pragmas; COMMIT returns after fsync."""
    make_private(path)
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=BUSY_MS / 1000)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    if read_only:
        connection.execute("PRAGMA query_only=ON")
    return _with_room(connection)


def connect_beside(path: Path) -> sqlite3.Connection:
    """A connection that can't write, in a process beside the one whose file it is."""
    uri = f"file:{quote(str(path))}?mode=ro"
    return _with_room(sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False))


def connect_still(path: Path) -> sqlite3.Connection:
    """A connection to a file in a folder where nobody can write; raises Unavailable where that takes writing."""
    log, index = (path.with_name(path.name + end) for end in ("-wal", "-shm"))
    is_whole = not log.exists() or not log.stat().st_size
    if not is_whole and not index.exists():
        raise Unavailable(
            f"{log.name} holds what {path.name} does not have yet, and can't be read in a folder that can't be written:"
            " copy all files of the database to another one"
        )
    uri = f"file:{quote(str(path))}?mode=ro" + ("&immutable=1" if is_whole else "")
    return _with_room(sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False))


def _with_room(connection: sqlite3.Connection) -> sqlite3.Connection:
    connection.execute("PRAGMA temp_store=MEMORY")
    connection.execute("PRAGMA cache_size=-32000")
    return connection


class Readers:
    """A few connections, each read on by one thread at a time."""

    def __init__(self, connect: Callable[[], sqlite3.Connection]) -> None:
        self._idle: queue.SimpleQueue[sqlite3.Connection] = queue.SimpleQueue()
        self._pool = ThreadPoolExecutor(READERS, thread_name_prefix="sqlite-reader")
        for _ in range(READERS):
            self._idle.put(connect())

    async def fetch(self, text: str, values: Sequence[Any]) -> Answer:
        return await asyncio.get_running_loop().run_in_executor(self._pool, self._read, text, values)

    def _read(self, text: str, values: Sequence[Any]) -> Answer:
        connection = self._idle.get()
        try:
            cursor = connection.execute(text, values)
            return [column[0] for column in cursor.description], cursor.fetchall()
        finally:
            self._idle.put(connection)

    def close(self) -> None:
        self._pool.shutdown(wait=True)
        while not self._idle.empty():
            self._idle.get().close()


class StillStore:
    """A file that nobody can write, read."""

    dialect = "sqlite"

    def __init__(self, path: Path) -> None:
        self._readers = Readers(lambda: connect_still(path))

    async def fetch(self, text: str, values: Sequence[Any], priority: Priority) -> Answer:  # noqa: ARG002 one pool for all
        return await self._readers.fetch(text, values)

    async def apply(self, writes: Writes, priority: Priority) -> list[Answer]:  # noqa: ARG002 none is done
        raise Unavailable("the database can only be read")

    async def sample_time(self) -> Any:
        return machine_time()

    async def close(self) -> None:
        self._readers.close()
