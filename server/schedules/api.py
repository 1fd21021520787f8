"""Handlers of schedules, overrides, shifts and who is on call."""

import asyncio
from datetime import datetime
from typing import Annotated

import msgspec
from litestar import Response, delete, get, post, put
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from server.accounts.access.actors import Actor
from server.accounts.access.needs import needs
from server.accounts.access.permissions import PEOPLE_EDIT, READ, SCHEDULES_EDIT
from server.accounts.sign_in.sessions import SessionRow, require_fresh
from server.kernel.database import Database
from server.kernel.http import Given, Once, path
from server.schedules.change import archive_schedule, as_schedule, save_schedule
from server.schedules.groups import Ways
from server.schedules.known import visible_schedule
from server.schedules.leaving import let_go
from server.schedules.read import my_shifts, preview_schedule, read_rotas, require_instant, require_window
from server.schedules.roles import require_role
from server.schedules.rotas import ScheduleRow, load_rotas, visible_schedule_ids
from server.schedules.uses import PagedBy
from server.schedules.warnings import warnings_of
from server.schedules.watches import my_on_call, names_of, on_call_now
from shared.domain.on_call.schedules import gaps, next_handoff, on_call_at, shifts
from shared.domain.time import zone_rules_version
from shared.wire import routes
from shared.wire import schedules as wire
from shared.wire.lists import Page
from shared.wire.on_call import MyOnCall, OnCallNow
from shared.wire.people import Deactivation, User

TAGS = ["schedules"]
EDIT = needs(SCHEDULES_EDIT)


@get(path(routes.SCHEDULES), operation_id="listSchedules", opt=needs(READ), tags=TAGS)
async def schedules(actor: Given[Actor], db: Given[Database], now: Given[datetime]) -> Page[wire.Schedule]:
    ids = await visible_schedule_ids(db, actor.visible_ids)
    loaded = await load_rotas(db, ids, since=now)
    return Page(items=[_shown(loaded[id].row, actor) for id in ids if id in loaded])


@get(path(routes.SCHEDULE), operation_id="readSchedule", opt=needs(READ), tags=TAGS)
async def schedule(
    schedule_id: FromPath[str],
    actor: Given[Actor],
    db: Given[Database],
    now: Given[datetime],
) -> wire.Schedule:
    loaded = await visible_schedule(db, actor, schedule_id, since=now, archived=True)
    warnings = await warnings_of(db, loaded.row, loaded.rota, now)
    return msgspec.structs.replace(_shown(loaded.row, actor), warnings=warnings)


@post(path(routes.SCHEDULES), operation_id="makeSchedule", opt=EDIT, tags=TAGS)
async def add_schedule(
    data: JSONBody[wire.ScheduleInput],
    actor: Given[Actor],
    session: Given[SessionRow | None],
    db: Given[Database],
    ways: Given[Ways],
    now: Given[datetime],
    once: Given[Once],
) -> Response[wire.Schedule]:
    _require_fresh_for_addresses(data, session, now)
    return await once.carry_out(lambda: save_schedule(db, actor, data, ways, id=None, rev=None, now=now), status=201)


@put(path(routes.SCHEDULE), operation_id="changeSchedule", opt=EDIT, tags=TAGS)
async def change_schedule(  # noqa: PLR0913 (seven of them are given by the application)
    schedule_id: FromPath[str],
    data: JSONBody[wire.ScheduleInput],
    actor: Given[Actor],
    session: Given[SessionRow | None],
    db: Given[Database],
    ways: Given[Ways],
    now: Given[datetime],
    rev: Given[int],
    once: Given[Once],
) -> Response[wire.Schedule]:
    _require_fresh_for_addresses(data, session, now)
    return await once.carry_out(lambda: save_schedule(db, actor, data, ways, id=schedule_id, rev=rev, now=now))


def _require_fresh_for_addresses(data: wire.ScheduleInput, session: SessionRow | None, now: datetime) -> None:
    """An address that is written here hears of shifts for good, as a calendar's reader does (decision 31)."""
    if session is not None and any(each.address is not None for each in data.notices.groups):
        require_fresh(session, now=now)


@delete(path(routes.SCHEDULE), operation_id="archiveSchedule", opt=EDIT, tags=TAGS)
async def remove_schedule(
    schedule_id: FromPath[str],
    actor: Given[Actor],
    db: Given[Database],
    now: Given[datetime],
    rev: Given[int],
    paged_by: Given[PagedBy],
) -> None:
    await db.apply(await archive_schedule(db, actor, schedule_id, paged_by, rev=rev, now=now))


@get(path(routes.SCHEDULE_SHIFTS), operation_id="listShifts", opt=needs(READ), tags=TAGS)
async def schedule_shifts(
    schedule_id: FromPath[str],
    start: Annotated[datetime, QueryParameter(name="from")],
    end: Annotated[datetime, QueryParameter(name="to")],
    actor: Given[Actor],
    db: Given[Database],
) -> wire.Shifts:
    require_window(start, end)
    loaded = await visible_schedule(db, actor, schedule_id, since=start, archived=True)
    found = await asyncio.to_thread(shifts, loaded.rota, start, end)
    return wire.Shifts(items=found, zone_rules=zone_rules_version())


@get(path(routes.SCHEDULE_GAPS), operation_id="listGaps", opt=needs(READ), tags=TAGS)
async def schedule_gaps(
    schedule_id: FromPath[str],
    start: Annotated[datetime, QueryParameter(name="from")],
    end: Annotated[datetime, QueryParameter(name="to")],
    actor: Given[Actor],
    db: Given[Database],
    role_id: FromQuery[str | None] = None,
) -> wire.Gaps:
    """When nobody is on call, or nobody in one role, and why."""
    require_window(start, end)
    await require_role(db, role_id)
    loaded = await visible_schedule(db, actor, schedule_id, since=start, archived=True)
    found = await asyncio.to_thread(gaps, loaded.rota, start, end, role_id=role_id)
    return wire.Gaps(items=found, zone_rules=zone_rules_version())


@get(path(routes.SCHEDULE_ROTAS), operation_id="listRotas", opt=needs(READ), tags=TAGS)
async def rotas(actor: Given[Actor], db: Given[Database], now: Given[datetime]) -> Page[wire.ScheduleRota]:
    """For clients that answer by themselves who is on call, also without a network."""
    return Page(items=await read_rotas(db, actor, now))


@post(path(routes.SCHEDULE_PREVIEW), operation_id="previewSchedule", opt=EDIT, status_code=200, tags=TAGS)
async def preview(
    data: JSONBody[wire.PreviewInput], actor: Given[Actor], db: Given[Database], now: Given[datetime]
) -> wire.Preview:
    return await preview_schedule(db, actor, data, now=now)


@get(path(routes.MY_SHIFTS), operation_id="listMyShifts", opt=needs(READ), tags=["me"])
async def me_shifts(
    start: Annotated[datetime, QueryParameter(name="from")],
    end: Annotated[datetime, QueryParameter(name="to")],
    actor: Given[Actor],
    db: Given[Database],
    now: Given[datetime],
) -> wire.MyShifts:
    return await my_shifts(db, actor, start, end, now=now)


@get(path(routes.SCHEDULE_ON_CALL), operation_id="readOnCall", opt=needs(READ), tags=TAGS)
async def schedule_on_call(
    schedule_id: FromPath[str],
    actor: Given[Actor],
    db: Given[Database],
    now: Given[datetime],
    at: FromQuery[datetime | None] = None,
) -> wire.OnCallAt:
    instant = at or now
    require_instant("at", instant)
    loaded = await visible_schedule(db, actor, schedule_id, since=instant, archived=True)
    names = await names_of(db, "user_account")
    handoff = next_handoff(loaded.rota, instant)
    return wire.OnCallAt(
        at=instant,
        entries=[
            wire.Entry(
                user_id=entry.user_id,
                name=names.get(entry.user_id, ""),
                role_id=entry.role_id,
                layer_id=entry.layer_id,
                override_id=entry.override_id,
            )
            for entry in on_call_at(loaded.rota, instant)
        ],
        next_handoff=handoff.at if handoff else None,
    )


@post(
    path(routes.USER_DEACTIVATE),
    operation_id="deactivateUser",
    opt=needs(PEOPLE_EDIT),
    status_code=200,
    tags=["people"],
)
async def deactivate_user(
    user_id: FromPath[str],
    data: JSONBody[Deactivation],
    actor: Given[Actor],
    db: Given[Database],
    now: Given[datetime],
    once: Given[Once],
) -> Response[User]:
    """Here and not among people, because somebody has to take the shifts."""

    return await once.carry_out(lambda: let_go(db, actor, user_id, data, now=now), status=200)


@get(path(routes.ON_CALL), operation_id="listOnCallNow", opt=needs(READ), tags=TAGS)
async def everybody_on_call(actor: Given[Actor], db: Given[Database], now: Given[datetime]) -> Page[OnCallNow]:
    return Page(items=await on_call_now(db, actor, now))


@get(path(routes.MY_ON_CALL), operation_id="readMyOnCall", opt=needs(READ), tags=["me"])
async def me_on_call(actor: Given[Actor], db: Given[Database], now: Given[datetime]) -> MyOnCall:
    return await my_on_call(db, actor, now)


def _shown(row: ScheduleRow, actor: Actor) -> wire.Schedule:
    may_edit = actor.may_in(SCHEDULES_EDIT, row.team_id, row.id, own=True)
    return msgspec.structs.replace(as_schedule(row), may_edit=may_edit)


HANDLERS = [
    schedules,
    schedule,
    add_schedule,
    change_schedule,
    remove_schedule,
    schedule_shifts,
    schedule_gaps,
    rotas,
    preview,
    me_shifts,
    schedule_on_call,
    everybody_on_call,
    me_on_call,
    deactivate_user,
]
