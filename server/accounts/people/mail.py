"""Notices about accounts: armed here, worded and sent by the room of notices, so that no database holds their links."""

from datetime import datetime
from typing import Literal

from server.delivery.addresses import can_leave
from server.kernel.database import Database, Priority, Writes
from server.kernel.due import Kind, Payload, arm
from server.kernel.settings import Settings


class AccountMail(Payload, frozen=True):
    """Which notice about an account; `by` is who claimed a phone. To whom it goes is looked up when it is sent."""

    separator = " "
    what: Literal["invitation", "reset", "code", "claimed"]
    id: str
    by: str = ""


MAIL = Kind("accounts.mail", Priority.NOTICE, AccountMail)


async def can_mail(db: Database, settings: Settings) -> bool:
    """Whether a mail would leave now: a relay is configured, in the environment or in the app; a demo has none."""
    return not settings.demo and await can_leave(db, "email")


def mail_invitation(writes: Writes, id: str, *, now: datetime) -> None:
    arm(writes, MAIL, AccountMail("invitation", id), at=now, now=now)


def mail_reset(writes: Writes, id: str, *, now: datetime) -> None:
    arm(writes, MAIL, AccountMail("reset", id), at=now, now=now)


def notify_of_code(writes: Writes, delivery_id: str, *, now: datetime) -> None:
    """The code goes out by this delivery."""
    arm(writes, MAIL, AccountMail("code", delivery_id), at=now, now=now)


def notify_of_claim(writes: Writes, phone_id: str, *, by: str, now: datetime) -> None:
    """Whoever has this phone hears who registered it too."""
    arm(writes, MAIL, AccountMail("claimed", phone_id, by), at=now, now=now)
