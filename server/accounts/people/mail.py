"""Notices about accounts: armed here, worded and sent by the room of notices, so that no database holds their links."""

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


def notify_of_code(writes: Writes, delivery_id: str, *, now: datetime) -> None:
    """The code goes out by this delivery."""
    arm(writes, MAIL, f"code {delivery_id}", at=now, now=now)


def notify_of_claim(writes: Writes, phone_id: str, *, by: str, now: datetime) -> None:
    """Whoever has this phone hears who registered it too."""
    arm(writes, MAIL, f"claimed {phone_id}/{by}", at=now, now=now)
