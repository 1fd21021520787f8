"""What Piccolo knows of a table but has no public name for."""

from typing import Any, Literal, cast

from piccolo.engine.base import Engine
from piccolo.table import Table

Dialect = Literal["sqlite", "postgres"]


def name_of(table: type[Table]) -> str:
    """As the database spells it."""
    return table._meta.tablename  # pyright: ignore[reportPrivateUsage] Piccolo has no other way


def bind(table: type[Table], engine: Engine[Any]) -> None:
    """Build the table's queries in this engine's dialect."""
    table._meta._db = engine  # pyright: ignore[reportPrivateUsage] Piccolo has no other way


def dialect_of(table: type[Table]) -> Dialect:
    """Of the engine that the table is bound to."""
    engine = cast("Engine[Any]", table._meta.db)  # pyright: ignore[reportPrivateUsage] Piccolo has no other way
    return cast(Dialect, engine.engine_type)
