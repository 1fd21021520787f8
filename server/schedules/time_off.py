"""When people are away, as rows: who is on call is decided on them, and covers write them by these functions."""

from collections.abc import Iterable
from datetime import datetime

from msgspec import Struct

from server.kernel.database import Writes
from server.tables.covers import TimeOff


class TimeOffRow(Struct, frozen=True, kw_only=True):
    """`calendar_id` and `uid` name the entry of a calendar that it came from."""

    id: str
    user_id: str
    start_at: datetime
    end_at: datetime
    reason: str
    calendar_id: str | None
    created_at: datetime
    cancelled_at: datetime | None
    uid: str | None = None


def add_time_off(writes: Writes, rows: Iterable[TimeOffRow]) -> None:
    many = [
        {
            "id": row.id,
            "user_id": row.user_id,
            "start_at": row.start_at,
            "end_at": row.end_at,
            "reason": row.reason,
            "calendar_id": row.calendar_id,
            "uid": row.uid,
            "created_at": row.created_at,
            "cancelled_at": row.cancelled_at,
        }
        for row in rows
    ]
    writes.insert_many(TimeOff, many)


def change_time_off(writes: Writes, id: str, *, end: datetime, reason: str) -> None:
    writes.update(TimeOff, {"id": id}, end_at=end, reason=reason)


def cancel_time_off(writes: Writes, id: str, *, now: datetime) -> None:
    """It is kept, cancelled; one that is cancelled already makes the writes stale."""
    text = "UPDATE time_off SET cancelled_at = :now WHERE id = :id AND cancelled_at IS NULL"
    writes.sql(text, expect=1, id=id, now=now)


def cancel_calendar(writes: Writes, calendar_id: str, *, now: datetime) -> None:
    """Nothing of what is still to come counts any more."""
    writes.sql(
        "UPDATE time_off SET cancelled_at = :now WHERE calendar_id = :id AND cancelled_at IS NULL AND end_at > :now",
        id=calendar_id,
        now=now,
    )
