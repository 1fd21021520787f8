"""Handlers of calendars that one can subscribe to."""

from datetime import datetime

import msgspec
from litestar import Response, delete, get, post
from litestar.params import FromPath

from server.accounts.access.actors import Actor
from server.accounts.access.needs import needs
from server.accounts.access.permissions import PUBLIC, READ, SCHEDULES_EDIT
from server.accounts.audit.trail import About
from server.accounts.sign_in.throttle import Throttle
from server.kernel.database import Database, Writes
from server.kernel.errors import NotFound
from server.kernel.http import AnyRequest, Given, Once, client_address, path
from server.kernel.secrets import Secrets
from server.kernel.settings import Settings
from server.schedules.feeds import Kept, about_schedule, as_wire, end_feed, find_feed, make_feed, serve_feed
from shared.wire import covers as wire
from shared.wire import routes

TAGS = ["calendar feeds"]
CALENDAR = "text/calendar"


@get(path(routes.MY_FEED), operation_id="readMyCalendarFeed", opt=needs(READ), tags=TAGS)
async def my_feed(
    actor: Given[Actor], db: Given[Database], secrets: Given[Secrets], settings: Given[Settings]
) -> wire.CalendarFeed:
    return as_wire(await find_feed(db, "person", actor.user_id), secrets, settings)


@post(path(routes.MY_FEED), operation_id="makeMyCalendarFeed", opt=needs(READ, fresh=True), tags=TAGS)
async def make_mine(
    actor: Given[Actor],
    db: Given[Database],
    secrets: Given[Secrets],
    settings: Given[Settings],
    now: Given[datetime],
    once: Given[Once],
) -> Response[wire.CalendarFeed]:
    """Made anew, the address before ends."""

    async def decide() -> tuple[Writes, Kept]:
        return await make_feed(db, actor, "person", _mine(actor), now=now)

    async def reveal(body: bytes) -> wire.CalendarFeed:
        return as_wire(msgspec.json.decode(body, type=Kept).feed, secrets, settings)

    return await once.carry_out(decide, status=201, reveal=reveal)


@delete(path(routes.MY_FEED), operation_id="endMyCalendarFeed", opt=needs(READ), tags=TAGS)
async def end_mine(actor: Given[Actor], db: Given[Database], now: Given[datetime]) -> None:
    await db.apply(await end_feed(db, actor, "person", _mine(actor), now=now))


@get(path(routes.SCHEDULE_FEED), operation_id="readScheduleFeed", opt=needs(READ), tags=TAGS)
async def schedule_feed(
    schedule_id: FromPath[str],
    actor: Given[Actor],
    db: Given[Database],
    secrets: Given[Secrets],
    settings: Given[Settings],
    now: Given[datetime],
) -> wire.CalendarFeed:
    await about_schedule(db, actor, schedule_id, to_change=False, now=now)
    return as_wire(await find_feed(db, "schedule", schedule_id), secrets, settings)


@post(path(routes.SCHEDULE_FEED), operation_id="makeScheduleFeed", opt=needs(SCHEDULES_EDIT, fresh=True), tags=TAGS)
async def make_of_schedule(
    schedule_id: FromPath[str],
    actor: Given[Actor],
    db: Given[Database],
    secrets: Given[Secrets],
    settings: Given[Settings],
    now: Given[datetime],
    once: Given[Once],
) -> Response[wire.CalendarFeed]:
    """Made anew, the address before ends."""

    async def decide() -> tuple[Writes, Kept]:
        about = await about_schedule(db, actor, schedule_id, to_change=True, now=now)
        return await make_feed(db, actor, "schedule", about, now=now)

    async def reveal(body: bytes) -> wire.CalendarFeed:
        return as_wire(msgspec.json.decode(body, type=Kept).feed, secrets, settings)

    return await once.carry_out(decide, status=201, reveal=reveal)


@delete(path(routes.SCHEDULE_FEED), operation_id="endScheduleFeed", opt=needs(SCHEDULES_EDIT), tags=TAGS)
async def end_of_schedule(
    schedule_id: FromPath[str], actor: Given[Actor], db: Given[Database], now: Given[datetime]
) -> None:
    about = await about_schedule(db, actor, schedule_id, to_change=True, now=now)
    await db.apply(await end_feed(db, actor, "schedule", about, now=now))


@get(path(routes.CALENDAR_FEED), operation_id="readCalendar", opt=needs(PUBLIC), tags=TAGS, media_type=CALENDAR)
async def calendar(
    request: AnyRequest,
    token: FromPath[str],
    db: Given[Database],
    secrets: Given[Secrets],
    settings: Given[Settings],
    throttle: Given[Throttle],
    now: Given[datetime],
) -> Response[bytes]:
    """iCalendar (RFC 5545), from 30 days ago to 90 days ahead, for whoever knows the address."""
    try:
        served = await serve_feed(db, secrets, settings, token.removesuffix(".ics"), now=now)
    except NotFound:
        await throttle.wrong_feed(db, client_address(request, settings.trusted_proxies), now)
        raise
    headers = {"etag": served.etag, "cache-control": "private, max-age=300"}
    if request.headers.get("if-none-match") == served.etag:
        return Response(b"", status_code=304, headers=headers, media_type=CALENDAR)
    return Response(served.body, headers=headers, media_type=CALENDAR)


def _mine(actor: Actor) -> About:
    return About("user", actor.user_id, actor.name)


HANDLERS = [
    my_feed,
    make_mine,
    end_mine,
    schedule_feed,
    make_of_schedule,
    end_of_schedule,
    calendar,
]
