"""A way in had to refuse events, in the words of the administrators."""

from datetime import datetime, timedelta
from functools import partial
from typing import Literal

from msgspec import Struct

from server.kernel.database import Database, Writes
from server.notices.reader import Reader, administrators, text
from server.notices.send import Notice, send

WORTH_FOR = timedelta(hours=24)


class RefusedEvents(Struct, frozen=True, kw_only=True):
    """An integration that refused, was removed or never was, and what its sender was answered."""

    kind: Literal["unknown", "refused", "removed"]
    name: str
    status: int
    reason: str
    url: str


def refused_events(facts: RefusedEvents, reader: Reader) -> Notice:
    return Notice(
        title=text(reader, f"ingest.{facts.kind}_title", name=facts.name),
        body=text(reader, f"ingest.{facts.kind}_body", status=str(facts.status), reason=facts.reason),
        url=facts.url,
    )


async def send_refused_events(db: Database, writes: Writes, facts: RefusedEvents, *, now: datetime) -> None:
    admins = await administrators(db)
    await send(db, writes, admins, partial(refused_events, facts), expires_at=now + WORTH_FOR, now=now)
