"""Somebody registers a phone that is somebody else's: it stays theirs, and they are told by another way."""

from datetime import datetime, timedelta
from pathlib import Path

from msgspec import Struct

from server.accounts.access.actors import Actor
from server.channels.base import Message
from server.delivery.addresses import living_addresses
from server.delivery.enqueue import enqueue
from server.delivery.phones import Registered
from server.kernel.database import Database, Priority, Writes, select
from server.kernel.i18n import catalogue
from server.kernel.ids import new_id
from server.kernel.limits.counts import is_quiet, keep_quiet
from server.tables.accounts import User
from shared.domain.paging.notification import next_best
from shared.domain.time import localized

LOCALE = Path(__file__).parent / "locale"
ONCE_IN = timedelta(days=1)
WORTH_FOR = timedelta(days=1)


class _Owner(Struct, frozen=True, kw_only=True):
    id: str
    language: str
    time_zone: str


async def tell_owner(db: Database, writes: Writes, phone: Registered, *, by: Actor, now: datetime) -> None:
    """Once a day for each phone, by the best way that is not the phone itself, or else by that."""
    owner = await db.row(_Owner, select(User).where(User.id == phone.user_id, User.deactivated_at.is_null()))
    claim = f"claim {phone.id}"
    if owner is None or await is_quiet(db, claim, now):
        return
    keep_quiet(writes, claim, ONCE_IN, now=now)
    mine = (await living_addresses(db, [owner.id])).get(owner.id, [])
    for address in next_best(mine, without={phone.id}) or mine:
        message = _message(owner, phone, by, now)
        until = now + WORTH_FOR
        priority = Priority.NOTICE
        enqueue(
            writes, message, channel=address.channel, address_id=address.id, at=now, expires_at=until, now=now,
            priority=priority,
        )  # fmt: skip


def _message(owner: _Owner, phone: Registered, by: Actor, now: datetime) -> Message:
    words = catalogue(LOCALE)
    at = f"{localized(owner.time_zone, now):%H:%M} ({owner.time_zone})"
    return Message(
        id=new_id(now),
        kind="account",
        title=words.text(owner.language, "claimed.title", phone=phone.name),
        body=words.text(owner.language, "claimed.body", name=by.name, phone=phone.name, at=at),
        language=owner.language,
        time_zone=owner.time_zone,
        expires_at=now + WORTH_FOR,
    )
