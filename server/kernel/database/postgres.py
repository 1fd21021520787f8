"""PostgreSQL: a pool of connections, one transaction per `apply`."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Sequence
from typing import Any

import asyncpg

from server.kernel.clock import from_us
from server.kernel.database.postgres_commits import NOTIFY, CommitListener
from server.kernel.database.statements import Priority, Statement, Writes, compile_write, expect_rows
from server.kernel.errors import Stale, Unavailable

Answer = tuple[list[str], list[tuple[Any, ...]]]
POOL = 10
ROOM_FOR_PAGES = 3
ROOM_BESIDE_BULK = 8
"""Connections that bulk work leaves to others; what is no page's leaves three to pages."""
SERIALIZATION_TRIES = 5
_GONE = (
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.InterfaceError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.DiskFullError,
    asyncpg.TooManyConnectionsError,
    OSError,
    TimeoutError,
)


class PostgresStore:
    """n processes may share one database; each hears of the others' commits that hurry."""

    dialect = "postgres"

    def __init__(self, pool: "asyncpg.Pool[asyncpg.Record]", listener: CommitListener) -> None:
        self._pool, self.listener = pool, listener
        self._below_pages = asyncio.Semaphore(POOL - ROOM_FOR_PAGES)
        self._bulk = asyncio.Semaphore(POOL - ROOM_BESIDE_BULK)

    @classmethod
    async def open(cls, url: str) -> "PostgresStore":
        try:
            listener = CommitListener(url)
            pool = await asyncpg.create_pool(
                url, min_size=1, max_size=POOL, command_timeout=30, init=listener.know, reset=_as_it_is
            )
        except _GONE as error:
            raise Unavailable(f"PostgreSQL can't be reached: {error}") from error
        return cls(pool, listener)

    @contextlib.asynccontextmanager
    async def _connection(self, priority: Priority) -> AsyncGenerator[Any]:
        """One of the pool; whoever is no page waits for the share of their own kind first."""
        async with contextlib.AsyncExitStack() as held:
            if priority == Priority.BULK:
                await held.enter_async_context(self._bulk)
            if priority != Priority.PAGE:
                await held.enter_async_context(self._below_pages)
            yield await held.enter_async_context(self._pool.acquire())

    async def fetch(self, text: str, values: Sequence[Any], priority: Priority) -> Answer:
        try:
            async with self._connection(priority) as connection:
                rows = await connection.fetch(text, *values)
        except _GONE as error:
            raise Unavailable(f"PostgreSQL can't be reached: {error}") from error
        return _answer(rows)

    async def apply(self, writes: Writes, priority: Priority) -> list[Answer]:
        for attempt in range(1, SERIALIZATION_TRIES + 1):
            try:
                async with self._connection(priority) as connection, connection.transaction():
                    answers = [await _execute(connection, compile_write(write, "postgres")) for write in writes]
                    if writes.hurries:
                        await connection.execute(NOTIFY)
                    return answers
            except asyncpg.UniqueViolationError as error:
                raise Stale(str(error)) from error
            except (asyncpg.SerializationError, asyncpg.DeadlockDetectedError) as error:
                if attempt == SERIALIZATION_TRIES:
                    raise Stale(str(error)) from error
                await asyncio.sleep(0.005 * 2**attempt)
            except _GONE as error:
                raise Unavailable(f"PostgreSQL can't be reached: {error}") from error
        raise AssertionError("unreachable")

    async def sample_time(self) -> Any:
        _, rows = await self.fetch(
            "SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS bigint)", (), Priority.PAGE
        )
        return from_us(rows[0][0])

    async def close(self) -> None:
        await self.listener.close()
        await self._pool.close()


async def _as_it_is(connection: object) -> None:
    """Nothing here changes what a session keeps, so putting it back would be a round trip after each statement."""
    del connection


async def _execute(connection: Any, statement: Statement) -> Answer:
    if statement.is_many:
        if statement.expect is None:
            await connection.executemany(statement.text, statement.values)
        else:
            expect_rows(statement, len(await connection.fetchmany(f"{statement.text} RETURNING 1", statement.values)))
        return [], []
    if " RETURNING " in statement.text:
        rows = await connection.fetch(statement.text, *statement.values)
        expect_rows(statement, len(rows))
        return _answer(rows)
    status: str = await connection.execute(statement.text, *statement.values)
    expect_rows(statement, int(status.rsplit(" ", 1)[-1]))
    return [], []


def _answer(rows: Sequence[Any]) -> Answer:
    if not rows:
        return [], []
    return list(rows[0].keys()), [tuple(row) for row in rows]
