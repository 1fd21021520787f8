"""Which incidents wait for whom: what the number on an app's icon counts."""

from collections.abc import Sequence

from server.kernel.database import Database


async def waiting_incidents(db: Database, user_ids: Sequence[str]) -> dict[str, set[str]]:
    """The unanswered incidents that each of these people was paged for."""
    rows = await db.values(
        "SELECT DISTINCT notification.user_id, incident.id FROM notification"
        " JOIN incident ON incident.id = notification.incident_id AND incident.cycle = notification.cycle"
        " WHERE incident.state = 'triggered' AND notification.user_id IN :users",
        users=tuple(user_ids),
    )
    found: dict[str, set[str]] = {}
    for user_id, incident_id in rows:
        found.setdefault(user_id, set()).add(incident_id)
    return found
