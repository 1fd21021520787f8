"""Mails about accounts: written when they are sent, so that no database holds the links in them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

import msgspec
import structlog
from msgspec import Struct

from server.accounts.people.links import invitation_link, reset_link
from server.channels.base import Channel, DeliveryFailed, Message
from server.delivery.addresses import can_leave
from server.kernel.database import Database, Priority, Writes
from server.kernel.due import Afterwards, Claimed, Kind, Payload, arm, handles
from server.kernel.i18n import catalogue
from server.kernel.secrets import Secrets
from server.kernel.settings import Settings

log = structlog.get_logger()


class Mail(Payload, frozen=True):
    """Which of an account's mails: to whom it goes is looked up when it is sent."""

    separator = " "
    what: Literal["invitation", "reset"]
    id: str


MAIL = Kind("accounts.mail", Priority.NOTICE, Mail)

LOCALE = Path(__file__).parent / "locale"


class _Invited(Struct, frozen=True, kw_only=True):
    id: str
    email: str
    language: str
    round: int
    invited_by: str
    expires_at: datetime


class _Forgetful(Struct, frozen=True, kw_only=True):
    id: str
    email: str
    language: str
    expires_at: datetime


async def can_mail(db: Database, settings: Settings) -> bool:
    """Whether a mail would leave now: a relay is configured, in the environment or in the app; a demo has none."""
    return not settings.demo and await can_leave(db, "email")


class Letter(Struct, frozen=True, kw_only=True):
    """A message and where it goes."""

    email: str
    message: Message


def mail_invitation(writes: Writes, id: str, *, now: datetime) -> None:
    arm(writes, MAIL, Mail("invitation", id), at=now, now=now)


def mail_reset(writes: Writes, id: str, *, now: datetime) -> None:
    arm(writes, MAIL, Mail("reset", id), at=now, now=now)


@handles(MAIL, at_once=4)
@dataclass(frozen=True)
class SendMail:
    """Handler of due mails; what was used, withdrawn or has expired meanwhile is not sent."""

    db: Database
    secrets: Secrets
    channels: Mapping[str, Channel]
    settings: Settings

    async def __call__(self, claimed: Claimed, now: datetime) -> Writes | Afterwards:
        mail = MAIL.read(claimed.ref)
        letter = await (self._invitation(mail.id, now) if mail.what == "invitation" else self._reset(mail.id, now))
        channel = self.channels.get("email")
        if letter is None or channel is None:
            return Writes()
        address: Struct = msgspec.convert({"email": letter.email}, channel.Address)
        try:
            await channel.send(letter.message, address)
        except DeliveryFailed as failure:
            log.warning("accounts.mail_failed", what=mail.what, id=mail.id, reason=failure.reason)
            if not failure.permanent:
                raise
        return _nothing_to_write

    async def _invitation(self, id: str, now: datetime) -> Letter | None:
        row = await self.db.row(
            _Invited,
            "SELECT <fields> FROM invitation WHERE id = :id AND accepted_at IS NULL AND withdrawn_at IS NULL"
            " AND expires_at > :now",
            id=id,
            now=now,
        )
        if row is None:
            return None
        name = await self.db.value("SELECT name FROM user_account WHERE id = :id", id=row.invited_by)
        link = invitation_link(self.settings, self.secrets, row.id, row.round)
        return _letter(row, f"{row.id}-{row.round}", "invite", link=link, name=name or "Dogwatch")

    async def _reset(self, id: str, now: datetime) -> Letter | None:
        row = await self.db.row(
            _Forgetful,
            "SELECT password_reset.id, email, language, expires_at FROM password_reset"
            " JOIN user_account ON user_account.id = user_id"
            " WHERE password_reset.id = :id AND used_at IS NULL AND deactivated_at IS NULL AND expires_at > :now",
            id=id,
            now=now,
        )
        if row is None:
            return None
        return _letter(row, row.id, "reset", link=reset_link(self.settings, self.secrets, row.id))


async def _nothing_to_write(_: datetime) -> Writes:
    return Writes()


def _letter(row: _Invited | _Forgetful, id: str, kind: str, **args: str) -> Letter:
    words = catalogue(LOCALE)
    message = Message(
        id=id,
        kind="notice",
        title=words.text(row.language, f"{kind}_title"),
        body=words.text(row.language, f"{kind}_body", **args),
        language=row.language,
        expires_at=row.expires_at,
    )
    return Letter(email=row.email, message=message)
