"""Rows of `counter`: revisions that caches and decisions watch, made when first touched, and numbers that only grow."""

from collections.abc import Sequence
from typing import Any

from piccolo.table import Table

from server.kernel.database import Database, Writes
from server.kernel.database.schema import name_of

_SUM = "SELECT CAST(COALESCE(SUM(value), 0) AS bigint) FROM counter WHERE name IN :names"


async def revisions(db: Database, names: Sequence[str]) -> dict[str, int]:
    """Each by its name."""
    found = dict(await db.values("SELECT name, value FROM counter WHERE name IN :names", names=tuple(names)))
    return {name: found.get(name, 0) for name in names}


async def revision(db: Database, *names: str) -> int:
    """Moves whenever one of them does; 0 before any was touched."""
    return await db.value(_SUM, names=names)


def touch(writes: Writes, name: str) -> None:
    """Say that what the revision stands for has changed."""
    writes.sql(
        "INSERT INTO counter (name, value) VALUES (:name, 1)"
        " ON CONFLICT (name) DO UPDATE SET value = counter.value + 1",
        name=name,
    )


def touch_each(writes: Writes, prefix: str, table: type[Table], chosen: str, **args: Any) -> None:
    """The same for each row of a table whose id a query of ours finds: the names are `prefix` and the id."""
    writes.sql(
        "INSERT INTO counter (name, value)"  # noqa: S608 a table and a query of ours
        f" SELECT :prefix || id, 1 FROM {name_of(table)} WHERE id IN ({chosen})"
        " ON CONFLICT (name) DO UPDATE SET value = counter.value + 1",
        prefix=prefix,
        **args,
    )


def expect(writes: Writes, name: str, value: int) -> None:
    """On the condition that the revision is still `value`."""
    writes.sql(
        "INSERT INTO counter (name, value) VALUES (:name, :value)"
        " ON CONFLICT (name) DO UPDATE SET value = counter.value WHERE counter.value = excluded.value",
        expect=1,
        name=name,
        value=value,
    )


def keep(writes: Writes, name: str, value: int) -> None:
    """Remember a number under a name."""
    writes.sql(
        "INSERT INTO counter (name, value) VALUES (:name, :value)"
        " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        name=name,
        value=value,
    )


def begin(writes: Writes, name: str) -> None:
    """Count the first, and only, time; whoever is second is Stale."""
    writes.sql("INSERT INTO counter (name, value) VALUES (:name, 1)", name=name)


def begin_range(writes: Writes, prefix: str, id: str, *, spacing: int) -> None:
    """Let a row of its own count from a multiple of `spacing`, behind all rows with this prefix; once."""
    writes.sql(
        "INSERT INTO counter (name, value) SELECT :name, :spacing * (1 + (SELECT COUNT(*) FROM counter"
        " WHERE name LIKE :family)) WHERE TRUE ON CONFLICT (name) DO NOTHING",
        name=f"{prefix}{id}",
        family=f"{prefix}%",
        spacing=spacing,
    )


def draw_from(writes: Writes, named: str, count: int, **args: Any) -> None:
    """Draw so many numbers from the row whose name an expression of ours gives; the last is its value from then on."""
    text = f"UPDATE counter SET value = value + :count WHERE name = {named}"  # noqa: S608 an expression of ours
    writes.sql(text, expect=1, count=count, **args)


def one_after_the_other(writes: Writes, name: str, condition: str, **args: Any) -> None:
    """Wait for whoever writes under this name, then only go on while a condition of ours holds; the row is there."""
    writes.sql("UPDATE counter SET value = value + 1 WHERE name = :name", expect=1, name=name)
    text = f"UPDATE counter SET value = value WHERE name = :name AND {condition}"  # noqa: S608 a condition of ours
    writes.sql(text, expect=1, name=name, **args)
