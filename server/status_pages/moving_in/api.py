"""Handlers of what is taken from elsewhere."""

from litestar import Response, post
from litestar.params import FromPath, JSONBody

from server.accounts.access.call import Call
from server.accounts.access.needs import needs
from server.accounts.access.permissions import STATUS_EVENTS_EDIT, STATUS_PAGES_EDIT
from server.kernel.database import Priority
from server.kernel.http import Given, Handlers
from server.status_pages.moving_in.from_statuspage import import_statuspage
from server.status_pages.moving_in.past_events import import_past_events
from shared.wire import routes
from shared.wire import status_moving_in as wire


class MovingIn(Handlers):
    tags = ["status events"]
    opt = needs(STATUS_EVENTS_EDIT, priority=Priority.BULK)

    @post(routes.STATUS_EVENTS_CSV, operation_id="importStatusEvents", status_code=200)
    async def past_events(
        self, call: Given[Call], status_page_id: FromPath[str], data: JSONBody[wire.PastEventsTable]
    ) -> Response[wire.PastEventsImported]:
        """Events of the past from a table; a dry run tells what they make of uptime."""
        return await call.once(lambda: import_past_events(call.db, call.actor, status_page_id, data, now=call.now))

    @post(
        routes.STATUS_STATUSPAGE,
        operation_id="importStatuspage",
        opt=needs(STATUS_PAGES_EDIT, priority=Priority.BULK),
        status_code=200,
    )
    async def statuspage(
        self, call: Given[Call], status_page_id: FromPath[str], data: JSONBody[wire.StatuspageExport]
    ) -> Response[wire.StatuspageImported]:
        """Components, what is over, and subscribers of Atlassian Statuspage; again adds what is missing."""
        return await call.once(
            lambda: import_statuspage(call.db, call.actor, call.settings, status_page_id, data, now=call.now)
        )
