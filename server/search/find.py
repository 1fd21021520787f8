"""Find whatever has a name, or an incident by its number."""

from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct

from server.accounts.access.actors import Actor
from server.incidents.lists.filtering import found_in_alerts
from server.kernel.database import Database
from server.kernel.database.text import containing
from shared.domain.incidents.allowed_verbs import State
from shared.wire.incidents import Severity
from shared.wire.search import Found, FoundKind

OF_EACH = 6
LONGEST_NUMBER = 12
QUERIES: dict[FoundKind, str] = {
    "service": "SELECT service.id, service.name, team.name AS note FROM service JOIN team ON team.id = service.team_id"
    " WHERE service.archived_at IS NULL AND team.id IN :teams AND LOWER(service.name) LIKE :text ESCAPE '!'",
    "user": "SELECT id, name, email AS note FROM user_account WHERE deactivated_at IS NULL"
    " AND LOWER(name || ' ' || email) LIKE :text ESCAPE '!'",
    "team": "SELECT id, name, '' AS note FROM team WHERE id IN :teams AND LOWER(name) LIKE :text ESCAPE '!'",
    "integration": "SELECT integration.id, integration.name, service.name AS note FROM integration"
    " JOIN service ON service.id = integration.service_id WHERE integration.archived_at IS NULL"
    " AND service.team_id IN :teams AND LOWER(integration.name) LIKE :text ESCAPE '!'",
    "escalation_policy": "SELECT escalation_policy.id, escalation_policy.name, team.name AS note FROM escalation_policy"
    " JOIN team ON team.id = escalation_policy.team_id WHERE escalation_policy.archived_at IS NULL"
    " AND team.id IN :teams AND LOWER(escalation_policy.name) LIKE :text ESCAPE '!'",
    "schedule": "SELECT schedule.id, schedule.name, team.name AS note FROM schedule"
    " JOIN team ON team.id = schedule.team_id WHERE schedule.archived_at IS NULL"
    " AND team.id IN :teams AND LOWER(schedule.name) LIKE :text ESCAPE '!'",
}
INCIDENTS = (
    "SELECT incident.id, incident.title AS name, COALESCE(service.name, '') AS note, incident.number,"
    " incident.severity, incident.state, incident.triggered_at FROM incident"
    " LEFT JOIN service ON service.id = incident.service_id WHERE incident.team_id IN :teams"
    " AND (LOWER(incident.title) LIKE :text ESCAPE '!' OR incident.number = :number OR {said})"
    " ORDER BY CASE WHEN incident.number = :number THEN 0 WHEN incident.state <> 'resolved' THEN 1 ELSE 2 END,"
    " incident.triggered_at DESC LIMIT :limit"
)


class _Incident(Struct, frozen=True):
    id: str
    name: str
    note: str
    number: int
    severity: Severity
    state: State
    triggered_at: datetime


async def find(db: Database, actor: Actor, text: str) -> list[Found]:
    """A handful of each kind that the actor sees: incidents first, names that begin with the text before others."""
    if not text:
        return []
    args: dict[str, Any] = {"text": containing(text), "teams": tuple(actor.visible_ids), "limit": OF_EACH}
    said, words = found_in_alerts(db, text)
    incidents = await db.rows(
        _Incident, INCIDENTS.format(said=said), number=_number(text), visible=args["teams"], **args, **words
    )
    found = [Found(kind="incident", **msgspec.structs.asdict(each)) for each in incidents]
    for kind, query in QUERIES.items():
        rows = await db.values(f"{query} LIMIT :most", most=200, **_used(query, args))
        hits = [Found(kind=kind, id=id, name=name, note=note or "") for id, name, note in rows]
        found += sorted(hits, key=lambda hit: (not hit.name.lower().startswith(text.lower()), hit.name.lower()))[
            :OF_EACH
        ]
    return found


def _used(query: str, args: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in args.items() if f":{name}" in query}


def _number(text: str) -> int:
    """The incident number that the text may be; 0 is nobody's."""
    digits = text.removeprefix("#")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= LONGEST_NUMBER else 0
