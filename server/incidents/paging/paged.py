"""An incident as its pages tell of it."""

from datetime import datetime

from msgspec import Struct

from server.kernel.database import Database
from server.pages.render import About
from shared.domain.paging.escalation import Meant
from shared.wire.incidents import Severity


class Paged(Struct, frozen=True, kw_only=True):
    """`place` is its service, or its team when it has none."""

    id: str
    team_id: str
    rev: int
    decided: int | None
    number: int
    title: str
    severity: Severity
    state: str
    cycle: int
    place: str

    @property
    def facts(self) -> dict[str, object]:
        """What a page of it is decided on: graver news makes it old, alerts that join do not."""
        return {"state": self.state, "cycle": self.cycle, "severity": self.severity}


async def load_paged(db: Database, incident_id: str) -> Paged | None:
    return await db.row(
        Paged,
        "SELECT incident.id, incident.team_id, incident.rev, decided, number, title, severity,"
        " state, cycle, COALESCE(service.name, team.name, '') AS place FROM incident"
        " LEFT JOIN service ON service.id = incident.service_id LEFT JOIN team ON team.id = incident.team_id"
        " WHERE incident.id = :id",
        id=incident_id,
    )


def about_step(
    incident: Paged,
    *,
    next_meant: tuple[Meant, ...],
    next_at: datetime,
    app_url: str,
    note: str = "",
    is_fallback: bool = False,
    fallback_reason: str | None = None,
) -> About:
    """What the pages of a step say; the run goes on at `next_at`, and pages `next_meant` if nothing changes."""
    return About(
        incident_id=incident.id,
        number=incident.number,
        title=incident.title,
        severity=incident.severity,
        service=incident.place,
        rev=incident.rev + 1,
        url=f"{app_url}/incidents/{incident.id}",
        next_at=next_at,
        next_meant=next_meant,
        is_fallback=is_fallback,
        fallback_reason=fallback_reason,
        note=note,
    )
