"""Mails about accounts: armed here, and written when they are sent, so that no database holds the links in them."""

from datetime import datetime

from server.delivery.addresses import can_leave
from server.kernel.database import Database, Priority, Writes
from server.kernel.due import Kind, arm
from server.kernel.settings import Settings

MAIL = Kind("accounts.mail", Priority.NOTICE)


async def can_mail(db: Database, settings: Settings) -> bool:
    """Whether a mail would leave now: a relay is configured, in the environment or in the app; a demo has none."""
    return not settings.demo and await can_leave(db, "email")


def mail_invitation(writes: Writes, id: str, *, now: datetime) -> None:
    arm(writes, MAIL, f"invitation {id}", at=now, now=now)


def mail_reset(writes: Writes, id: str, *, now: datetime) -> None:
    arm(writes, MAIL, f"reset {id}", at=now, now=now)
