"""The code that proves an address, in its owner's words; it is filled in at sending."""

from datetime import datetime

from msgspec import Struct

from server.accounts.reach.contact_methods import GOOD_FOR
from server.kernel.database import Database, Writes
from server.notices.reader import Reader, text, zoned_time
from server.notices.send import Notice, send_to
from shared.domain.paging.notification import Reachable


class _Code(Struct, frozen=True, kw_only=True):
    delivery_id: str
    user_id: str
    address_id: str
    sent_at: datetime
    channel: str
    label: str
    language: str
    time_zone: str


def code_notice(until: datetime, reader: Reader) -> Notice:
    body = text(reader, "code.body", at=zoned_time(reader, until))
    return Notice(kind="account", title=text(reader, "code.title"), body=body, has_code=True)


async def send_code(db: Database, ref: str, *, now: datetime) -> Writes:
    """By the delivery that the code belongs to."""
    writes = Writes()
    row = await db.row(
        _Code,
        "SELECT delivery_id, contact_code.user_id, address_id, sent_at, channel, label, language, time_zone"
        " FROM contact_code JOIN address ON address.id = address_id"
        " JOIN user_account ON user_account.id = contact_code.user_id WHERE delivery_id = :id",
        id=ref,
    )
    if row is not None:
        reader = Reader(user_id=row.user_id, language=row.language, time_zone=row.time_zone)
        address = Reachable(id=row.address_id, channel=row.channel, label=row.label)
        until = row.sent_at + GOOD_FOR
        notice = code_notice(until, reader)
        send_to(writes, notice, reader, address, expires_at=until, now=now, id=row.delivery_id)
    return writes
