"""PostgreSQL: a pool of connections, one transaction per `apply`."""

import asyncio
from collections.abc import Sequence
from typing import Any

import asyncpg

from server.kernel.clock import from_us
from server.kernel.database.statements import Priority, Write, Writes, compile_statement
from server.kernel.errors import Stale, Unavailable

Answer = tuple[list[str], list[tuple[Any, ...]]]
POOL = 10
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
    """n processes may share one database."""

    dialect = "postgres"

    def __init__(self, pool: "asyncpg.Pool[asyncpg.Record]") -> None:
        self._pool = pool

    @classmethod
    async def open(cls, url: str) -> "PostgresStore":
        try:
            pool = await asyncpg.create_pool(url, min_size=1, max_size=POOL, command_timeout=30)
        except _GONE as error:
            raise Unavailable(f"PostgreSQL can't be reached: {error}") from error
        return cls(pool)

    async def fetch(self, text: str, values: Sequence[Any]) -> Answer:
        try:
            rows = await self._pool.fetch(text, *values)
        except _GONE as error:
            raise Unavailable(f"PostgreSQL can't be reached: {error}") from error
        return _answer(rows)

    async def apply(self, writes: Writes, priority: Priority) -> list[Answer]:  # noqa: ARG002 one pool for all
        for attempt in range(1, SERIALIZATION_TRIES + 1):
            try:
                async with self._pool.acquire() as connection, connection.transaction():
                    return [await _execute(connection, write) for write in writes]
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
        _, rows = await self.fetch("SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS bigint)", ())
        return from_us(rows[0][0])

    async def close(self) -> None:
        await self._pool.close()


async def _execute(connection: Any, write: Write) -> Answer:
    if write.many is not None:
        compiled = [compile_statement(write.text, row, "postgres") for row in write.many]
        await connection.executemany(compiled[0][0], [values for _, values in compiled])
        return [], []
    text, values = compile_statement(write.text, write.args, "postgres")
    if " RETURNING " in text:
        rows = await connection.fetch(text, *values)
        _expect(write, len(rows))
        return _answer(rows)
    status: str = await connection.execute(text, *values)
    _expect(write, int(status.rsplit(" ", 1)[-1]))
    return [], []


def _answer(rows: Sequence[Any]) -> Answer:
    if not rows:
        return [], []
    return list(rows[0].keys()), [tuple(row) for row in rows]


def _expect(write: Write, count: int) -> None:
    if write.expect is not None and count != write.expect:
        raise Stale(f"{count} rows instead of {write.expect}: {write.text}")
