"""The database: typed reads, and `apply`, the only commit there is."""

import copy
import os
import sqlite3
from collections.abc import Callable, Iterable
from typing import Any, Protocol, Self, TypeVar

import asyncpg
from msgspec import Struct
from piccolo.query.base import Query

from server.kernel.clock import SampledClock
from server.kernel.database.postgres import PostgresStore
from server.kernel.database.queries import bound, delete, living, one_of, reading, select
from server.kernel.database.remote_writes import RemoteStore, Taker
from server.kernel.database.rows import columns_of, make_structs
from server.kernel.database.sqlite import SqliteStore
from server.kernel.database.sqlite_readers import StillStore
from server.kernel.database.statements import Dialect, Priority, Write, Writes, compile_statement, look_by_key
from server.kernel.errors import Stale
from server.kernel.ipc import Client, Handler
from server.kernel.settings import Settings

__all__ = [
    "DRIVER_ERRORS",
    "Database",
    "Dialect",
    "Priority",
    "Stale",
    "Write",
    "Writes",
    "columns_of",
    "delete",
    "living",
    "one_of",
    "open_database",
    "open_to_read",
    "select",
]

T = TypeVar("T", bound=Struct)
FIELDS = "<fields>"
DRIVER_ERRORS = (sqlite3.Error, asyncpg.PostgresError, asyncpg.InterfaceError)
"""What the drivers raise, for whoever must say that the database can't be used."""
Answer = tuple[list[str], list[tuple[Any, ...]]]


class Store(Protocol):
    """One engine."""

    @property
    def dialect(self) -> Dialect: ...
    async def fetch(self, text: str, values: list[Any], priority: Priority) -> Answer: ...
    async def apply(self, writes: Writes, priority: Priority) -> list[Answer]: ...
    async def sample_time(self) -> Any: ...
    async def close(self) -> None: ...


class Database:
    """Reads on pooled connections; writes only through `apply`. What says no other priority is paging's."""

    def __init__(self, store: Any) -> None:
        self._store: Store = store
        self._hurry: list[Callable[[], None]] = []
        self._after_commit: list[Callable[[], None]] = []
        self.priority = Priority.PAGE

    def at(self, priority: Priority) -> Self:
        """The same database for somebody whose work goes first, or waits."""
        view = copy.copy(self)
        view.priority = priority
        return view

    @property
    def dialect(self) -> Dialect:
        return self._store.dialect

    async def rows(self, into: type[T], statement: str | Query[Any, Any], /, **args: Any) -> list[T]:
        """Every row as a struct; `<fields>` in a statement stands for its fields, and so does a bare `select()`."""
        if isinstance(statement, str):
            statement = statement.replace(FIELDS, columns_of(into))
        else:
            statement, args = bound(reading(into, statement))
        columns, rows = await self._fetch(statement, args)
        return make_structs(into, columns, rows)

    async def rows_by_key(self, into: type[T], statement: str, each: Iterable[str], /, **args: Any) -> list[T]:
        """Every row as a struct, of a SELECT with `column IN :each`: many looks by key, never one at all rows."""
        keys = tuple(dict.fromkeys(each))
        return await self.rows(into, look_by_key(statement, self.dialect), each=keys, **args)

    async def row(self, into: type[T], statement: str | Query[Any, Any], /, **args: Any) -> T | None:
        """The first row as a struct."""
        found = await self.rows(into, statement, **args)
        return found[0] if found else None

    async def values(self, statement: str | Query[Any, Any], /, **args: Any) -> list[tuple[Any, ...]]:
        """Rows as plain tuples, instants still in microseconds."""
        if not isinstance(statement, str):
            statement, args = bound(statement)
        return (await self._fetch(statement, args))[1]

    async def value(self, statement: str | Query[Any, Any], /, **args: Any) -> Any:
        """The first column of the first row, or None."""
        rows = await self.values(statement, **args)
        return rows[0][0] if rows else None

    async def _fetch(self, statement: str, args: dict[str, Any]) -> Answer:
        text, values = compile_statement(statement, args, self.dialect)
        return await self._store.fetch(text, values, self.priority)

    async def apply(self, writes: Writes, priority: Priority | None = None) -> list[Answer]:
        """Commit all of it or nothing; on return it is on disk. Without a priority it is this view's.

        Raises Stale when a guard missed, Unavailable when the store can't take it.
        """
        if not writes:
            return []
        answers = await self._store.apply(writes, self.priority if priority is None else priority)
        if writes.hurries:
            for call in self._after_commit:
                call()
            self.hurry()
        return answers

    def on_commit(self, call: Callable[[], None]) -> None:
        """Call `call` after each commit of this process that armed due work, so that others hear of it."""
        self._after_commit.append(call)

    def on_hurry(self, hurry: Callable[[], None]) -> None:
        """Call `hurry` after each commit that armed due work, here or in another process."""
        self._hurry.append(hurry)

    def hurry(self) -> None:
        """Somebody committed what sleepers should look at now."""
        for hurry in self._hurry:
            hurry()

    def hear_others(self) -> None:
        """From now on commits of other processes hurry this one too, where nothing else tells of them."""
        if isinstance(self._store, PostgresStore):
            self._store.listener.start(self.hurry)

    def takes_writes(self, hurry: Callable[[], None]) -> Handler | None:
        """Takes what processes beside this one hand over to be committed; None where they commit by themselves."""
        return Taker(self._store, hurry).take if isinstance(self._store, SqliteStore) else None

    async def clock(self) -> SampledClock:
        return SampledClock(await self._store.sample_time())

    async def resample(self, clock: SampledClock) -> None:
        clock.resample(await self._store.sample_time())

    async def close(self) -> None:
        await self._store.close()


async def open_database(settings: Settings, *, writer: Client | None = None) -> Database:
    """The database that the settings name; its schema is not looked at.

    With a `writer`, SQLite's file is only read here, and what is to be committed goes to the process that it leads to.
    """
    if not settings.is_sqlite:
        return Database(await PostgresStore.open(settings.database_url))
    if writer is not None:
        return Database(RemoteStore(settings.sqlite_path, writer))
    settings.sqlite_path.parent.mkdir(parents=True, exist_ok=True)
    return Database(SqliteStore(settings.sqlite_path))


async def open_to_read(settings: Settings) -> Database:
    """For whoever only reads: also where SQLite's folder can't be written."""
    if settings.is_sqlite and not os.access(settings.sqlite_path.parent, os.W_OK):
        return Database(StillStore(settings.sqlite_path))
    return await open_database(settings)
