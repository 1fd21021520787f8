"""Which pages of an incident are not gone yet or were taken back."""

from datetime import datetime

from server.delivery.enqueue import Cancelled, load_cancelled
from server.kernel.database import Database

PagesOut = list[tuple[str, str]]
"""Pages of an incident: each one's id, and the state of its message."""


async def pages_out(db: Database, incident_id: str, *, answered_by: str | None = None) -> PagesOut:
    """All pages of an incident that somebody's answer takes back.

    With `answered_by`, those to people who were called in beside the run (steps below 0) go on, but to themselves.
    """
    return await db.values(
        "SELECT notification.id, delivery.state FROM notification JOIN delivery ON delivery.id = notification.id"
        " WHERE notification.incident_id = :incident AND (:everybody = 1 OR step >= 0 OR user_id = :answered_by)",
        incident=incident_id,
        everybody=int(answered_by is None),
        answered_by=answered_by or "",
    )


async def pages_since(db: Database, incident_id: str, *, cycle: int, since: int) -> PagesOut:
    """The pages of the run's steps from `since` on."""
    return await db.values(
        "SELECT notification.id, delivery.state FROM notification JOIN delivery ON delivery.id = notification.id"
        " WHERE notification.incident_id = :incident AND cycle = :cycle AND step >= :since",
        incident=incident_id,
        cycle=cycle,
        since=since,
    )


async def pages_waiting(db: Database, incident_id: str) -> PagesOut:
    """The run's pages that are not gone yet."""
    return await db.values(
        "SELECT notification.id, delivery.state FROM notification JOIN delivery ON delivery.id = notification.id"
        " WHERE notification.incident_id = :incident AND step >= 0 AND delivery.state = 'queued'",
        incident=incident_id,
    )


async def pages_cancelled(db: Database, incident_id: str, *, at: datetime) -> list[Cancelled]:
    """What was taken back of it at that instant, and could be queued again."""
    rows = await db.values("SELECT id FROM notification WHERE incident_id = :incident", incident=incident_id)
    return await load_cancelled(db, tuple(id for (id,) in rows), at=at)
