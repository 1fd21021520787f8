"""A provider refuses our own credentials: the administrators hear it by every other way."""

from datetime import datetime, timedelta

from server.channels.base import CHANNELS
from server.kernel.database import Database, Writes
from server.notices.reader import Reader, administrators, calendar_time, text
from server.notices.send import Notice, send_by
from shared.domain.paging.notification import next_best

WORTH_FOR = timedelta(hours=1)


def refused_credentials(slug: str, reason: str, at: datetime, reader: Reader) -> Notice:
    channel = CHANNELS[slug].title[reader.language]
    return Notice(
        kind="account",
        title=text(reader, "refused.title", channel=channel),
        body=text(reader, "refused.body", channel=channel, reason=reason, at=calendar_time(reader, at)),
    )


async def send_refused_credentials(db: Database, writes: Writes, slug: str, reason: str, *, now: datetime) -> None:
    await send_by(
        db,
        writes,
        await administrators(db),
        lambda reader: refused_credentials(slug, reason, now, reader),
        lambda mine: next_best(mine, without={each.id for each in mine if each.channel == slug}),
        expires_at=now + WORTH_FOR,
        now=now,
    )
