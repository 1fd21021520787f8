"""Make and change schedules; the past and the running shift never change."""

from datetime import datetime, timedelta

import msgspec
from msgspec import Struct

from server.accounts.actors import Actor
from server.accounts.audit import About, note
from server.accounts.ownership import owned, require_place, require_unused
from server.accounts.permissions import SCHEDULES_EDIT
from server.kernel.database import Database, Writes
from server.kernel.errors import Conflict
from server.kernel.ids import new_id
from server.schedules.groups import Ways, group_flaws, keep_groups
from server.schedules.known import known_to, problem, refusal
from server.schedules.notice_checks import notice_flaws
from server.schedules.notices import shifts_changed
from server.schedules.overrides import write_override
from server.schedules.plan import arm_plan, write_plan
from server.schedules.rotas import Loaded, ScheduleRow, load_rotas, time_off_since
from server.schedules.shift_changes import tell_of_changes
from server.schedules.warnings import warnings_of
from server.services.directory import touch_configuration
from server.tables.schedules import Schedule
from shared.domain.flaws import Flaw, flaw
from shared.domain.layer_edits import diff_shifts
from shared.domain.least_recent import planned_again
from shared.domain.rota import Layer, Rota
from shared.domain.rota import Override as StandIn
from shared.domain.rota import Schedule as Plan
from shared.domain.schedule_checks import check_schedule
from shared.domain.schedule_edits import edit_schedule
from shared.wire import schedules as wire

SCHEDULE = "SELECT * FROM schedule WHERE id = :id AND archived_at IS NULL"
COLUMNS = (
    "name",
    "team_id",
    "time_zone",
    "description",
    "description_in_notices",
    "overlap",
    "layers",
    "former",
    "notices",
)
TOLD_AHEAD = timedelta(days=90)
"""How far ahead a change says who gains and loses shifts."""


NOBODY = Rota(schedule=Plan(time_zone="UTC"))


class Draft(Struct, frozen=True, kw_only=True):
    """A schedule as it would be saved; with `flaws` it can't be."""

    row: ScheduleRow
    before: Loaded | None
    rota: Rota
    made: tuple[StandIn, ...] = ()
    flaws: tuple[Flaw, ...] = ()
    warnings: tuple[Flaw, ...] = ()


async def draft_schedule(
    db: Database, actor: Actor, data: wire.ScheduleInput, *, id: str | None, rev: int | None, now: datetime
) -> Draft:
    """What saving would make of it. Raises NotFound and Forbidden, not for what is written wrong."""
    before: Loaded | None = None
    if id is not None:
        await owned(db, actor, ScheduleRow, SCHEDULE, id, rev, permission=SCHEDULES_EDIT)
        before = (await load_rotas(db, [id], since=now))[id]
    flaws: list[Flaw] = []
    if data.team_id not in actor.visible_ids:
        flaws.append(flaw("team_id", "unknown", "there is no such team"))
    else:
        require_place(actor, data.team_id, SCHEDULES_EDIT, was=before.row.team_id if before else None)
    if data.effective_at is not None and data.effective_at.tzinfo is None:
        flaws.append(flaw("effective_at", "no_offset", "must say its offset, such as Z"))
    flaws += notice_flaws(data.notices)
    flaws += group_flaws(data.notices.groups, before.row.notices.groups if before else ())
    layers = tuple(msgspec.convert(msgspec.to_builtins(layer), Layer) for layer in data.layers)
    flaws += _unknown_layers(layers, before)
    named = tuple(layer if layer.id else msgspec.structs.replace(layer, id=new_id(now)) for layer in layers)
    wanted = Plan(time_zone=data.time_zone, overlap=data.overlap, layers=named)
    checked = check_schedule(wanted, await known_to(db, data.team_id), now=now)
    flaws += checked.flaws
    edited, made = checked.schedule, ()
    if before is not None and not flaws:
        changed = edit_schedule(
            before.rota, checked.schedule, new_id=lambda: new_id(now), now=now, effective_at=data.effective_at
        )
        edited, made = changed.schedule, changed.overrides
    row = ScheduleRow(
        id=id or new_id(now),
        name=data.name,
        description=data.description,
        description_in_notices=data.description_in_notices,
        team_id=data.team_id,
        time_zone=data.time_zone,
        overlap=data.overlap,
        layers=edited.layers,
        former=edited.former,
        notices=data.notices,
        rev=(rev or 0) + 1,
    )
    rota = before.rota if before is not None else Rota(schedule=edited)
    away = await time_off_since(db, now)
    off = tuple(each for user_id in sorted(row.members) for each in away.get(user_id, ()))
    rota = msgspec.structs.replace(rota, schedule=edited, overrides=(*rota.overrides, *made), time_off=off)
    if not flaws:
        rota = msgspec.structs.replace(rota, planned=planned_again(rota, now=now))
    return Draft(row=row, before=before, rota=rota, made=made, flaws=tuple(flaws), warnings=tuple(checked.warnings))


def _unknown_layers(layers: tuple[Layer, ...], before: Loaded | None) -> list[Flaw]:
    """An id names a layer that the schedule has; new ones have none."""
    known = {layer.id for layer in before.row.layers} if before is not None else set[str]()
    return [
        flaw(f"layers[{n}].id", "unknown", "the schedule has no such layer", id=layer.id)
        for n, layer in enumerate(layers)
        if layer.id and layer.id not in known
    ]


async def save_schedule(
    db: Database, actor: Actor, data: wire.ScheduleInput, ways: Ways, *, id: str | None, rev: int | None, now: datetime
) -> tuple[Writes, wire.Schedule]:
    """Make a schedule, or change the one with this id and rev; changed layers end and get successors."""
    draft = await draft_schedule(db, actor, data, id=id, rev=rev, now=now)
    if draft.flaws:
        raise refusal(draft.flaws)
    text = "SELECT 1 FROM schedule WHERE archived_at IS NULL AND name = :name AND id <> :id"
    if await db.value(text, name=data.name, id=id or ""):
        raise Conflict("another schedule has this name", code="name_taken")
    row, before = draft.row, draft.before
    writes = Writes()
    known = before.row.notices.groups if before else ()
    groups = await keep_groups(db, writes, row.id, data.notices.groups, known, ways, now=now)
    row = msgspec.structs.replace(row, notices=msgspec.structs.replace(row.notices, groups=groups))
    values = {name: getattr(row, name) for name in COLUMNS}
    if before is None:
        writes.insert(Schedule, id=row.id, created_at=now, archived_at=None, rev=1, **values)
    else:
        writes.update(Schedule, {"id": row.id, "rev": row.rev - 1}, rev=row.rev, **values)
    for each in draft.made:
        write_override(writes, row, each, now=now)
    write_plan(writes, row.id, before.rota.planned if before else (), draft.rota.planned, now=now)
    arm_plan(writes, row.id, draft.rota, now=now)
    touch_configuration(writes)
    saved = as_schedule(row)
    was = as_schedule(before.row) if before is not None else None
    note(writes, actor, About("schedule", row.id, row.name, row.team_id), before=was, after=saved, now=now)
    changes = diff_shifts(before.rota if before else NOBODY, draft.rota, now, now + TOLD_AHEAD)
    tell_of_changes(writes, row.id, changes, made_by=actor.user_id, now=now)
    shifts_changed(writes, row, now=now)
    warnings = [*(problem(each) for each in draft.warnings), *await warnings_of(db, row, draft.rota, now)]
    return writes, msgspec.structs.replace(saved, warnings=warnings, changes=changes, may_edit=True)


async def archive_schedule(db: Database, actor: Actor, id: str, *, rev: int, now: datetime) -> Writes:
    """Raises Conflict while a policy names it."""
    row = await owned(db, actor, ScheduleRow, SCHEDULE, id, rev, permission=SCHEDULES_EDIT)
    used = await db.values(
        "SELECT name, team_id FROM escalation_policy WHERE archived_at IS NULL AND levels LIKE :mention ORDER BY name",
        mention=f'%"{id}"%',
    )
    require_unused(actor, "policy", used)
    writes = Writes().update(Schedule, {"id": id, "rev": rev}, archived_at=now, rev=rev + 1)
    touch_configuration(writes)
    loaded = (await load_rotas(db, [id], since=now))[id]
    changes = diff_shifts(loaded.rota, NOBODY, now, now + TOLD_AHEAD)
    tell_of_changes(writes, id, changes, made_by=actor.user_id, now=now)
    note(writes, actor, About("schedule", id, row.name, row.team_id), before=as_schedule(row), now=now)
    return writes


def as_schedule(row: ScheduleRow) -> wire.Schedule:
    shown = (name for name in row.__struct_fields__ if name != "former")
    return wire.Schedule(**{name: getattr(row, name) for name in shown})
