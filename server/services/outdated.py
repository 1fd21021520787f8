"""Changes that services reported, older than what is kept."""

from datetime import datetime

from server.kernel.database import Database, Writes


async def forget_service_changes(db: Database, writes: Writes, *, before: datetime, limit: int) -> int:
    """Delete the oldest; how many."""
    found = await db.values(
        "SELECT id FROM service_change WHERE received_at < :before ORDER BY received_at LIMIT :limit",
        before=before,
        limit=limit,
    )
    if found:
        writes.sql("DELETE FROM service_change WHERE id IN :keys", keys=tuple(key for (key,) in found))
    return len(found)
