"""What messages may say in the clear, for the whole account."""

from datetime import datetime

from server.accounts.access.actors import Actor
from server.accounts.audit.trail import About, audit
from server.delivery.account_settings import keep_lock_screen
from server.kernel.database import Database, Writes
from server.kernel.refusals import require_rev
from shared.wire.notifications import NotificationSettings, NotificationSettingsInput


async def read_settings(db: Database) -> NotificationSettings:
    found = await db.row(NotificationSettings, "SELECT <fields> FROM message_privacy")
    return found or NotificationSettings(lock_screen="full", rev=1)


async def save_settings(
    db: Database, actor: Actor, data: NotificationSettingsInput, *, rev: int, now: datetime
) -> tuple[Writes, NotificationSettings]:
    """Holds for every message that leaves from the commit on, also for those that wait already."""
    before = await read_settings(db)
    require_rev(before.rev, rev)
    after = NotificationSettings(lock_screen=data.lock_screen, rev=rev + 1)
    writes = Writes()
    keep_lock_screen(writes, after.lock_screen, rev=after.rev)
    audit(writes, actor, About("notification_settings", "account", "lock screen"), now=now, before=before, after=after)
    return writes, after
