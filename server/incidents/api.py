"""Handlers of incidents."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from litestar import Response, get, post
from litestar.di import Provide
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from server.accounts.actors import Actor
from server.accounts.guard import needs
from server.accounts.permissions import INCIDENTS_ACT, READ
from server.incidents.history import read_alerts, read_timeline
from server.incidents.read import Filter, count_incidents, list_incidents, read_incident, visible_row
from server.incidents.verbs import IncidentRow, acknowledge, escalate, load_incident, resolve, undo
from server.kernel.database import Database, Writes
from server.kernel.http import AnyRequest, Given, Once, path
from server.timeline.append import Who
from shared.wire import incidents as wire
from shared.wire import routes
from shared.wire.lists import Page

TAGS = ["incidents"]
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


@dataclass(frozen=True)
class Use:
    """One request to use a verb on one incident."""

    request: AnyRequest
    incident_id: str
    actor: Actor
    db: Database
    now: datetime

    async def verb(self, decide: Callable[[IncidentRow, Who], Awaitable[Writes]]) -> Response[wire.Incident]:
        """Decide on the incident as it is, commit, answer with what it has become; once for each Idempotency-Key."""

        async def writes() -> tuple[Writes, None]:
            row = await visible_row(self.db, self.actor, self.incident_id)
            self.actor.require_team(row.team_id, INCIDENTS_ACT)
            found = await load_incident(self.db, self.incident_id)
            return await decide(found, Who(self.actor.kind, self.actor.user_id)), None

        async def reread() -> wire.Incident:
            return await read_incident(self.db, self.actor, self.incident_id, now=self.now)

        return await Once(self.db, self.request, self.actor.user_id, self.now).carry_out(writes, reread=reread)


def provide_use(
    request: AnyRequest,
    incident_id: FromPath[str],
    actor: Given[Actor],
    db: Given[Database],
    now: Given[datetime],
) -> Use:
    """Dependency `use`."""
    return Use(request, incident_id, actor, db, now)


VERB: dict[str, Any] = {
    "opt": needs(INCIDENTS_ACT),
    "status_code": 200,
    "tags": TAGS,
    "dependencies": {"use": Provide(provide_use, sync_to_thread=False)},
}


@post(path(routes.INCIDENT_ACKNOWLEDGE), operation_id="acknowledgeIncident", **VERB)
async def acknowledge_incident(use: Given[Use]) -> Response[wire.Incident]:
    return await use.verb(lambda found, by: acknowledge(use.db, found, by=by, via="app", now=use.now))


@post(path(routes.INCIDENT_RESOLVE), operation_id="resolveIncident", **VERB)
async def resolve_incident(data: JSONBody[wire.Resolve], use: Given[Use]) -> Response[wire.Incident]:
    return await use.verb(
        lambda found, by: resolve(use.db, found, by=by, via="app", resolution=data.resolution, now=use.now)
    )


@post(path(routes.INCIDENT_ESCALATE), operation_id="escalateIncident", **VERB)
async def escalate_incident(data: JSONBody[wire.Escalate], use: Given[Use]) -> Response[wire.Incident]:
    return await use.verb(lambda found, by: escalate(use.db, found, by=by, level=data.level, now=use.now))


@post(path(routes.INCIDENT_UNDO), operation_id="undoLastVerb", **VERB)
async def undo_verb(use: Given[Use]) -> Response[wire.Incident]:
    return await use.verb(lambda found, by: undo(use.db, found, by=by, now=use.now))


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
