"""Who has an incident, and who is to be paged for it: what each of these verbs changes."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from shared.domain.incidents.case import Case, nobody_has_it
from shared.domain.incidents.changes import (
    Change,
    GoOn,
    Hush,
    Resume,
    Start,
    Stop,
    TakeBack,
    again,
    snooze_over,
    stopped,
    turned,
)
from shared.domain.incidents.timeline import Entry
from shared.domain.incidents.verbs import Refusal
from shared.domain.paging.escalation import Policy, place_of, position_of_level


def acknowledge(case: Case) -> Change | Refusal:
    """Somebody has it: the run stops and what is queued is taken back.

    Whoever was called in beside the run and answers joins the one who has it.
    """
    if (why := case.refusal("acknowledge")) is not None:
        return why
    run, pages = stopped(case), TakeBack(answered_by=case.by.id or "")
    if case.incident.state == "acknowledged" and case.incident.snoozed_until is None:
        joined = Entry("responder_joined", {"via": case.via}, case.by)
        return Change(entries=(joined,), run=run, pages=pages, answers_call=case.is_asked)
    told = Entry("acknowledged", {"via": case.via, "cancelled": case.queued}, case.by)
    return Change(
        new=turned(
            state="acknowledged",
            acknowledged_at=case.now,
            acknowledged_by=case.by.person,
            snoozed_until=None,
            undo=case.undo("acknowledge"),
        ),
        entries=(*snooze_over(case, "acknowledged"), told),
        run=run,
        pages=pages,
        awake=case.incident.snoozed_until is not None,
        answers_call=case.is_asked,
    )


def unacknowledge(case: Case) -> Change | Refusal:
    """Nobody has it after all: the run goes on with its next level, at the time it had or at once if that is past.

    If the acknowledgement came before any page of the last level had left, that level is paged first.
    """
    if (why := case.refusal("unacknowledge")) is not None:
        return why
    goes_on: dict[str, Any] = again(case)
    if case.run is not None and case.has_reached:
        goes_on = {"run": Resume(case.run.position, max(case.run.next_at or case.now, case.now))}
    told = Entry("unacknowledged", {"via": case.via}, case.by)
    return Change(
        new=turned(**nobody_has_it()),
        entries=(*snooze_over(case, "unacknowledged"), told),
        awake=case.incident.snoozed_until is not None,
        **goes_on,
    )


def snooze(case: Case, *, until: datetime) -> Change | Refusal:
    """Leave it until then: whoever snoozes has it meanwhile, and the end pages again."""
    if (why := case.refusal("snooze")) is not None:
        return why
    is_taken = case.incident.state == "acknowledged"
    taken: dict[str, Any] = {} if is_taken else {"acknowledged_at": case.now, "acknowledged_by": case.by.id}
    told = Entry("snoozed", {"via": case.via, "until": until, "cancelled": case.queued}, case.by)
    return Change(
        new=turned(state="acknowledged", snoozed_until=until, undo=case.undo("snooze"), **taken),
        entries=(told,),
        run=stopped(case),
        pages=TakeBack(answered_by=case.by.id or ""),
        wakes_at=until,
    )


def unsnooze(case: Case) -> Change | Refusal:
    """Awake without a page: whoever has it goes on having it."""
    if (why := case.refusal("unsnooze")) is not None:
        return why
    new = {"snoozed_until": None, "undo": None}
    return Change(new=new, entries=snooze_over(case, "unsnoozed"), awake=True)


def wake(case: Case) -> Change | None:
    """The snooze is over: whoever the run had reached is paged again. None for one that is no longer snoozed."""
    incident = case.incident
    if incident.state != "acknowledged" or incident.snoozed_until is None or incident.snoozed_until > case.now:
        return None
    goes_on: dict[str, Any] = again(case)
    told = Entry("snooze_ended", {"reason": "over"})
    return Change(new=turned(**nobody_has_it()), entries=(told,), **goes_on)


def escalate(case: Case, *, level: int | None) -> Change | Refusal:
    """Page the next level, or the given one of the policy's, now; what somebody had waits for somebody again."""
    if (why := case.refusal("escalate")) is not None:
        return why
    reached = 1
    goes_on: dict[str, Any] = {"start": Start(case.incident.cycle, None)}
    if case.run is not None:
        policy, position = case.run.policy_json, case.run.position
        position = position if level is None else position_of_level(policy, position, level)
        reached = place_of(policy, position).level
        goes_on = {"run": Resume(position, case.now)}
    new = turned(**nobody_has_it()) | _pages_anyway(case) | {"undo": case.undo("escalate")}
    return Change(
        new=new,
        entries=(*snooze_over(case, "escalated"), Entry("escalated", {"level": reached}, case.by)),
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


def silence(case: Case, *, until: datetime) -> Change:
    """Silences cover all that is open: nobody is paged until then.

    A step that was due and not taken is what is paged afterwards, as if the run had stood there.
    """
    run, stop = case.run, None
    if run is not None and run.state == "running":
        level_at = run.levels_at or run.next_at
        is_due = level_at is not None and level_at <= case.now
        stop = Stop(run.position + is_due, level_at)
    if until == case.incident.silenced_until:
        return Change(run=stop, pages=Hush())
    told = Entry("silenced", {"until": until, "cancelled": case.queued})
    return Change(new={"silenced_until": until}, entries=(told,), run=stop, pages=Hush())


def silence_over(case: Case) -> Change:
    """Silences cover it no more: whoever the run had reached is paged."""
    goes_on: dict[str, Any] = again(case)
    return Change(new={"silenced_until": None}, entries=(Entry("silence_over", {}),), **goes_on)


def _pages_anyway(case: Case) -> dict[str, Any]:
    """Somebody wants others to be paged although silences cover all of it: those silences don't hold it any more."""
    return {"pages_anyway": True} if case.incident.silenced_until is not None else {}
