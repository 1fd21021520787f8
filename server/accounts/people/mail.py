"""Mails about accounts: written when they are sent, so that no database holds the links in them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import msgspec
import structlog
from msgspec import Struct

from server.accounts.people.links import invitation_link, reset_link
from server.channels.base import Channel, DeliveryFailed, Message
from server.delivery.addresses import can_leave
from server.kernel.database import Database, Priority, Writes, select
from server.kernel.due import Afterwards, Claimed, Kind, arm
from server.kernel.i18n import catalogue
from server.kernel.secrets import Secrets
from server.kernel.settings import Settings
from server.tables.accounts import Invitation, User

log = structlog.get_logger()
MAIL = Kind("accounts.mail", Priority.NOTICE)
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
    arm(writes, MAIL, f"invitation {id}", at=now, now=now)


def mail_reset(writes: Writes, id: str, *, now: datetime) -> None:
    arm(writes, MAIL, f"reset {id}", at=now, now=now)


@dataclass(frozen=True)
class SendMail:
    """Handler of due mails; what was used, withdrawn or has expired meanwhile is not sent."""

    db: Database
    secrets: Secrets
    channels: Mapping[str, Channel]
    settings: Settings

    async def __call__(self, claimed: Claimed, now: datetime) -> Writes | Afterwards:
        what, _, id = claimed.ref.partition(" ")
        letter = await (self._invitation(id, now) if what == "invitation" else self._reset(id, now))
        channel = self.channels.get("email")
        if letter is None or channel is None:
            return Writes()
        address: Struct = msgspec.convert({"email": letter.email}, channel.Address)
        try:
            await channel.send(letter.message, address)
        except DeliveryFailed as failure:
            log.warning("accounts.mail_failed", what=what, id=id, reason=failure.reason)
            if not failure.permanent:
                raise
        return _nothing_to_write

    async def _invitation(self, id: str, now: datetime) -> Letter | None:
        row = await self.db.row(
            _Invited,
            select(Invitation).where(
                Invitation.id == id,
                Invitation.accepted_at.is_null(),
                Invitation.withdrawn_at.is_null(),
                Invitation.expires_at > now,
            ),
        )
        if row is None:
            return None
        name = await self.db.value(select(User, User.name).where(User.id == row.invited_by))
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
