"""Plan who is told how: one notification and one delivery for each address that the person's rule names."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from server.delivery.addresses import living_addresses
from server.delivery.enqueue import cancel, enqueue, restore
from server.kernel.database import Database, Writes
from server.kernel.ids import new_id
from server.notices.reader import Reader
from server.notices.rules import load_rules
from server.notifications.clear import clear_pages
from server.notifications.render import About, render_page
from server.notifications.waiting import wait_for, waiting_counts
from server.tables.notifications import Notification
from shared.domain.paging.notification import Reachable, Rules, contact_order

TRY_FOR = timedelta(minutes=5)


class _ReaderRow(Struct, frozen=True):
    id: str
    language: str
    time_zone: str


class Recipient(Struct, frozen=True, kw_only=True):
    """Somebody to page, how they want it, and the addresses that work."""

    reader: Reader
    rules: Rules
    addresses: tuple[Reachable, ...]


async def recipients_of(db: Database, user_ids: Sequence[str]) -> list[Recipient]:
    addresses = await living_addresses(db, user_ids)
    readers = await db.rows(_ReaderRow, "SELECT <fields> FROM user_account WHERE id IN :ids", ids=tuple(user_ids))
    rules = await load_rules(db, user_ids)
    return [
        Recipient(
            reader=Reader(user_id=row.id, language=row.language, time_zone=row.time_zone),
            rules=rules.get(row.id, Rules()),
            addresses=tuple(addresses.get(row.id, [])),
        )
        for row in readers
    ]


async def plan_pages(
    db: Database,
    writes: Writes,
    about: About,
    recipients: Sequence[Recipient],
    *,
    cycle: int,
    step: int,
    now: datetime,
) -> None:
    """Write the pages of one step. People without a living address get none: the caller has passed them over."""
    ids = [recipient.reader.user_id for recipient in recipients]
    waiting = await waiting_counts(db, ids, beside=about.incident_id)
    for recipient in recipients:
        user_id = recipient.reader.user_id
        wait_for(writes, about.incident_id, user_id)
        for contact in contact_order(recipient.rules.of(about.severity), recipient.addresses, now):
            id = new_id(now)
            writes.insert(
                Notification,
                id=id,
                incident_id=about.incident_id,
                cycle=cycle,
                step=step,
                user_id=user_id,
                address_id=contact.address.id,
                channel=contact.address.channel,
                turn=contact.turn,
                severity=about.severity,
                created_at=now,
            )
            enqueue(
                writes,
                render_page(about, recipient.reader, id=id, badge=waiting[user_id] + 1, now=contact.at),
                channel=contact.address.channel,
                address_id=contact.address.id,
                at=contact.at,
                expires_at=contact.at + TRY_FOR,
                now=now,
            )


async def cancel_pages(
    db: Database, writes: Writes, incident_id: str, *, answered_by: str | None = None, now: datetime
) -> int:
    """Take back what is not gone yet and clear what devices show; returns how many were not gone at this moment.

    Pages to those who were called in beside the run (steps below 0) go on when somebody answers, but to themselves.
    """
    rows = await db.values(
        "SELECT notification.id, delivery.state FROM notification JOIN delivery ON delivery.id = notification.id"
        " WHERE notification.incident_id = :incident AND (:everybody = 1 OR step >= 0 OR user_id = :answered_by)",
        incident=incident_id,
        everybody=int(answered_by is None),
        answered_by=answered_by or "",
    )
    cancel(writes, tuple(id for id, _ in rows), now=now)
    await clear_pages(db, writes, incident_id, answered_by=answered_by, now=now)
    return sum(state == "queued" for _, state in rows)


async def take_back_pages(
    db: Database, writes: Writes, incident_id: str, *, cycle: int, since: int, now: datetime
) -> int:
    """Cancel the pages of the run's steps from `since` on; returns how many had left already."""
    rows = await db.values(
        "SELECT notification.id, delivery.state FROM notification JOIN delivery ON delivery.id = notification.id"
        " WHERE notification.incident_id = :incident AND cycle = :cycle AND step >= :since",
        incident=incident_id,
        cycle=cycle,
        since=since,
    )
    cancel(writes, tuple(id for id, _ in rows), now=now)
    return sum(state == "accepted" for _, state in rows)


async def restore_pages(
    db: Database, writes: Writes, incident_id: str, *, cancelled_at: datetime, now: datetime
) -> None:
    """Queue again what was cancelled at that instant."""
    await restore(db, writes, await _ids(db, incident_id), cancelled_at=cancelled_at, now=now)


async def _ids(db: Database, incident_id: str) -> tuple[str, ...]:
    rows = await db.values("SELECT id FROM notification WHERE incident_id = :incident", incident=incident_id)
    return tuple(id for (id,) in rows)
