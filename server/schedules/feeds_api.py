"""Handlers of calendars that one can subscribe to."""

import msgspec
from litestar import Response, delete, get, post
from litestar.params import FromPath

from server.accounts.access.actors import Actor
from server.accounts.access.call import Call
from server.accounts.access.needs import needs
from server.accounts.access.permissions import PUBLIC, READ, SCHEDULES_EDIT
from server.accounts.audit.trail import About
from server.accounts.sign_in.throttle import Throttle
from server.kernel.database import Writes
from server.kernel.errors import NotFound
from server.kernel.http import Given, Handlers, Visit, client_address
from server.schedules.feeds import KeptFeed, about_schedule, as_wire, end_feed, find_feed, make_feed, serve_feed
from shared.wire import covers as wire
from shared.wire import routes

CALENDAR = "text/calendar"


def _mine(actor: Actor) -> About:
    return About("user", actor.user_id, actor.name)


class Calendars(Handlers):
    tags = ["calendar feeds"]
    opt = needs(READ)

    @get(routes.MY_FEED, operation_id="readMyCalendarFeed")
    async def my_feed(self, call: Given[Call]) -> wire.CalendarFeed:
        return as_wire(await find_feed(call.db, "person", call.actor.user_id), call.secrets, call.settings)

    @post(routes.MY_FEED, operation_id="makeMyCalendarFeed", opt=needs(READ, fresh=True))
    async def make_mine(self, call: Given[Call]) -> Response[wire.CalendarFeed]:
        """Made anew, the address before ends."""

        async def decide() -> tuple[Writes, KeptFeed]:
            return await make_feed(call.db, call.actor, "person", _mine(call.actor), now=call.now)

        async def reveal(body: bytes) -> wire.CalendarFeed:
            return as_wire(msgspec.json.decode(body, type=KeptFeed).feed, call.secrets, call.settings)

        return await call.once(decide, status=201, reveal=reveal)

    @delete(routes.MY_FEED, operation_id="endMyCalendarFeed")
    async def end_mine(self, call: Given[Call]) -> None:
        await call.db.apply(await end_feed(call.db, call.actor, "person", _mine(call.actor), now=call.now))

    @get(routes.SCHEDULE_FEED, operation_id="readScheduleFeed")
    async def schedule_feed(self, call: Given[Call], schedule_id: FromPath[str]) -> wire.CalendarFeed:
        await about_schedule(call.db, call.actor, schedule_id, to_change=False, now=call.now)
        return as_wire(await find_feed(call.db, "schedule", schedule_id), call.secrets, call.settings)

    @post(routes.SCHEDULE_FEED, operation_id="makeScheduleFeed", opt=needs(SCHEDULES_EDIT, fresh=True))
    async def make_of_schedule(self, call: Given[Call], schedule_id: FromPath[str]) -> Response[wire.CalendarFeed]:
        """Made anew, the address before ends."""

        async def decide() -> tuple[Writes, KeptFeed]:
            about = await about_schedule(call.db, call.actor, schedule_id, to_change=True, now=call.now)
            return await make_feed(call.db, call.actor, "schedule", about, now=call.now)

        async def reveal(body: bytes) -> wire.CalendarFeed:
            return as_wire(msgspec.json.decode(body, type=KeptFeed).feed, call.secrets, call.settings)

        return await call.once(decide, status=201, reveal=reveal)

    @delete(routes.SCHEDULE_FEED, operation_id="endScheduleFeed", opt=needs(SCHEDULES_EDIT))
    async def end_of_schedule(self, call: Given[Call], schedule_id: FromPath[str]) -> None:
        about = await about_schedule(call.db, call.actor, schedule_id, to_change=True, now=call.now)
        await call.db.apply(await end_feed(call.db, call.actor, "schedule", about, now=call.now))

    @get(routes.CALENDAR_FEED, operation_id="readCalendar", opt=needs(PUBLIC), media_type=CALENDAR)
    async def calendar(self, visit: Given[Visit], token: FromPath[str], throttle: Given[Throttle]) -> Response[bytes]:
        """iCalendar (RFC 5545), from 30 days ago to 90 days ahead, for whoever knows the address."""
        try:
            served = await serve_feed(
                visit.db, visit.secrets, visit.settings, token.removesuffix(".ics"), now=visit.now
            )
        except NotFound:
            await throttle.wrong_feed(
                visit.db, client_address(visit.request, visit.settings.trusted_proxies), visit.now
            )
            raise
        headers = {"etag": served.etag, "cache-control": "private, max-age=300"}
        if visit.request.headers.get("if-none-match") == served.etag:
            return Response(b"", status_code=304, headers=headers, media_type=CALENDAR)
        return Response(served.body, headers=headers, media_type=CALENDAR)
