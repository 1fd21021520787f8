"""Handlers of time off, and of the calendars it comes from."""

from datetime import datetime
from typing import Annotated

from litestar import Response, delete, get, post
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from server.accounts.access.actors import Actor
from server.accounts.access.needs import needs
from server.accounts.access.permissions import READ
from server.covers.time_off import cancel_time_off, enter_time_off, list_time_off, preview_time_off
from server.covers.time_off_calendars import add_calendar, list_calendars, remove_calendar
from server.kernel.database import Database
from server.kernel.effects import Effects
from server.kernel.http import Given, Once, path
from server.kernel.outbound import Outbound
from server.kernel.secrets import Secrets
from shared.wire import covers as wire
from shared.wire import routes
from shared.wire.lists import Page

TAGS = ["time off"]


@get(path(routes.MY_TIME_OFF), operation_id="listMyTimeOff", opt=needs(READ), tags=TAGS)
async def my_time_off(
    actor: Given[Actor],
    db: Given[Database],
    now: Given[datetime],
    limit: Annotated[int, QueryParameter(ge=1, le=200)] = 50,
    cursor: FromQuery[str | None] = None,
) -> Page[wire.TimeOff]:
    """By start, from 30 days ago on."""
    return await list_time_off(db, actor, actor.user_id, limit=limit, cursor=cursor, now=now)


@get(path(routes.USER_TIME_OFF), operation_id="listTimeOff", opt=needs(READ), tags=TAGS)
async def time_off_of(
    user_id: FromPath[str],
    actor: Given[Actor],
    db: Given[Database],
    now: Given[datetime],
    limit: Annotated[int, QueryParameter(ge=1, le=200)] = 50,
    cursor: FromQuery[str | None] = None,
) -> Page[wire.TimeOff]:
    """With its reasons, for managers of a team that the person is in, and for administrators."""
    return await list_time_off(db, actor, user_id, limit=limit, cursor=cursor, now=now)


@post(path(routes.MY_TIME_OFF), operation_id="enterTimeOff", opt=needs(READ), tags=TAGS)
async def enter(
    data: JSONBody[wire.TimeOffInput],
    actor: Given[Actor],
    db: Given[Database],
    now: Given[datetime],
    once: Given[Once],
) -> Response[wire.TimeOffMade]:
    return await once.carry_out(lambda: enter_time_off(db, actor, data, now=now), status=201)


@post(path(routes.MY_TIME_OFF_PREVIEW), operation_id="previewTimeOff", opt=needs(READ), status_code=200, tags=TAGS)
async def preview(
    data: JSONBody[wire.TimeOffInput], actor: Given[Actor], db: Given[Database], now: Given[datetime]
) -> wire.TimeOffMade:
    return await preview_time_off(db, actor, data, now=now)


@delete(path(routes.MY_TIME_OFF_ONE), operation_id="cancelTimeOff", opt=needs(READ), tags=TAGS)
async def cancel(time_off_id: FromPath[str], actor: Given[Actor], db: Given[Database], now: Given[datetime]) -> None:
    await db.apply(await cancel_time_off(db, actor, time_off_id, now=now))


@get(path(routes.MY_TIME_OFF_CALENDARS), operation_id="listTimeOffCalendars", opt=needs(READ), tags=TAGS)
async def calendars(
    actor: Given[Actor], db: Given[Database], secrets: Given[Secrets], now: Given[datetime]
) -> Page[wire.TimeOffCalendar]:
    return Page(items=await list_calendars(db, actor, secrets, now=now))


@post(path(routes.MY_TIME_OFF_CALENDARS), operation_id="addTimeOffCalendar", opt=needs(READ), tags=TAGS)
async def add(
    data: JSONBody[wire.TimeOffCalendarInput],
    actor: Given[Actor],
    db: Given[Database],
    outbound: Given[Outbound],
    secrets: Given[Secrets],
    now: Given[datetime],
    once: Given[Once],
) -> Response[wire.TimeOffCalendar]:
    effects = Effects()
    return await once.carry_out(
        lambda: add_calendar(db, actor, data, outbound=outbound, secrets=secrets, effects=effects, now=now), status=201
    )


@delete(path(routes.MY_TIME_OFF_CALENDAR), operation_id="removeTimeOffCalendar", opt=needs(READ), tags=TAGS)
async def remove(
    calendar_id: FromPath[str],
    actor: Given[Actor],
    db: Given[Database],
    secrets: Given[Secrets],
    now: Given[datetime],
) -> None:
    await db.apply(await remove_calendar(db, actor, calendar_id, secrets=secrets, now=now))


HANDLERS = [my_time_off, time_off_of, enter, preview, cancel, calendars, add, remove]
