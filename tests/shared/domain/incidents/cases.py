"""Incidents in every condition, as verbs find them."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from shared.domain.alerts import Severity
from shared.domain.incidents.allowed_verbs import Condition, Refusal, Verb
from shared.domain.incidents.case import Case, IncidentFacts, RunFacts, Undo
from shared.domain.incidents.changes import Change
from shared.domain.incidents.ending import merge_into, reopen, resolve, undo
from shared.domain.incidents.escalating import add_responders, escalate, reassign
from shared.domain.incidents.taking import acknowledge, snooze, unacknowledge, unsnooze
from shared.domain.incidents.timeline import Who
from shared.domain.paging.escalation import Level, Policy, Target

NOW = datetime(2026, 11, 21, 3, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
NEXT_AT = NOW + timedelta(minutes=4)
ANA = Who("user", "ana")
BO = Who("user", "bo")
LEVEL = Level(targets=(Target(kind="user", id="ana"),), delay_s=300)
POLICY = Policy(id="p", name="Payments", levels=(LEVEL, LEVEL, LEVEL), rounds=2)
OTHERS = Policy(id=None, name="", levels=(LEVEL,))
RUN = RunFacts(policy_json=POLICY, state="running", step=2, position=2, next_at=NEXT_AT)
STOPPED = msgspec.structs.replace(RUN, state="stopped")
OPEN = IncidentFacts(id="i", state="triggered", severity=Severity.WARNING, cycle=3, alert_count=2, open_alert_count=2)


def _like(before: IncidentFacts, **new: Any) -> IncidentFacts:
    return msgspec.structs.replace(before, **new)


TAKEN = _like(OPEN, state="acknowledged", acknowledged_at=NOW - timedelta(minutes=2), acknowledged_by="bo")
OVER = _like(TAKEN, state="resolved", resolved_at=NOW - timedelta(minutes=1), open_alert_count=0)
INCIDENTS: dict[Condition, IncidentFacts] = {
    "triggered": OPEN,
    "acknowledged": TAKEN,
    "snoozed": _like(TAKEN, snoozed_until=NOW + timedelta(minutes=30)),
    "resolved": OVER,
    "merged": _like(OVER, merged_into="other", alert_count=0),
}


def case_of(condition: Condition, **facts: Any) -> Case:
    """As Ana finds it in the app; whatever somebody has is not paged for."""
    run = RUN if condition == "triggered" else STOPPED
    case = Case(incident=INCIDENTS[condition], run=run, by=ANA, via="app", now=NOW)
    return msgspec.structs.replace(case, **facts)


def undoable(condition: Condition, verb: str, **before: Any) -> IncidentFacts:
    """An incident that Ana has just brought into this condition by a verb."""
    kept = Undo(
        verb=verb,
        by="ana",
        at=NOW,
        until=NOW + timedelta(seconds=5),
        state="triggered",
        position=2,
        next_at=NEXT_AT,
        acknowledged_at=None,
        acknowledged_by=None,
        was_running=True,
    )
    return _like(INCIDENTS[condition], undo=msgspec.structs.replace(kept, **before))


DECIDE: dict[Verb, Callable[[Case], Change | Refusal]] = {
    "acknowledge": acknowledge,
    "unacknowledge": unacknowledge,
    "snooze": lambda case: snooze(case, until=LATER),
    "unsnooze": unsnooze,
    "escalate": lambda case: escalate(case, level=None),
    "reassign": lambda case: reassign(case, policy=OTHERS, people=["Cy"]),
    "add_responders": lambda case: add_responders(case, people=[("cy", "Cy")]),
    "merge": lambda case: merge_into(case, id="other", number=7, title="Disk full"),
    "resolve": lambda case: resolve(case, words={}),
    "reopen": reopen,
    "undo": undo,
}


def changed(verb: Verb, case: Case) -> Change:
    """What a legal verb changes."""
    found = DECIDE[verb](case)
    assert isinstance(found, Change), found
    return found


def stands(incident: IncidentFacts) -> tuple[Any, ...]:
    """Its state, who has it, and until when it sleeps."""
    return incident.state, incident.acknowledged_by, incident.snoozed_until
