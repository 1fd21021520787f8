"""Who may do what with a request for cover, spelled out, and which hours are left."""

from datetime import UTC, datetime, timedelta
from typing import get_args

import msgspec
import pytest

from shared.domain.covers.requests import (
    COVER_VERBS,
    REASONS,
    REFUSED,
    Condition,
    CoverSituation,
    CoverState,
    CoverVerb,
    Part,
    cover_refusal,
    held_until,
    left_over,
    legal_cover_verbs,
)
from shared.domain.covers.review import CLOSINGS
from shared.domain.on_call.shifts import Shift

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
ALL = Part(is_asked=True, is_requester=True, may_edit=True, may_decide=True)

LEGAL: dict[tuple[CoverState, bool], set[CoverVerb]] = {
    ("open", False): {"accept", "decline", "cancel"},
    ("open", True): {"accept", "decline", "cancel"},
    ("accepted", True): {"approve", "reject", "cancel"},
    ("accepted", False): set(),
    ("approved", True): set(),
    ("declined", False): set(),
    ("expired", False): set(),
    ("cancelled", False): set(),
}


def found(state: CoverState, needs_approval: bool, start: datetime = NOW + HOUR) -> CoverSituation:
    return CoverSituation(state=state, needs_approval=needs_approval, start=start)


@pytest.mark.parametrize(("state", "needs_approval"), LEGAL)
def test_verbs_are_legal_where_the_table_says_so_and_nowhere_else(state: CoverState, needs_approval: bool) -> None:
    assert set(legal_cover_verbs(found(state, needs_approval), ALL, now=NOW)) == LEGAL[state, needs_approval]


def test_every_state_is_in_the_table() -> None:
    assert {state for state, _ in LEGAL} == set(get_args(CoverState))
    assert set(REFUSED) == set(COVER_VERBS)
    assert {code for codes in REFUSED.values() for code in codes.values()} <= set(REASONS)
    assert {condition for codes in REFUSED.values() for condition in codes} <= set(get_args(Condition))


@pytest.mark.parametrize("verb", COVER_VERBS)
@pytest.mark.parametrize("state", ["open", "accepted"])
def test_nothing_is_agreed_once_the_hours_have_begun(verb: CoverVerb, state: CoverState) -> None:
    refused = cover_refusal(verb, found(state, True, NOW), ALL, now=NOW)
    assert refused is not None
    assert (refused.code, refused.is_forbidden) == ("expired", False)


@pytest.mark.parametrize(
    ("verb", "part", "code"),
    [
        ("accept", Part(is_requester=True, may_edit=True, may_decide=True), "not_asked"),
        ("decline", Part(is_requester=True, may_edit=True, may_decide=True), "not_asked"),
        ("approve", Part(is_asked=True, is_requester=True, may_edit=True), "not_deciding"),
        ("reject", Part(is_asked=True, is_requester=True, may_edit=True), "not_deciding"),
        ("cancel", Part(is_asked=True, may_decide=True), "not_yours"),
    ],
)
def test_who_has_no_part_in_it_is_forbidden_whatever_the_state(verb: CoverVerb, part: Part, code: str) -> None:
    for state, needs_approval in LEGAL:
        refused = cover_refusal(verb, found(state, needs_approval), part, now=NOW)
        assert refused is not None
        assert (refused.code, refused.is_forbidden) == (code, True)


def test_what_happened_to_a_request_that_nobody_took_back_is_said() -> None:
    codes = {
        None: "cancelled",
        "left": "asker_left",
        "moved": "hours_moved",
        "ended": "schedule_archived",
        "unanswered": "nobody_left",
        "undone": "cover_undone",
    }
    assert {*codes} == {None, *CLOSINGS}
    for why, code in codes.items():
        closed = msgspec.structs.replace(found("cancelled", False), closed_because=why)
        for verb in COVER_VERBS:
            refused = cover_refusal(verb, closed, ALL, now=NOW)
            assert refused is not None
            assert (refused.code, refused.is_forbidden) == (code, False)


def test_who_declined_may_think_again_but_not_decline_again() -> None:
    part = Part(is_asked=True, has_declined=True)
    assert legal_cover_verbs(found("open", False), part, now=NOW) == ["accept"]


@pytest.mark.parametrize(
    ("taken", "left"),
    [((0, 8), []), ((0, 3), [(3, 8)]), ((3, 8), [(0, 3)]), ((2, 5), [(0, 2), (5, 8)])],
)
def test_what_is_left_and_what_is_taken_make_up_the_whole(taken: tuple[int, int], left: list[tuple[int, int]]) -> None:
    def span(hours: tuple[int, int]) -> tuple[datetime, datetime]:
        return NOW + hours[0] * HOUR, NOW + hours[1] * HOUR

    assert left_over(span((0, 8)), span(taken)) == [span(each) for each in left]


@pytest.mark.parametrize(
    ("shifts", "until"),
    [
        ([], 0),
        ([(0, 4)], 4),
        ([(0, 4), (4, 6)], 6),
        ([(0, 4), (5, 6)], 4),
        ([(1, 4)], 0),
        ([(0, 4), (2, 6), (1, 3)], 6),
        ([(-3, 2)], 2),
    ],
)
def test_hours_are_held_as_long_as_one_shift_follows_another(shifts: list[tuple[int, int]], until: int) -> None:
    made = [Shift(start=NOW + a * HOUR, end=NOW + b * HOUR, user_id="a", role_id=str(b)) for a, b in shifts]
    others = [Shift(start=NOW, end=NOW + 9 * HOUR, user_id="b")]
    assert held_until([*made, *others], "a", NOW) == NOW + until * HOUR
