"""An incident as a verb finds it: all that decides what the verb changes."""

from datetime import datetime
from typing import Any

from msgspec import Struct

from shared.domain.alerts import Severity
from shared.domain.incidents.allowed_verbs import UNDO, Ended, Refusal, Situation, State, Verb, refusal
from shared.domain.incidents.timeline import SYSTEM, Who
from shared.domain.paging.escalation import Policy


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


class IncidentFacts(Struct, frozen=True, kw_only=True):
    """What of its own row decides about an incident."""

    id: str
    state: State
    severity: Severity
    severity_pinned: bool = False
    cycle: int = 1
    alert_count: int = 0
    open_alert_count: int = 0
    acknowledged_at: datetime | None = None
    acknowledged_by: str | None = None
    snoozed_until: datetime | None = None
    silenced_until: datetime | None = None
    resolved_at: datetime | None = None
    merged_into: str | None = None
    undo: Undo | None = None


class RunFacts(Struct, frozen=True, kw_only=True):
    """Where the run of its cycle stands: `step` counts the steps taken, the next one is taken at `next_at`.

    With `levels_at`, the levels go on from `position` then, and what is due before is the fallback's.
    """

    policy_json: Policy
    state: str
    step: int
    position: int
    next_at: datetime | None
    levels_at: datetime | None = None


class Held(Struct, frozen=True, kw_only=True):
    """An alert that fires again without an incident, because a silence or a rule holds it."""

    id: str
    severity: Severity
    title: str


class Follower(Struct, frozen=True):
    """Somebody who gets a notice of what becomes of it."""

    id: str
    name: str


class Case(Struct, frozen=True, kw_only=True):
    """One incident, who does something to it, and when.

    What a verb doesn't ask about keeps its default:
    `is_asked`: who does it was called in beside the run and has not answered.
    `queued`: messages that are not gone yet and would be taken back; `left`: those that can't be taken back any more.
    `has_reached`: a provider has taken a page of the run's last step.
    `is_silenced`: silences cover everything that is open, or would be again.
    `groups`: the incidents whose groups new alerts join it by, or could again.
    `ended`, `held`: the alerts that its resolution closed, and what holds those that fire again.
    `firing`: the severities of its open alerts.
    `is_followed`: somebody gets notices of it; `followers`: who does.
    """

    incident: IncidentFacts
    run: RunFacts | None = None
    by: Who = SYSTEM
    via: str = ""
    now: datetime
    is_asked: bool = False
    queued: int = 0
    left: int = 0
    has_reached: bool = False
    is_silenced: bool = False
    groups: tuple[str, ...] = ()
    ended: tuple[Ended, ...] = ()
    held: tuple[Held, ...] = ()
    firing: tuple[Severity, ...] = ()
    is_followed: bool = False
    followers: tuple[Follower, ...] = ()

    def refusal(self, verb: Verb) -> Refusal | None:
        """None when the verb is legal now."""
        incident = self.incident
        found = Situation(
            state=incident.state,
            is_snoozed=incident.snoozed_until is not None,
            is_merged=incident.merged_into is not None,
            is_asked=self.is_asked,
            undo_until=incident.undo.until if incident.undo else None,
        )
        return refusal(verb, found, now=self.now)

    def undo(self, verb: Verb) -> Undo | None:
        """What the verb's author could take back in the next seconds; sources take nothing back."""
        if self.by.kind != "user":
            return None
        run, incident = self.run, self.incident
        return Undo(
            verb=verb,
            by=self.by.id,
            at=self.now,
            until=self.now + UNDO,
            state=incident.state,
            position=run.position if run else 0,
            next_at=(run.levels_at or run.next_at) if run else None,
            acknowledged_at=incident.acknowledged_at,
            acknowledged_by=incident.acknowledged_by,
            was_running=run is not None and run.state == "running",
            step=run.step if run else 0,
            snoozed_until=incident.snoozed_until,
            groups=self.groups,
        )


def nobody_has_it() -> dict[str, Any]:
    """New values of whatever waits for somebody again."""
    return {
        "state": "triggered",
        "acknowledged_at": None,
        "acknowledged_by": None,
        "snoozed_until": None,
        "undo": None,
    }
