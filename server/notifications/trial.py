"""Send one of my addresses a test, on the same way that pages take."""

from datetime import datetime, timedelta

from msgspec import Struct

from server.accounts.access.actors import Actor
from server.accounts.audit.trail import About, note
from server.channels.base import CHANNELS, Message
from server.delivery.addresses import AddressRow, addresses_of
from server.delivery.enqueue import enqueue
from server.kernel.database import Database, Writes
from server.kernel.errors import Conflict, Invalid, NotFound
from server.kernel.i18n import catalogue
from server.kernel.ids import new_id
from server.notifications.render import LOCALE, Reader, calendar_time
from shared.wire.incidents import Severity
from shared.wire.notifications import TestNotification

WORTH_FOR = timedelta(minutes=5)


class Trial(Struct, frozen=True, kw_only=True):
    """A test that was asked for."""

    address: AddressRow
    severity: Severity = "critical"


async def trial_of_method(db: Database, actor: Actor, id: str, severity: Severity) -> Trial:
    """Raises Invalid for what is not mine, Conflict for what is not verified yet."""
    for row in await addresses_of(db, actor.user_id):
        if row.id == id:
            if row.verified_at is None:
                raise Conflict("verify it first", code="not_verified")
            return Trial(address=row, severity=severity)
    raise Invalid.one("contact_method_id", "unknown", "there is no such contact method")


async def trial_of_channel(db: Database, actor: Actor, slug: str) -> Trial:
    """My newest working address on a channel; raises NotFound, or Conflict when I have none."""
    if slug not in CHANNELS:
        raise NotFound
    rows = [row for row in await addresses_of(db, actor.user_id) if row.channel == slug and row.verified_at]
    if not rows:
        raise Conflict("add an address of this channel to yourself first", code="no_address")
    return Trial(address=max(rows, key=lambda row: (row.can_leave, row.dead_at is None, row.created_at)))


def send_trial(actor: Actor, trial: Trial, *, now: datetime) -> tuple[Writes, TestNotification]:
    """A dead address is tried too: that it is dead can be news."""
    reader = Reader(user_id=actor.user_id, language=actor.language, time_zone=actor.time_zone)
    words = catalogue(LOCALE)
    message = Message(
        id=new_id(now),
        kind="test",
        title=words.text(reader.language, "test.title"),
        body=words.text(reader.language, "test.body", at=calendar_time(reader, now)),
        language=reader.language,
        time_zone=reader.time_zone,
        severity=trial.severity,
        expires_at=now + WORTH_FOR,
    )
    row = trial.address
    writes = Writes()
    enqueue(writes, message, channel=row.channel, address_id=row.id, at=now, expires_at=now + WORTH_FOR, now=now)
    note(writes, actor, About("contact_method", row.id, f"{row.channel} {row.label}"), now=now, verb="tested")
    return writes, TestNotification(notification_id=message.id)
