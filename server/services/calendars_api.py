"""Handlers of service calendars."""

from datetime import date
from typing import Annotated

from litestar import Response, delete, get, post, put
from litestar.params import FromPath, JSONBody, QueryParameter

from server.accounts.access.call import Call, Edit
from server.accounts.access.needs import needs
from server.accounts.access.permissions import CONFIGURATION_EDIT, READ
from server.kernel.http import Given, Handlers
from server.services.calendars import (
    archive_calendar,
    calendar_days,
    list_calendars,
    save_calendar,
    visible_calendar,
)
from server.services.holidays import countries
from shared.wire import routes
from shared.wire import service_calendars as wire
from shared.wire.lists import Page

EDIT = needs(CONFIGURATION_EDIT)


class ServiceCalendars(Handlers):
    tags = ["service calendars"]
    opt = needs(READ)

    @get(routes.SERVICE_CALENDARS, operation_id="listServiceCalendars")
    async def calendars(self, call: Given[Call]) -> Page[wire.ServiceCalendar]:
        return Page(items=await list_calendars(call.db, call.actor))

    @get(routes.HOLIDAY_COUNTRIES, operation_id="listHolidayCountries")
    async def holiday_countries(self) -> Page[wire.HolidayCountry]:
        return Page(items=list(countries()))

    @get(routes.SERVICE_CALENDAR, operation_id="readServiceCalendar")
    async def calendar(self, call: Given[Call], calendar_id: FromPath[str]) -> wire.ServiceCalendar:
        return await visible_calendar(call.db, call.actor, calendar_id)

    @get(routes.SERVICE_CALENDAR_DAYS, operation_id="listServiceCalendarDays")
    async def days(
        self,
        call: Given[Call],
        calendar_id: FromPath[str],
        start: Annotated[date, QueryParameter(name="from")],
        end: Annotated[date, QueryParameter(name="to")],
    ) -> wire.CalendarDays:
        """Each date with what decides it, holidays named in the reader's language."""
        found = await visible_calendar(call.db, call.actor, calendar_id)
        return wire.CalendarDays(items=calendar_days(found, start, end, language=call.actor.language))

    @post(routes.SERVICE_CALENDARS, operation_id="makeServiceCalendar", opt=EDIT)
    async def add_calendar(
        self, call: Given[Call], data: JSONBody[wire.ServiceCalendarInput]
    ) -> Response[wire.ServiceCalendar]:
        return await call.once(
            lambda: save_calendar(call.db, call.actor, data, id=None, rev=None, now=call.now), status=201
        )

    @put(routes.SERVICE_CALENDAR, operation_id="changeServiceCalendar", opt=EDIT)
    async def change_calendar(
        self, edit: Given[Edit], calendar_id: FromPath[str], data: JSONBody[wire.ServiceCalendarInput]
    ) -> Response[wire.ServiceCalendar]:
        return await edit.once(
            lambda: save_calendar(edit.db, edit.actor, data, id=calendar_id, rev=edit.rev, now=edit.now)
        )

    @delete(routes.SERVICE_CALENDAR, operation_id="archiveServiceCalendar", opt=EDIT)
    async def remove_calendar(self, edit: Given[Edit], calendar_id: FromPath[str]) -> None:
        await edit.db.apply(await archive_calendar(edit.db, edit.actor, calendar_id, rev=edit.rev, now=edit.now))
