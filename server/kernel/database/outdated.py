"""Rows of the kernel that are older than what is kept, and how any room says which of its own are."""

from datetime import datetime
from typing import Protocol

from server.kernel.database import Database, Writes


class Forget(Protocol):
    """Deletes at most `limit` rows of one table that are older than `before`; says how many."""

    async def __call__(self, db: Database, writes: Writes, *, before: datetime, limit: int) -> int: ...


async def forget_answers(db: Database, writes: Writes, *, before: datetime, limit: int) -> int:
    """Delete answers that were kept for repeats; how many."""
    found = await db.values(
        "SELECT id FROM idempotency WHERE created_at < :before LIMIT :limit",
        before=before,
        limit=limit,
    )
    if found:
        writes.sql("DELETE FROM idempotency WHERE id IN :keys", keys=tuple(key for (key,) in found))
    return len(found)


async def forget_changes(db: Database, writes: Writes, *, before: datetime, limit: int) -> int:
    """Delete what live windows have seen; how many."""
    found = await db.values(
        "SELECT seq FROM change WHERE changed_at < :before ORDER BY seq LIMIT :limit",
        before=before,
        limit=limit,
    )
    if found:
        writes.sql("DELETE FROM change WHERE seq IN :keys", keys=tuple(key for (key,) in found))
    return len(found)


async def forget_attempts(db: Database, writes: Writes, *, before: datetime, limit: int) -> int:
    """Delete counts of attempts that are over; how many."""
    found = await db.values(
        "SELECT key FROM attempt WHERE forgotten_at < :before LIMIT :limit",
        before=before,
        limit=limit,
    )
    if found:
        writes.sql("DELETE FROM attempt WHERE key IN :keys", keys=tuple(key for (key,) in found))
    return len(found)
