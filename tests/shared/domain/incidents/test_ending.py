"""Resolved, recovered, merged and back again: what becomes of alerts and groups."""

from typing import Any

import msgspec
import pytest

from shared.domain.alerts import Severity
from shared.domain.incidents.allowed_verbs import Ended, Refusal
from shared.domain.incidents.case import Held
from shared.domain.incidents.changes import Change, OpenAgain, Stop, TakeBack
from shared.domain.incidents.ending import recover, resolve
from tests.shared.domain.incidents.cases import DECIDE, INCIDENTS, NEXT_AT, NOW, OVER, case_of, changed, undoable

FIRES = Ended(id="a1", is_over=False)
OVER_BY_NOW = Ended(id="a2", is_over=True)
ELSEWHERE = Ended(id="a3", is_over=False, fires_in=9)
HELD = Ended(id="a4", is_over=False, held="b4")
GRAVE = Held(id="b4", severity=Severity.CRITICAL, title="Disk full")


def test_the_last_recovery_ends_it() -> None:
    case = case_of("snoozed", queued=1)
    found = recover(case, count=2, title="Disk full")
    assert [entry.kind for entry in found.entries] == ["alerts_recovered", "snooze_ended", "resolved"]
    assert found.entries[0].args == {"count": 2, "open": 0, "title": "Disk full"}
    assert found.entries[-1].args == {"via": "recovery", "cancelled": 1, "method": None}
    after = found.of(case.incident)
    assert (after.state, after.resolved_at, after.snoozed_until, after.undo) == ("resolved", NOW, None, None)
    assert (found.pages, found.closes_groups, found.closes_alerts) == (TakeBack(), True, False)
    assert recover(case_of("triggered"), count=1, title="").run == Stop(2, NEXT_AT)


def test_how_it_was_solved_is_kept_and_its_method_told() -> None:
    found = resolve(case_of("triggered"), words={"method": "restarted", "root_cause": "a leak"})
    assert isinstance(found, Change)
    assert (found.new["method"], found.new["root_cause"]) == ("restarted", "a leak")
    assert found.entries[-1].args["method"] == "restarted"


def test_a_resolution_keeps_which_groups_it_closed() -> None:
    kept = changed("resolve", case_of("triggered", groups=("i", "k"))).new["undo"]
    assert kept.groups == ("i", "k")


def test_what_is_merged_leaves_nothing_behind() -> None:
    found = changed("merge", case_of("triggered", queued=3))
    assert found.merges_into == "other"
    assert found.entries[-1].args == {"number": 7, "title": "Disk full", "cancelled": 3}
    after = found.of(INCIDENTS["triggered"])
    assert (after.merged_into, after.alert_count, after.open_alert_count) == ("other", 0, 0)


@pytest.mark.parametrize("verb", ["reopen", "undo"])
@pytest.mark.parametrize(
    ("ended", "opened", "count"),
    [
        ((), OpenAgain((), (), NOW), 0),
        ((FIRES, OVER_BY_NOW), OpenAgain(("a1",), (), NOW), 1),
        ((FIRES, ELSEWHERE), OpenAgain(("a1",), (), NOW), 1),
        ((FIRES, HELD), OpenAgain(("a1",), ("b4",), NOW), 2),
    ],
)
def test_what_still_fires_is_open_again(verb: Any, ended: Any, opened: OpenAgain, count: int) -> None:
    incident = msgspec.structs.replace(undoable("resolved", "resolve"), resolved_at=NOW)
    held = (GRAVE,) if HELD in ended else ()
    found = changed(verb, case_of("resolved", incident=incident, ended=ended, held=held))
    assert found.alerts == opened
    assert found.new["open_alert_count"] == count
    assert found.new["alert_count"] == 2 + len(held)


@pytest.mark.parametrize(
    ("verb", "ended", "code"),
    [
        ("reopen", (ELSEWHERE,), "fired_again"),
        ("undo", (ELSEWHERE,), "fired_again"),
        ("undo", (OVER_BY_NOW,), "recovered"),
        ("reopen", (OVER_BY_NOW,), None),
    ],
)
def test_one_fault_never_has_two_incidents(verb: Any, ended: Any, code: str | None) -> None:
    found = DECIDE[verb](case_of("resolved", incident=undoable("resolved", "resolve"), ended=ended))
    assert (found.code if isinstance(found, Refusal) else None) == code


@pytest.mark.parametrize(("is_pinned", "severity"), [(False, Severity.CRITICAL), (True, Severity.WARNING)])
def test_what_it_takes_over_may_be_graver(is_pinned: bool, severity: Severity) -> None:
    incident = msgspec.structs.replace(OVER, severity_pinned=is_pinned)
    found = changed("reopen", case_of("resolved", incident=incident, ended=(HELD,), held=(GRAVE,)))
    assert found.new["severity"] == severity
    assert found.looks_for_milder is not is_pinned
    kinds = ["reopened", "alerts_joined", *([] if is_pinned else ["severity_changed"])]
    assert [entry.kind for entry in found.entries] == kinds


@pytest.mark.parametrize(
    ("alerts", "ended", "quiet"), [(2, (FIRES,), False), (2, (OVER_BY_NOW,), True), (2, (), True), (0, (), False)]
)
def test_a_reopening_says_whether_anything_fires(alerts: int, ended: Any, quiet: bool) -> None:
    incident = msgspec.structs.replace(OVER, alert_count=alerts)
    told = changed("reopen", case_of("resolved", incident=incident, ended=ended)).entries[0]
    assert told.args == {"via": "app", "quiet": quiet}


def test_an_undone_resolution_gives_back_the_groups_that_are_free() -> None:
    incident = undoable("resolved", "resolve")
    found = changed("undo", case_of("resolved", incident=incident, groups=("m", "i", "k")))
    assert (found.opens_groups, found.new["group_open"]) == (("k", "m"), True)
    found = changed("undo", case_of("resolved", incident=incident, groups=("k",)))
    assert (found.opens_groups, found.new["group_open"]) == (("k",), False)
    assert changed("undo", case_of("acknowledged", incident=undoable("acknowledged", "acknowledge"))).opens_groups == ()
