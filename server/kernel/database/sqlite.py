"""SQLite: pooled readers, and one writer thread whose rounds end in one COMMIT."""

import asyncio
import contextlib
import queue
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from server.kernel.clock import machine_time
from server.kernel.database.statements import Priority, Write, Writes, compile_statement
from server.kernel.errors import Stale, Unavailable
from server.kernel.private_files import make_private

ROUND_S = 0.020
READERS = 4
FATAL = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_READONLY)
TAKEN = (sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY)
"""Somebody else was first. Whatever else a constraint forbids is a bug of ours, as on PostgreSQL."""
Answer = tuple[list[str], list[tuple[Any, ...]]]


def connect(path: Path, *, read_only: bool = False) -> sqlite3.Connection:
    """A connection with our pragmas; COMMIT returns after fsync."""
    make_private(path)
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=10)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute("PRAGMA temp_store=MEMORY")
    connection.execute("PRAGMA cache_size=-32000")
    if read_only:
        connection.execute("PRAGMA query_only=ON")
    return connection


@dataclass(slots=True)
class _Job:
    writes: Writes
    done: asyncio.Future[list[Answer]]
    loop: asyncio.AbstractEventLoop
    answers: list[Answer] | None = None
    error: Exception | None = None

    def tell(self) -> None:
        if self.done.done():
            return
        if self.error is not None:
            self.done.set_exception(self.error)
        else:
            self.done.set_result(self.answers or [])


class SqliteStore:
    """One file, one process, one writer."""

    dialect = "sqlite"

    def __init__(self, path: Path) -> None:
        self.path = path
        self._readers: queue.SimpleQueue[sqlite3.Connection] = queue.SimpleQueue()
        self._pool = ThreadPoolExecutor(READERS, thread_name_prefix="sqlite-reader")
        self._writer = connect(path)
        for _ in range(READERS):
            self._readers.put(connect(path, read_only=True))
        self._jobs: dict[Priority, deque[_Job]] = {priority: deque() for priority in Priority}
        self._wake = threading.Condition()
        self._closing = False
        self._thread = threading.Thread(target=self._write_rounds, name="sqlite-writer", daemon=True)
        self._thread.start()

    async def fetch(self, text: str, values: Sequence[Any], priority: Priority) -> Answer:  # noqa: ARG002 one pool for all
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._pool, self._read, text, values)

    def _read(self, text: str, values: Sequence[Any]) -> Answer:
        connection = self._readers.get()
        try:
            cursor = connection.execute(text, values)
            return [column[0] for column in cursor.description], cursor.fetchall()
        finally:
            self._readers.put(connection)

    async def apply(self, writes: Writes, priority: Priority) -> list[Answer]:
        loop = asyncio.get_running_loop()
        job = _Job(writes, loop.create_future(), loop)
        with self._wake:
            if self._closing:
                raise Unavailable("the database is closed")
            self._jobs[priority].append(job)
            self._wake.notify()
        return await job.done

    async def sample_time(self) -> Any:
        return machine_time()

    async def close(self) -> None:
        with self._wake:
            self._closing = True
            self._wake.notify()
        await asyncio.get_running_loop().run_in_executor(None, self._thread.join)
        self._pool.shutdown(wait=True)
        while not self._readers.empty():
            self._readers.get().close()
        self._writer.close()

    def _take(self, *, wait: bool) -> _Job | None:
        with self._wake:
            while True:
                for priority in Priority:
                    if self._jobs[priority]:
                        return self._jobs[priority].popleft()
                if not wait or self._closing:
                    return None
                self._wake.wait()

    def _write_rounds(self) -> None:
        while (job := self._take(wait=True)) is not None:
            self._tell(self._write_round(job))

    def _write_round(self, first: _Job) -> list[_Job]:
        """As many jobs as fit the round, each in a savepoint of its own, under one COMMIT."""
        jobs: list[_Job] = []
        job: _Job | None = first
        end = time.monotonic() + ROUND_S
        try:
            self._writer.execute("BEGIN IMMEDIATE")
            while job is not None:
                jobs.append(job)
                self._write_job(job)
                job = self._take(wait=False) if time.monotonic() < end else None
            self._writer.execute("COMMIT")
        except sqlite3.Error as error:
            if first not in jobs:
                jobs.append(first)
            with contextlib.suppress(sqlite3.Error):
                self._writer.execute("ROLLBACK")
            for each in jobs:
                each.error = each.error or Unavailable(f"the database refused: {error}")
        return jobs

    def _write_job(self, job: _Job) -> None:
        self._writer.execute("SAVEPOINT job")
        try:
            job.answers = [_execute(self._writer, write) for write in job.writes]
        except sqlite3.IntegrityError as error:
            job.error = Stale(str(error)) if error.sqlite_errorcode in TAKEN else error
        except sqlite3.DatabaseError as error:
            if error.sqlite_errorcode & 0xFF in FATAL:
                raise
            job.error = error
        except Exception as error:
            job.error = error
        if job.error is not None:
            self._writer.execute("ROLLBACK TO job")
        self._writer.execute("RELEASE job")

    def _tell(self, jobs: list[_Job]) -> None:
        for loop, group in _by_loop(jobs):
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(_tell_all, group)


def _tell_all(jobs: list[_Job]) -> None:
    for job in jobs:
        job.tell()


def _by_loop(jobs: list[_Job]) -> Iterator[tuple[asyncio.AbstractEventLoop, list[_Job]]]:
    groups: dict[asyncio.AbstractEventLoop, list[_Job]] = {}
    for job in jobs:
        groups.setdefault(job.loop, []).append(job)
    yield from groups.items()


def _execute(connection: sqlite3.Connection, write: Write) -> Answer:
    if write.many is not None:
        compiled = [compile_statement(write.text, row, "sqlite") for row in write.many]
        cursor = connection.executemany(compiled[0][0], [values for _, values in compiled])
        return [], []
    text, values = compile_statement(write.text, write.args, "sqlite")
    cursor = connection.execute(text, values)
    if cursor.description is not None:
        rows = cursor.fetchall()
        _expect(write, len(rows))
        return [column[0] for column in cursor.description], rows
    _expect(write, cursor.rowcount)
    return [], []


def _expect(write: Write, count: int) -> None:
    if write.expect is not None and count != write.expect:
        raise Stale(f"{count} rows instead of {write.expect}: {write.text}")
