"""Handlers of schedules, overrides, shifts and who is on call."""

from datetime import datetime
from typing import Annotated

from litestar import Response, delete, get, post, put
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from server.accounts.actors import Actor
from server.accounts.guard import needs
from server.accounts.permissions import PEOPLE_EDIT, READ, SCHEDULES_EDIT
from server.kernel.database import Database
from server.kernel.errors import FieldError, Invalid
from server.kernel.http import Given, Once, path
from server.schedules.change import (
    archive_schedule,
    as_schedule,
    as_wire,
    cancel_override,
    make_override,
    save_schedule,
    visible_schedule,
)
from server.schedules.leaving import let_go
from server.schedules.rotas import OverrideRow, load_rotas, visible_schedule_ids
from server.schedules.watches import my_on_call, names_of, on_call_now
from shared.domain.override_checks import check_window
from shared.domain.schedules import next_handoff, on_call_at, shifts
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
    return Page(items=[as_schedule(loaded[id].row) for id in ids])


@get(path(routes.SCHEDULE), operation_id="readSchedule", opt=needs(READ), tags=TAGS)
async def schedule(
    schedule_id: FromPath[str],
    actor: Given[Actor],
    db: Given[Database],
    now: Given[datetime],
) -> wire.Schedule:
    return as_schedule((await visible_schedule(db, actor, schedule_id, since=now)).row)


@post(path(routes.SCHEDULES), operation_id="makeSchedule", opt=EDIT, tags=TAGS)
async def add_schedule(
    data: JSONBody[wire.ScheduleInput],
    actor: Given[Actor],
    db: Given[Database],
    now: Given[datetime],
    once: Given[Once],
) -> Response[wire.Schedule]:
    return await once.carry_out(lambda: save_schedule(db, actor, data, id=None, rev=None, now=now), status=201)


@put(path(routes.SCHEDULE), operation_id="changeSchedule", opt=EDIT, tags=TAGS)
async def change_schedule(
    schedule_id: FromPath[str],
    data: JSONBody[wire.ScheduleInput],
    actor: Given[Actor],
    db: Given[Database],
    now: Given[datetime],
    rev: Given[int],
    once: Given[Once],
) -> Response[wire.Schedule]:
    return await once.carry_out(lambda: save_schedule(db, actor, data, id=schedule_id, rev=rev, now=now))


@delete(path(routes.SCHEDULE), operation_id="archiveSchedule", opt=EDIT, tags=TAGS)
async def remove_schedule(
    schedule_id: FromPath[str],
    actor: Given[Actor],
    db: Given[Database],
    now: Given[datetime],
    rev: Given[int],
) -> None:
    await db.apply(await archive_schedule(db, actor, schedule_id, rev=rev, now=now))


@get(path(routes.SCHEDULE_SHIFTS), operation_id="listShifts", opt=needs(READ), tags=TAGS)
async def schedule_shifts(
    schedule_id: FromPath[str],
    start: Annotated[datetime, QueryParameter(name="from")],
    end: Annotated[datetime, QueryParameter(name="to")],
    actor: Given[Actor],
    db: Given[Database],
) -> wire.Shifts:
    _require_offsets({"from": start, "to": end})
    if flaws := check_window(start, end):
        raise Invalid([FieldError(flaw.field, flaw.code, flaw.message, flaw.args) for flaw in flaws])
    loaded = await visible_schedule(db, actor, schedule_id, since=start)
    return wire.Shifts(items=shifts(loaded.rota, start, end), zone_rules=zone_rules_version())


@get(path(routes.SCHEDULE_ON_CALL), operation_id="readOnCall", opt=needs(READ), tags=TAGS)
async def schedule_on_call(
    schedule_id: FromPath[str],
    actor: Given[Actor],
    db: Given[Database],
    now: Given[datetime],
    at: FromQuery[datetime | None] = None,
) -> wire.OnCallAt:
    instant = at or now
    _require_offsets({"at": instant})
    loaded = await visible_schedule(db, actor, schedule_id, since=instant)
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


@get(path(routes.SCHEDULE_OVERRIDES), operation_id="listOverrides", opt=needs(READ), tags=TAGS)
async def overrides(
    schedule_id: FromPath[str],
    actor: Given[Actor],
    db: Given[Database],
    now: Given[datetime],
) -> Page[wire.Override]:
    await visible_schedule(db, actor, schedule_id, since=now)
    text = "SELECT * FROM override WHERE schedule_id = :id ORDER BY start_at DESC, id LIMIT 500"
    rows = await db.rows(OverrideRow, text, id=schedule_id)
    return Page(items=[as_wire(row) for row in rows])


@post(path(routes.SCHEDULE_OVERRIDES), operation_id="makeOverride", opt=EDIT, tags=TAGS)
async def add_override(
    schedule_id: FromPath[str],
    data: JSONBody[wire.OverrideInput],
    actor: Given[Actor],
    db: Given[Database],
    now: Given[datetime],
    once: Given[Once],
) -> Response[wire.Override]:
    return await once.carry_out(lambda: make_override(db, actor, schedule_id, data, now=now), status=201)


@delete(path(routes.SCHEDULE_OVERRIDE), operation_id="cancelOverride", opt=EDIT, tags=TAGS)
async def remove_override(
    schedule_id: FromPath[str],
    override_id: FromPath[str],
    actor: Given[Actor],
    db: Given[Database],
    now: Given[datetime],
) -> None:
    await db.apply(await cancel_override(db, actor, schedule_id, override_id, now=now))


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


def _require_offsets(instants: dict[str, datetime]) -> None:
    for name, instant in instants.items():
        if instant.tzinfo is None:
            raise Invalid.one(name, "no_offset", "must say its offset, such as Z")


HANDLERS = [
    schedules,
    schedule,
    add_schedule,
    change_schedule,
    remove_schedule,
    schedule_shifts,
    schedule_on_call,
    overrides,
    add_override,
    remove_override,
    everybody_on_call,
    me_on_call,
    deactivate_user,
]
