"""Handlers that read incidents."""

from datetime import datetime
from typing import Annotated

from litestar import get
from litestar.di import Provide
from litestar.params import FromPath, FromQuery, QueryParameter

from server.accounts.access.actors import Actor
from server.accounts.access.needs import needs
from server.accounts.access.permissions import READ
from server.incidents import verbs_api
from server.incidents.lists import saved_filters_api, service_now_api
from server.incidents.lists.counts import count_incidents
from server.incidents.lists.history import read_alerts, read_timeline
from server.incidents.lists.similar import similar_to
from server.incidents.read import list_incidents, read_incident, visible_row
from server.kernel.database import Database
from server.kernel.http import Given, path
from server.services.changes import BEFORE, list_changes
from shared.wire import incidents as wire
from shared.wire import routes
from shared.wire.lists import Page
from shared.wire.services import ServiceChange

TAGS = ["incidents"]
Limit = Annotated[int, QueryParameter(ge=1, le=200)]
Many = Annotated[list[str] | None, QueryParameter(max_items=100)]


def read_filter(  # noqa: PLR0913 one for each query parameter
    scope_: Annotated[wire.Scope, QueryParameter(name="scope")] = "all",
    state_: Annotated[list[wire.State] | None, QueryParameter(name="state")] = None,
    severity: FromQuery[list[wire.Severity] | None] = None,
    service_id: Many = None,
    team_id: Many = None,
    responder_id: Many = None,
    label: Annotated[list[str] | None, QueryParameter(max_items=20)] = None,
    since: FromQuery[datetime | None] = None,
    until: FromQuery[datetime | None] = None,
    q: Annotated[str | None, QueryParameter(max_length=200)] = None,
    merged: FromQuery[bool] = False,
) -> wire.IncidentFilter:
    """What the query narrows a list to."""
    return wire.IncidentFilter(
        scope=scope_,
        state=tuple(state_ or ()),
        severity=tuple(severity or ()),
        service_id=tuple(service_id or ()),
        team_id=tuple(team_id or ()),
        responder_id=tuple(responder_id or ()),
        label=tuple(label or ()),
        since=since,
        until=until,
        q=q or "",
        merged=merged,
    )


WANTED = {"wanted": Provide(read_filter, sync_to_thread=False)}


@get(
    path(routes.INCIDENTS),
    operation_id="listIncidents",
    opt=needs(READ),
    tags=TAGS,
    dependencies=WANTED,
)
async def incidents(
    wanted: Given[wire.IncidentFilter],
    actor: Given[Actor],
    db: Given[Database],
    now: Given[datetime],
    limit: Limit = 50,
    cursor: FromQuery[str | None] = None,
) -> Page[wire.IncidentItem]:
    return await list_incidents(db, actor, wanted, limit=limit, cursor=cursor, now=now)


@get(path(routes.INCIDENT_COUNTS), operation_id="countIncidents", opt=needs(READ), tags=TAGS, dependencies=WANTED)
async def counts(wanted: Given[wire.IncidentFilter], actor: Given[Actor], db: Given[Database]) -> wire.IncidentCounts:
    return await count_incidents(db, actor, wanted)


@get(path(routes.INCIDENT), operation_id="readIncident", opt=needs(READ), tags=TAGS)
async def incident(
    incident_id: FromPath[str],
    actor: Given[Actor],
    db: Given[Database],
    now: Given[datetime],
) -> wire.Incident:
    return await read_incident(db, actor, incident_id, now=now)


@get(path(routes.INCIDENT_TIMELINE), operation_id="readTimeline", opt=needs(READ), tags=TAGS)
async def timeline(
    incident_id: FromPath[str],
    actor: Given[Actor],
    db: Given[Database],
    limit: Limit = 100,
    cursor: FromQuery[str | None] = None,
) -> Page[wire.TimelineEntry]:
    await visible_row(db, actor, incident_id)
    return await read_timeline(db, incident_id, limit=limit, cursor=cursor)


@get(path(routes.INCIDENT_ALERTS), operation_id="listIncidentAlerts", opt=needs(READ), tags=TAGS)
async def alerts(
    incident_id: FromPath[str],
    actor: Given[Actor],
    db: Given[Database],
    limit: Limit = 50,
    cursor: FromQuery[str | None] = None,
    is_open: Annotated[bool | None, QueryParameter(name="open")] = None,
) -> Page[wire.Alert]:
    await visible_row(db, actor, incident_id)
    return await read_alerts(db, incident_id, is_open=is_open, limit=limit, cursor=cursor)


@get(path(routes.INCIDENT_SIMILAR), operation_id="listSimilarIncidents", opt=needs(READ), tags=TAGS)
async def similar(incident_id: FromPath[str], actor: Given[Actor], db: Given[Database]) -> Page[wire.SimilarIncident]:
    await visible_row(db, actor, incident_id)
    return await similar_to(db, actor, incident_id)


@get(path(routes.INCIDENT_CHANGES), operation_id="listIncidentChanges", opt=needs(READ), tags=TAGS)
async def changes(
    incident_id: FromPath[str], actor: Given[Actor], db: Given[Database], now: Given[datetime]
) -> Page[ServiceChange]:
    """What was done to its service, from 24 hours before it until it was over."""
    row = await visible_row(db, actor, incident_id)
    if row.service_id is None:
        return Page(items=[])
    return await list_changes(db, row.service_id, row.triggered_at - BEFORE, row.resolved_at or now)


HANDLERS = [
    incidents,
    counts,
    incident,
    timeline,
    alerts,
    similar,
    changes,
    *verbs_api.HANDLERS,
    *saved_filters_api.HANDLERS,
    *service_now_api.HANDLERS,
]
