"""Who is to be paged for an incident besides: escalate, reassign, call responders in."""

from collections.abc import Sequence
from typing import Any

from shared.domain.incidents.allowed_verbs import Refusal
from shared.domain.incidents.case import Case, nobody_has_it
from shared.domain.incidents.changes import (
    Change,
    GoOn,
    Resume,
    Start,
    TakeBack,
    snooze_over,
    stopped,
    turned,
)
from shared.domain.incidents.timeline import Entry
from shared.domain.paging.escalation import Policy, place_of, position_of_level


def escalate(case: Case, *, level: int | None) -> Change | Refusal:
    """Page the next level, or the given one of the policy's, now; what somebody had waits for somebody again."""
    if (why := case.refusal("escalate")) is not None:
        return why
    reached, levels = 1, None
    goes_on: dict[str, Any] = {"start": Start(case.incident.cycle, None)}
    if case.run is not None:
        policy, position = case.run.policy_json, case.run.position
        position = position if level is None else position_of_level(policy, position, level)
        reached, levels = place_of(policy, position).level, len(policy.levels)
        goes_on = {"run": Resume(position, case.now)}
    new = turned(**nobody_has_it()) | _pages_anyway(case) | {"undo": case.undo("escalate")}
    return Change(
        new=new,
        entries=(*snooze_over(case, "escalated"), Entry("escalated", {"level": reached, "levels": levels}, case.by)),
        pages=GoOn(),
        awake=case.incident.snoozed_until is not None,
        **goes_on,
    )


def reassign(case: Case, *, policy: Policy, people: Sequence[str]) -> Change | Refusal:
    """A new cycle pages them from the start; whoever had it has it no more. `people` are names."""
    if (why := case.refusal("reassign")) is not None:
        return why
    cycle = case.incident.cycle + 1
    said = {"people": list(people), "policy": policy.name or None, "cancelled": case.queued}
    return Change(
        new=turned(**nobody_has_it()) | _pages_anyway(case) | {"cycle": cycle},
        entries=(*snooze_over(case, "reassigned"), Entry("reassigned", said, case.by)),
        run=stopped(case),
        start=Start(cycle, policy),
        pages=TakeBack(),
        awake=case.incident.snoozed_until is not None,
        frees_called=True,
    )


def add_responders(case: Case, *, people: Sequence[tuple[str, str]]) -> Change | Refusal:
    """Page them beside the run, now; who was called in before is called again. `people` are ids and names."""
    if (why := case.refusal("add_responders")) is not None:
        return why
    told = Entry("responders_added", {"people": [name for _, name in people]}, case.by)
    return Change(entries=(told,), calls=tuple(id for id, _ in people))


def _pages_anyway(case: Case) -> dict[str, Any]:
    """Somebody wants others to be paged although silences cover all of it: those silences don't hold it any more."""
    return {"pages_anyway": True} if case.incident.silenced_until is not None else {}
