"""What happened before: earlier incidents of the same service that look the same."""

from datetime import datetime

from msgspec import Struct

from server.accounts.access.actors import Actor
from server.incidents.current import load_incident
from server.kernel.database import Database
from shared.wire.incidents import Severity, SimilarIncident
from shared.wire.lists import Page, Ref

LAST = 5


class _SimilarRow(Struct, frozen=True, kw_only=True):
    id: str
    number: int
    title: str
    severity: Severity
    triggered_at: datetime
    resolved_at: datetime
    resolved_by: str | None
    resolved_by_name: str | None
    root_cause: str | None
    method: str | None
    lessons: str | None


async def similar_to(db: Database, actor: Actor, incident_id: str) -> Page[SimilarIncident]:
    """The last five of its service (of its team, without a service) that are over, by group key or title."""
    incident = await load_incident(db, incident_id)
    place = (
        "incident.service_id = :service" if incident.service_id else "incident.service_id IS NULL AND team_id = :team"
    )
    rows = await db.rows(
        _SimilarRow,
        "SELECT incident.id, number, title, severity, triggered_at, resolved_at, resolved_by,"  # noqa: S608 fixed parts only
        " user_account.name AS resolved_by_name, root_cause, method, lessons FROM incident"
        " LEFT JOIN user_account ON user_account.id = resolved_by"
        f" WHERE {place} AND resolved_at IS NOT NULL AND merged_into IS NULL AND incident.id <> :id"
        " AND (group_key = :key OR LOWER(title) = LOWER(:title)) AND team_id IN :visible"
        " ORDER BY resolved_at DESC, incident.id DESC LIMIT :limit",
        service=incident.service_id,
        team=incident.team_id,
        id=incident.id,
        key=incident.group_key,
        title=incident.title,
        visible=tuple(actor.visible_ids),
        limit=LAST,
    )
    return Page(items=[_similar(row) for row in rows])


def _similar(row: _SimilarRow) -> SimilarIncident:
    told = {
        name: getattr(row, name) for name in row.__struct_fields__ if name not in ("resolved_by", "resolved_by_name")
    }
    return SimilarIncident(
        **told, resolved_by=Ref(row.resolved_by, row.resolved_by_name or "") if row.resolved_by else None
    )
