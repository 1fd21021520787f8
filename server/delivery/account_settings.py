"""What an administrator has set for messages: the ways out, whose refusal was noticed, and what they may say."""

from datetime import datetime

from msgspec import Struct

from server.channels.base import Privacy
from server.kernel.database import Database, Writes, select
from server.tables.deliveries import ChannelSetting, MessagePrivacy


class ChannelRow(Struct, frozen=True, kw_only=True):
    """A channel's sealed configuration; without one it was never configured here, only refused."""

    config_enc: str | None
    rev: int
    refused_told_at: datetime | None = None


async def channel_row(db: Database, slug: str) -> ChannelRow | None:
    return await db.row(ChannelRow, select(ChannelSetting).where(ChannelSetting.slug == slug))


def keep_channel(writes: Writes, slug: str, config_enc: str, *, before: ChannelRow | None) -> None:
    """Whoever was told of a refusal is told again when the new configuration is refused too."""
    if before is None:
        writes.insert(ChannelSetting, slug=slug, config_enc=config_enc, refused_told_at=None, rev=1)
    else:
        where = {"slug": slug, "rev": before.rev}
        writes.update(ChannelSetting, where, config_enc=config_enc, refused_told_at=None, rev=before.rev + 1)


def mark_refused(writes: Writes, slug: str, *, now: datetime) -> None:
    """The administrators were told now that its provider refuses us."""
    writes.sql(
        "INSERT INTO channel_setting (slug, refused_told_at, rev) VALUES (:slug, :now, 0)"
        " ON CONFLICT (slug) DO UPDATE SET refused_told_at = excluded.refused_told_at",
        slug=slug,
        now=now,
    )


def keep_lock_screen(writes: Writes, lock_screen: Privacy, *, rev: int) -> None:
    """For the whole account; stale unless it is at the revision before."""
    writes.update(MessagePrivacy, {"rev": rev - 1}, lock_screen=lock_screen, rev=rev)
