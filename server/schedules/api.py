"""Handlers of schedules, overrides, shifts and who is on call."""

import asyncio
from datetime import datetime
from typing import Annotated

import msgspec
from litestar import Response, delete, get, post, put
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from server.accounts.access.actors import Actor
from server.accounts.access.call import Call, Edit
from server.accounts.access.needs import needs
from server.accounts.access.permissions import PEOPLE_EDIT, READ, SCHEDULES_EDIT
from server.accounts.sign_in.sessions import SessionRow, require_fresh
from server.kernel.http import Given, Handlers
from server.schedules.change import archive_schedule, as_schedule, save_schedule
from server.schedules.coming_back import come_back
from server.schedules.groups import Ways
from server.schedules.known import visible_schedule
from server.schedules.leaving import let_go
from server.schedules.read import list_shifts, my_shifts, preview_schedule, read_rotas, require_window
from server.schedules.roles import require_role
from server.schedules.rotas import ScheduleRow, load_rotas, visible_schedule_ids
from server.schedules.warnings import warnings_of
from server.schedules.watches import my_on_call, on_call_now, read_on_call
from shared.domain.on_call.schedules import gaps
from shared.domain.time import zone_rules_version
from shared.wire import routes
from shared.wire import schedules as wire
from shared.wire.lists import Page
from shared.wire.on_call import MyOnCall, OnCallNow
from shared.wire.people import Deactivated, Deactivation, Reactivated

EDIT = needs(SCHEDULES_EDIT)
MostShifts = Annotated[int, QueryParameter(ge=1, le=1000)]
"""About as many as one page shows."""


def _require_fresh_for_addresses(data: wire.ScheduleInput, session: SessionRow | None, now: datetime) -> None:
    """An address that is written here hears of shifts for good, as a calendar's reader does (decision 31)."""
    if session is not None and any(each.address is not None for each in data.notices.groups):
        require_fresh(session, now=now)


def _shown(row: ScheduleRow, actor: Actor) -> wire.Schedule:
    may_edit = actor.may_in(SCHEDULES_EDIT, row.team_id, row.id, own=True)
    return msgspec.structs.replace(as_schedule(row), may_edit=may_edit)


class Schedules(Handlers):
    tags = ["schedules"]
    opt = needs(READ)

    @get(routes.SCHEDULES, operation_id="listSchedules")
    async def schedules(self, call: Given[Call]) -> Page[wire.Schedule]:
        ids = await visible_schedule_ids(call.db, call.actor.visible_ids)
        loaded = await load_rotas(call.db, ids, since=call.now)
        return Page(items=[_shown(loaded[id].row, call.actor) for id in ids if id in loaded])

    @get(routes.SCHEDULE, operation_id="readSchedule")
    async def schedule(self, call: Given[Call], schedule_id: FromPath[str]) -> wire.Schedule:
        loaded = await visible_schedule(call.db, call.actor, schedule_id, since=call.now, archived=True)
        warnings = await warnings_of(call.db, loaded.row, loaded.rota, call.now)
        return msgspec.structs.replace(_shown(loaded.row, call.actor), warnings=warnings)

    @post(routes.SCHEDULES, operation_id="makeSchedule", opt=EDIT)
    async def add_schedule(
        self,
        call: Given[Call],
        data: JSONBody[wire.ScheduleInput],
        session: Given[SessionRow | None],
        ways: Given[Ways],
    ) -> Response[wire.Schedule]:
        _require_fresh_for_addresses(data, session, call.now)
        return await call.once(
            lambda: save_schedule(call.db, call.actor, data, ways, id=None, rev=None, now=call.now), status=201
        )

    @put(routes.SCHEDULE, operation_id="changeSchedule", opt=EDIT)
    async def change_schedule(
        self,
        edit: Given[Edit],
        schedule_id: FromPath[str],
        data: JSONBody[wire.ScheduleInput],
        session: Given[SessionRow | None],
        ways: Given[Ways],
    ) -> Response[wire.Schedule]:
        _require_fresh_for_addresses(data, session, edit.now)
        return await edit.once(
            lambda: save_schedule(edit.db, edit.actor, data, ways, id=schedule_id, rev=edit.rev, now=edit.now)
        )

    @delete(routes.SCHEDULE, operation_id="archiveSchedule", opt=EDIT)
    async def remove_schedule(self, edit: Given[Edit], schedule_id: FromPath[str]) -> None:
        await edit.db.apply(await archive_schedule(edit.db, edit.actor, schedule_id, rev=edit.rev, now=edit.now))

    @get(routes.SCHEDULE_SHIFTS, operation_id="listShifts")
    async def schedule_shifts(
        self,
        call: Given[Call],
        schedule_id: FromPath[str],
        start: Annotated[datetime, QueryParameter(name="from")],
        end: Annotated[datetime, QueryParameter(name="to")],
        limit: MostShifts = 500,
        cursor: FromQuery[str | None] = None,
    ) -> wire.Shifts:
        return await list_shifts(call.db, call.actor, schedule_id, start, end, limit=limit, cursor=cursor)

    @get(routes.SCHEDULE_GAPS, operation_id="listGaps")
    async def schedule_gaps(
        self,
        call: Given[Call],
        schedule_id: FromPath[str],
        start: Annotated[datetime, QueryParameter(name="from")],
        end: Annotated[datetime, QueryParameter(name="to")],
        role_id: FromQuery[str | None] = None,
    ) -> wire.Gaps:
        """When nobody is on call, or nobody in one role, and why."""
        require_window(start, end)
        await require_role(call.db, role_id)
        loaded = await visible_schedule(call.db, call.actor, schedule_id, since=start, archived=True)
        found = await asyncio.to_thread(gaps, loaded.rota, start, end, role_id=role_id)
        return wire.Gaps(items=found, zone_rules=zone_rules_version())

    @get(routes.SCHEDULE_ROTAS, operation_id="listRotas")
    async def rotas(self, call: Given[Call]) -> wire.Rotas:
        """For clients that answer by themselves who is on call, also without a network."""
        return await read_rotas(call.db, call.actor, call.now)

    @post(routes.SCHEDULE_PREVIEW, operation_id="previewSchedule", opt=EDIT, status_code=200)
    async def preview(self, call: Given[Call], data: JSONBody[wire.PreviewInput]) -> wire.Preview:
        return await preview_schedule(call.db, call.actor, data, now=call.now)

    @get(routes.SCHEDULE_ON_CALL, operation_id="readOnCall")
    async def schedule_on_call(
        self, call: Given[Call], schedule_id: FromPath[str], at: FromQuery[datetime | None] = None
    ) -> wire.OnCallAt:
        return await read_on_call(call.db, call.actor, schedule_id, at or call.now)

    @get(routes.ON_CALL, operation_id="listOnCallNow")
    async def everybody_on_call(self, call: Given[Call]) -> Page[OnCallNow]:
        return Page(items=await on_call_now(call.db, call.actor, call.now))


class MyWatches(Handlers):
    tags = ["me"]
    opt = needs(READ)

    @get(routes.MY_SHIFTS, operation_id="listMyShifts")
    async def me_shifts(
        self,
        call: Given[Call],
        start: Annotated[datetime, QueryParameter(name="from")],
        end: Annotated[datetime, QueryParameter(name="to")],
        limit: MostShifts = 500,
        cursor: FromQuery[str | None] = None,
    ) -> wire.MyShifts:
        return await my_shifts(call.db, call.actor, start, end, limit=limit, cursor=cursor, now=call.now)

    @get(routes.MY_ON_CALL, operation_id="readMyOnCall")
    async def me_on_call(self, call: Given[Call]) -> MyOnCall:
        return await my_on_call(call.db, call.actor, call.now)


class Leaving(Handlers):
    tags = ["people"]
    opt = needs(PEOPLE_EDIT)

    @post(routes.USER_DEACTIVATE, operation_id="deactivateUser", status_code=200)
    async def deactivate_user(
        self, call: Given[Call], user_id: FromPath[str], data: JSONBody[Deactivation]
    ) -> Response[Deactivated]:
        """Here and not among people, because somebody has to take the shifts."""

        return await call.once(lambda: let_go(call.db, call.actor, user_id, data, now=call.now), status=200)

    @post(routes.USER_REACTIVATE, operation_id="reactivateUser", opt=needs(PEOPLE_EDIT, fresh=True), status_code=200)
    async def reactivate_user(self, call: Given[Call], user_id: FromPath[str]) -> Response[Reactivated]:
        return await call.once(lambda: come_back(call.db, call.actor, user_id, now=call.now), status=200)
