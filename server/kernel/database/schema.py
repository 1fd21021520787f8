"""What Piccolo knows of a table but has no public name for."""

from typing import Any

from piccolo.engine.base import Engine
from piccolo.table import Table


def name_of(table: type[Table]) -> str:
    """As the database spells it."""
    return table._meta.tablename  # pyright: ignore[reportPrivateUsage] Piccolo has no other way


def bind(table: type[Table], engine: Engine[Any]) -> None:
    """Build the table's queries in this engine's dialect."""
    table._meta._db = engine  # pyright: ignore[reportPrivateUsage] Piccolo has no other way
