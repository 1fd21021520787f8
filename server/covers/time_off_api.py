"""Handlers of time off, and of the calendars it comes from."""

from litestar import Response, delete, get, post
from litestar.params import FromPath, FromQuery, JSONBody

from server.accounts.access.call import Call
from server.accounts.access.needs import needs
from server.accounts.access.permissions import READ
from server.covers.time_off import cancel_time_off, enter_time_off, list_time_off, preview_time_off
from server.covers.time_off_calendars import add_calendar, list_calendars, remove_calendar
from server.kernel.effects import Effects
from server.kernel.http import Given, Handlers, Limit
from server.kernel.outbound import Outbound
from shared.wire import covers as wire
from shared.wire import routes
from shared.wire.covers import LONGEST_FILE
from shared.wire.lists import Page


class TimeOff(Handlers):
    tags = ["time off"]
    opt = needs(READ)

    @get(routes.MY_TIME_OFF, operation_id="listMyTimeOff")
    async def my_time_off(
        self, call: Given[Call], limit: Limit = 50, cursor: FromQuery[str | None] = None
    ) -> Page[wire.TimeOff]:
        """By start, from 30 days ago on."""
        return await list_time_off(call.db, call.actor, call.actor.user_id, limit=limit, cursor=cursor, now=call.now)

    @get(routes.USER_TIME_OFF, operation_id="listTimeOff")
    async def time_off_of(
        self, call: Given[Call], user_id: FromPath[str], limit: Limit = 50, cursor: FromQuery[str | None] = None
    ) -> Page[wire.TimeOff]:
        """With its reasons, for managers of a team that the person is in, and for administrators."""
        return await list_time_off(call.db, call.actor, user_id, limit=limit, cursor=cursor, now=call.now)

    @post(routes.MY_TIME_OFF, operation_id="enterTimeOff")
    async def enter(self, call: Given[Call], data: JSONBody[wire.TimeOffInput]) -> Response[wire.TimeOffMade]:
        return await call.once(lambda: enter_time_off(call.db, call.actor, data, now=call.now), status=201)

    @post(routes.MY_TIME_OFF_PREVIEW, operation_id="previewTimeOff", status_code=200)
    async def preview(self, call: Given[Call], data: JSONBody[wire.TimeOffInput]) -> wire.TimeOffMade:
        return await preview_time_off(call.db, call.actor, data, now=call.now)

    @delete(routes.MY_TIME_OFF_ONE, operation_id="cancelTimeOff")
    async def cancel(self, call: Given[Call], time_off_id: FromPath[str]) -> None:
        await call.db.apply(await cancel_time_off(call.db, call.actor, time_off_id, now=call.now))

    @get(routes.MY_TIME_OFF_CALENDARS, operation_id="listTimeOffCalendars")
    async def calendars(self, call: Given[Call]) -> Page[wire.TimeOffCalendar]:
        return Page(items=await list_calendars(call.db, call.actor, call.secrets, now=call.now))

    @post(
        routes.MY_TIME_OFF_CALENDARS,
        operation_id="addTimeOffCalendar",
        request_max_body_size=2 * LONGEST_FILE,
        files=("content",),
    )
    async def add(
        self, call: Given[Call], data: JSONBody[wire.TimeOffCalendarInput], outbound: Given[Outbound]
    ) -> Response[wire.TimeOffCalendar]:
        effects = Effects()
        return await call.once(
            lambda: add_calendar(
                call.db, call.actor, data, outbound=outbound, secrets=call.secrets, effects=effects, now=call.now
            ),
            status=201,
        )

    @delete(routes.MY_TIME_OFF_CALENDAR, operation_id="removeTimeOffCalendar")
    async def remove(self, call: Given[Call], calendar_id: FromPath[str]) -> None:
        await call.db.apply(await remove_calendar(call.db, call.actor, calendar_id, secrets=call.secrets, now=call.now))
