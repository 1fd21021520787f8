"""Send what is armed about accounts; invitations and resets are mails that nothing keeps."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import structlog
from msgspec import Struct

from server.accounts.access.names import name_of_person
from server.accounts.people.links import invitation_link, reset_link
from server.accounts.people.mail import MAIL
from server.channels.base import Channel, DeliveryFailed, Message
from server.delivery.unkept import send_unkept
from server.kernel.database import Database, Writes, select
from server.kernel.due import Afterwards, Claimed, handles
from server.kernel.secrets import Secrets
from server.kernel.settings import Settings
from server.notices.code import send_code
from server.notices.invitation import invitation_notice
from server.notices.phone_claimed import send_phone_claimed
from server.notices.reader import Reader
from server.notices.reset import reset_notice
from server.notices.send import message_of
from server.tables.accounts import Invitation

log = structlog.get_logger()


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


class Letter(Struct, frozen=True, kw_only=True):
    """A message and where it goes."""

    email: str
    message: Message


@handles(MAIL, at_once=4)
@dataclass(frozen=True)
class SendAccountNotice:
    """Handler of `accounts.mail`; what was used, withdrawn or has expired meanwhile is not sent."""

    db: Database
    secrets: Secrets
    channels: Mapping[str, Channel]
    settings: Settings

    async def __call__(self, claimed: Claimed, now: datetime) -> Writes | Afterwards:
        mail = MAIL.read(claimed.ref)
        if mail.what == "code":
            return await send_code(self.db, mail.id, now=now)
        if mail.what == "claimed":
            return await send_phone_claimed(self.db, mail.id, by=mail.by, now=now)
        letter = await (self._invitation(mail.id, now) if mail.what == "invitation" else self._reset(mail.id, now))
        if letter is None:
            return Writes()
        try:
            await send_unkept(self.channels, "email", {"email": letter.email}, letter.message)
        except DeliveryFailed as failure:
            log.warning("accounts.mail_failed", what=mail.what, id=mail.id, reason=failure.reason)
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
        name = await name_of_person(self.db, row.invited_by)
        link = invitation_link(self.settings, self.secrets, row.id, row.round)
        reader = _reader(row)
        notice = invitation_notice(name or "", link, reader)
        message = message_of(notice, reader, id=f"{row.id}-{row.round}", expires_at=row.expires_at)
        return Letter(email=row.email, message=message)

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
        reader = _reader(row)
        notice = reset_notice(reset_link(self.settings, self.secrets, row.id), reader)
        return Letter(email=row.email, message=message_of(notice, reader, id=row.id, expires_at=row.expires_at))


def _reader(row: _Invited | _Forgetful) -> Reader:
    """Whoever is invited has no clock here yet."""
    return Reader(user_id="", language=row.language, time_zone="UTC")


async def _nothing_to_write(_: datetime) -> Writes:
    return Writes()
