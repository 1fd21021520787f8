"""Bring a database to this version's schema: one line of migrations on SQLite and PostgreSQL."""

import contextlib
import fcntl
import importlib
import io
import os
import shutil
import sqlite3
from collections.abc import AsyncGenerator, Generator
from pathlib import Path
from typing import Any

import asyncpg
from piccolo.apps.migrations.commands.forwards import run_forwards
from piccolo.apps.migrations.tables import Migration
from piccolo.engine.base import Engine
from piccolo.engine.postgres import PostgresEngine
from piccolo.engine.sqlite import SQLiteEngine
from piccolo.table import Table

from server.kernel.database.schema import bind
from server.kernel.private_files import make_private
from server.kernel.settings import Settings
from server.tables.piccolo_app import APP_CONFIG

CONF = "server.piccolo_conf"
LOCK = 0x_D096_A7C4


class SchemaMismatch(Exception):
    """The database has another version's schema."""


def engine_for(settings: Settings) -> Engine[Any]:
    """Piccolo's engine of the database that the settings name."""
    if settings.is_sqlite:
        return SQLiteEngine(path=str(settings.sqlite_path))
    return PostgresEngine(config={"dsn": settings.database_url})


def bind_tables(engine: Engine[Any]) -> None:
    """Let queries be built for this engine's dialect."""
    for table in (*APP_CONFIG.table_classes, Migration):
        bind(table, engine)


async def migrate(settings: Settings) -> None:
    """Run what is missing, one process at a time; SQLite files are copied first."""
    if settings.is_sqlite:
        settings.sqlite_path.parent.mkdir(parents=True, exist_ok=True)
        make_private(settings.sqlite_path)
        with _file_lock(settings.sqlite_path):
            if await pending(settings):
                _back_up(settings.sqlite_path)
                await _forwards(settings)
    else:
        async with _advisory_lock(settings.database_url):
            if await pending(settings):
                await _forwards(settings)


async def pending(settings: Settings) -> list[str]:
    """Names of the migrations that the database lacks.

    Raises SchemaMismatch when it was made by others than these: there is no way from there, and nothing is touched.
    """
    done, known = await _done(settings), _known()
    if done - set(known):
        instead = "RESET=1 starts over" if settings.demo else "take another DATABASE_URL"
        raise SchemaMismatch(f"the database was made by a version before 0.1 or by a later one; {instead}")
    return [name for name in known if name not in done]


async def require_current(settings: Settings) -> None:
    """Raises SchemaMismatch unless the database is at this version."""
    if missing := await pending(settings):
        raise SchemaMismatch(f"{len(missing)} migrations are missing; run: dogwatch migrate")


def _known() -> list[str]:
    return sorted(path.stem for path in Path(APP_CONFIG.migrations_folder_path).glob("dogwatch_*.py"))


async def _done(settings: Settings) -> set[str]:
    if settings.is_sqlite:
        if not settings.sqlite_path.exists():
            return set()
        with contextlib.closing(sqlite3.connect(settings.sqlite_path)) as connection:
            try:
                return {_file_name(row[0]) for row in connection.execute("SELECT name FROM migration")}
            except sqlite3.OperationalError:
                return set()
    connection = await asyncpg.connect(settings.database_url)
    try:
        return {_file_name(row["name"]) for row in await connection.fetch("SELECT name FROM migration")}
    except asyncpg.UndefinedTableError:
        return set()
    finally:
        await connection.close()


def _file_name(migration_id: str) -> str:
    """Piccolo records 2026-11-21T08:00:00:000000 for the file dogwatch_2026_11_21t08_00_00_000000."""
    return "dogwatch_" + migration_id.replace("-", "_").replace(":", "_").lower()


async def _forwards(settings: Settings) -> None:
    os.environ["PICCOLO_CONF"] = CONF
    engine = engine_for(settings)
    vars(importlib.import_module(CONF))["DB"] = engine
    bind_tables(engine)
    told = io.StringIO()
    with contextlib.redirect_stdout(told):
        result = await run_forwards("dogwatch")
    if not result.success:
        raise RuntimeError(f"migration failed: {result.message}\n{told.getvalue()}")


@contextlib.contextmanager
def _file_lock(path: Path) -> Generator[None]:
    lock = path.with_name(path.name + ".lock")
    make_private(lock)
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextlib.asynccontextmanager
async def _advisory_lock(url: str) -> AsyncGenerator[None]:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute("SELECT pg_advisory_lock($1)", LOCK)
        yield
    finally:
        await connection.close()


def _back_up(path: Path) -> None:
    if path.exists() and path.stat().st_size:
        with contextlib.closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        copy = path.with_name(path.name + ".before-migration")
        make_private(copy)
        shutil.copyfile(path, copy)


def tables() -> list[type[Table]]:
    """Every table there is."""
    return list(APP_CONFIG.table_classes)
