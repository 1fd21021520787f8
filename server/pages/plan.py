"""Plan who is told how: one notification and one delivery for each address that the person's rule names."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from server.delivery.addresses import living_addresses
from server.delivery.enqueue import enqueue
from server.kernel.database import Database, Writes
from server.kernel.ids import new_id
from server.notices.reader import Reader
from server.notices.rules import load_rules
from server.pages.render import About, render_page
from server.pages.waiting import wait_for, waiting_counts
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
    waits: bool,
    now: datetime,
) -> None:
    """Write the pages of one step; the incident `waits` for who gets one unless somebody has answered.

    People without a living address get none: the caller has passed them over.
    """
    ids = [recipient.reader.user_id for recipient in recipients]
    waiting = await waiting_counts(db, ids, beside=about.incident_id)
    for recipient in recipients:
        user_id = recipient.reader.user_id
        if waits:
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
