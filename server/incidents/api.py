"""Handlers that read incidents."""

from datetime import datetime
from typing import Annotated

from litestar import get
from litestar.di import Provide
from litestar.params import FromPath, FromQuery, QueryParameter

from server.accounts.access.call import Call
from server.accounts.access.needs import needs
from server.accounts.access.permissions import READ
from server.incidents.lists.alike import read_alike
from server.incidents.lists.counts import count_incidents
from server.incidents.lists.history import read_alerts, read_timeline
from server.incidents.lists.similar import similar_to
from server.incidents.read import list_incidents, read_incident, visible_row
from server.kernel.http import Given, Handlers, Limit
from server.services.changes import BEFORE, list_changes
from shared.domain.pipeline.alike import Alike
from shared.wire import incidents as wire
from shared.wire import routes
from shared.wire.lists import Page
from shared.wire.services import ServiceChange

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


class IncidentLists(Handlers):
    tags = ["incidents"]
    opt = needs(READ)

    @get(routes.INCIDENTS, operation_id="listIncidents", dependencies=WANTED)
    async def incidents(
        self,
        call: Given[Call],
        wanted: Given[wire.IncidentFilter],
        limit: Limit = 50,
        cursor: FromQuery[str | None] = None,
    ) -> Page[wire.IncidentItem]:
        return await list_incidents(call.db, call.actor, wanted, limit=limit, cursor=cursor, now=call.now)

    @get(routes.INCIDENT_COUNTS, operation_id="countIncidents", dependencies=WANTED)
    async def counts(self, call: Given[Call], wanted: Given[wire.IncidentFilter]) -> wire.IncidentCounts:
        return await count_incidents(call.db, call.actor, wanted)

    @get(routes.INCIDENT, operation_id="readIncident")
    async def incident(self, call: Given[Call], incident_id: FromPath[str]) -> wire.Incident:
        return await read_incident(call.db, call.actor, incident_id, now=call.now)

    @get(routes.INCIDENT_TIMELINE, operation_id="readTimeline")
    async def timeline(
        self, call: Given[Call], incident_id: FromPath[str], limit: Limit = 100, cursor: FromQuery[str | None] = None
    ) -> Page[wire.TimelineEntry]:
        await visible_row(call.db, call.actor, incident_id)
        return await read_timeline(call.db, incident_id, limit=limit, cursor=cursor)

    @get(routes.INCIDENT_ALERTS, operation_id="listIncidentAlerts")
    async def alerts(
        self,
        call: Given[Call],
        incident_id: FromPath[str],
        limit: Limit = 50,
        cursor: FromQuery[str | None] = None,
        is_open: Annotated[bool | None, QueryParameter(name="open")] = None,
        q: FromQuery[str | None] = None,
    ) -> Page[wire.Alert]:
        """`q`: words of title, description, labels and details, as in the search of all alerts."""
        await visible_row(call.db, call.actor, incident_id)
        return await read_alerts(call.db, incident_id, text=q or "", is_open=is_open, limit=limit, cursor=cursor)

    @get(routes.INCIDENT_ALERTS_COMMON, operation_id="readAlertsAlike")
    async def alike(self, call: Given[Call], incident_id: FromPath[str]) -> Alike:
        """Title, labels and links that every alert of it has, also those that are over."""
        await visible_row(call.db, call.actor, incident_id)
        return await read_alike(call.db, incident_id)

    @get(routes.INCIDENT_SIMILAR, operation_id="listSimilarIncidents")
    async def similar(self, call: Given[Call], incident_id: FromPath[str]) -> Page[wire.SimilarIncident]:
        await visible_row(call.db, call.actor, incident_id)
        return await similar_to(call.db, call.actor, incident_id)

    @get(routes.INCIDENT_CHANGES, operation_id="listIncidentChanges")
    async def changes(self, call: Given[Call], incident_id: FromPath[str]) -> Page[ServiceChange]:
        """What was done to its service, from 24 hours before it until it was over."""
        row = await visible_row(call.db, call.actor, incident_id)
        if row.service_id is None:
            return Page(items=[])
        return await list_changes(call.db, row.service_id, row.triggered_at - BEFORE, row.resolved_at or call.now)
