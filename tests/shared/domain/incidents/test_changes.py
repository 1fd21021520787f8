"""What each verb makes of an incident in each condition, of its run, its pages and its timeline."""

from datetime import timedelta
from typing import Any, get_args

import msgspec
import pytest

from shared.domain.incidents.case import Case, IncidentFacts
from shared.domain.incidents.changes import (
    Change,
    GoOn,
    Restore,
    Resume,
    Start,
    Stop,
    TakeBack,
    TakeBackSteps,
)
from shared.domain.incidents.taking import escalate, wake
from shared.domain.incidents.timeline import KINDS, Entry, Who
from shared.domain.incidents.verbs import REFUSED, Condition, Refusal, Verb
from tests.shared.domain.incidents.cases import (
    ANA,
    BO,
    DECIDE,
    INCIDENTS,
    LATER,
    NEXT_AT,
    NOW,
    OPEN,
    OTHERS,
    POLICY,
    RUN,
    STOPPED,
    TAKEN,
    case_of,
    changed,
    undoable,
)

CONDITIONS: tuple[Condition, ...] = get_args(Condition)
STANDS: Stop = Stop(2, NEXT_AT)
BESIDE, ALL = TakeBack(answered_by="ana"), TakeBack()
MINE, BOS, NOBODYS = ("acknowledged", "ana", None), ("acknowledged", "bo", None), ("triggered", None, None)
ENDED = ("resolved", "bo", None)
OUTCOMES: list[tuple[Verb, Condition, tuple[Any, ...], Any, Any, str]] = [
    ("acknowledge", "triggered", MINE, STANDS, BESIDE, "acknowledged"),
    ("acknowledge", "snoozed", MINE, None, BESIDE, "snooze_ended acknowledged"),
    ("unacknowledge", "acknowledged", NOBODYS, Resume(1, NOW), None, "unacknowledged"),
    ("unacknowledge", "snoozed", NOBODYS, Resume(1, NOW), None, "snooze_ended unacknowledged"),
    ("snooze", "triggered", ("acknowledged", "ana", LATER), STANDS, BESIDE, "snoozed"),
    ("snooze", "acknowledged", ("acknowledged", "bo", LATER), None, BESIDE, "snoozed"),
    ("snooze", "snoozed", ("acknowledged", "bo", LATER), None, BESIDE, "snoozed"),
    ("unsnooze", "snoozed", BOS, None, None, "snooze_ended"),
    ("escalate", "triggered", NOBODYS, Resume(2, NOW), GoOn(), "escalated"),
    ("escalate", "acknowledged", NOBODYS, Resume(2, NOW), GoOn(), "escalated"),
    ("escalate", "snoozed", NOBODYS, Resume(2, NOW), GoOn(), "snooze_ended escalated"),
    ("reassign", "triggered", NOBODYS, STANDS, ALL, "reassigned"),
    ("reassign", "acknowledged", NOBODYS, None, ALL, "reassigned"),
    ("reassign", "snoozed", NOBODYS, None, ALL, "snooze_ended reassigned"),
    ("add_responders", "triggered", NOBODYS, None, None, "responders_added"),
    ("add_responders", "acknowledged", BOS, None, None, "responders_added"),
    ("merge", "triggered", ("resolved", None, None), STANDS, ALL, "merged_into"),
    ("merge", "acknowledged", ENDED, None, ALL, "merged_into"),
    ("merge", "snoozed", ENDED, None, ALL, "snooze_ended merged_into"),
    ("resolve", "triggered", ("resolved", None, None), STANDS, ALL, "resolved"),
    ("resolve", "acknowledged", ENDED, None, ALL, "resolved"),
    ("resolve", "snoozed", ENDED, None, ALL, "snooze_ended resolved"),
    ("reopen", "resolved", NOBODYS, None, None, "reopened"),
]
"""State, who has it and until when it sleeps; the run; the pages; what is told."""


def stands(incident: IncidentFacts) -> tuple[Any, ...]:
    return incident.state, incident.acknowledged_by, incident.snoozed_until


@pytest.mark.parametrize(("verb", "condition", "after", "run", "pages", "told"), OUTCOMES)
def test_what_a_verb_changes(
    verb: Verb, condition: Condition, after: tuple[Any, ...], run: Any, pages: Any, told: str
) -> None:
    case = case_of(condition)
    found = changed(verb, case)
    assert stands(found.of(case.incident)) == after
    assert (found.run, found.pages) == (run, pages)
    assert [entry.kind for entry in found.entries] == told.split()


@pytest.mark.parametrize("verb", [verb for verb in DECIDE if verb != "undo"])
@pytest.mark.parametrize("condition", CONDITIONS)
def test_a_verb_is_refused_where_the_table_says_so_and_nowhere_else(verb: Verb, condition: Condition) -> None:
    found = DECIDE[verb](case_of(condition))
    code = found.code if isinstance(found, Refusal) else None
    assert code == REFUSED[verb].get(condition)


@pytest.mark.parametrize("verb", DECIDE)
@pytest.mark.parametrize("condition", CONDITIONS)
@pytest.mark.parametrize("has_run", [True, False])
def test_whatever_is_changed_can_be_written(verb: Verb, condition: Condition, has_run: bool) -> None:
    incident = undoable(condition, "acknowledge") if verb == "undo" else INCIDENTS[condition]
    facts: dict[str, Any] = {"incident": incident} | ({} if has_run else {"run": None})
    found = DECIDE[verb](case_of(condition, **facts))
    if isinstance(found, Refusal):
        return
    for entry in found.entries:
        assert set(entry.args) == set(KINDS[entry.kind])
    assert found.run is None or has_run, "what isn't there neither stops nor goes on"
    assert found.wakes_at is None or not found.awake
    snoozed_until = found.of(incident).snoozed_until
    assert (snoozed_until is None) or found.wakes_at == snoozed_until or verb == "add_responders"
    if incident.snoozed_until is not None and snoozed_until is None:
        assert found.awake, "nothing wakes what no longer sleeps"
    if found.is_turn:
        assert found.of(incident).silenced_until is None


@pytest.mark.parametrize("verb", ["acknowledge", "snooze", "resolve", "escalate"])
@pytest.mark.parametrize("condition", ["triggered", "acknowledged", "snoozed"])
def test_what_is_undone_is_as_it_was(verb: Verb, condition: Condition) -> None:
    case = case_of(condition, groups=("i",), queued=1)
    found = DECIDE[verb](case)
    if isinstance(found, Refusal):
        return
    after, run = found.of(case.incident), case.run
    assert run is not None
    moved = {"state": "running" if isinstance(found.run, Resume) else "stopped"}
    moved |= {"position": found.run.position} if found.run else {}
    undone = changed(
        "undo",
        case_of(condition, incident=after, run=msgspec.structs.replace(run, **moved), now=NOW + timedelta(seconds=2)),
    )
    assert stands(undone.of(after)) == stands(case.incident)
    if condition == "triggered":
        assert (undone.run, undone.pages) == (Resume(2, NEXT_AT), Restore(NOW))
    else:
        assert undone.run == (STANDS if verb == "escalate" else None)
    assert undone.steps == (TakeBackSteps(2) if verb == "escalate" else None)
    assert undone.wakes_at == case.incident.snoozed_until
    assert undone.call_unanswered_at == NOW


def test_nobody_undoes_what_somebody_else_did() -> None:
    found = DECIDE["undo"](case_of("acknowledged", incident=undoable("acknowledged", "acknowledge"), by=BO))
    assert isinstance(found, Refusal)
    assert found.code == "not_yours_to_undo"


@pytest.mark.parametrize(
    ("by", "after_s", "code"),
    [(ANA, 0, None), (ANA, 10, None), (ANA, 11, "too_late_to_undo"), (BO, 11, "too_late_to_undo")],
)
def test_an_undo_has_its_time(by: Who, after_s: int, code: str | None) -> None:
    incident, now = undoable("acknowledged", "acknowledge"), NOW + timedelta(seconds=after_s)
    found = DECIDE["undo"](case_of("acknowledged", incident=incident, by=by, now=now))
    assert (found.code if isinstance(found, Refusal) else None) == code


def test_an_undo_after_its_step_was_due_pages_at_once() -> None:
    incident = undoable("acknowledged", "acknowledge", next_at=NOW - timedelta(seconds=3))
    assert changed("undo", case_of("acknowledged", incident=incident)).run == Resume(2, NOW)


def test_what_silences_cover_by_now_is_looked_at_instead_of_paged() -> None:
    case = case_of("acknowledged", incident=undoable("acknowledged", "acknowledge"), is_silenced=True)
    undone = changed("undo", case)
    assert (undone.run, undone.pages, undone.looks_for_silences) == (None, None, True)


def test_sources_take_nothing_back_and_have_nothing() -> None:
    by = Who("integration", "prometheus")
    after = changed("acknowledge", case_of("triggered", by=by)).of(OPEN)
    assert (after.state, after.acknowledged_by, after.undo) == ("acknowledged", None, None)


def test_whoever_was_called_in_joins_who_has_it() -> None:
    found = changed("acknowledge", case_of("acknowledged", is_asked=True))
    assert (found.new, found.answers_call, found.pages) == ({}, True, BESIDE)
    assert found.entries == (Entry("responder_joined", {"via": "app"}, ANA),)


@pytest.mark.parametrize("is_asked", [True, False])
def test_whoever_was_called_in_and_takes_it_has_answered(is_asked: bool) -> None:
    assert changed("acknowledge", case_of("triggered", is_asked=is_asked)).answers_call == is_asked


def test_a_level_that_was_reached_is_not_paged_twice() -> None:
    assert changed("unacknowledge", case_of("acknowledged", has_reached=True)).run == Resume(2, NEXT_AT)
    past = msgspec.structs.replace(STOPPED, next_at=NOW - timedelta(seconds=1))
    assert changed("unacknowledge", case_of("acknowledged", has_reached=True, run=past)).run == Resume(2, NOW)


@pytest.mark.parametrize(
    ("position", "level", "goes_on_at"), [(2, 1, 0), (2, 3, 2), (3, 1, 0), (4, 1, 3), (5, 3, 5), (6, 2, 4), (9, 1, 3)]
)
def test_escalating_to_a_level_stays_in_the_round(position: int, level: int, goes_on_at: int) -> None:
    found = escalate(case_of("triggered", run=msgspec.structs.replace(RUN, position=position)), level=level)
    assert isinstance(found, Change)
    assert found.run == Resume(goes_on_at, NOW)
    assert found.entries[-1].args == {"level": level}


def test_without_a_run_the_fallback_is_paged() -> None:
    for verb, condition in (("escalate", "triggered"), ("unacknowledge", "acknowledged")):
        found = changed(verb, case_of(condition, run=None))
        assert (found.run, found.start) == (None, Start(3, None))


def test_other_people_are_paged_in_a_cycle_of_their_own() -> None:
    found = changed("reassign", case_of("triggered", queued=2))
    assert (found.start, found.new["cycle"], found.frees_called) == (Start(4, OTHERS), 4, True)
    assert found.entries[-1].args == {"people": ["Cy"], "policy": None, "cancelled": 2}


@pytest.mark.parametrize("verb", ["escalate", "reassign"])
@pytest.mark.parametrize("silenced_until", [None, LATER])
def test_who_wants_others_paged_overrules_what_silences_hold(verb: Verb, silenced_until: Any) -> None:
    incident = msgspec.structs.replace(OPEN, silenced_until=silenced_until)
    found = changed(verb, case_of("triggered", incident=incident))
    assert found.new.get("pages_anyway", False) == (silenced_until is not None)


def test_a_resolution_closes_its_alerts_and_groups() -> None:
    found = changed("resolve", case_of("triggered"))
    assert (found.closes_alerts, found.closes_groups) == (True, True)


@pytest.mark.parametrize("back_s", [-60, 0])
def test_the_end_of_a_snooze_pages_whom_the_run_had_reached(back_s: int) -> None:
    incident = msgspec.structs.replace(TAKEN, snoozed_until=NOW + timedelta(seconds=back_s))
    found = wake(case_of("snoozed", incident=incident))
    assert found is not None
    assert (stands(found.of(incident)), found.run) == (NOBODYS, Resume(1, NOW))


@pytest.mark.parametrize("condition", CONDITIONS)
def test_nothing_wakes_what_does_not_sleep_or_sleeps_still(condition: Condition) -> None:
    assert wake(case_of(condition)) is None


def test_a_reopened_incident_follows_its_policy_from_the_start() -> None:
    found = changed("reopen", case_of("resolved", groups=("i",)))
    assert (found.start, found.new["group_open"], found.frees_called) == (Start(4, POLICY), True, True)
    assert not changed("reopen", case_of("resolved")).new["group_open"], "another one has taken its group"


def test_a_case_without_facts_is_one_that_just_began() -> None:
    assert changed("acknowledge", Case(incident=OPEN, now=NOW)).run is None
