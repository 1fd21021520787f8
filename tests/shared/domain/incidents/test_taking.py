"""Who has an incident after each verb, what becomes of its run and its pages, and what is told."""

from datetime import timedelta
from typing import Any, get_args

import msgspec
import pytest

from shared.domain.incidents.allowed_verbs import Condition, Verb
from shared.domain.incidents.changes import (
    GoOn,
    Resume,
    Start,
    Stop,
    TakeBack,
)
from shared.domain.incidents.taking import wake
from shared.domain.incidents.timeline import Entry
from tests.shared.domain.incidents.cases import (
    ANA,
    LATER,
    NEXT_AT,
    NOW,
    POLICY,
    TAKEN,
    case_of,
    changed,
    stands,
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


@pytest.mark.parametrize(("verb", "condition", "after", "run", "pages", "told"), OUTCOMES)
def test_what_a_verb_changes(
    verb: Verb, condition: Condition, after: tuple[Any, ...], run: Any, pages: Any, told: str
) -> None:
    case = case_of(condition)
    found = changed(verb, case)
    assert stands(found.of(case.incident)) == after
    assert (found.run, found.pages) == (run, pages)
    assert [entry.kind for entry in found.entries] == told.split()


def test_an_undo_after_its_step_was_due_pages_at_once() -> None:
    incident = undoable("acknowledged", "acknowledge", next_at=NOW - timedelta(seconds=3))
    assert changed("undo", case_of("acknowledged", incident=incident)).run == Resume(2, NOW)


def test_what_silences_cover_by_now_is_looked_at_instead_of_paged() -> None:
    case = case_of("acknowledged", incident=undoable("acknowledged", "acknowledge"), is_silenced=True)
    undone = changed("undo", case)
    assert (undone.run, undone.pages, undone.looks_for_silences) == (None, None, True)


def test_whoever_was_called_in_joins_who_has_it() -> None:
    found = changed("acknowledge", case_of("acknowledged", is_asked=True))
    assert (found.new, found.answers_call, found.pages) == ({}, True, BESIDE)
    assert found.entries == (Entry("responder_joined", {"via": "app"}, ANA),)


@pytest.mark.parametrize("is_asked", [True, False])
def test_whoever_was_called_in_and_takes_it_has_answered(is_asked: bool) -> None:
    assert changed("acknowledge", case_of("triggered", is_asked=is_asked)).answers_call == is_asked


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
