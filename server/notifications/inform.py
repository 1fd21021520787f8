"""Tell people something that is no page, each in their language and by the first way their rule for news names."""

from collections.abc import Callable, Sequence
from datetime import datetime

from msgspec import Struct

from server.channels.base import Asked, Message
from server.delivery.addresses import living_addresses
from server.delivery.enqueue import enqueue
from server.kernel.database import Database, Priority, Writes
from server.kernel.ids import new_id
from server.notifications.render import Reader
from server.notifications.rules import load_rules
from shared.domain.notification import Rules, contact_order
from shared.wire.actions import Button


class Notice(Struct, frozen=True, kw_only=True):
    """The words for one reader; with `verbs` they can be answered on the spot."""

    title: str
    body: str
    verbs: tuple[Button, ...] = ()
    cover: Asked | None = None


class _ReaderRow(Struct, frozen=True):
    id: str
    language: str
    time_zone: str


async def inform(
    db: Database,
    writes: Writes,
    user_ids: Sequence[str],
    words: Callable[[Reader], Notice],
    *,
    url: str,
    expires_at: datetime,
    now: datetime,
) -> None:
    """Queue one notice for each address of each person's first turn; deactivated people hear nothing."""
    rows = await db.rows(
        _ReaderRow,
        "SELECT * FROM user_account WHERE deactivated_at IS NULL AND id IN :ids ORDER BY id",
        ids=tuple(user_ids),
    )
    addresses = await living_addresses(db, [row.id for row in rows])
    rules = await load_rules(db, [row.id for row in rows])
    for row in rows:
        reader = Reader(user_id=row.id, language=row.language, time_zone=row.time_zone)
        said = words(reader)
        contacts = contact_order(rules.get(row.id, Rules()).info, addresses.get(row.id, []), now)
        first_at = min((contact.at for contact in contacts), default=now)
        for contact in contacts:
            if contact.at == first_at:
                enqueue(
                    writes,
                    _message(said, reader, url=url, expires_at=expires_at, now=now),
                    channel=contact.address.channel,
                    address_id=contact.address.id,
                    at=now,
                    expires_at=expires_at,
                    now=now,
                    priority=Priority.NOTICE,
                )


def _message(said: Notice, reader: Reader, *, url: str, expires_at: datetime, now: datetime) -> Message:
    return Message(
        id=new_id(now),
        kind="notice",
        title=said.title,
        body=said.body,
        language=reader.language,
        time_zone=reader.time_zone,
        url=url,
        verbs=said.verbs,
        cover=said.cover,
        expires_at=expires_at,
    )
