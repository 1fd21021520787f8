"""Put messages on their way, and take back those that are not gone yet."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from server.channels.base import Message
from server.kernel.database import Database, Priority, Writes
from server.kernel.due import Kind, Payload, arm, bring_forward
from server.tables.deliveries import Delivery

SEND = {
    Priority.PAGE: Kind("delivery.send", Priority.PAGE),
    Priority.NOTICE: Kind("delivery.notice", Priority.NOTICE),
    Priority.BULK: Kind("delivery.bulk", Priority.BULK),
}
SETTLED = Kind("delivery.settled", Priority.PAGE)


class Received(Payload, frozen=True):
    """A delivery, and how far its device says that it came."""

    separator = "."
    delivery_id: str
    state: str


RECEIVED = Kind("delivery.received", Priority.NOTICE, Received)
REFUSED = Kind("channel.refused", Priority.NOTICE)


def enqueue(
    writes: Writes,
    message: Message,
    *,
    channel: str,
    address_id: str,
    at: datetime,
    expires_at: datetime,
    now: datetime,
    priority: Priority = Priority.PAGE,
) -> None:
    """Send `message` at `at`; its id is the delivery's, over every retry."""
    writes.insert(
        Delivery,
        id=message.id,
        priority=int(priority),
        channel=channel,
        address_id=address_id,
        message=message,
        about=message.cover.request_id if message.cover else None,
        state="queued",
        attempts=0,
        created_at=now,
        due_at=at,
        expires_at=expires_at,
    )
    arm(writes, SEND[priority], message.id, at=at, now=now)


def cancel(writes: Writes, ids: tuple[str, ...], *, now: datetime) -> None:
    """Those still queued are not sent; what a provider has taken may still ring."""
    writes.sql(
        "UPDATE delivery SET state = 'cancelled', cancelled_at = :now WHERE state = 'queued' AND id IN :ids",
        now=now,
        ids=ids,
    )


def cancel_questions(writes: Writes, about: str, *, now: datetime) -> None:
    """What asks about this and has not left yet needs no answer any more."""
    writes.sql(
        "UPDATE delivery SET state = 'cancelled', cancelled_at = :now WHERE state = 'queued' AND about = :about",
        now=now,
        about=about,
    )


class Cancelled(Struct, frozen=True):
    """A message that was taken back, and when it was to leave."""

    id: str
    due_at: datetime


async def load_cancelled(db: Database, ids: tuple[str, ...], *, at: datetime) -> list[Cancelled]:
    """Those of them that were taken back at that instant."""
    return await db.rows(
        Cancelled,
        "SELECT <fields> FROM delivery WHERE state = 'cancelled' AND cancelled_at = :at AND id IN :ids",
        at=at,
        ids=ids,
    )


def restore(writes: Writes, cancelled: Sequence[Cancelled], *, now: datetime) -> None:
    """Queue them again, for the times they had."""
    for each in cancelled:
        writes.sql(
            "UPDATE delivery SET state = 'queued', cancelled_at = NULL WHERE id = :id AND state = 'cancelled'",
            expect=1,
            id=each.id,
        )
        arm(writes, SEND[Priority.PAGE], each.id, at=max(each.due_at, now), now=now)


def send_again(writes: Writes, message: Message, *, priority: Priority, expires_at: datetime, now: datetime) -> None:
    """One that was given up is tried once more, until it expires."""
    writes.sql(
        "UPDATE delivery SET state = 'queued', attempts = 0, failed_at = NULL, troubled_at = NULL, due_at = :now,"
        " expires_at = :until, message = :message WHERE id = :id AND state = 'failed'",
        expect=1,
        now=now,
        until=expires_at,
        message=message,
        id=message.id,
    )
    arm(writes, SEND[priority], message.id, at=now, now=now)


def discard(writes: Writes, id: str) -> None:
    """One that was given up stays so, and nobody is to see to it."""
    writes.sql("UPDATE delivery SET state = 'discarded' WHERE id = :id AND state = 'failed'", expect=1, id=id)


def hurry_up(writes: Writes, ids: tuple[str, ...], *, now: datetime) -> None:
    """Send those still queued at once."""
    for id in ids:
        bring_forward(writes, SEND[Priority.PAGE], id, at=now)
