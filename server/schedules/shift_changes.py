"""What follows when shifts change: announcements and screens are made anew, and people are notified."""

from collections.abc import Sequence
from datetime import datetime

from server.accounts.access.changed import REVIEW, Changed
from server.kernel.database import Priority, Writes
from server.kernel.due import Kind, arm
from server.kernel.ids import new_id
from server.kernel.live import publish_change
from server.kernel.revisions import touch
from server.schedules.rotas import ScheduleRow, rota_revision
from server.tables.schedules import ShiftChange, ShiftNotice
from shared.domain.on_call.layer_edits import Change
from shared.domain.on_call.shift_notices import Kind as NoticeKind

ANNOUNCE = Kind("schedule.notices", Priority.NOTICE)
"""Its ref is the schedule."""
CHANGED = Kind("shifts.changed", Priority.NOTICE)
"""Its ref is the change."""
MOST_KEPT = 20
"""Of one person."""


def shifts_changed(writes: Writes, row: ScheduleRow, *, now: datetime) -> None:
    """Let announcements be looked at again, screens read the schedule anew, and whoever decides on it decide again."""
    touch(writes, rota_revision(row.id))
    arm(writes, ANNOUNCE, row.id, at=now, now=now)
    arm(writes, REVIEW, Changed(row.id), at=now, now=now)
    publish_change(writes, kind="schedule", id=row.id, rev=row.rev, team_id=row.team_id, now=now)


def mark_known(writes: Writes, schedule_id: str, kind: NoticeKind, at: datetime, who: str, *, now: datetime) -> None:
    """This person knows of it, for it is their own deed or was said otherwise; they may know already."""
    writes.sql(
        "INSERT INTO shift_notice (id, schedule_id, kind, about_at, user_id, sent_at)"
        " VALUES (:id, :schedule, :kind, :at, :who, :now)"
        " ON CONFLICT (schedule_id, kind, about_at, user_id) DO NOTHING",
        id=new_id(now),
        schedule=schedule_id,
        kind=kind,
        at=at,
        who=who,
        now=now,
    )


def mark_announced(
    writes: Writes, schedule_id: str, due: tuple[NoticeKind, datetime], who: str, *, now: datetime
) -> None:
    """This person or group is sent a notice of it; the writes are stale where they know already."""
    kind, at = due
    writes.insert(
        ShiftNotice, id=new_id(now), schedule_id=schedule_id, kind=kind, about_at=at, user_id=who, sent_at=now
    )


def keep_changes(writes: Writes, schedule_id: str, changes: Sequence[Change], *, made_by: str, now: datetime) -> None:
    """Keep who gains and loses what, and let them be notified; who made the change knows."""
    if all(change.user_id == made_by for change in changes):
        return
    kept: dict[str, list[Change]] = {}
    for change in changes:
        kept.setdefault(change.user_id, []).append(change)
    named = tuple(change for mine in kept.values() for change in mine[:MOST_KEPT])
    id = new_id(now)
    writes.insert(ShiftChange, id=id, schedule_id=schedule_id, made_by=made_by, made_at=now, changes=named)
    arm(writes, CHANGED, id, at=now, now=now)
