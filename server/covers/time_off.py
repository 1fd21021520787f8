"""Time off: when people are away, which of their shifts it touches, and who might stand in."""

import asyncio
from datetime import datetime, timedelta

from msgspec import Struct

from server.accounts.access.actors import Actor
from server.accounts.access.changed import person_revision
from server.accounts.access.names import name_of_person
from server.accounts.access.permissions import PEOPLE_EDIT
from server.accounts.audit.trail import About, audit
from server.covers.colleagues import WantedHours, propose
from server.kernel.clock import to_us
from server.kernel.database import Database, Priority, Writes, one_of, select
from server.kernel.due import Kind, arm
from server.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from server.kernel.http import cut, decode_cursor
from server.kernel.ids import new_id
from server.kernel.revisions import touch
from server.schedules.known import refusal
from server.schedules.plan import plan_now
from server.schedules.rotas import Loaded, rotas_of, schedules_naming
from server.schedules.time_off import TimeOffRow, add_time_off
from server.schedules.time_off import cancel_time_off as write_cancelled
from server.services.directory import touch_duty
from server.tables.accounts import Membership
from server.tables.covers import TimeOff
from shared.domain.on_call.leaving import held_shifts
from shared.domain.on_call.override_checks import check_instant, check_window
from shared.domain.on_call.shifts import Shift
from shared.wire import covers as wire
from shared.wire.lists import Page, Ref

CLASH = Kind("cover.clash", Priority.NOTICE)
GRACE = timedelta(minutes=10)
"""Time for whoever entered time off to ask colleagues of their own choice, before frozen turns are asked about."""
MOST_AHEAD = 200
MOST_PROPOSED = 100
"""Shifts for which colleagues are looked for; those after them are named without."""
KEPT_IN_LISTS = timedelta(days=30)


class _When(Struct, frozen=True):
    """What the trail keeps: reasons are nobody else's."""

    start: datetime
    end: datetime


class _Asked(Struct, frozen=True):
    id: str
    schedule_id: str
    start_at: datetime
    end_at: datetime


async def enter_time_off(
    db: Database, actor: Actor, data: wire.TimeOffInput, *, now: datetime
) -> tuple[Writes, wire.TimeOffMade]:
    """Raises Invalid naming each wrong field, Conflict when there is too much of it already."""
    _check(data, now)
    text = "SELECT COUNT(*) FROM time_off WHERE user_id = :user AND cancelled_at IS NULL AND end_at > :now"
    if await db.value(f"{text} AND calendar_id IS NULL", user=actor.user_id, now=now) >= MOST_AHEAD:
        raise Conflict(f"at most {MOST_AHEAD} entries ahead; cancel some first", code="too_many")
    row = TimeOffRow(
        id=new_id(now),
        user_id=actor.user_id,
        start_at=data.start,
        end_at=data.end,
        reason=data.reason,
        calendar_id=None,
        created_at=now,
        cancelled_at=None,
    )
    writes = Writes()
    add_time_off(writes, [row])
    audit(writes, actor, _about(actor, row.id), after=_When(row.start_at, row.end_at), now=now)
    await plan_around(db, writes, actor.user_id, now=now)
    made = _as_wire(row, Ref(actor.user_id, actor.name))
    return writes, wire.TimeOffMade(time_off=made, affected=await affected(db, actor, data, now=now))


async def preview_time_off(db: Database, actor: Actor, data: wire.TimeOffInput, *, now: datetime) -> wire.TimeOffMade:
    _check(data, now)
    return wire.TimeOffMade(time_off=None, affected=await affected(db, actor, data, now=now))


async def cancel_time_off(db: Database, actor: Actor, id: str, *, now: datetime) -> Writes:
    """It is kept, cancelled; raises Conflict for what a calendar says, which is changed there."""
    row = await db.row(TimeOffRow, select(TimeOff).where(TimeOff.id == id))
    if row is None or row.user_id != actor.user_id:
        raise NotFound
    if row.calendar_id is not None:
        raise Conflict("it comes from a calendar; change it there, or remove the calendar", code="from_calendar")
    if row.cancelled_at is not None:
        raise Conflict("it is cancelled already", code="already_cancelled")
    writes = Writes()
    write_cancelled(writes, id, now=now)
    audit(writes, actor, _about(actor, id), before=_When(row.start_at, row.end_at), verb="cancelled", now=now)
    await plan_around(db, writes, actor.user_id, now=now)
    return writes


async def plan_around(db: Database, writes: Writes, user_id: str, *, now: datetime) -> None:
    """Plan the turns of the person's schedules anew: those that aren't frozen go around time off."""
    touch_duty(writes)
    touch(writes, person_revision(user_id))
    for id in await schedules_naming(db, [user_id], since=now):
        plan_now(writes, id, now=now)
        arm(writes, CLASH, id, at=now + GRACE, now=now)


async def list_time_off(
    db: Database, actor: Actor, user_id: str, *, limit: int, cursor: str | None, now: datetime
) -> Page[wire.TimeOff]:
    """By start, from 30 days ago on, cancelled ones included.

    Raises NotFound for nobody, and Forbidden for people with whom the actor shares no team that they manage.
    """
    name = await name_of_person(db, user_id)
    if name is None:
        raise NotFound
    if not await _may_read(db, actor, user_id):
        raise Forbidden("only their managers and administrators read other people's time off", code="role")
    after, id = decode_cursor(cursor, int, str) if cursor is not None else (0, "")
    rows = await db.rows(
        TimeOffRow,
        "SELECT <fields> FROM time_off WHERE user_id = :user AND end_at > :since AND (start_at, id) > (:after, :id)"
        " ORDER BY start_at, id LIMIT :limit",
        user=user_id,
        since=now - KEPT_IN_LISTS,
        after=after,
        id=id,
        limit=limit + 1,
    )
    shown, more = cut(rows, limit, lambda row: (to_us(row.start_at), row.id))
    return Page(items=[_as_wire(row, Ref(user_id, name)) for row in shown], next_cursor=more)


def _as_wire(row: TimeOffRow, user: Ref) -> wire.TimeOff:
    return wire.TimeOff(
        id=row.id,
        user=user,
        start=row.start_at,
        end=row.end_at,
        reason=row.reason,
        source="entered" if row.calendar_id is None else "calendar",
        created_at=row.created_at,
        cancelled_at=row.cancelled_at,
    )


async def _may_read(db: Database, actor: Actor, user_id: str) -> bool:
    if user_id == actor.user_id or actor.may_in(PEOPLE_EDIT, None):
        return True
    return bool(
        await db.value(
            select(Membership, Membership.id).where(
                Membership.user_id == user_id, one_of(Membership.team_id, actor.managed_ids)
            )
        )
    )


async def affected(db: Database, actor: Actor, data: wire.TimeOffInput, *, now: datetime) -> list[wire.AffectedShift]:
    """The shifts still to come that it touches, cut to it, on every schedule; who might stand in is said where the
    person sees the team.
    """
    start = max(data.start, now)
    if start >= data.end:
        return []
    found = [
        (each, shift)
        for each in await rotas_of(db, actor.user_id, since=start)
        for shift in await asyncio.to_thread(held_shifts, each.rota, actor.user_id, start, data.end)
    ]
    found.sort(key=lambda pair: (pair[1].start, pair[0].row.name))
    seen = [n for n, (each, _) in enumerate(found[:MOST_PROPOSED]) if each.row.team_id in actor.visible_ids]
    wanted = [
        WantedHours(loaded=found[n][0], user_id=actor.user_id, start=found[n][1].start, end=found[n][1].end)
        for n in seen
    ]
    proposed = dict(zip(seen, await propose(db, wanted), strict=True))
    asked = await _asked(db, actor.user_id, start)
    return [_affected(each, shift, proposed.get(n, []), asked) for n, (each, shift) in enumerate(found)]


def _affected(
    loaded: Loaded, shift: Shift, proposed: list[wire.CoverCandidate], asked: list[_Asked]
) -> wire.AffectedShift:
    open_ids = (
        each.id
        for each in asked
        if each.schedule_id == loaded.row.id and each.start_at < shift.end and shift.start < each.end_at
    )
    return wire.AffectedShift(
        schedule=Ref(loaded.row.id, loaded.row.name),
        start=shift.start,
        end=shift.end,
        role_id=shift.role_id,
        candidates=proposed,
        request_id=next(open_ids, None),
    )


async def _asked(db: Database, user_id: str, since: datetime) -> list[_Asked]:
    """The person's requests that wait for an answer or an approval."""
    return await db.rows(
        _Asked,
        "SELECT <fields> FROM cover_request WHERE requester_id = :user AND end_at > :since"
        " AND (state = 'open' OR (state = 'accepted' AND needs_approval)) ORDER BY start_at, id",
        user=user_id,
        since=since,
    )


def _check(data: wire.TimeOffInput, now: datetime) -> None:
    if flaws := check_window(data.start, data.end, fields=("start", "end")):
        raise refusal(flaws)
    if data.end <= now:
        raise Invalid.one("end", "past", "it is over already")


def require_instants(instants: dict[str, datetime | None]) -> None:
    """Raises Invalid naming each instant that says no offset or lies out of reach."""
    flaws = [flaw for name, instant in instants.items() if instant is not None for flaw in check_instant(name, instant)]
    if flaws:
        raise refusal(flaws)


def _about(actor: Actor, id: str) -> About:
    return About("time_off", id, actor.name)
