"""SQLite: one writer thread whose rounds end in one COMMIT, beside pooled readers."""

import asyncio
import contextlib
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from server.kernel.clock import machine_time
from server.kernel.database.sqlite_readers import BUSY_MS, Answer, Readers, connect
from server.kernel.database.statements import Priority, Statement, Writes, compile_write, expect_rows
from server.kernel.errors import Stale, Unavailable

ROUND_S = 0.020
FATAL = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_READONLY)
TAKEN = (sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY)
"""Somebody else was first. Whatever else a constraint forbids is a bug of ours, as on PostgreSQL."""
LONG_LOG_BYTES = 32 * 1024 * 1024
"""A write-ahead log of this size is put away when it can be: readers that never pause keep it from starting over."""
AWAY_WITHIN_MS = 150
LOOKED_AT_EACH = 64
OnOutcome = Callable[[list[Answer] | Exception], None]


@dataclass(slots=True)
class _Job:
    """Statements are made by the writer, so that nobody's loop waits for it; `told` is called on `loop`."""

    statements: Iterable[Statement]
    loop: asyncio.AbstractEventLoop
    told: OnOutcome
    answers: list[Answer] | None = None
    error: Exception | None = None

    def hand_back(self) -> None:
        self.told(self.error if self.error is not None else self.answers or [])


class SqliteStore:
    """One file, one process that writes."""

    dialect = "sqlite"

    def __init__(self, path: Path) -> None:
        self.path = path
        self._writer = connect(path)
        self._readers = Readers(lambda: connect(path, read_only=True))
        self._log = path.with_name(path.name + "-wal")
        self._rounds = 0
        self._jobs: dict[Priority, deque[_Job]] = {priority: deque() for priority in Priority}
        self._wake = threading.Condition()
        self._closing = False
        self._thread = threading.Thread(target=self._write_rounds, name="sqlite-writer", daemon=True)
        self._thread.start()

    async def fetch(self, text: str, values: Sequence[Any], priority: Priority) -> Answer:  # noqa: ARG002 one pool for all
        return await self._readers.fetch(text, values)

    async def apply(self, writes: Writes, priority: Priority) -> list[Answer]:
        done: asyncio.Future[list[Answer]] = asyncio.get_running_loop().create_future()
        self.queue((compile_write(write, "sqlite") for write in writes), priority, partial(_settle, done))
        return await done

    def queue(self, statements: Iterable[Statement], priority: Priority, told: OnOutcome) -> None:
        """Commit them all or none, and call `told` on the running loop; raises Unavailable once closed."""
        job = _Job(statements, asyncio.get_running_loop(), told)
        with self._wake:
            if self._closing:
                raise Unavailable("the database is closed")
            self._jobs[priority].append(job)
            self._wake.notify()

    async def sample_time(self) -> Any:
        return machine_time()

    async def close(self) -> None:
        with self._wake:
            self._closing = True
            self._wake.notify()
        await asyncio.get_running_loop().run_in_executor(None, self._thread.join)
        self._readers.close()
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
            self._hand_back(self._write_round(job))
            self._rounds += 1
            if self._rounds % LOOKED_AT_EACH == 0:
                self._put_log_away()

    def _put_log_away(self) -> None:
        with contextlib.suppress(OSError, sqlite3.Error):
            if self._log.stat().st_size > LONG_LOG_BYTES:
                self._writer.execute(f"PRAGMA busy_timeout={AWAY_WITHIN_MS}")
                self._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
                self._writer.execute(f"PRAGMA busy_timeout={BUSY_MS}")

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
            job.answers = [_execute(self._writer, statement) for statement in job.statements]
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

    def _hand_back(self, jobs: list[_Job]) -> None:
        for loop, group in _by_loop(jobs):
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(_hand_back_all, group)


def _hand_back_all(jobs: list[_Job]) -> None:
    for job in jobs:
        job.hand_back()


def _by_loop(jobs: list[_Job]) -> Iterator[tuple[asyncio.AbstractEventLoop, list[_Job]]]:
    groups: dict[asyncio.AbstractEventLoop, list[_Job]] = {}
    for job in jobs:
        groups.setdefault(job.loop, []).append(job)
    yield from groups.items()


def _settle(done: asyncio.Future[list[Answer]], told: list[Answer] | Exception) -> None:
    if done.done():
        return
    if isinstance(told, Exception):
        done.set_exception(told)
    else:
        done.set_result(told)


def _execute(connection: sqlite3.Connection, statement: Statement) -> Answer:
    if statement.is_many:
        expect_rows(statement, connection.executemany(statement.text, statement.values).rowcount)
        return [], []
    cursor = connection.execute(statement.text, statement.values)
    if cursor.description is not None:
        rows = cursor.fetchall()
        expect_rows(statement, len(rows))
        return [column[0] for column in cursor.description], rows
    expect_rows(statement, cursor.rowcount)
    return [], []
