"""The first migration makes what the tables declare, on both engines."""

import re
import sqlite3
from typing import Any

import asyncpg
import pytest

from server.kernel.settings import Settings
from server.tables.baseline import read
from server.tables.migrate import SchemaMismatch, migrate, tables

COLUMNS = (
    "SELECT table_name, column_name, data_type, character_maximum_length, is_nullable, column_default"
    " FROM information_schema.columns WHERE table_schema = $1 ORDER BY table_name, column_name"
)
KEYS = "SELECT table_name, column_name FROM information_schema.key_column_usage WHERE table_schema = $1 ORDER BY 1, 2"
NO_DEFAULT = re.compile(r"NULL(::[a-z ]+)?")
OF_ONE_FILE = """-- Words.

CREATE TABLE a (
    n SERIAL
);
CREATE INDEX b ON a (n);

-- SQLite
CREATE c BEGIN
    x;
    y; END;
"""


def declared() -> list[str]:
    """The statements by which Piccolo would make the tables, for the engine that they are bound to."""
    return [text for table in tables() for text in table.create_table().ddl]


def on_sqlite(connection: sqlite3.Connection) -> set[tuple[Any, ...]]:
    """(table, column, type, not null, default, key) of all columns."""
    text = (
        "SELECT ours.name, of.name, of.type, of.\"notnull\", NULLIF(LOWER(of.dflt_value), 'null'), of.pk"
        " FROM sqlite_master AS ours, pragma_table_info(ours.name) AS of WHERE ours.type = 'table'"
        " AND ours.name NOT LIKE 'alert_words%' AND ours.name NOT IN ('migration', 'sqlite_sequence')"
    )
    return set(connection.execute(text))


async def on_postgres(connection: "asyncpg.Connection[asyncpg.Record]", schema: str) -> set[tuple[Any, ...]]:
    """(table, column, type, length, may be null, default) of all columns, and (table, key)."""
    columns = {
        (*rest, None if default is None or NO_DEFAULT.fullmatch(default) else default.replace(f"{schema}.", ""))
        for *rest, default in await connection.fetch(COLUMNS, schema)
    }
    found = columns | {tuple(row) for row in await connection.fetch(KEYS, schema)}
    return {each for each in found if each[0] != "migration"}


@pytest.mark.store
async def test_the_baseline_makes_just_the_tables_that_are_declared(engine: str, settings: Settings) -> None:
    if engine == "sqlite":
        made, wanted = sqlite3.connect(settings.sqlite_path), sqlite3.connect(":memory:")
        for text in declared():
            wanted.execute(text)
        assert on_sqlite(made) ^ on_sqlite(wanted) == set()
        made.close()
        wanted.close()
        return
    connection = await asyncpg.connect(settings.database_url)
    await connection.execute("CREATE SCHEMA declared")
    await connection.execute("SET search_path TO declared")
    for text in declared():
        await connection.execute(text)
    assert await on_postgres(connection, "public") ^ await on_postgres(connection, "declared") == set()
    await connection.close()


@pytest.mark.store
async def test_what_an_older_line_of_migrations_made_is_refused_in_words(settings: Settings) -> None:
    """Its rows stay as they are."""
    if settings.is_sqlite:
        with sqlite3.connect(settings.sqlite_path) as file:
            file.execute("UPDATE migration SET name = '2026-11-21T07:13:00:000000'")
    else:
        connection = await asyncpg.connect(settings.database_url)
        await connection.execute("UPDATE migration SET name = '2026-11-21T07:13:00:000000'")
        await connection.close()
    with pytest.raises(SchemaMismatch, match=r"before 0\.1"):
        await migrate(settings)


def test_statements_end_where_the_next_one_begins() -> None:
    assert read(OF_ONE_FILE, "sqlite") == [
        "CREATE TABLE a (\n    n INTEGER PRIMARY KEY NOT NULL\n)",
        "CREATE INDEX b ON a (n)",
        "CREATE c BEGIN\n    x;\n    y; END",
    ]
    assert read(OF_ONE_FILE, "postgres") == [
        "CREATE TABLE a (\n    n BIGSERIAL PRIMARY KEY\n)",
        "CREATE INDEX b ON a (n)",
    ]
