"""Which verb is legal in which state, and why not."""

from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest
from hypothesis import strategies as st

from shared.domain.alerts import Severity
from shared.domain.incidents.allowed_verbs import (
    REASONS,
    REFUSED,
    UNDO,
    UNDO_GRACE,
    VERBS,
    Condition,
    Ended,
    Refusal,
    Situation,
    Verb,
    legal_verbs,
    refusal,
    to_open_again,
    worst,
)
from tests.shared.domain.properties import holds

NOW = datetime(2026, 11, 21, 3, tzinfo=UTC)
CONDITIONS: tuple[Condition, ...] = get_args(Condition)
SITUATIONS: dict[Condition, Situation] = {
    "triggered": Situation(state="triggered"),
    "acknowledged": Situation(state="acknowledged"),
    "snoozed": Situation(state="acknowledged", is_snoozed=True),
    "resolved": Situation(state="resolved"),
    "merged": Situation(state="resolved", is_merged=True),
}
situations = st.builds(
    Situation,
    state=st.sampled_from(["triggered", "acknowledged", "resolved"]),
    is_snoozed=st.booleans(),
    is_merged=st.booleans(),
    is_asked=st.booleans(),
    undo_until=st.none() | st.integers(-60, 60).map(lambda seconds: NOW + timedelta(seconds=seconds)),
)

LEGAL = {
    "acknowledge": "triggered snoozed",
    "unacknowledge": "acknowledged snoozed",
    "snooze": "triggered acknowledged snoozed",
    "unsnooze": "snoozed",
    "escalate": "triggered acknowledged snoozed",
    "reassign": "triggered acknowledged snoozed",
    "add_responders": "triggered acknowledged snoozed",
    "merge": "triggered acknowledged snoozed",
    "resolve": "triggered acknowledged snoozed",
    "reopen": "resolved",
    "comment": "triggered acknowledged snoozed resolved merged",
    "edit": "triggered acknowledged snoozed resolved merged",
    "follow": "triggered acknowledged snoozed resolved merged",
    "undo": "",
}


@pytest.mark.parametrize("verb", VERBS)
def test_each_verb_is_legal_where_the_table_says_so_and_nowhere_else(verb: Verb) -> None:
    found = {name for name, situation in SITUATIONS.items() if refusal(verb, situation, now=NOW) is None}
    assert found == set(LEGAL[verb].split())


def test_the_table_names_every_verb_and_only_conditions_and_reasons_that_exist() -> None:
    assert set(REFUSED) == set(VERBS)
    assert {name for reasons in REFUSED.values() for name in reasons} <= set(CONDITIONS)
    used = {code for reasons in REFUSED.values() for code in reasons.values()}
    assert used | {"nothing_to_undo", "too_late_to_undo", "fired_again", "recovered"} == set(REASONS)


@pytest.mark.parametrize(
    ("ended", "is_undo", "found"),
    [
        ([], True, ()),
        ([Ended(id="a", is_over=False)], True, ("a",)),
        ([Ended(id="a", is_over=False), Ended(id="b", is_over=True)], True, ("a",)),
        ([Ended(id="a", is_over=True)], True, "recovered"),
        ([Ended(id="a", is_over=True)], False, ()),
        ([Ended(id="a", is_over=False, fires_in=7)], True, "fired_again"),
        ([Ended(id="a", is_over=False, fires_in=7), Ended(id="b", is_over=True)], False, "fired_again"),
        ([Ended(id="a", is_over=False, fires_in=7), Ended(id="b", is_over=False)], False, ("b",)),
        ([Ended(id="a", is_over=False, held="z"), Ended(id="b", is_over=False)], True, ("z", "b")),
        ([Ended(id="a", is_over=True, held="z")], True, ("z",)),
    ],
)
def test_what_a_resolution_taken_back_opens_again(
    ended: list[Ended], is_undo: bool, found: tuple[str, ...] | str
) -> None:
    opened = to_open_again(ended, is_undo=is_undo)
    assert (opened.code if isinstance(opened, Refusal) else opened) == found


@holds(situations, st.sampled_from(VERBS))
def test_a_refusal_has_a_reason_and_legal_verbs_are_those_without_one(found: Situation, verb: Verb) -> None:
    why = refusal(verb, found, now=NOW)
    assert (why is None) == (verb in legal_verbs(found, now=NOW))
    if why is not None:
        assert REASONS[why.code] == why.message


@holds(situations)
def test_nothing_pages_again_what_is_over_but_to_reopen_it(found: Situation) -> None:
    legal = set(legal_verbs(found, now=NOW)) - {"comment", "edit", "follow", "undo"}
    if found.is_merged:
        assert legal == set()
    elif found.state == "resolved":
        assert legal == {"reopen"}
    else:
        assert {"resolve", "escalate", "snooze", "reassign"} <= legal
        assert "reopen" not in legal


@holds(situations)
def test_undo_is_legal_until_its_time_and_the_grace_are_over(found: Situation) -> None:
    is_legal = refusal("undo", found, now=NOW) is None
    assert is_legal == (found.undo_until is not None and found.undo_until + UNDO_GRACE >= NOW)
    assert timedelta(seconds=1) < UNDO <= timedelta(seconds=5)


def test_whoever_was_called_in_may_answer_although_somebody_has_it() -> None:
    asked = Situation(state="acknowledged", is_asked=True)
    assert refusal("acknowledge", asked, now=NOW) is None
    over = Situation(state="resolved", is_asked=True)
    assert refusal("acknowledge", over, now=NOW) is not None


def test_who_only_reads_may_follow_and_no_more() -> None:
    assert legal_verbs(SITUATIONS["triggered"], may_act=False, now=NOW) == ["follow"]


def test_an_incident_is_as_grave_as_its_worst_open_alert() -> None:
    assert worst([Severity.INFO, Severity.CRITICAL, Severity.WARNING], otherwise=Severity.INFO) is Severity.CRITICAL
    assert worst([], otherwise=Severity.WARNING) is Severity.WARNING
