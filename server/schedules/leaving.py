"""End an account without losing a shift: whoever is on call now or soon names who takes over."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

import msgspec

from server.accounts.access.actors import Actor
from server.accounts.audit.trail import About, audit
from server.accounts.people.change import deactivate
from server.accounts.people.find import people_answering
from server.kernel.database import Database, Writes
from server.kernel.errors import Conflict, FieldError, Invalid
from server.kernel.ids import new_id
from server.kernel.revisions import expect, revision
from server.schedules.change import TOLD_AHEAD, as_schedule
from server.schedules.overrides import cancel, write_override
from server.schedules.rotas import Loaded, load_rotas, schedules_naming
from server.schedules.shift_changes import keep_changes, shifts_changed
from server.schedules.warnings import doubled, unreachable
from server.services.directory import DUTY, touch_duty
from server.tables.schedules import Schedule
from shared.domain.on_call.layer_edits import diff_shifts
from shared.domain.on_call.leaving import StandIn, held_shifts, stand_ins, without
from shared.domain.on_call.override_checks import MAX_OVERRIDES
from shared.domain.on_call.rota import Override, Rota
from shared.domain.on_call.schedules import LOOK_AHEAD
from shared.domain.on_call.shifts import Shift
from shared.wire.people import Deactivated, Deactivation, User
from shared.wire.problems import FieldProblem

AHEAD = timedelta(days=30)
EVERY_OTHER = "*"
MOST_NAMED = 100


async def let_go(
    db: Database, actor: Actor, user_id: str, given: Deactivation, *, now: datetime
) -> tuple[Writes, Deactivated]:
    """Deactivate a person and let the takers stand in for their shifts of the next 30 days.

    Raises Conflict `on_call` naming the shifts that nobody takes, Invalid for a taker who isn't there.
    """
    duty = await revision(db, DUTY)
    writes, user = await deactivate(db, actor, user_id, now=now)
    named = await load_rotas(db, await schedules_naming(db, [user_id], since=now), since=now)
    held = _held(named.values(), user_id, now)
    await _check_takers(db, user_id, given.takers, held)
    if missing := [(rota, shift) for rota, shift in held if _taker(given.takers, rota) is None]:
        raise _on_call(actor, missing)
    holding = {rota.row.id for rota, _ in held}
    warnings: list[FieldProblem] = []
    for loaded in named.values():
        taker = _taker(given.takers, loaded) if loaded.row.id in holding else None
        made = stand_ins(loaded.rota, user_id, taker, now, now + AHEAD) if taker is not None else []
        _require_room(loaded, made, now)
        after = _write(writes, actor, loaded, made, leaver=user, now=now)
        if taker is not None:
            warnings += await doubled(db, loaded.rota, after, taker, (now, now + AHEAD), "takers")
    expect(writes, DUTY, duty)
    touch_duty(writes)
    takers = {taker for loaded, _ in held if (taker := _taker(given.takers, loaded)) is not None}
    warnings = [*await unreachable(db, takers, "takers"), *warnings]
    return writes, Deactivated(**msgspec.structs.asdict(user), warnings=warnings)


def _held(named: Iterable[Loaded], user_id: str, now: datetime) -> list[tuple[Loaded, Shift]]:
    """Every shift of the person from now on, for 30 days, by schedule."""
    return [(rota, shift) for rota in named for shift in held_shifts(rota.rota, user_id, now, now + AHEAD)]


def _taker(takers: Mapping[str, str], loaded: Loaded) -> str | None:
    return takers.get(loaded.row.id) or takers.get(EVERY_OTHER)


async def _check_takers(
    db: Database, user_id: str, takers: Mapping[str, str], held: list[tuple[Loaded, Shift]]
) -> None:
    text = "SELECT id FROM user_account WHERE deactivated_at IS NULL AND id IN :ids"
    active = {id for (id,) in await db.values(text, ids=tuple(takers.values()))} - {user_id}
    schedules = {loaded.row.id for loaded, _ in held} | {EVERY_OTHER}
    flaws: list[FieldError] = []
    for schedule_id, taker in takers.items():
        if schedule_id not in schedules:
            flaws.append(FieldError(f"takers.{schedule_id}", "unknown", "the person has no shift in such a schedule"))
        elif taker not in active:
            flaws.append(FieldError(f"takers.{schedule_id}", "unknown", "there is no such person"))
    for loaded in {rota.row.id: rota for rota, _ in held}.values():
        taker = _taker(takers, loaded)
        if taker is not None and taker in active and not await people_answering(db, loaded.row.team_id, [taker]):
            at = loaded.row.id if loaded.row.id in takers else EVERY_OTHER
            flaws.append(
                FieldError(f"takers.{at}", "cannot_see", "this person can't see what they would be paged about")
            )
    if flaws:
        raise Invalid(flaws)


def _on_call(actor: Actor, missing: list[tuple[Loaded, Shift]]) -> Conflict:
    """The refusal, with each shift; a schedule that the actor does not see has no name."""
    refusal = Conflict("this person is on call now or within 30 days; say who takes over", code="on_call")
    refusal.errors = [
        FieldError("takers", "on_call", f"on call in {args['schedule'] or 'a schedule'} from {args['start']}", args)
        for args in (_args(actor, loaded, shift) for loaded, shift in missing[:MOST_NAMED])
    ]
    return refusal


def _args(actor: Actor, loaded: Loaded, shift: Shift) -> dict[str, Any]:
    is_seen = loaded.row.team_id in actor.visible_ids
    return {
        "schedule_id": loaded.row.id if is_seen else "",
        "schedule": loaded.row.name if is_seen else "",
        "start": shift.start.isoformat().replace("+00:00", "Z"),
        "end": shift.end.isoformat().replace("+00:00", "Z"),
        "role_id": shift.role_id,
    }


def _require_room(loaded: Loaded, made: list[StandIn], now: datetime) -> None:
    alive = sum(1 for each in loaded.rota.overrides if each.cancelled_at is None and each.end > now)
    if alive + len(made) > MAX_OVERRIDES:
        message = f"{loaded.row.name} would have more than {MAX_OVERRIDES} overrides; change its layers first"
        raise Invalid.one(f"takers.{loaded.row.id}", "too_many_overrides", message, max=MAX_OVERRIDES)


def _write(writes: Writes, actor: Actor, loaded: Loaded, made: list[StandIn], *, leaver: User, now: datetime) -> Rota:
    """Returns what decides who is on call from then on."""
    overrides = tuple(
        Override(
            id=new_id(now),
            start=each.start,
            end=each.end,
            user_id=each.user_id,
            scope=each.scope,
            reason=leaver.name[:500],
            created_at=now,
            created_by=actor.user_id,
        )
        for each in made
    )
    for override in overrides:
        write_override(writes, loaded.row, override, now=now)
    gone = without(loaded.rota, leaver.id, now)
    end_stays(writes, actor, loaded, gone, now=now)
    after = msgspec.structs.replace(gone, overrides=(*gone.overrides, *overrides))
    ends = [each.end for each in gone.overrides if each.cancelled_at == now and each.user_id == leaver.id]
    until = min(max([now + TOLD_AHEAD, *ends]), now + LOOK_AHEAD)
    changes = [each for each in diff_shifts(loaded.rota, after, now, until) if each.user_id != leaver.id]
    keep_changes(writes, loaded.row.id, changes, made_by=actor.user_id, now=now)
    return after


def end_stays(writes: Writes, actor: Actor, loaded: Loaded, gone: Rota, *, now: datetime) -> None:
    """Keep in the schedule what ended with an account, and cancel what was promised; nothing, where it is kept."""
    row, layers = loaded.row, gone.schedule.layers
    was = {each.id for each in loaded.rota.overrides if each.cancelled_at is not None}
    for override in gone.overrides:
        if override.cancelled_at is not None and override.id not in was:
            cancel(writes, override.id, at=override.cancelled_at)
    if layers != row.layers:
        after = msgspec.structs.replace(row, layers=layers, rev=row.rev + 1)
        writes.update(Schedule, {"id": row.id, "rev": row.rev}, rev=after.rev, layers=layers)
        about = About("schedule", row.id, row.name, row.team_id)
        audit(writes, actor, about, before=as_schedule(row), after=as_schedule(after), now=now)
        shifts_changed(writes, after, now=now)
    elif gone != loaded.rota:
        shifts_changed(writes, row, now=now)
