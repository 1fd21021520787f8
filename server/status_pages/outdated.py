"""Addresses that somebody entered and nobody confirmed, and letters of long ago."""

from datetime import datetime, timedelta
from typing import Final

from server.kernel.database import Database, Writes

LETTERS_KEPT: Final = timedelta(days=90)
UNCONFIRMED_KEPT: Final = timedelta(days=2)
"""A day in which the link is good, and one more for who comes late."""


async def forget_unconfirmed(db: Database, writes: Writes, *, before: datetime, limit: int) -> int:
    """Delete subscribers that were asked before and never answered; how many."""
    found = await db.values(
        "SELECT id FROM status_subscriber WHERE confirmed_at IS NULL AND asked_at < :before LIMIT :limit",
        before=before,
        limit=limit,
    )
    if found:
        writes.sql(
            "DELETE FROM status_subscriber WHERE confirmed_at IS NULL AND id IN :keys",
            keys=tuple(key for (key,) in found),
        )
    return len(found)


async def forget_letters(db: Database, writes: Writes, *, before: datetime, limit: int) -> int:
    """Delete what became of letters that were made before; how many."""
    found = await db.values(
        "SELECT id FROM status_letter WHERE made_at < :before LIMIT :limit", before=before, limit=limit
    )
    if found:
        writes.sql("DELETE FROM status_letter WHERE id IN :keys", keys=tuple(key for (key,) in found))
    return len(found)
