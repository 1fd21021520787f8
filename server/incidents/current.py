"""An incident as verbs find it: what may be done to it now, and what an undo would bring back."""

from datetime import datetime

from msgspec import Struct

from server.accounts.audit.trail import About
from server.escalation.runs import RunRow
from server.kernel.database import Database
from server.kernel.errors import Conflict, NotFound
from server.timeline.append import Head
from shared.domain.alerts import Severity
from shared.domain.incidents.timeline import Who
from shared.domain.incidents.verbs import UNDO, Situation, State, Verb, refusal


class Undo(Struct, frozen=True, kw_only=True):
    """What brings back the state before the last verb, exactly.

    `groups` are the incidents whose group keys were open, `step` the steps that the run had taken.
    """

    verb: str
    by: str | None
    at: datetime
    until: datetime
    state: State
    position: int
    next_at: datetime | None
    acknowledged_at: datetime | None
    acknowledged_by: str | None
    was_running: bool
    step: int = 0
    snoozed_until: datetime | None = None
    groups: tuple[str, ...] = ()


class IncidentRow(Head, frozen=True, kw_only=True):
    """An incident as verbs need it."""

    number: int
    service_id: str | None
    title: str
    description: str | None
    group_key: str
    state: State
    severity: Severity
    severity_pinned: bool
    cycle: int
    alert_count: int
    open_alert_count: int
    acknowledged_at: datetime | None
    acknowledged_by: str | None
    snoozed_until: datetime | None
    silenced_until: datetime | None
    resolved_at: datetime | None
    merged_into: str | None
    impact: str | None
    root_cause: str | None
    method: str | None
    lessons: str | None
    undo: Undo | None

    @property
    def about(self) -> About:
        """As the audit trail names it."""
        return About("incident", self.id, f"#{self.number} {self.title}", self.team_id)


async def load_incident(db: Database, incident_id: str) -> IncidentRow:
    """Raises NotFound."""
    found = await db.row(IncidentRow, "SELECT <fields> FROM incident WHERE id = :id", id=incident_id)
    if found is None:
        raise NotFound
    return found


def require(incident: IncidentRow, verb: Verb, now: datetime, *, is_asked: bool = False) -> None:
    """Raises Conflict with the reason when the verb is not legal now."""
    found = Situation(
        state=incident.state,
        is_snoozed=incident.snoozed_until is not None,
        is_merged=incident.merged_into is not None,
        is_asked=is_asked,
        undo_until=incident.undo.until if incident.undo else None,
    )
    if (why := refusal(verb, found, now=now)) is not None:
        raise Conflict(why.message, code=why.code)


def undo_of(
    verb: Verb, incident: IncidentRow, run: RunRow | None, by: Who, *, now: datetime, groups: tuple[str, ...] = ()
) -> Undo | None:
    """What the verb's author could take back in the next seconds; sources take nothing back."""
    if by.kind != "user":
        return None
    return Undo(
        verb=verb,
        by=by.id,
        at=now,
        until=now + UNDO,
        state=incident.state,
        position=run.position if run else 0,
        next_at=(run.levels_at or run.next_at) if run else None,
        acknowledged_at=incident.acknowledged_at,
        acknowledged_by=incident.acknowledged_by,
        was_running=run is not None and run.state == "running",
        step=run.step if run else 0,
        snoozed_until=incident.snoozed_until,
        groups=groups,
    )
