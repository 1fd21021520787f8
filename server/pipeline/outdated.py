"""Events that are older than what is kept."""

from datetime import datetime

from server.kernel.database import Database, Writes


async def forget_events(db: Database, writes: Writes, *, before: datetime, limit: int) -> int:
    """Delete the oldest that were worked through; how many."""
    found = await db.values(
        "SELECT id FROM event WHERE parsed_at IS NOT NULL AND received_at < :before ORDER BY received_at LIMIT :limit",
        before=before,
        limit=limit,
    )
    if found:
        writes.sql("DELETE FROM event WHERE id IN :keys", keys=tuple(key for (key,) in found))
    return len(found)
