"""Tell a person that one of their addresses is gone, by the best way that is left."""

import uuid
from datetime import datetime, timedelta

from msgspec import Struct

from server.channels.base import Message
from server.delivery.addresses import living_addresses
from server.delivery.enqueue import enqueue
from server.kernel.clock import to_us
from server.kernel.database import Database, Priority, Writes
from server.kernel.i18n import catalogue
from server.notifications.render import LOCALE, Reader, calendar_time
from shared.domain.paging.notification import next_best

WORTH_FOR = timedelta(hours=24)
WANTED = ("signed_out", "deactivated")


class _Lost(Struct, frozen=True, kw_only=True):
    id: str
    user_id: str
    language: str
    time_zone: str
    name: str
    label: str
    dead_at: datetime


async def tell_owner(db: Database, writes: Writes, delivery_id: str, *, now: datetime) -> None:
    """Once for each time that an address dies, when a delivery to it settles; not when somebody wanted its end."""
    lost = await db.row(
        _Lost,
        "SELECT address.id, address.user_id, user_account.language, user_account.time_zone, address.name,"
        " address.label, address.dead_at FROM delivery JOIN address ON address.id = delivery.address_id"
        " JOIN user_account ON user_account.id = address.user_id"
        " WHERE delivery.id = :id AND address.dead_at IS NOT NULL AND address.dead_reason NOT IN :wanted"
        " AND user_account.deactivated_at IS NULL",
        id=delivery_id,
        wanted=WANTED,
    )
    if lost is None:
        return
    addresses = (await living_addresses(db, [lost.user_id])).get(lost.user_id, [])
    reader = Reader(user_id=lost.user_id, language=lost.language, time_zone=lost.time_zone)
    for address in next_best(addresses, without={lost.id}):
        id = str(uuid.uuid5(uuid.UUID(lost.id), f"lost {to_us(lost.dead_at)} {address.id}"))
        if await db.value("SELECT 1 FROM delivery WHERE id = :id", id=id) is None:
            enqueue(
                writes,
                _message(lost, reader, id=id, now=now),
                channel=address.channel,
                address_id=address.id,
                at=now,
                expires_at=now + WORTH_FOR,
                now=now,
                priority=Priority.NOTICE,
            )


def _message(lost: _Lost, reader: Reader, *, id: str, now: datetime) -> Message:
    words = catalogue(LOCALE)
    facts = {"name": lost.name, "label": lost.label, "at": calendar_time(reader, lost.dead_at)}
    return Message(
        id=id,
        kind="account",
        title=words.text(reader.language, "lost.title", name=lost.name),
        body=words.text(reader.language, "lost.body", **facts),
        language=reader.language,
        time_zone=reader.time_zone,
        expires_at=now + WORTH_FOR,
    )
