"""An incident's row as verbs and alerts find it."""

from server.accounts.audit.trail import About
from server.kernel.database import Database
from server.kernel.errors import NotFound
from shared.domain.incidents.case import IncidentFacts
from shared.domain.incidents.editing import Wording
from shared.domain.incidents.opening import OpenFacts


class IncidentHead(IncidentFacts, frozen=True, kw_only=True):
    """What decides about it, and `decided`: the revision that the last decision made, None within its writes."""

    team_id: str
    rev: int
    decided: int | None


class IncidentRow(IncidentHead, frozen=True, kw_only=True):
    """An incident as verbs need it."""

    number: int
    service_id: str | None
    title: str
    description: str | None
    group_key: str
    impact: str | None
    root_cause: str | None
    method: str | None
    lessons: str | None

    @property
    def about(self) -> About:
        """As the audit trail names it."""
        return About("incident", self.id, f"#{self.number} {self.title}", self.team_id)

    @property
    def wording(self) -> Wording:
        """What is written about it."""
        return Wording(**{name: getattr(self, name) for name in Wording.__struct_fields__})


class OpenIncident(OpenFacts, frozen=True, kw_only=True):
    """An incident that alerts may change; `rev` and `decided` as in `IncidentHead`."""

    team_id: str
    rev: int
    decided: int | None
    service_id: str | None
    group_key: str
    group_open: bool


async def load_incident(db: Database, incident_id: str) -> IncidentRow:
    """Raises NotFound."""
    found = await db.row(IncidentRow, "SELECT <fields> FROM incident WHERE id = :id", id=incident_id)
    if found is None:
        raise NotFound
    return found
