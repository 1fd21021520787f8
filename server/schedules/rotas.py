"""Read schedules with everything that decides who is on call."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Literal

from msgspec import Struct

from server.kernel.database import Database, Writes
from server.tables.schedules import ScheduleMember
from shared.domain.on_call.rota import Arrangement, Layer, Override, Person, PlannedTurn, Rota, Schedule, Scope, TimeOff
from shared.wire.schedules import ShiftNotices


def rota_revision(schedule_id: str) -> str:
    """The revision of who is on call on a schedule."""
    return f"on:{schedule_id}"


class ScheduleRow(Struct, frozen=True, kw_only=True):
    id: str
    name: str
    description: str
    team_id: str
    time_zone: str
    overlap: Literal["union", "top_layer"]
    layers: tuple[Layer, ...]
    former: tuple[Arrangement, ...]
    description_in_notices: bool
    notices: ShiftNotices
    rev: int
    archived_at: datetime | None = None

    @property
    def plan(self) -> Schedule:
        return Schedule(time_zone=self.time_zone, overlap=self.overlap, layers=self.layers, former=self.former)

    @property
    def members(self) -> set[str]:
        return {member.user_id for layer in self.layers for group in layer.groups for member in group.members}


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


class _Planned(Struct, frozen=True, kw_only=True):
    schedule_id: str
    layer_id: str
    turn: int
    group_index: int
    against_time_off: bool

    def as_planned(self) -> PlannedTurn:
        return PlannedTurn(
            layer_id=self.layer_id, turn=self.turn, group=self.group_index, against_time_off=self.against_time_off
        )


def keep_members(writes: Writes, row: ScheduleRow) -> None:
    """Whom and which roles the layers name, ended ones too, to find the schedule by."""
    members = [member for layer in row.layers for group in layer.groups for member in group.members]
    named = {id for member in members for id in (member.user_id, member.role_id) if id is not None}
    writes.sql("DELETE FROM schedule_member WHERE schedule_id = :id", id=row.id)
    rows = [{"id": f"{row.id} {each}", "schedule_id": row.id, "named_id": each} for each in sorted(named)]
    writes.insert_many(ScheduleMember, rows)


async def load_rotas(db: Database, ids: Iterable[str], *, since: datetime, archived: bool = False) -> dict[str, Loaded]:
    """Schedules by id, ready to answer for instants from `since` on; unknown ids are left out, and archived ones too
    unless they are asked for.
    """
    wanted = tuple(ids)
    if not wanted:
        return {}
    rows = await db.rows(
        ScheduleRow,
        "SELECT <fields> FROM schedule WHERE (archived_at IS NULL OR :archived = 1) AND id IN :ids ORDER BY name",
        ids=wanted,
        archived=int(archived),
    )
    overrides: defaultdict[str, list[OverrideRow]] = defaultdict(list)
    for each in await db.rows(
        OverrideRow,
        "SELECT <fields> FROM override WHERE schedule_id IN :ids AND end_at > :since ORDER BY created_at, id",
        ids=wanted,
        since=since,
    ):
        overrides[each.schedule_id].append(each)
    planned: defaultdict[str, list[PlannedTurn]] = defaultdict(list)
    for row in await db.rows(
        _Planned, "SELECT <fields> FROM planned_turn WHERE schedule_id IN :ids ORDER BY layer_id, turn", ids=wanted
    ):
        planned[row.schedule_id].append(row.as_planned())
    gone = await db.rows(
        Person, "SELECT id AS user_id, deactivated_at FROM user_account WHERE deactivated_at IS NOT NULL"
    )
    away = await time_off_since(db, since)
    return {row.id: _loaded(row, overrides[row.id], planned[row.id], gone, away) for row in rows}


def _loaded(
    row: ScheduleRow,
    overrides: list[OverrideRow],
    planned: list[PlannedTurn],
    gone: list[Person],
    away: dict[str, list[TimeOff]],
) -> Loaded:
    people = row.members | {each.user_id for each in overrides}
    return Loaded(
        row=row,
        rota=Rota(
            schedule=row.plan,
            overrides=tuple(each.as_override() for each in overrides),
            people=tuple(each for each in gone if each.user_id in people),
            time_off=tuple(off for user_id in sorted(people) for off in away.get(user_id, ())) if away else (),
            planned=tuple(planned),
        ),
    )


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


async def visible_schedule_ids(db: Database, team_ids: Iterable[str]) -> list[str]:
    """The schedules of these teams."""
    rows = await db.values(
        "SELECT id FROM schedule WHERE archived_at IS NULL AND team_id IN :teams ORDER BY name", teams=tuple(team_ids)
    )
    return [id for (id,) in rows]


async def rotas_of(db: Database, user_id: str, *, since: datetime) -> list[Loaded]:
    """The schedules on which a person has or may have shifts from `since` on: what is theirs they see, whatever became
    of their teams. Everything that says "my shifts" asks here.
    """
    return list((await load_rotas(db, await schedules_naming(db, [user_id], since=since), since=since)).values())


async def schedules_naming(db: Database, user_ids: Collection[str], *, since: datetime) -> list[str]:
    """The schedules on which one of these people may be on call from `since` on, by name: their layers or overrides
    name them.
    """
    rows = await db.values(
        "SELECT id FROM schedule WHERE archived_at IS NULL"
        " AND (id IN (SELECT schedule_id FROM schedule_member WHERE named_id IN :ids)"
        " OR id IN (SELECT schedule_id FROM override WHERE end_at > :since AND user_id IN :ids)) ORDER BY name",
        since=since,
        ids=tuple(user_ids),
    )
    return [id for (id,) in rows]
