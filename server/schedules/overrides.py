"""Overrides: somebody stands in for a while."""

from datetime import datetime

import msgspec

from server.accounts.access.actors import Actor
from server.accounts.access.permissions import SCHEDULES_EDIT
from server.accounts.audit.trail import About, audit
from server.accounts.people.find import people_answering
from server.kernel.clock import to_us
from server.kernel.database import Database, Writes
from server.kernel.errors import Conflict, Invalid, NotFound
from server.kernel.http import cut, decode_cursor
from server.kernel.ids import new_id
from server.schedules.known import known_to, refusal, visible_schedule
from server.schedules.rotas import Loaded, OverrideRow, ScheduleRow
from server.schedules.shift_changes import keep_changes, shifts_changed
from server.schedules.warnings import doubled, unreachable
from server.services.directory import touch_duty
from server.tables.schedules import Override
from shared.domain.on_call.layer_edits import diff_shifts
from shared.domain.on_call.override_checks import check_override
from shared.domain.on_call.rota import Override as StandIn
from shared.domain.on_call.rota import Scope
from shared.wire import schedules as wire
from shared.wire.lists import Page

AFTER_ALL_US = 2**62


async def list_overrides(
    db: Database, actor: Actor, schedule_id: str, *, limit: int, cursor: str | None, now: datetime
) -> Page[wire.Override]:
    """Those that begin last first, cancelled ones included; those of an archived schedule too."""
    before, id = decode_cursor(cursor, int, str) if cursor is not None else (AFTER_ALL_US, "")
    await visible_schedule(db, actor, schedule_id, since=now, archived=True)
    rows = await db.rows(
        OverrideRow,
        "SELECT <fields> FROM override WHERE schedule_id = :schedule AND (start_at, id) < (:before, :id)"
        " ORDER BY start_at DESC, id DESC LIMIT :limit",
        schedule=schedule_id,
        before=before,
        id=id,
        limit=limit + 1,
    )
    shown, more = cut(rows, limit, lambda row: (to_us(row.start_at), row.id))
    return Page(items=[as_wire(row.as_override()) for row in shown], next_cursor=more)


async def make_override(
    db: Database, actor: Actor, schedule_id: str, data: wire.OverrideInput, *, now: datetime
) -> tuple[Writes, wire.Override]:
    """Somebody stands in; raises Invalid naming each wrong field."""
    loaded = await visible_schedule(db, actor, schedule_id, since=now)
    actor.require_team(loaded.row.team_id, SCHEDULES_EDIT, schedule_id)
    row = OverrideRow(
        id=new_id(now),
        schedule_id=schedule_id,
        user_id=data.user_id,
        scope=msgspec.convert(msgspec.to_builtins(data.scope), Scope),
        start_at=data.start,
        end_at=data.end,
        reason=data.reason,
        created_at=now,
        created_by=actor.user_id,
        cancelled_at=None,
    )
    known = await known_to(db, loaded.row.team_id)
    flaws = check_override(row.as_override(), loaded.rota.schedule, known, others=loaded.rota.overrides, now=now)
    if flaws:
        raise refusal(flaws)
    if not await people_answering(db, loaded.row.team_id, [data.user_id]):
        raise Invalid.one("user_id", "cannot_see", "this person can't see what the team of the schedule is paged about")
    writes = Writes()
    made = row.as_override()
    write_override(writes, loaded.row, made, now=now)
    after = msgspec.structs.replace(loaded.rota, overrides=(*loaded.rota.overrides, made))
    if made.end > now:
        changes = diff_shifts(loaded.rota, after, max(made.start, now), made.end)
        keep_changes(writes, schedule_id, changes, made_by=actor.user_id, now=now)
    touch_duty(writes)
    audit(writes, actor, _about_override(loaded), verb="override_made", after=as_wire(made), now=now)
    warnings = await unreachable(db, [data.user_id], "user_id")
    if made.scope.kind != "all" and made.end > now:
        span = max(made.start, now), made.end
        warnings += await doubled(db, loaded.rota, after, data.user_id, span, "user_id")
    return writes, msgspec.structs.replace(as_wire(made), warnings=warnings)


def write_override(writes: Writes, schedule: ScheduleRow, made: StandIn, *, now: datetime) -> None:
    shifts_changed(writes, schedule, now=now)
    writes.insert(
        Override,
        id=made.id,
        schedule_id=schedule.id,
        user_id=made.user_id,
        scope=made.scope,
        start_at=made.start,
        end_at=made.end,
        reason=made.reason,
        created_at=made.created_at,
        created_by=made.created_by,
        cancelled_at=None,
    )


def cancel(writes: Writes, id: str, *, at: datetime) -> None:
    """It ends then; one that is cancelled already makes the writes stale."""
    text = "UPDATE override SET cancelled_at = :at WHERE id = :id AND cancelled_at IS NULL"
    writes.sql(text, expect=1, id=id, at=at)


async def cancel_override(db: Database, actor: Actor, schedule_id: str, id: str, *, now: datetime) -> Writes:
    """It ends now; it is kept for ever."""
    loaded = await visible_schedule(db, actor, schedule_id, since=now)
    actor.require_team(loaded.row.team_id, SCHEDULES_EDIT, schedule_id)
    text = "SELECT <fields> FROM override WHERE id = :id AND schedule_id = :schedule"
    found = await db.row(OverrideRow, text, id=id, schedule=schedule_id)
    if found is None:
        raise NotFound
    if found.cancelled_at is not None:
        raise Conflict("it is cancelled already", code="already_cancelled")
    writes = Writes()
    cancel(writes, id, at=now)
    left = tuple(each for each in loaded.rota.overrides if each.id != id)
    ended = (msgspec.structs.replace(found.as_override(), cancelled_at=now),)
    after = msgspec.structs.replace(loaded.rota, overrides=(*left, *ended))
    if found.end_at > now:
        changes = diff_shifts(loaded.rota, after, max(found.start_at, now), found.end_at)
        keep_changes(writes, schedule_id, changes, made_by=actor.user_id, now=now)
    shifts_changed(writes, loaded.row, now=now)
    touch_duty(writes)
    audit(
        writes, actor, _about_override(loaded), verb="override_cancelled", before=as_wire(found.as_override()), now=now
    )
    return writes


def _about_override(loaded: Loaded) -> About:
    """Overrides are read in the history of their schedule."""
    return About("schedule", loaded.row.id, loaded.row.name, loaded.row.team_id)


def as_wire(made: StandIn) -> wire.Override:
    return wire.Override(
        id=made.id,
        start=made.start,
        end=made.end,
        user_id=made.user_id,
        scope=made.scope,
        reason=made.reason,
        created_at=made.created_at,
        created_by=made.created_by or "",
        cancelled_at=made.cancelled_at,
    )
