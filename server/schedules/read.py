"""What clients ask of schedules: rotas to answer by themselves, shifts, gaps, a preview."""

import asyncio
from collections.abc import Iterable
from datetime import datetime, timedelta

import msgspec

from server.accounts.access.actors import Actor
from server.accounts.access.names import names_and_zones, names_of_all_people, names_of_all_teams
from server.accounts.access.permissions import SCHEDULES_EDIT
from server.kernel.database import Database
from server.kernel.errors import Invalid, NotFound
from server.kernel.http import cut, decode_cursor
from server.schedules.change import Draft, draft_schedule
from server.schedules.known import problem, refusal, visible_schedule
from server.schedules.roles import names_of_roles
from server.schedules.rotas import Loaded, load_rotas, rotas_of, schedules_naming, visible_schedule_ids
from shared.domain.flaws import Flaw, flaw
from shared.domain.on_call.layer_edits import diff_shifts
from shared.domain.on_call.leaving import held_shifts
from shared.domain.on_call.override_checks import check_window
from shared.domain.on_call.rota import Rota
from shared.domain.on_call.schedules import gaps, on_call_at, page_end, shifts, slots
from shared.domain.time import zone_rules_version
from shared.wire import schedules as wire
from shared.wire.lists import Ref

KEPT_BACK = timedelta(days=35)
"""How far back the rotas go that clients keep."""
LONGEST_PREVIEW = HELD_AHEAD = timedelta(days=92)


def require_window(start: datetime, end: datetime) -> None:
    """Raises Invalid unless it ends after it starts, within 366 days."""
    if flaws := check_window(start, end):
        raise refusal(flaws)


async def read_rotas(db: Database, actor: Actor, now: datetime) -> wire.Rotas:
    """Every schedule the actor sees, with all that a client needs to answer for it from 35 days ago on; of others the
    actor's own shifts.
    """
    since = now - KEPT_BACK
    ids = await visible_schedule_ids(db, actor.visible_ids)
    loaded = await load_rotas(db, ids, since=since)
    people, zones = await names_and_zones(db)
    teams, roles = await names_of_all_teams(db), await names_of_roles(db)
    unseen = [id for id in await schedules_naming(db, [actor.user_id], since=since) if id not in set(ids)]
    others = (await load_rotas(db, unseen, since=since)).values()
    return wire.Rotas(
        items=[_copy(loaded[id], actor, people, zones, teams=teams, roles=roles) for id in ids if id in loaded],
        held=await _held(others, actor.user_id, since, now + HELD_AHEAD),
    )


async def _held(loaded: Iterable[Loaded], user_id: str, start: datetime, end: datetime) -> list[wire.MyShift]:
    """One person's shifts on these schedules, in order."""
    found = [
        wire.MyShift(schedule=Ref(each.row.id, each.row.name), shift=shift)
        for each in loaded
        for shift in await asyncio.to_thread(held_shifts, each.rota, user_id, start, end)
    ]
    return sorted(
        found, key=lambda each: (each.shift.start, each.shift.end, each.schedule.name, each.shift.role_id or "")
    )


def _copy(
    loaded: Loaded,
    actor: Actor,
    people: dict[str, str],
    zones: dict[str, str],
    *,
    teams: dict[str, str],
    roles: dict[str, str],
) -> wire.ScheduleRota:
    row = loaded.row
    named = people_of(loaded.rota)
    return wire.ScheduleRota(
        schedule=Ref(row.id, row.name),
        team=Ref(row.team_id, teams[row.team_id]) if row.team_id in teams else None,
        description=row.description,
        rota=loaded.rota,
        people={id: people[id] for id in sorted(named) if id in people},
        zones={id: zones[id] for id in sorted(named) if id in zones},
        roles=roles,
        zone_rules=zone_rules_version(),
        may_edit=actor.may_in(SCHEDULES_EDIT, row.team_id, row.id, own=True),
    )


def people_of(rota: Rota) -> set[str]:
    """Everybody whom a rota names."""
    members = {m.user_id for layer in rota.schedule.layers for group in layer.groups for m in group.members}
    overrides = {id for each in rota.overrides for id in (each.user_id, each.created_by, each.scope.user_id) if id}
    return members | overrides


def _within(name: str, flaw: Flaw) -> Flaw:
    return msgspec.structs.replace(flaw, field=f"{name}.{flaw.field}")


def _begun(start: datetime, end: datetime, cursor: str | None) -> datetime:
    """Where this page of a window begins; raises Invalid for the window, and for another list's cursor."""
    require_window(start, end)
    if cursor is None:
        return start
    (at,) = decode_cursor(cursor, datetime)
    if at.tzinfo is None or not start < at < end:
        raise Invalid.one("cursor", "bad_cursor", "is not a cursor of this list")
    return at


def _goes_on(until: datetime, end: datetime) -> str | None:
    """The cursor of a window that was cut before its end."""
    return cut(sorted({until, end}), 1, lambda at: (at,))[1]


async def list_shifts(
    db: Database, actor: Actor, id: str, start: datetime, end: datetime, *, limit: int, cursor: str | None
) -> wire.Shifts:
    """The shifts of a schedule, a page of about `limit`; raises Invalid for the window."""
    start = _begun(start, end, cursor)
    loaded = await visible_schedule(db, actor, id, since=start, archived=True)
    until = await asyncio.to_thread(page_end, [loaded.rota], start, end, limit)
    return wire.Shifts(
        items=await asyncio.to_thread(shifts, loaded.rota, start, until),
        zone_rules=zone_rules_version(),
        next_cursor=_goes_on(until, end),
    )


async def my_shifts(
    db: Database, actor: Actor, start: datetime, end: datetime, *, limit: int, cursor: str | None, now: datetime
) -> wire.MyShifts:
    """The actor's own shifts on every schedule, a page of about `limit`; raises Invalid for the window."""
    start = _begun(start, end, cursor)
    loaded = await rotas_of(db, actor.user_id, since=min(start, now))
    rotas = [each.rota for each in loaded]
    until = await asyncio.to_thread(page_end, rotas, start, end, limit, user_id=actor.user_id)
    running = [
        Ref(each.row.id, each.row.name)
        for each in loaded
        if any(entry.user_id == actor.user_id for entry in on_call_at(each.rota, now))
    ]
    found = await _held(loaded, actor.user_id, start, until)
    more = _goes_on(until, end)
    return wire.MyShifts(on_call_now=running, items=found, zone_rules=zone_rules_version(), next_cursor=more)


async def preview_schedule(db: Database, actor: Actor, data: wire.PreviewInput, *, now: datetime) -> wire.Preview:
    """What saving would bring; nothing is written. Raises Invalid with everything that is wrong."""
    try:
        draft = await draft_schedule(db, actor, data.schedule, id=data.schedule_id, rev=None, now=now)
    except NotFound:
        raise Invalid.one("schedule_id", "unknown", "there is no such schedule") from None
    window = check_window(data.start, data.end)
    if not window and data.end - data.start > LONGEST_PREVIEW:
        window = [flaw("to", "too_long", f"At most {LONGEST_PREVIEW.days} days.", max_days=LONGEST_PREVIEW.days)]
    if flaws := [*(_within("schedule", each) for each in draft.flaws), *window]:
        raise refusal(flaws)
    people = await names_of_all_people(db)
    return await asyncio.to_thread(_worked_out, draft, data, people, now)


def _worked_out(draft: Draft, data: wire.PreviewInput, people: dict[str, str], now: datetime) -> wire.Preview:
    named = people_of(draft.rota) | (people_of(draft.before.rota) if draft.before else set[str]())
    return wire.Preview(
        layers=draft.row.layers,
        shifts=shifts(draft.rota, data.start, data.end),
        gaps=gaps(draft.rota, max(data.start, now), data.end) if data.end > now else [],
        slots=[
            wire.LayerSlots(layer_id=layer.id, slots=slots(draft.rota, layer.id, data.start, data.end))
            for layer in draft.row.layers
        ],
        changes=diff_shifts(draft.before.rota, draft.rota, max(data.start, now), data.end)
        if draft.before and data.end > now
        else [],
        people={id: people[id] for id in sorted(named) if id in people},
        warnings=[problem(each) for each in draft.warnings],
    )
