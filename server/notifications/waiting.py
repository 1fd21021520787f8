"""Which incidents wait for whom: what the number on an app's icon counts."""

from collections.abc import Sequence

from server.kernel.database import Database, Writes

MOST = 999
"""No badge counts further, so that a page costs the same however many incidents wait."""


async def waiting_counts(db: Database, user_ids: Sequence[str], *, beside: str | None = None) -> dict[str, int]:
    """How many unanswered incidents each of these people was paged for, `beside` not among them; at most MOST."""
    rows = await db.values(
        "SELECT id, (SELECT COUNT(*) FROM (SELECT 1 FROM waiting WHERE waiting.user_id = user_account.id"
        " AND waiting.incident_id <> :beside LIMIT :most) AS counted) FROM user_account WHERE id IN :users",
        users=tuple(user_ids),
        beside=beside or "",
        most=MOST,
    )
    return dict(rows)


def wait_for(writes: Writes, incident_id: str, user_id: str) -> None:
    """The incident waits for this person too, unless it is answered already."""
    writes.sql(
        "INSERT INTO waiting (id, user_id, incident_id) SELECT :id, :user, id FROM incident"
        " WHERE id = :incident AND state = 'triggered' ON CONFLICT (id) DO NOTHING",
        id=f"{user_id} {incident_id}",
        user=user_id,
        incident=incident_id,
    )


def follow_state(writes: Writes, incident_id: str) -> None:
    """Let it wait for everybody paged in its cycle if it is unanswered and not silenced by now, else for nobody."""
    writes.sql("DELETE FROM waiting WHERE incident_id = :incident", incident=incident_id)
    writes.sql(
        "INSERT INTO waiting (id, user_id, incident_id) SELECT DISTINCT notification.user_id || ' ' || incident.id,"
        " notification.user_id, incident.id FROM incident"
        " JOIN notification ON notification.incident_id = incident.id AND notification.cycle = incident.cycle"
        " WHERE incident.id = :incident AND incident.state = 'triggered' AND silenced_until IS NULL",
        incident=incident_id,
    )
