"""People whose shifts to come somebody else has changed are notified."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from msgspec import Struct

from server.kernel.database import Database, Writes
from server.kernel.due import Claimed, handles
from server.notices.send import send
from server.notices.shift import ChangeFacts, shifts_changed
from server.schedules.shift_changes import CHANGED
from shared.domain.on_call.layer_edits import Change

WORTH = timedelta(days=2)


class _ShiftChangeRow(Struct, frozen=True, kw_only=True):
    schedule_id: str
    schedule: str
    made_by: str
    maker: str
    changes: tuple[Change, ...]


@handles(CHANGED, at_once=2)
@dataclass(frozen=True)
class NotifyOfChanges:
    """Handler of `shifts.changed`; its ref is the change."""

    db: Database
    app_url: str

    async def __call__(self, claimed: Claimed, now: datetime) -> Writes:
        writes = Writes()
        row = await self.db.row(
            _ShiftChangeRow,
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
