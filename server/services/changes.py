"""What was done to services, as their tools report it: it pages nobody, and stands beside incidents."""

from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct

from server.integrations.base import Change
from server.kernel.database import Database, Writes
from server.tables.services import ServiceChange
from shared.domain.alerts import Link
from shared.wire import services as wire
from shared.wire.lists import Page, Ref

BEFORE: Final = timedelta(hours=24)
"""How long before an incident a change may have been what caused it."""
MOST: Final = 100


class _ChangeRow(Struct, frozen=True, kw_only=True):
    id: str
    summary: str
    source: str
    details: dict[str, object]
    links: list[Link]
    happened_at: datetime
    integration_id: str
    integration_name: str | None


def report_change(
    writes: Writes, change: Change, *, id: str, service_id: str, integration_id: str, now: datetime
) -> None:
    writes.insert(
        ServiceChange,
        id=id,
        service_id=service_id,
        integration_id=integration_id,
        summary=change.summary,
        source=change.source,
        details=change.details,
        links=change.links,
        happened_at=change.happened_at,
        received_at=now,
    )


async def list_changes(db: Database, service_id: str, since: datetime, until: datetime) -> Page[wire.ServiceChange]:
    """Those that happened in [since, until], the last first."""
    rows = await db.rows(
        _ChangeRow,
        "SELECT service_change.id, summary, service_change.source, details, links, happened_at, integration_id,"
        " integration.name AS integration_name FROM service_change"
        " LEFT JOIN integration ON integration.id = integration_id WHERE service_change.service_id = :service"
        " AND happened_at >= :since AND happened_at <= :until ORDER BY happened_at DESC, service_change.id DESC"
        " LIMIT :limit",
        service=service_id,
        since=since,
        until=until,
        limit=MOST,
    )
    return Page(items=[_change(row) for row in rows])


def _change(row: _ChangeRow) -> wire.ServiceChange:
    return wire.ServiceChange(
        id=row.id,
        summary=row.summary,
        source=row.source,
        details=row.details,
        links=row.links,
        happened_at=row.happened_at,
        integration=Ref(row.integration_id, row.integration_name or ""),
    )
