"""A provider refuses our own credentials: the administrators hear of it by every other way, once an hour."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from msgspec import Struct

from server.accounts.access.permissions import ADMINS
from server.channels.base import CHANNELS, Message
from server.delivery.account_settings import channel_row, note_refused
from server.delivery.addresses import living_addresses
from server.delivery.enqueue import REFUSED, enqueue
from server.kernel.database import Database, Priority, Writes
from server.kernel.due import Afterwards, Claimed, handles
from server.kernel.i18n import catalogue
from server.kernel.ids import new_id
from server.notifications.render import LOCALE, Reader, calendar_time
from server.paging_health.fallback import AdminFallback
from shared.domain.paging.notification import next_best

AGAIN_AFTER = timedelta(hours=1)
WORTH_FOR = timedelta(hours=1)


class _Admin(Struct, frozen=True, kw_only=True):
    id: str
    language: str
    time_zone: str


@handles(REFUSED, at_once=1)
@dataclass(frozen=True)
class Refused:
    """Handler of `channel.refused`, whose ref is the channel's slug."""

    db: Database
    fallback: AdminFallback

    async def __call__(self, claimed: Claimed, now: datetime) -> Writes | Afterwards:
        slug = claimed.ref
        told = await channel_row(self.db, slug)
        if told is not None and told.refused_told_at is not None and now - told.refused_told_at < AGAIN_AFTER:
            return Writes()
        reason: str = await self.db.value(
            "SELECT reason FROM delivery WHERE channel = :slug AND failed_at IS NOT NULL"
            " ORDER BY failed_at DESC LIMIT 1",
            slug=slug,
        )
        await self.fallback.tell([f"the provider of {slug} refuses our credentials: {reason}"], now)

        async def outcome(now: datetime) -> Writes:
            writes = Writes()
            await self._notices(writes, slug, reason or "", now)
            note_refused(writes, slug, now=now)
            return writes

        return outcome

    async def _notices(self, writes: Writes, slug: str, reason: str, now: datetime) -> None:
        admins = await self.db.rows(
            _Admin, "SELECT <fields> FROM user_account WHERE deactivated_at IS NULL AND role IN :roles", roles=ADMINS
        )
        addresses = await living_addresses(self.db, [admin.id for admin in admins])
        for admin in admins:
            mine = addresses.get(admin.id, [])
            for address in next_best(mine, without={each.id for each in mine if each.channel == slug}):
                enqueue(
                    writes,
                    _message(admin, slug, reason, now),
                    channel=address.channel,
                    address_id=address.id,
                    at=now,
                    expires_at=now + WORTH_FOR,
                    now=now,
                    priority=Priority.NOTICE,
                )


def _message(admin: _Admin, slug: str, reason: str, now: datetime) -> Message:
    words = catalogue(LOCALE)
    reader = Reader(user_id=admin.id, language=admin.language, time_zone=admin.time_zone)
    channel = CHANNELS[slug].title[reader.language]
    at = calendar_time(reader, now)
    return Message(
        id=new_id(now),
        kind="account",
        title=words.text(reader.language, "refused.title", channel=channel),
        body=words.text(reader.language, "refused.body", channel=channel, reason=reason, at=at),
        language=reader.language,
        time_zone=reader.time_zone,
        expires_at=now + WORTH_FOR,
    )
