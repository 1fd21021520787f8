"""Alerts that are older than what is kept; their incidents stay."""

from datetime import datetime

from server.kernel.database import Database, Writes


async def forget_alerts(db: Database, writes: Writes, *, before: datetime, limit: int) -> int:
    """Delete the oldest that closed, and whose incident is resolved; how many."""
    found = await db.values(
        "SELECT alert.id FROM alert LEFT JOIN incident ON incident.id = alert.incident_id"
        " WHERE alert.received_at < :before AND alert.closed_at < :before"
        " AND (incident.id IS NULL OR incident.state = 'resolved') ORDER BY alert.received_at LIMIT :limit",
        before=before,
        limit=limit,
    )
    if found:
        writes.sql("DELETE FROM alert WHERE id IN :keys", keys=tuple(key for (key,) in found))
    return len(found)
