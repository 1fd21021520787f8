"""Handlers of what was received, and of the test alert."""

from datetime import datetime
from typing import Annotated

from litestar import Response, get, post
from litestar.di import Provide
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from server.accounts.access.actors import Actor
from server.accounts.access.needs import needs
from server.accounts.access.permissions import CONFIGURATION_EDIT, READ
from server.ingest.received import Received, list_received, read_received
from server.ingest.sample import send_sample
from server.kernel.database import Database
from server.kernel.http import Given, Once, path
from server.pipeline.api import Window, read_window
from server.services.directory import Directory
from server.services.read import require_integration
from shared.wire import events as wire
from shared.wire import routes
from shared.wire.lists import Page

Limit = Annotated[int, QueryParameter(ge=1, le=200)]
WINDOW = {"window": Provide(read_window, sync_to_thread=False)}


@get(path(routes.EVENTS), operation_id="listEvents", opt=needs(READ), tags=["events"], dependencies=WINDOW)
async def events(
    window: Given[Window],
    actor: Given[Actor],
    db: Given[Database],
    integration_id: FromQuery[list[str] | None] = None,
    states: Annotated[list[wire.EventState] | None, QueryParameter(name="state")] = None,
    limit: Limit = 50,
    cursor: FromQuery[str | None] = None,
) -> Page[wire.ReceivedEvent]:
    wanted = Received(
        integration_ids=tuple(integration_id or ()), states=tuple(states or ()), since=window[0], until=window[1]
    )
    return await list_received(db, actor, wanted, limit=limit, cursor=cursor)


@get(path(routes.EVENT), operation_id="readEvent", opt=needs(READ), tags=["events"])
async def event(
    event_id: FromPath[str],
    actor: Given[Actor],
    db: Given[Database],
    directory: Given[Directory],
) -> wire.EventDetail:
    return await read_received(db, actor, directory, event_id)


@get(path(routes.INTEGRATION_RECEIVED), operation_id="listReceived", opt=needs(READ), tags=["integrations"])
async def received(
    integration_id: FromPath[str],
    actor: Given[Actor],
    db: Given[Database],
    limit: Limit = 50,
    cursor: FromQuery[str | None] = None,
) -> Page[wire.ReceivedEvent]:
    await require_integration(db, actor, integration_id)
    return await list_received(db, actor, Received(integration_ids=(integration_id,)), limit=limit, cursor=cursor)


@post(
    path(routes.INTEGRATION_TEST),
    operation_id="sendTestAlert",
    opt=needs(CONFIGURATION_EDIT),
    status_code=202,
    tags=["integrations"],
)
async def test_alert(
    integration_id: FromPath[str],
    data: JSONBody[wire.TestAlert],
    actor: Given[Actor],
    db: Given[Database],
    now: Given[datetime],
    once: Given[Once],
) -> Response[wire.TestSent]:
    return await once.carry_out(lambda: send_sample(db, actor, integration_id, data, now=now), status=202)


HANDLERS = [events, event, received, test_alert]
