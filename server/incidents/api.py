"""Handlers of incidents."""

from datetime import datetime
from typing import Annotated

from litestar import Response, get, post
from litestar.di import Provide
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from server.accounts.actors import Actor
from server.accounts.guard import needs
from server.accounts.permissions import INCIDENTS_ACT, READ
from server.incidents.history import read_alerts, read_timeline
from server.incidents.read import Filter, count_incidents, list_incidents, read_incident, visible_row
from server.incidents.verbs import acknowledge, escalate, load_incident, resolve, undo
from server.kernel.database import Database, Writes
from server.kernel.http import AnyRequest, Decide, Given, Once, path
from server.timeline.append import Who
from shared.wire import incidents as wire
from shared.wire import routes
from shared.wire.lists import Page

TAGS = ["incidents"]
ACT = needs(INCIDENTS_ACT)
Limit = Annotated[int, QueryParameter(ge=1, le=200)]


def read_filter(
    segment: Annotated[wire.Scope, QueryParameter(name="scope")] = "all",
    states: Annotated[list[wire.State] | None, QueryParameter(name="state")] = None,
    severity: FromQuery[list[wire.Severity] | None] = None,
    service_id: FromQuery[list[str] | None] = None,
    team_id: FromQuery[list[str] | None] = None,
    q: FromQuery[str | None] = None,
) -> Filter:
    """What the query narrows a list to."""
    return Filter(
        scope=segment,
        states=tuple(states or ()),
        severities=tuple(severity or ()),
        service_ids=tuple(service_id or ()),
        team_ids=tuple(team_id or ()),
        text=(q or "").strip().replace("\0", ""),
    )


@get(
    path(routes.INCIDENTS),
    operation_id="listIncidents",
    opt=needs(READ),
    tags=TAGS,
    dependencies={"wanted": Provide(read_filter, sync_to_thread=False)},
)
async def incidents(
    wanted: Given[Filter],
    actor: Given[Actor],
    db: Given[Database],
    now: Given[datetime],
    limit: Limit = 50,
    cursor: FromQuery[str | None] = None,
) -> Page[wire.IncidentItem]:
    return await list_incidents(db, actor, wanted, limit=limit, cursor=cursor, now=now)


@get(path(routes.INCIDENT_COUNTS), operation_id="countIncidents", opt=needs(READ), tags=TAGS)
async def counts(actor: Given[Actor], db: Given[Database]) -> wire.IncidentCounts:
    return await count_incidents(db, actor)


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
) -> Page[wire.Alert]:
    await visible_row(db, actor, incident_id)
    return await read_alerts(db, incident_id, limit=limit, cursor=cursor)


@post(path(routes.INCIDENT_ACKNOWLEDGE), operation_id="acknowledgeIncident", opt=ACT, status_code=200, tags=TAGS)
async def acknowledge_incident(
    request: AnyRequest,
    incident_id: FromPath[str],
    actor: Given[Actor],
    db: Given[Database],
    now: Given[datetime],
) -> Response[wire.Incident]:
    async def decide() -> tuple[Writes, None]:
        await visible_row(db, actor, incident_id)
        found = await load_incident(db, incident_id)
        return await acknowledge(db, found, by=Who("user", actor.user_id), via="app", now=now), None

    return await _carry_out(request, actor, db, incident_id, now=now, decide=decide)


@post(path(routes.INCIDENT_RESOLVE), operation_id="resolveIncident", opt=ACT, status_code=200, tags=TAGS)
async def resolve_incident(
    request: AnyRequest,
    incident_id: FromPath[str],
    data: JSONBody[wire.Resolve],
    actor: Given[Actor],
    db: Given[Database],
    now: Given[datetime],
) -> Response[wire.Incident]:
    async def decide() -> tuple[Writes, None]:
        await visible_row(db, actor, incident_id)
        found = await load_incident(db, incident_id)
        by = Who("user", actor.user_id)
        return await resolve(db, found, by=by, via="app", resolution=data.resolution, now=now), None

    return await _carry_out(request, actor, db, incident_id, now=now, decide=decide)


@post(path(routes.INCIDENT_ESCALATE), operation_id="escalateIncident", opt=ACT, status_code=200, tags=TAGS)
async def escalate_incident(
    request: AnyRequest,
    incident_id: FromPath[str],
    data: JSONBody[wire.Escalate],
    actor: Given[Actor],
    db: Given[Database],
    now: Given[datetime],
) -> Response[wire.Incident]:
    async def decide() -> tuple[Writes, None]:
        await visible_row(db, actor, incident_id)
        found = await load_incident(db, incident_id)
        return await escalate(db, found, by=Who("user", actor.user_id), level=data.level, now=now), None

    return await _carry_out(request, actor, db, incident_id, now=now, decide=decide)


@post(path(routes.INCIDENT_UNDO), operation_id="undoLastVerb", opt=ACT, status_code=200, tags=TAGS)
async def undo_verb(
    request: AnyRequest,
    incident_id: FromPath[str],
    actor: Given[Actor],
    db: Given[Database],
    now: Given[datetime],
) -> Response[wire.Incident]:
    async def decide() -> tuple[Writes, None]:
        await visible_row(db, actor, incident_id)
        found = await load_incident(db, incident_id)
        return await undo(db, found, by=Who("user", actor.user_id), now=now), None

    return await _carry_out(request, actor, db, incident_id, now=now, decide=decide)


async def _carry_out(
    request: AnyRequest, actor: Actor, db: Database, incident_id: str, *, now: datetime, decide: Decide
) -> Response[wire.Incident]:
    async def reread() -> wire.Incident:
        return await read_incident(db, actor, incident_id, now=now)

    return await Once(db, request, actor.user_id, now).carry_out(decide, reread=reread)


HANDLERS = [
    incidents,
    counts,
    incident,
    timeline,
    alerts,
    acknowledge_incident,
    resolve_incident,
    escalate_incident,
    undo_verb,
]
