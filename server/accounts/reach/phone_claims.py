"""Somebody registers a phone that is somebody else's: it stays theirs, and they hear of it by another way."""

from datetime import datetime, timedelta

from server.accounts.access.actors import Actor
from server.accounts.people.mail import notify_of_claim
from server.delivery.phones import Registered
from server.kernel.database import Database, Writes
from server.kernel.limits.counts import is_quiet, keep_quiet

ONCE_IN = timedelta(days=1)


async def arm_claim(db: Database, writes: Writes, phone: Registered, *, by: Actor, now: datetime) -> None:
    """Once a day for each phone."""
    claim = f"claim {phone.id}"
    text = "SELECT 1 FROM user_account WHERE id = :id AND deactivated_at IS NULL"
    if await db.value(text, id=phone.user_id) is None or await is_quiet(db, claim, now):
        return
    keep_quiet(writes, claim, ONCE_IN, now=now)
    notify_of_claim(writes, phone.id, by=by.user_id, now=now)
