"""A provider refuses our own credentials: the administrators hear of it by every other way, once an hour."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from server.delivery.account_settings import channel_row, mark_refused
from server.delivery.enqueue import REFUSED
from server.kernel.database import Database, Writes
from server.kernel.due import Afterwards, Claimed, handles
from server.notices.refused_credentials import send_refused_credentials
from server.paging_health.fallback import AdminFallback

AGAIN_AFTER = timedelta(hours=1)


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
        await self.fallback.warn([f"the provider of {slug} refuses our credentials: {reason}"], now)

        async def outcome(now: datetime) -> Writes:
            writes = Writes()
            await send_refused_credentials(self.db, writes, slug, reason or "", now=now)
            mark_refused(writes, slug, now=now)
            return writes

        return outcome
