"""Handlers of what was received, and of the test alert."""

from typing import Annotated

from litestar import Response, get, post
from litestar.di import Provide
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from server.accounts.access.call import Call
from server.accounts.access.needs import needs
from server.accounts.access.permissions import CONFIGURATION_EDIT, READ
from server.ingest.received import Received, list_received, read_received
from server.ingest.sample import send_sample
from server.kernel.http import Given, Handlers, Limit
from server.pipeline.api import Window, read_window
from server.services.directory import Directory
from server.services.read import require_integration
from shared.wire import events as wire
from shared.wire import routes
from shared.wire.lists import Page

WINDOW = {"window": Provide(read_window, sync_to_thread=False)}


class Events(Handlers):
    tags = ["events"]
    opt = needs(READ)

    @get(routes.EVENTS, operation_id="listEvents", dependencies=WINDOW)
    async def events(
        self,
        call: Given[Call],
        window: Given[Window],
        integration_id: FromQuery[list[str] | None] = None,
        states: Annotated[list[wire.EventState] | None, QueryParameter(name="state")] = None,
        limit: Limit = 50,
        cursor: FromQuery[str | None] = None,
    ) -> Page[wire.ReceivedEvent]:
        wanted = Received(
            integration_ids=tuple(integration_id or ()), states=tuple(states or ()), since=window[0], until=window[1]
        )
        return await list_received(call.db, call.actor, wanted, limit=limit, cursor=cursor)

    @get(routes.EVENT, operation_id="readEvent")
    async def event(self, call: Given[Call], event_id: FromPath[str], directory: Given[Directory]) -> wire.EventDetail:
        return await read_received(call.db, call.actor, directory, event_id)


class ReceivedOf(Handlers):
    tags = ["integrations"]
    opt = needs(READ)

    @get(routes.INTEGRATION_RECEIVED, operation_id="listReceived")
    async def received(
        self, call: Given[Call], integration_id: FromPath[str], limit: Limit = 50, cursor: FromQuery[str | None] = None
    ) -> Page[wire.ReceivedEvent]:
        await require_integration(call.db, call.actor, integration_id)
        return await list_received(
            call.db, call.actor, Received(integration_ids=(integration_id,)), limit=limit, cursor=cursor
        )

    @post(routes.INTEGRATION_TEST, operation_id="sendTestAlert", opt=needs(CONFIGURATION_EDIT), status_code=202)
    async def test_alert(
        self, call: Given[Call], integration_id: FromPath[str], data: JSONBody[wire.TestAlert]
    ) -> Response[wire.TestSent]:
        return await call.once(lambda: send_sample(call.db, call.actor, integration_id, data, now=call.now), status=202)
