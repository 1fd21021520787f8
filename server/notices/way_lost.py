"""One of a person's addresses is gone: they hear it by the best way that is left."""

import uuid
from datetime import datetime, timedelta
from functools import partial

from msgspec import Struct

from server.kernel.clock import to_us
from server.kernel.database import Database, Writes
from server.notices.reader import Reader, calendar_time, text
from server.notices.send import Notice, send_by
from shared.domain.paging.notification import Reachable, next_best

WORTH_FOR = timedelta(hours=24)
WANTED = ("signed_out", "deactivated")


class LostWay(Struct, frozen=True, kw_only=True):
    """An address that died."""

    id: str
    user_id: str
    name: str
    label: str
    dead_at: datetime

    def notice_id(self, address: Reachable) -> str:
        """The same for each time that it dies."""
        return str(uuid.uuid5(uuid.UUID(self.id), f"lost {to_us(self.dead_at)} {address.id}"))


def way_lost(lost: LostWay, reader: Reader) -> Notice:
    facts = {"name": lost.name, "label": lost.label, "at": calendar_time(reader, lost.dead_at)}
    title = text(reader, "lost.title", name=lost.name)
    return Notice(kind="account", title=title, body=text(reader, "lost.body", **facts))


async def send_way_lost(db: Database, writes: Writes, delivery_id: str, *, now: datetime) -> None:
    """Once for each time that an address dies, when a delivery to it settles; not when somebody wanted its end."""
    lost = await db.row(
        LostWay,
        "SELECT address.id, address.user_id, address.name, address.label, address.dead_at FROM delivery"
        " JOIN address ON address.id = delivery.address_id"
        " WHERE delivery.id = :id AND address.dead_at IS NOT NULL AND address.dead_reason NOT IN :wanted",
        id=delivery_id,
        wanted=WANTED,
    )
    if lost is not None:
        await send_by(
            db,
            writes,
            [lost.user_id],
            partial(way_lost, lost),
            partial(next_best, without={lost.id}),
            expires_at=now + WORTH_FOR,
            now=now,
            once=lost.notice_id,
        )
