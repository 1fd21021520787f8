"""The end of an incident, and how it is taken back: what each of these verbs changes."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct

from shared.domain.alerts import Severity
from shared.domain.incidents.allowed_verbs import Refusal, to_open_again, worst
from shared.domain.incidents.case import Case, Undo, nobody_has_it
from shared.domain.incidents.changes import (
    Change,
    OpenAgain,
    Restore,
    Resume,
    Start,
    Stop,
    TakeBack,
    TakeBackSteps,
    snooze_over,
    stopped,
    turned,
)
from shared.domain.incidents.timeline import Entry


def resolve(case: Case, *, words: Mapping[str, str]) -> Change | Refusal:
    """It is over: nobody is paged any more, and its alerts are closed, so that new trouble opens a new incident.

    `words` say how, by the names of the incident's columns.
    """
    if (why := case.refusal("resolve")) is not None:
        return why
    said = {"via": case.via, "cancelled": case.queued, "method": words.get("method")}
    new = turned(
        state="resolved",
        resolved_at=case.now,
        resolved_by=case.by.person,
        snoozed_until=None,
        group_open=False,
        open_alert_count=0,
        undo=case.undo("resolve"),
        **words,
    )
    return Change(
        new=new,
        entries=(*snooze_over(case, "resolved"), Entry("resolved", said, case.by)),
        run=stopped(case),
        pages=TakeBack(),
        awake=case.incident.snoozed_until is not None,
        closes_alerts=True,
        closes_groups=True,
    )


def recover(case: Case, *, count: int, title: str) -> Change:
    """Its sources say that it is over: the last of its alerts, so many and so named, have recovered."""
    last = Entry("alerts_recovered", {"count": count, "open": 0, "title": title}, case.by)
    told = Entry("resolved", {"via": "recovery", "cancelled": case.queued, "method": None}, case.by)
    new = turned(
        state="resolved",
        resolved_at=case.now,
        snoozed_until=None,
        group_open=False,
        open_alert_count=0,
        undo=None,
    )
    return Change(
        new=new,
        entries=(last, *snooze_over(case, "resolved"), told),
        run=stopped(case),
        pages=TakeBack(),
        awake=case.incident.snoozed_until is not None,
        closes_groups=True,
    )


def merge_into(case: Case, *, id: str, number: int, title: str) -> Change | Refusal:
    """It is a part of another incident, to which everything that it has moves."""
    if (why := case.refusal("merge")) is not None:
        return why
    told = Entry("merged_into", {"number": number, "title": title, "cancelled": case.queued}, case.by)
    new = turned(
        state="resolved",
        resolved_at=case.now,
        resolved_by=case.by.id,
        snoozed_until=None,
        merged_into=id,
        alert_count=0,
        open_alert_count=0,
        undo=None,
    )
    return Change(
        new=new,
        entries=(*snooze_over(case, "merged"), told),
        run=stopped(case),
        pages=TakeBack(),
        awake=case.incident.snoozed_until is not None,
        merges_into=id,
    )


class Source(Struct, frozen=True):
    """An incident that is merged into another one."""

    number: int
    title: str
    alert_count: int


def take_in(case: Case, *, sources: Sequence[Source]) -> Change:
    """Others are a part of it from now on; it keeps its run and whoever has it, and nobody is paged by this."""
    lines = (
        Entry("merged_from", {"number": each.number, "title": each.title, "count": each.alert_count}, case.by)
        for each in sources
    )
    return Change(new={"undo": None}, entries=tuple(lines), looks_for_silences=case.incident.silenced_until is not None)


def reopen(case: Case) -> Change | Refusal:
    """It is not over: a new cycle of the same policy pages from its first level, and new alerts of its group join.

    The alerts that the resolution closed and that have not recovered since are open again, so that their source ends
    it; where none of its alerts fires any more, the timeline says so: then only people end it.
    """
    if (why := case.refusal("reopen")) is not None:
        return why
    incident = case.incident
    opened = _open_again(case, closed_at=incident.resolved_at or case.now, is_undo=False)
    if isinstance(opened, Refusal):
        return opened
    told = Entry("reopened", {"via": case.via, "quiet": incident.alert_count > 0 and opened.count == 0}, case.by)
    new = turned(
        cycle=incident.cycle + 1,
        resolved_at=None,
        resolved_by=None,
        group_open=incident.id in case.groups,
        **opened.new,
        **nobody_has_it(),
    )
    return Change(
        new=new,
        entries=(told, *opened.entries),
        start=Start(incident.cycle + 1, case.run.policy_json if case.run else None),
        frees_called=True,
        alerts=opened.alerts,
        looks_for_milder=opened.is_graver,
    )


def undo(case: Case) -> Change | Refusal:
    """Take the last verb back: the run goes on where it was, at the time it had, and nobody is paged twice.

    What had left before it could be taken back is counted in the timeline.
    """
    last = case.incident.undo
    if (why := case.refusal("undo")) is not None:
        return why
    if last is None or last.by != case.by.id:
        return Refusal("not_yours_to_undo", "only who did it can undo it")
    opened = _open_again(case, closed_at=last.at, is_undo=True) if last.verb == "resolve" else _Opened()
    if isinstance(opened, Refusal):
        return opened
    others = tuple(id for id in sorted(case.groups) if id != case.incident.id) if last.verb == "resolve" else ()
    ended = {"resolved_at": None, "resolved_by": None, "group_open": case.incident.id in case.groups}
    new = turned(
        state=last.state,
        acknowledged_at=last.acknowledged_at,
        acknowledged_by=last.acknowledged_by,
        snoozed_until=last.snoozed_until,
        undo=None,
        **(ended if last.verb == "resolve" else {}),
        **opened.new,
    )
    looks = last.state == "triggered" and (case.is_silenced or not last.was_running)
    return Change(
        new=new,
        entries=(Entry("undone", {"verb": last.verb, "left": case.left}, case.by), *opened.entries),
        run=_restored(case, last),
        pages=None if looks else Restore(last.at),
        steps=TakeBackSteps(last.step) if last.verb == "escalate" else None,
        wakes_at=max(last.snoozed_until, case.now) if last.snoozed_until is not None else None,
        awake=last.snoozed_until is None and case.incident.snoozed_until is not None,
        call_unanswered_at=last.at,
        alerts=opened.alerts,
        opens_groups=others,
        looks_for_silences=looks,
        looks_for_milder=opened.is_graver,
    )


def _restored(case: Case, last: Undo) -> Stop | Resume | None:
    """The run as it was; what silences cover by now pages nobody until it is looked at, at once."""
    if case.run is None:
        return None
    if last.was_running and not case.is_silenced:
        return Resume(last.position, max(last.next_at or case.now, case.now))
    return Stop(last.position, last.next_at) if case.run.state == "running" else None


class _Opened(Struct, frozen=True, kw_only=True):
    """The alerts that are open again, what that changes of the incident, and what is told of it."""

    count: int = 0
    new: Mapping[str, Any] = {}
    entries: tuple[Entry, ...] = ()
    alerts: OpenAgain | None = None
    is_graver: bool = False


def _open_again(case: Case, *, closed_at: datetime, is_undo: bool) -> _Opened | Refusal:
    """Open those that still fire and are no other incident's by now.

    What fired again and was held by a silence or a rule is the incident's from now on, whose alert it replaces: its
    recovery ends the incident, and silences hold that as a whole.
    """
    found = to_open_again(case.ended, is_undo=is_undo)
    if isinstance(found, Refusal):
        return found
    incident, held = case.incident, [each for each in case.held if each.id in found]
    severity = _graver(case, [each.severity for each in held])
    entries = [Entry("alerts_joined", {"count": len(held), "title": held[0].title})] if held else []
    if severity != incident.severity:
        entries.append(Entry("severity_changed", {"was": incident.severity, "now": severity}))
    held_ids = {each.held for each in case.ended} - {None}
    return _Opened(
        count=len(found),
        new={
            "open_alert_count": len(found),
            "alert_count": incident.alert_count + len(held),
            "severity": severity,
        },
        entries=tuple(entries),
        alerts=OpenAgain(
            ids=tuple(id for id in found if id not in held_ids),
            held=tuple(each.id for each in held),
            closed_at=closed_at,
        ),
        is_graver=severity != incident.severity,
    )


def _graver(case: Case, taken_over: list[Severity]) -> Severity:
    """What was taken over may be graver than what was resolved."""
    incident = case.incident
    if incident.severity_pinned:
        return incident.severity
    return worst((incident.severity, *taken_over), otherwise=incident.severity)
