"""Whether silences cover everything that is open in an incident."""

from datetime import UTC, datetime
from functools import lru_cache

from msgspec import Struct

from server.incidents.current import IncidentHead
from server.kernel.database import Database
from server.kernel.patterns import compile_pattern
from shared.domain.alerts import Action, Event, Severity
from shared.domain.pipeline.muting import Placed, Silence, quiet_until

AT_ONCE = 500
NEVER = datetime(1970, 1, 1, tzinfo=UTC)
OPEN = (
    "SELECT alert.id, service_id, service.team_id, dedup_key, severity, title, alert.description, check_name,"
    " source, labels FROM alert JOIN service ON service.id = service_id WHERE incident_id = :incident"
    " AND COALESCE(closed_at, :open) = :open AND alert.id > :after ORDER BY alert.id LIMIT :limit"
)


class Silenceable(IncidentHead, frozen=True, kw_only=True):
    """An incident that silences may hold; not one that a person opened, nor one that a person wants to be paged."""

    opened_by: str | None
    pages_anyway: bool


class _Open(Struct, frozen=True, kw_only=True):
    id: str
    service_id: str
    team_id: str
    dedup_key: str
    severity: Severity
    title: str
    description: str
    check_name: str
    source: str
    labels: dict[str, str]


async def load_silenceable(db: Database, incident_id: str) -> Silenceable | None:
    return await db.row(Silenceable, "SELECT <fields> FROM incident WHERE id = :id", id=incident_id)


async def covered_until(
    db: Database, incident_id: str, now: datetime, *, closed_at: datetime | None = None
) -> datetime | None:
    """Until when silences cover every open alert of the incident; None when somebody is to be paged for it.

    With `closed_at`, the alerts that were closed then count as open. Asked of the database, since a silence may be
    younger than what any process holds in memory.
    """
    silences = await db.rows(Silence, "SELECT <fields> FROM silence WHERE ends_at > :now", now=now)
    incident = await load_silenceable(db, incident_id) if any(each.starts_at <= now for each in silences) else None
    if incident is None or incident.opened_by is not None or incident.pages_anyway:
        return None
    until: datetime | None = None
    after = ""
    while True:
        rows = await db.rows(
            _Open,
            OPEN,
            incident=incident_id,
            open=closed_at or NEVER,
            after=after,
            limit=AT_ONCE,
        )
        for row in rows:
            covered = quiet_until(_placed(row), silences, now=now, compiled=_compiled)
            if covered is None:
                return None
            until = min(until or covered, covered)
        if len(rows) < AT_ONCE:
            return until
        after = rows[-1].id


_compiled = lru_cache(maxsize=1000)(compile_pattern)


def _placed(row: _Open) -> Placed:
    event = Event(
        action=Action.TRIGGER,
        dedup_key=row.dedup_key,
        title=row.title,
        severity=row.severity,
        description=row.description,
        check=row.check_name,
        source=row.source,
        labels=row.labels,
    )
    return Placed(event=event, service_id=row.service_id, team_id=row.team_id)


async def touches(db: Database, silence: Silence, incident_id: str, now: datetime) -> bool:
    """Whether it covers any alert that is open in the incident, as far as the first hundreds tell."""
    rows = await db.rows(_Open, OPEN, incident=incident_id, open=NEVER, after="", limit=AT_ONCE)
    return any(quiet_until(_placed(row), [silence], now=now, compiled=_compiled) is not None for row in rows)
