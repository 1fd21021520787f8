"""Who has an incident, or nobody, and until when: what each of these verbs changes."""

from datetime import datetime
from typing import Any

from shared.domain.incidents.allowed_verbs import Refusal
from shared.domain.incidents.case import Case, nobody_has_it
from shared.domain.incidents.changes import (
    Change,
    Resume,
    TakeBack,
    again,
    snooze_over,
    stopped,
    turned,
)
from shared.domain.incidents.timeline import Entry


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
