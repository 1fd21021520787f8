"""Send one of my addresses a test, on the same way that pages take."""

from datetime import datetime, timedelta

from msgspec import Struct

from server.accounts.access.actors import Actor
from server.accounts.audit.trail import About, audit
from server.channels.base import CHANNELS
from server.delivery.addresses import AddressRow, addresses_of
from server.kernel.database import Database, Priority, Writes
from server.kernel.errors import Conflict, Invalid, NotFound
from server.kernel.ids import new_id
from server.notices.reader import Reader, calendar_time, text
from server.notices.send import Notice, send_to
from shared.domain.paging.notification import Reachable
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


def trial_notice(severity: Severity, at: datetime, reader: Reader) -> Notice:
    title, body = text(reader, "test.title"), text(reader, "test.body", at=calendar_time(reader, at))
    return Notice(kind="test", title=title, body=body, severity=severity)


def send_trial(actor: Actor, trial: Trial, *, now: datetime) -> tuple[Writes, TestNotification]:
    """A dead address is tried too: that it is dead can be worth knowing."""
    reader = Reader(user_id=actor.user_id, language=actor.language, time_zone=actor.time_zone)
    row, id, writes = trial.address, new_id(now), Writes()
    send_to(
        writes,
        trial_notice(trial.severity, now, reader),
        reader,
        Reachable(id=row.id, channel=row.channel, label=row.label),
        expires_at=now + WORTH_FOR,
        now=now,
        id=id,
        priority=Priority.PAGE,
    )
    audit(writes, actor, About("contact_method", row.id, f"{row.channel} {row.label}"), now=now, verb="tested")
    return writes, TestNotification(notification_id=id)
