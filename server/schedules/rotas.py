"""Read schedules with everything that decides who is on call."""

from collections.abc import Iterable
from datetime import datetime
from typing import Literal

from msgspec import Struct

from server.kernel.database import Database
from shared.domain.rota import Layer, Override, Person, Rota, Schedule, Scope, TimeOff
from shared.wire.schedules import ShiftNotices


class ScheduleRow(Struct, frozen=True, kw_only=True):
    id: str
    name: str
    description: str
    team_id: str
    time_zone: str
    overlap: Literal["union", "top_layer"]
    layers: tuple[Layer, ...]
    description_in_notices: bool
    notices: ShiftNotices
    rev: int


class OverrideRow(Struct, frozen=True, kw_only=True):
    id: str
    schedule_id: str
    user_id: str
    scope: Scope
    start_at: datetime
    end_at: datetime
    reason: str
    created_at: datetime
    created_by: str
    cancelled_at: datetime | None

    def as_override(self) -> Override:
        return Override(
            id=self.id,
            start=self.start_at,
            end=self.end_at,
            user_id=self.user_id,
            scope=self.scope,
            reason=self.reason,
            created_at=self.created_at,
            created_by=self.created_by,
            cancelled_at=self.cancelled_at,
        )


class Loaded(Struct, frozen=True, kw_only=True):
    """A schedule and its rota."""

    row: ScheduleRow
    rota: Rota


async def load_rotas(db: Database, ids: Iterable[str], *, since: datetime) -> dict[str, Loaded]:
    """Schedules by id, ready to answer for instants from `since` on; unknown and archived ids are left out."""
    wanted = tuple(ids)
    rows = await db.rows(
        ScheduleRow, "SELECT * FROM schedule WHERE archived_at IS NULL AND id IN :ids ORDER BY name", ids=wanted
    )
    overrides = await db.rows(
        OverrideRow,
        "SELECT * FROM override WHERE schedule_id IN :ids AND end_at > :since ORDER BY created_at, id",
        ids=wanted,
        since=since,
    )
    gone = await db.rows(
        Person, "SELECT id AS user_id, deactivated_at FROM user_account WHERE deactivated_at IS NOT NULL"
    )
    away = await time_off_since(db, since)
    return {
        row.id: Loaded(
            row=row,
            rota=Rota(
                schedule=Schedule(time_zone=row.time_zone, overlap=row.overlap, layers=row.layers),
                overrides=tuple(each.as_override() for each in overrides if each.schedule_id == row.id),
                people=tuple(gone),
                time_off=_away_of(row, overrides, away),
            ),
        )
        for row in rows
    }


async def time_off_since(db: Database, since: datetime) -> dict[str, list[TimeOff]]:
    """When people are away from `since` on, by person: instants alone, for reasons are private."""
    rows = await db.rows(
        TimeOff,
        'SELECT user_id, start_at AS start, end_at AS "end" FROM time_off'
        " WHERE cancelled_at IS NULL AND end_at > :since ORDER BY start_at, id",
        since=since,
    )
    found: dict[str, list[TimeOff]] = {}
    for row in rows:
        found.setdefault(row.user_id, []).append(row)
    return found


def _away_of(row: ScheduleRow, overrides: list[OverrideRow], away: dict[str, list[TimeOff]]) -> tuple[TimeOff, ...]:
    """The time off of those who can be on call on this schedule."""
    members = {member.user_id for layer in row.layers for group in layer.groups for member in group.members}
    stand_ins = {each.user_id for each in overrides if each.schedule_id == row.id}
    return tuple(off for user_id in sorted(members | stand_ins) for off in away.get(user_id, ()))


async def visible_schedule_ids(db: Database, team_ids: Iterable[str]) -> list[str]:
    """The schedules of these teams."""
    rows = await db.values(
        "SELECT id FROM schedule WHERE archived_at IS NULL AND team_id IN :teams ORDER BY name", teams=tuple(team_ids)
    )
    return [id for (id,) in rows]
