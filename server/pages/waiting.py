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
    """The incident, which nobody has answered, waits for this person too."""
    writes.sql(
        "INSERT INTO waiting (id, user_id, incident_id) VALUES (:id, :user, :incident) ON CONFLICT (id) DO NOTHING",
        id=f"{user_id} {incident_id}",
        user=user_id,
        incident=incident_id,
    )


def wait_for_all(writes: Writes, incident_id: str, *, cycle: int | None) -> None:
    """Let it wait for everybody who was paged in this cycle; with None for nobody, as it is answered or silenced."""
    writes.sql("DELETE FROM waiting WHERE incident_id = :incident", incident=incident_id)
    if cycle is not None:
        writes.sql(
            "INSERT INTO waiting (id, user_id, incident_id) SELECT DISTINCT user_id || ' ' || incident_id,"
            " user_id, incident_id FROM notification WHERE incident_id = :incident AND cycle = :cycle",
            incident=incident_id,
            cycle=cycle,
        )
