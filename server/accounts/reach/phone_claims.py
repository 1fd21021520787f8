"""Somebody registers a phone that is somebody else's: it stays theirs, and they hear of it by another way."""

from datetime import datetime, timedelta

from server.accounts.access.actors import Actor
from server.accounts.people.mail import notify_of_claim
from server.delivery.phones import Registered
from server.kernel.database import Database, Writes, select
from server.kernel.limits.counts import is_quiet, keep_quiet
from server.tables.accounts import User

ONCE_IN = timedelta(days=1)


async def arm_claim(db: Database, writes: Writes, phone: Registered, *, by: Actor, now: datetime) -> None:
    """Once a day for each phone."""
    claim = f"claim {phone.id}"
    if await db.value(
        select(User, User.id).where(User.id == phone.user_id, User.deactivated_at.is_null())
    ) is None or await is_quiet(db, claim, now):
        return
    keep_quiet(writes, claim, ONCE_IN, now=now)
    notify_of_claim(writes, phone.id, by=by.user_id, now=now)
