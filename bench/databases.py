"""Databases to fill and ask in this process, on either engine."""

import contextlib
import tempfile
from collections.abc import AsyncIterator, Iterable
from pathlib import Path

from server.kernel.database import Database, open_database
from server.kernel.settings import Settings
from server.tables.migrate import bind_tables, engine_for, migrate
from tests.kit.postgres import AS_INSTALLED, postgres_server
from tests.kit.stores import postgres_settings


async def opened(engines: Iterable[str]) -> AsyncIterator[tuple[str, Database]]:
    """A fresh one for each engine, gone when the next is asked for."""
    for engine in engines:
        with tempfile.TemporaryDirectory(prefix="dogwatch-bench-") as folder, contextlib.ExitStack() as stack:
            if engine == "postgres":
                settings = await postgres_settings(stack.enter_context(postgres_server(AS_INSTALLED)))
            else:
                settings = Settings(database_url=f"sqlite:///{Path(folder) / 'bench.sqlite'}")
                bind_tables(engine_for(settings))
                await migrate(settings)
            db = await open_database(settings)
            try:
                yield engine, db
            finally:
                await db.close()


async def as_after_a_minute(db: Database) -> None:
    """What PostgreSQL's daemon and `words.tidy` have done by then."""
    if db.dialect == "postgres":
        await db.value("ANALYZE")
        await db.value("SELECT gin_clean_pending_list('alert_by_words')")
