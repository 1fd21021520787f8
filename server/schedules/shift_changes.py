"""Tell people whose shifts to come somebody else has changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from msgspec import Struct

from server.kernel.database import Database, Priority, Writes
from server.kernel.due import Claimed, Kind, arm
from server.kernel.ids import new_id
from server.notices.send import send
from server.notices.shift import ChangeFacts, shifts_changed
from server.tables.schedules import ShiftChange
from shared.domain.on_call.layer_edits import Change

CHANGED = Kind("shifts.changed", Priority.NOTICE)
WORTH = timedelta(days=2)
MOST_KEPT = 20
"""Of one person."""


class _Row(Struct, frozen=True, kw_only=True):
    schedule_id: str
    schedule: str
    made_by: str
    maker: str
    changes: tuple[Change, ...]


def tell_of_changes(
    writes: Writes, schedule_id: str, changes: Sequence[Change], *, made_by: str, now: datetime
) -> None:
    """Keep who gains and loses what, and tell them; who made the change knows."""
    if all(change.user_id == made_by for change in changes):
        return
    kept: dict[str, list[Change]] = {}
    for change in changes:
        kept.setdefault(change.user_id, []).append(change)
    told = tuple(change for mine in kept.values() for change in mine[:MOST_KEPT])
    id = new_id(now)
    writes.insert(ShiftChange, id=id, schedule_id=schedule_id, made_by=made_by, made_at=now, changes=told)
    arm(writes, CHANGED, id, at=now, now=now)


@dataclass(frozen=True)
class TellOfChanges:
    """Handler of `shifts.changed`; its ref is the change."""

    db: Database
    app_url: str

    async def __call__(self, claimed: Claimed, now: datetime) -> Writes:
        writes = Writes()
        row = await self.db.row(
            _Row,
            "SELECT schedule_id, schedule.name AS schedule, made_by, COALESCE(user_account.name, '') AS maker, changes"
            " FROM shift_change JOIN schedule ON schedule.id = schedule_id"
            " LEFT JOIN user_account ON user_account.id = made_by WHERE shift_change.id = :id",
            id=claimed.ref,
        )
        if row is None:
            return writes
        for user_id in sorted({change.user_id for change in row.changes} - {row.made_by}):
            facts = ChangeFacts(
                schedule=row.schedule,
                maker=row.maker,
                changes=tuple(change for change in row.changes if change.user_id == user_id),
                url=f"{self.app_url}/schedules/{row.schedule_id}",
            )
            await send(self.db, writes, [user_id], partial(shifts_changed, facts), expires_at=now + WORTH, now=now)
        return writes
