"""Somebody registered a phone that is another's, in the owner's words."""

from datetime import datetime, timedelta
from functools import partial

from msgspec import Struct

from server.kernel.database import Database, Writes
from server.notices.reader import Reader, text, zoned_time
from server.notices.send import Notice, send_by
from shared.domain.paging.notification import next_best

WORTH_FOR = timedelta(days=1)


class ClaimedPhone(Struct, frozen=True, kw_only=True):
    """A phone, whose it is, and who registered it as theirs."""

    id: str
    user_id: str
    name: str
    claimer: str


def phone_claimed(phone: ClaimedPhone, at: datetime, reader: Reader) -> Notice:
    facts = {"name": phone.claimer, "phone": phone.name, "at": zoned_time(reader, at)}
    title = text(reader, "claimed.title", phone=phone.name)
    return Notice(kind="account", title=title, body=text(reader, "claimed.body", **facts))


async def send_phone_claimed(db: Database, id: str, *, by: str, now: datetime) -> Writes:
    """To the owner of this phone, which `by` has registered too: by their best way but the phone, or else by that."""
    writes = Writes()
    phone = await db.row(
        ClaimedPhone,
        "SELECT address.id, user_id, address.name, user_account.name AS claimer FROM address, user_account"
        " WHERE address.id = :id AND user_account.id = :by",
        id=id,
        by=by,
    )
    if phone is not None:
        await send_by(
            db,
            writes,
            [phone.user_id],
            partial(phone_claimed, phone, now),
            lambda mine: next_best(mine, without={id}) or mine,
            expires_at=now + WORTH_FOR,
            now=now,
        )
    return writes
