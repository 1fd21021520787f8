"""Make and change schedules and overrides; the past and the running shift never change."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from server.accounts.actors import Actor
from server.accounts.audit import About, note
from server.accounts.find import people_answering
from server.accounts.ownership import owned, require_place, require_unused
from server.accounts.permissions import SCHEDULES_EDIT
from server.kernel.database import Database, Writes
from server.kernel.errors import Conflict, FieldError, Invalid, NotFound
from server.kernel.ids import new_id
from server.schedules.rotas import Loaded, OverrideRow, ScheduleRow, load_rotas
from server.services.directory import touch_configuration
from server.tables.schedules import Override, Schedule
from shared.domain.flaws import Flaw, Known
from shared.domain.layer_edits import edit_layer
from shared.domain.override_checks import check_override
from shared.domain.rota import Layer, Rota
from shared.domain.rota import Schedule as Plan
from shared.domain.schedule_checks import check_schedule
from shared.domain.time import reading, wall_reading
from shared.wire import schedules as wire
from shared.wire.problems import FieldProblem

SCHEDULE = "SELECT * FROM schedule WHERE id = :id AND archived_at IS NULL"
ROLES = frozenset({"primary", "backup"})
COLUMNS = (
    "name",
    "team_id",
    "time_zone",
    "description",
    "description_in_notices",
    "overlap",
    "layers",
    "notices",
)


async def save_schedule(
    db: Database, actor: Actor, data: wire.ScheduleInput, *, id: str | None, rev: int | None, now: datetime
) -> tuple[Writes, wire.Schedule]:
    """Make a schedule, or change the one with this id and rev; changed layers end and get successors."""
    before: Loaded | None = None
    if id is not None:
        await owned(db, actor, ScheduleRow, SCHEDULE, id, rev, permission=SCHEDULES_EDIT)
        before = (await load_rotas(db, [id], since=now))[id]
    if data.team_id not in actor.visible_ids:
        raise Invalid.one("team_id", "unknown", "there is no such team")
    require_place(actor, data.team_id, SCHEDULES_EDIT, was=before.row.team_id if before else None)
    plan = Plan(time_zone=data.time_zone, overlap=data.overlap, layers=_named(data.layers, now))
    checked = check_schedule(plan, await _known(db, data.team_id), now=now)
    if checked.flaws:
        raise Invalid([_error(flaw) for flaw in checked.flaws])
    text = "SELECT 1 FROM schedule WHERE archived_at IS NULL AND name = :name AND id <> :id"
    if await db.value(text, name=data.name, id=id or ""):
        raise Conflict("another schedule has this name", code="name_taken")
    layers = checked.schedule.layers
    if before is not None:
        layers = _edited(before.rota, layers, now)
    saved = wire.Schedule(
        id=id or new_id(now),
        name=data.name,
        team_id=data.team_id,
        time_zone=data.time_zone,
        description=data.description,
        overlap=data.overlap,
        layers=layers,
        description_in_notices=data.description_in_notices,
        notices=data.notices,
        warnings=[_problem(warning) for warning in checked.warnings],
        rev=(rev or 0) + 1,
    )
    writes = _write(saved, is_new=before is None, now=now)
    was = as_schedule(before.row) if before is not None else None
    note(writes, actor, About("schedule", saved.id, saved.name, saved.team_id), before=was, after=saved, now=now)
    return writes, saved


def _write(saved: wire.Schedule, *, is_new: bool, now: datetime) -> Writes:
    values = {name: getattr(saved, name) for name in COLUMNS}
    writes = Writes()
    if is_new:
        writes.insert(Schedule, id=saved.id, created_at=now, archived_at=None, rev=1, **values)
    else:
        writes.update(Schedule, {"id": saved.id, "rev": saved.rev - 1}, rev=saved.rev, **values)
    touch_configuration(writes)
    return writes


def _named(layers: Sequence[Layer], now: datetime) -> tuple[Layer, ...]:
    """Layers without an id are new and get one."""
    return tuple(layer if layer.id else msgspec.structs.replace(layer, id=new_id(now)) for layer in layers)


def _edited(before: Rota, layers: Sequence[Layer], now: datetime) -> tuple[Layer, ...]:
    """Old layers as they were until now, and their successors, in the order wanted."""
    old = {layer.id: layer for layer in before.schedule.layers}
    edited: list[Layer] = []
    for layer in layers:
        if layer.id in old:
            edited += edit_layer(before, old[layer.id], layer, successor_id=new_id(now), now=now)
        else:
            edited.append(layer)
    kept = {layer.id for layer in layers}
    for layer in before.schedule.layers:
        if layer.id not in kept and (ended := _ended(before, layer, now)) is not None:
            edited.append(ended)
    return tuple(edited)


def _ended(before: Rota, layer: Layer, now: datetime) -> Layer | None:
    """A layer that was taken out: it stays for what was, and is gone if it had not begun."""
    here = reading(layer.time_zone or before.schedule.time_zone, now)
    if (wall_reading(layer.start) or 0) >= (wall_reading(here) or 0):
        return None
    if layer.end is not None and (wall_reading(layer.end) or 0) <= (wall_reading(here) or 0):
        return layer
    return msgspec.structs.replace(layer, end=here)


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
    note(writes, actor, About("schedule", id, row.name, row.team_id), before=as_schedule(row), now=now)
    return writes


async def make_override(
    db: Database, actor: Actor, schedule_id: str, data: wire.OverrideInput, *, now: datetime
) -> tuple[Writes, wire.Override]:
    """Somebody stands in; raises Invalid naming each wrong field."""
    loaded = await visible_schedule(db, actor, schedule_id, since=now)
    actor.require_team(loaded.row.team_id, SCHEDULES_EDIT, schedule_id)
    for name in ("start", "end"):
        if getattr(data, name).tzinfo is None:
            raise Invalid.one(name, "no_offset", "must say its offset, such as Z")
    row = OverrideRow(
        id=new_id(now),
        schedule_id=schedule_id,
        user_id=data.user_id,
        scope=data.scope,
        start_at=data.start,
        end_at=data.end,
        reason=data.reason,
        created_at=now,
        created_by=actor.user_id,
        cancelled_at=None,
    )
    known = await _known(db, loaded.row.team_id)
    flaws = check_override(row.as_override(), loaded.rota.schedule, known, others=loaded.rota.overrides, now=now)
    if flaws:
        raise Invalid([_error(flaw) for flaw in flaws])
    if not await people_answering(db, loaded.row.team_id, [data.user_id]):
        raise Invalid.one("user_id", "cannot_see", "this person can't see what the team of the schedule is paged about")
    writes = Writes().insert(Override, **{name: getattr(row, name) for name in row.__struct_fields__})
    touch_configuration(writes)
    note(writes, actor, _about_override(loaded), verb="override_made", after=as_wire(row), now=now)
    return writes, as_wire(row)


async def cancel_override(db: Database, actor: Actor, schedule_id: str, id: str, *, now: datetime) -> Writes:
    """It ends now; it is kept for ever."""
    loaded = await visible_schedule(db, actor, schedule_id, since=now)
    actor.require_team(loaded.row.team_id, SCHEDULES_EDIT, schedule_id)
    text = "SELECT * FROM override WHERE id = :id AND schedule_id = :schedule"
    found = await db.row(OverrideRow, text, id=id, schedule=schedule_id)
    if found is None:
        raise NotFound
    if found.cancelled_at is not None:
        raise Conflict("it is cancelled already", code="already_cancelled")
    text = "UPDATE override SET cancelled_at = :now WHERE id = :id AND cancelled_at IS NULL"
    writes = Writes().sql(text, expect=1, id=id, now=now)
    touch_configuration(writes)
    note(writes, actor, _about_override(loaded), verb="override_cancelled", before=as_wire(found), now=now)
    return writes


def _about_override(loaded: Loaded) -> About:
    """Overrides are read in the history of their schedule."""
    return About("schedule", loaded.row.id, loaded.row.name, loaded.row.team_id)


async def visible_schedule(db: Database, actor: Actor, id: str, *, since: datetime) -> Loaded:
    """Raises NotFound for what isn't there or can't be seen."""
    loaded = (await load_rotas(db, [id], since=since)).get(id)
    if loaded is None:
        raise NotFound
    actor.require_visible(loaded.row.team_id)
    return loaded


def as_schedule(row: ScheduleRow) -> wire.Schedule:
    return wire.Schedule(
        id=row.id,
        name=row.name,
        team_id=row.team_id,
        time_zone=row.time_zone,
        description=row.description,
        description_in_notices=row.description_in_notices,
        overlap=row.overlap,
        layers=row.layers,
        notices=row.notices,
        rev=row.rev,
    )


def as_wire(row: OverrideRow) -> wire.Override:
    return wire.Override(
        id=row.id,
        start=row.start_at,
        end=row.end_at,
        user_id=row.user_id,
        scope=row.scope,
        reason=row.reason,
        created_at=row.created_at,
        created_by=row.created_by,
        cancelled_at=row.cancelled_at,
    )


def _problem(flaw: Flaw) -> FieldProblem:
    return FieldProblem(field=flaw.field, code=flaw.code, message=flaw.message, args=flaw.args)


def _error(flaw: Flaw) -> FieldError:
    return FieldError(flaw.field, flaw.code, flaw.message, flaw.args)


async def _known(db: Database, team_id: str) -> Known:
    users = await db.values("SELECT id, deactivated_at FROM user_account")
    team = await db.values("SELECT user_id FROM membership WHERE team_id = :team", team=team_id)
    return Known(
        users=frozenset(id for id, _ in users),
        deactivated=frozenset(id for id, gone in users if gone is not None),
        team=frozenset(id for (id,) in team),
        roles=ROLES,
    )
