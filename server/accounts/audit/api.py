"""Handlers of the audit trail."""

from datetime import datetime
from typing import Annotated

from litestar import get
from litestar.di import Provide
from litestar.params import FromQuery, QueryParameter

from server.accounts.access.call import Call
from server.accounts.access.needs import needs
from server.accounts.access.permissions import READ
from server.accounts.audit.trail import AuditFilter, list_audit
from server.kernel.http import Given, Handlers, Limit
from shared.wire import routes
from shared.wire.audit import AuditEntry
from shared.wire.lists import Page


def read_filter(
    object_kind: FromQuery[str | None] = None,
    object_id: FromQuery[str | None] = None,
    actor_id: FromQuery[str | None] = None,
    verb: FromQuery[str | None] = None,
    q: FromQuery[str | None] = None,
    sessions: FromQuery[bool] = True,
    since: Annotated[datetime | None, QueryParameter(name="from")] = None,
    until: Annotated[datetime | None, QueryParameter(name="to")] = None,
) -> AuditFilter:
    """What the query narrows the trail to."""
    return AuditFilter(
        object_kind=object_kind,
        object_id=object_id,
        actor_id=actor_id,
        verb=verb,
        text=(q or "").strip(),
        sessions=sessions,
        since=since,
        until=until,
    )


class Audit(Handlers):
    tags = ["audit"]
    opt = needs(READ)

    @get(
        routes.AUDIT,
        operation_id="listAudit",
        dependencies={"wanted": Provide(read_filter, sync_to_thread=False)},
    )
    async def audit(
        self, call: Given[Call], wanted: Given[AuditFilter], limit: Limit = 50, cursor: FromQuery[str | None] = None
    ) -> Page[AuditEntry]:
        return await list_audit(call.db, call.actor, wanted, limit=limit, cursor=cursor)
