"""What was announced of shifts, and no longer matters."""

from datetime import datetime

from server.kernel.database import Database, Writes


async def forget_shift_changes(db: Database, writes: Writes, *, before: datetime, limit: int) -> int:
    """Delete what was made before; how many."""
    found = await db.values(
        "SELECT id FROM shift_change WHERE made_at < :before LIMIT :limit",
        before=before,
        limit=limit,
    )
    if found:
        writes.sql("DELETE FROM shift_change WHERE id IN :keys", keys=tuple(key for (key,) in found))
    return len(found)


async def forget_shift_notices(db: Database, writes: Writes, *, before: datetime, limit: int) -> int:
    """Delete what was sent before; how many."""
    found = await db.values(
        "SELECT id FROM shift_notice WHERE sent_at < :before LIMIT :limit",
        before=before,
        limit=limit,
    )
    if found:
        writes.sql("DELETE FROM shift_notice WHERE id IN :keys", keys=tuple(key for (key,) in found))
    return len(found)
