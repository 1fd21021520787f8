"""Fresh, migrated databases for tests, on either engine."""

import asyncio
import itertools
from pathlib import Path

import asyncpg

from server.kernel.settings import Settings
from server.tables.migrate import engine_for, migrate

SECRET = "a secret key that only tests know, long enough"
_count = itertools.count()


def sqlite_settings(folder: Path) -> Settings:
    """Settings of a fresh SQLite file in the folder."""
    return Settings(database_url=f"sqlite:///{folder / 'dogwatch.sqlite'}", secret_key=SECRET)


async def postgres_settings(server_url: str) -> Settings:
    """Settings of a fresh PostgreSQL database, copied from a migrated template."""
    await _make_template(server_url)
    name = f"test_{next(_count)}"
    connection = await asyncpg.connect(server_url.format(name="postgres"))
    try:
        await connection.execute(f'CREATE DATABASE "{name}" TEMPLATE dogwatch_template')
    finally:
        await connection.close()
    return Settings(database_url=server_url.format(name=name), secret_key=SECRET)


async def _make_template(server_url: str) -> None:
    connection = await asyncpg.connect(server_url.format(name="postgres"))
    try:
        if await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = 'dogwatch_template'"):
            return
        await connection.execute("CREATE DATABASE dogwatch_template")
    finally:
        await connection.close()
    settings = Settings(database_url=server_url.format(name="dogwatch_template"), secret_key=SECRET)
    await migrate(settings)
    await asyncio.sleep(0)


__all__ = ["engine_for", "migrate", "postgres_settings", "sqlite_settings"]
