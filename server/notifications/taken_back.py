"""Take pages back that are not gone yet, and queue them again."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from server.delivery.enqueue import restore
from server.kernel.database import Database, Writes


class PageOut(Struct, frozen=True):
    """A page of an incident, and how far its message is."""

    id: str
    state: str


def count_in(pages: Sequence[PageOut], state: str) -> int:
    return sum(page.state == state for page in pages)


async def pages_out(db: Database, incident_id: str, *, answered_by: str | None = None) -> list[PageOut]:
    """All pages of an incident that somebody's answer takes back.

    With `answered_by`, those to people who were called in beside the run (steps below 0) go on, but to themselves.
    """
    return await db.rows(
        PageOut,
        "SELECT notification.id, delivery.state FROM notification JOIN delivery ON delivery.id = notification.id"
        " WHERE notification.incident_id = :incident AND (:everybody = 1 OR step >= 0 OR user_id = :answered_by)",
        incident=incident_id,
        everybody=int(answered_by is None),
        answered_by=answered_by or "",
    )


async def pages_since(db: Database, incident_id: str, *, cycle: int, since: int) -> list[PageOut]:
    """The pages of the run's steps from `since` on."""
    return await db.rows(
        PageOut,
        "SELECT notification.id, delivery.state FROM notification JOIN delivery ON delivery.id = notification.id"
        " WHERE notification.incident_id = :incident AND cycle = :cycle AND step >= :since",
        incident=incident_id,
        cycle=cycle,
        since=since,
    )


async def pages_waiting(db: Database, incident_id: str) -> list[PageOut]:
    """The run's pages that are not gone yet."""
    return await db.rows(
        PageOut,
        "SELECT notification.id, delivery.state FROM notification JOIN delivery ON delivery.id = notification.id"
        " WHERE notification.incident_id = :incident AND step >= 0 AND delivery.state = 'queued'",
        incident=incident_id,
    )


async def restore_pages(
    db: Database, writes: Writes, incident_id: str, *, cancelled_at: datetime, now: datetime
) -> None:
    """Queue again what was cancelled at that instant."""
    rows = await db.values("SELECT id FROM notification WHERE incident_id = :incident", incident=incident_id)
    await restore(db, writes, tuple(id for (id,) in rows), cancelled_at=cancelled_at, now=now)
