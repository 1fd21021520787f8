"""Let devices take a page off their screens once it is not theirs to answer any more."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import msgspec
from msgspec import Struct

from server.channels.base import Message
from server.delivery.enqueue import enqueue
from server.kernel.database import Database, Priority, Writes
from server.kernel.ids import new_id
from server.pages.waiting import waiting_counts

WORTH_FOR = timedelta(hours=1)
CHANNEL = "push"


class _Page(Struct, frozen=True, kw_only=True):
    user_id: str
    address_id: str
    language: str
    message: Message


class Shown(Struct, frozen=True):
    """The newest page of an incident that each device shows, and what each person's badge counts once it is gone."""

    pages: tuple[_Page, ...] = ()
    badges: Mapping[str, int] = {}


async def pages_shown(
    db: Database, incident_id: str, *, is_answered: bool = True, answered_by: str | None = None
) -> Shown:
    """What every device that got a page of this incident shows.

    An incident that goes on to others without an answer counts in the badge still. When `answered_by` says who
    answered, those who were called in beside the run (steps below 0) keep their pages.
    """
    rows = await db.rows(
        _Page,
        "SELECT notification.user_id, notification.address_id, user_account.language, delivery.message"
        " FROM notification JOIN delivery ON delivery.id = notification.id"
        " JOIN user_account ON user_account.id = notification.user_id"
        " JOIN address ON address.id = notification.address_id AND address.dead_at IS NULL"
        " WHERE notification.incident_id = :incident AND notification.channel = :channel"
        " AND (:everybody = 1 OR notification.step >= 0 OR notification.user_id = :answered_by)"
        " AND delivery.accepted_at IS NOT NULL ORDER BY notification.created_at",
        incident=incident_id,
        channel=CHANNEL,
        everybody=int(answered_by is None),
        answered_by=answered_by or "",
    )
    newest = {row.address_id: row for row in rows}
    answered = incident_id if is_answered else None
    waiting = await waiting_counts(db, sorted({row.user_id for row in rows}), beside=answered) if rows else {}
    return Shown(tuple(newest.values()), waiting)


def clear_pages(writes: Writes, shown: Shown, *, rev: int, now: datetime) -> None:
    """Send a silent message to each of these devices, with the badge as it is from now on.

    It carries the revision that the incident, which is at `rev`, is about to get, so that a device keeps a page that
    is newer.
    """
    for page in shown.pages:
        enqueue(
            writes,
            _cleared(page, id=new_id(now), rev=rev + 1, badge=shown.badges[page.user_id], now=now),
            channel=CHANNEL,
            address_id=page.address_id,
            at=now,
            expires_at=now + WORTH_FOR,
            now=now,
            priority=Priority.NOTICE,
        )


def _cleared(page: _Page, *, id: str, rev: int, badge: int, now: datetime) -> Message:
    paged = page.message.subject
    subject = msgspec.structs.replace(paged, rev=rev) if paged else None
    return Message(
        id=id,
        kind="cleared",
        title="",
        body="",
        language=page.language,
        subject=subject,
        collapse_key=page.message.collapse_key,
        badge=badge,
        expires_at=now + WORTH_FOR,
    )
