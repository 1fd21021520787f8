"""Handlers of service calendars."""

from datetime import date, datetime
from typing import Annotated

from litestar import Response, delete, get, post, put
from litestar.params import FromPath, JSONBody, QueryParameter

from server.accounts.access.actors import Actor
from server.accounts.access.needs import needs
from server.accounts.access.permissions import CONFIGURATION_EDIT, READ
from server.kernel.database import Database
from server.kernel.http import Given, Once, path
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

TAGS = ["service calendars"]
EDIT = needs(CONFIGURATION_EDIT)


@get(path(routes.SERVICE_CALENDARS), operation_id="listServiceCalendars", opt=needs(READ), tags=TAGS)
async def calendars(actor: Given[Actor], db: Given[Database]) -> Page[wire.ServiceCalendar]:
    return Page(items=await list_calendars(db, actor))


@get(path(routes.HOLIDAY_COUNTRIES), operation_id="listHolidayCountries", opt=needs(READ), tags=TAGS)
async def holiday_countries() -> Page[wire.HolidayCountry]:
    return Page(items=list(countries()))


@get(path(routes.SERVICE_CALENDAR), operation_id="readServiceCalendar", opt=needs(READ), tags=TAGS)
async def calendar(calendar_id: FromPath[str], actor: Given[Actor], db: Given[Database]) -> wire.ServiceCalendar:
    return await visible_calendar(db, actor, calendar_id)


@get(path(routes.SERVICE_CALENDAR_DAYS), operation_id="listServiceCalendarDays", opt=needs(READ), tags=TAGS)
async def days(
    calendar_id: FromPath[str],
    start: Annotated[date, QueryParameter(name="from")],
    end: Annotated[date, QueryParameter(name="to")],
    actor: Given[Actor],
    db: Given[Database],
) -> wire.CalendarDays:
    """Each date with what decides it, holidays named in the reader's language."""
    found = await visible_calendar(db, actor, calendar_id)
    return wire.CalendarDays(items=calendar_days(found, start, end, language=actor.language))


@post(path(routes.SERVICE_CALENDARS), operation_id="makeServiceCalendar", opt=EDIT, tags=TAGS)
async def add_calendar(
    data: JSONBody[wire.ServiceCalendarInput],
    actor: Given[Actor],
    db: Given[Database],
    now: Given[datetime],
    once: Given[Once],
) -> Response[wire.ServiceCalendar]:
    return await once.carry_out(lambda: save_calendar(db, actor, data, id=None, rev=None, now=now), status=201)


@put(path(routes.SERVICE_CALENDAR), operation_id="changeServiceCalendar", opt=EDIT, tags=TAGS)
async def change_calendar(
    calendar_id: FromPath[str],
    data: JSONBody[wire.ServiceCalendarInput],
    actor: Given[Actor],
    db: Given[Database],
    now: Given[datetime],
    rev: Given[int],
    once: Given[Once],
) -> Response[wire.ServiceCalendar]:
    return await once.carry_out(lambda: save_calendar(db, actor, data, id=calendar_id, rev=rev, now=now))


@delete(path(routes.SERVICE_CALENDAR), operation_id="archiveServiceCalendar", opt=EDIT, tags=TAGS)
async def remove_calendar(
    calendar_id: FromPath[str], actor: Given[Actor], db: Given[Database], now: Given[datetime], rev: Given[int]
) -> None:
    await db.apply(await archive_calendar(db, actor, calendar_id, rev=rev, now=now))


HANDLERS = [calendars, holiday_countries, calendar, days, add_calendar, change_calendar, remove_calendar]
