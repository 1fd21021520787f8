"""Revisions that caches and decisions watch: rows of `counter` that only grow, made when they are first touched."""

from collections.abc import Sequence

from server.kernel.database import Database, Writes

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
