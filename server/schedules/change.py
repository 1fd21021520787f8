"""Make and change schedules; the past and the running shift never change."""

import asyncio
from datetime import datetime, timedelta

import msgspec
from msgspec import Struct

from server.accounts.access.actors import Actor
from server.accounts.access.changed import REVIEW, Changed
from server.accounts.access.kinds import uses_of
from server.accounts.access.names import names_of_people
from server.accounts.access.ownership import owned, require_free, require_name_free, require_place
from server.accounts.access.permissions import SCHEDULES_EDIT
from server.accounts.audit.trail import About, audit
from server.kernel.database import Database, Writes
from server.kernel.due import arm
from server.kernel.ids import new_id
from server.kernel.revisions import touch
from server.schedules.groups import Ways, group_flaws, keep_groups
from server.schedules.known import known_to, problem, refusal
from server.schedules.notice_checks import notice_flaws
from server.schedules.overrides import write_override
from server.schedules.plan import arm_plan, write_plan
from server.schedules.rotas import Loaded, ScheduleRow, keep_members, load_rotas, rota_revision, time_off_since
from server.schedules.shift_changes import keep_changes, mark_known, shifts_changed
from server.schedules.warnings import warnings_of
from server.services.directory import touch_duty
from server.tables.schedules import Schedule
from shared.domain.flaws import Flaw, flaw
from shared.domain.on_call.layer_edits import diff_shifts, end_layer, put_back, with_real_ends
from shared.domain.on_call.least_recent import planned_again
from shared.domain.on_call.moved_covers import moved_covers
from shared.domain.on_call.override_checks import check_instant
from shared.domain.on_call.rota import Layer, Rota
from shared.domain.on_call.rota import Override as StandIn
from shared.domain.on_call.rota import Schedule as Plan
from shared.domain.on_call.schedule_checks import check_schedule, check_titles
from shared.domain.on_call.schedule_edits import Edited, edit_schedule, new_schedule
from shared.domain.on_call.schedules import on_call_at
from shared.wire import schedules as wire

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
A_DAY = timedelta(days=1)
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
        await owned(db, actor, ScheduleRow, Schedule, id, rev, permission=SCHEDULES_EDIT)
        before = (await load_rotas(db, [id], since=now))[id]
    sent = tuple(msgspec.convert(msgspec.to_builtins(layer), Layer) for layer in data.layers)
    layers = with_real_ends(sent, before.row.layers if before is not None else ())
    named = tuple(layer if layer.id else msgspec.structs.replace(layer, id=new_id(now)) for layer in layers)
    wanted = Plan(time_zone=data.time_zone, overlap=data.overlap, layers=named)
    checked = check_schedule(wanted, await known_to(db, data.team_id), now=now)
    flaws = (*_flaws(actor, data, before, now), *_unknown_layers(layers, before), *checked.flaws)
    edited = Edited(schedule=checked.schedule)
    if not flaws:
        edited = await asyncio.to_thread(_edited, before, checked.schedule, data.effective_at, now)
    names = ("name", "description", "description_in_notices", "team_id", "time_zone", "overlap", "notices")
    row = ScheduleRow(
        id=id or new_id(now),
        layers=edited.schedule.layers,
        former=edited.schedule.former,
        rev=(rev or 0) + 1,
        **{name: getattr(data, name) for name in names},
    )
    rota = await _rota(db, before, row, edited, now)
    warnings = list(checked.warnings)
    if not flaws:
        rota = msgspec.structs.replace(rota, planned=await asyncio.to_thread(planned_again, rota, now=now))
        warnings += _later(before, edited, data.effective_at, now)
        warnings += await _moved(db, before, rota, now)
        warnings += await _put_back(db, before, layers)
    return Draft(row=row, before=before, rota=rota, made=edited.overrides, flaws=flaws, warnings=tuple(warnings))


def _later(before: Loaded | None, edited: Edited, effective_at: datetime | None, now: datetime) -> list[Flaw]:
    """That another order or overlap, or a layer, waits for the slots that run, where no instant was chosen."""
    former = edited.schedule.former
    if before is None or effective_at is not None:
        return []
    known = {each.until for each in before.row.former}
    later = [_after_running_shifts("layers", "Layers change", at) for at in sorted({*edited.waits.values()})]
    if former and former[-1].until > now and former[-1].until not in known | {*edited.waits.values()}:
        later.insert(0, _after_running_shifts("overlap", "How layers overlap changes", former[-1].until))
    return later


def _after_running_shifts(field: str, what: str, at: datetime) -> Flaw:
    message = f"{what} at {at:%Y-%m-%d %H:%M} UTC, when no running shift is cut by it."
    return flaw(field, "after_running_shifts", message, at=at)


async def _moved(db: Database, before: Loaded | None, after: Rota, now: datetime) -> list[Flaw]:
    """The covers whose shift the edit moves away: they stay where they were promised."""
    moved = await asyncio.to_thread(moved_covers, before.rota, after, now) if before is not None else []
    names = await names_of_people(db, sorted({id for each in moved for id in (each.user_id, each.scope.user_id) if id}))
    return [
        flaw(
            "overrides",
            "cover_moved",
            "The shift is elsewhere after this edit, and the cover stays where it was promised.",
            override_id=each.id,
            start=each.start,
            end=each.end,
            user_id=each.user_id,
            name=names.get(each.user_id, ""),
            for_id=each.scope.user_id,
            for_name=names.get(each.scope.user_id or "", ""),
        )
        for each in moved
    ]


async def _put_back(db: Database, before: Loaded | None, layers: tuple[Layer, ...]) -> list[Flaw]:
    """Who came back and is on call again because their stay was sent as if it had never ended."""
    found = put_back(layers, before.row.layers) if before is not None else []
    names = await names_of_people(db, sorted({user_id for _, user_id in found}))
    return [
        flaw(
            f"layers[{place}].groups",
            "put_back",
            f"The place of {names.get(user_id, '')} had ended with their account; they are on call there again.",
            user_id=user_id,
            name=names.get(user_id, ""),
        )
        for place, user_id in found
    ]


def _edited(before: Loaded | None, wanted: Plan, effective_at: datetime | None, now: datetime) -> Edited:
    """The schedule as it will be."""
    if before is None:
        return Edited(schedule=new_schedule(wanted, now=now, effective_at=effective_at))
    return edit_schedule(before.rota, wanted, new_id=lambda: new_id(now), now=now, effective_at=effective_at)


async def _rota(db: Database, before: Loaded | None, row: ScheduleRow, edited: Edited, now: datetime) -> Rota:
    """What would decide who is on call, the time off of new members included."""
    rota = before.rota if before is not None else Rota(schedule=edited.schedule)
    away = await time_off_since(db, now)
    off = tuple(each for user_id in sorted(row.members) for each in away.get(user_id, ()))
    overrides = (*rota.overrides, *edited.overrides)
    return msgspec.structs.replace(rota, schedule=edited.schedule, overrides=overrides, time_off=off)


def _flaws(actor: Actor, data: wire.ScheduleInput, before: Loaded | None, now: datetime) -> list[Flaw]:
    """What is wrong beside the layers; raises Forbidden where the actor may not put a schedule."""
    flaws: list[Flaw] = []
    if data.team_id not in actor.visible_ids:
        flaws.append(flaw("team_id", "unknown", "there is no such team"))
    else:
        require_place(actor, data.team_id, SCHEDULES_EDIT, was=before.row.team_id if before else None)
    flaws += _effective_flaws(data.effective_at, now)
    flaws += check_titles(data.name, data.description)
    flaws += notice_flaws(data.notices)
    return [*flaws, *group_flaws(data.notices.groups, before.row.notices.groups if before else ())]


def _effective_flaws(at: datetime | None, now: datetime) -> list[Flaw]:
    """A change may be said to hold from earlier today on, which is now."""
    if at is None:
        return []
    if flaws := check_instant("effective_at", at):
        return flaws
    return [flaw("effective_at", "past", "What was stays as it was.")] if at < now - A_DAY else []


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
    await require_name_free(db, actor, Schedule, data.name, but=id)
    row, before = draft.row, draft.before
    writes = Writes()
    known = before.row.notices.groups if before else ()
    groups = await keep_groups(db, writes, row.id, data.notices.groups, known, ways, now=now)
    row = msgspec.structs.replace(row, notices=msgspec.structs.replace(row.notices, groups=groups))
    values = {name: getattr(row, name) for name in COLUMNS}
    if before is None:
        writes.insert(Schedule, id=row.id, created_at=now, archived_at=None, rev=1, **values)
        for user_id in {entry.user_id for entry in on_call_at(draft.rota, now)}:
            mark_known(writes, row.id, "start", now, user_id, now=now)
    else:
        writes.update(Schedule, {"id": row.id, "rev": row.rev - 1}, rev=row.rev, **values)
    keep_members(writes, row)
    for each in draft.made:
        write_override(writes, row, each, now=now)
    write_plan(writes, row.id, before.rota.planned if before else (), draft.rota.planned, now=now)
    arm_plan(writes, row.id, draft.rota, now=now)
    touch_duty(writes)
    saved = as_schedule(row)
    was = as_schedule(before.row) if before is not None else None
    audit(writes, actor, About("schedule", row.id, row.name, row.team_id), before=was, after=saved, now=now)
    was_rota = before.rota if before else NOBODY
    changes = await asyncio.to_thread(diff_shifts, was_rota, draft.rota, now, now + TOLD_AHEAD)
    keep_changes(writes, row.id, changes, made_by=actor.user_id, now=now)
    shifts_changed(writes, row, now=now)
    warnings = [*(problem(each) for each in draft.warnings), *await warnings_of(db, row, draft.rota, now)]
    return writes, msgspec.structs.replace(saved, warnings=warnings, changes=changes, may_edit=True)


async def archive_schedule(db: Database, actor: Actor, id: str, *, rev: int, now: datetime) -> Writes:
    """Nobody is on call on it any more; who was stays to be asked for. Raises Conflict while a policy names it."""
    row = await owned(db, actor, ScheduleRow, Schedule, id, rev, permission=SCHEDULES_EDIT)
    require_free(actor, await uses_of(db, id))
    loaded = (await load_rotas(db, [id], since=now))[id]
    ended = (end_layer(loaded.rota, layer, now=now, effective_at=now) for layer in row.layers)
    layers = tuple(layer for layer in ended if layer is not None)
    writes = Writes().update(Schedule, {"id": id, "rev": rev}, archived_at=now, rev=rev + 1, layers=layers)
    text = "UPDATE override SET cancelled_at = :now WHERE schedule_id = :id AND cancelled_at IS NULL AND end_at > :now"
    writes.sql(text, id=id, now=now)
    touch(writes, rota_revision(id))
    arm(writes, REVIEW, Changed(id), at=now, now=now)
    touch_duty(writes)
    changes = await asyncio.to_thread(diff_shifts, loaded.rota, NOBODY, now, now + TOLD_AHEAD)
    keep_changes(writes, id, changes, made_by=actor.user_id, now=now)
    audit(writes, actor, About("schedule", id, row.name, row.team_id), before=as_schedule(row), now=now)
    return writes


def as_schedule(row: ScheduleRow) -> wire.Schedule:
    shown = (name for name in row.__struct_fields__ if name != "former")
    return wire.Schedule(**{name: getattr(row, name) for name in shown})
