"""Whether somebody is reachable at every instant, against looking at every hour."""

from datetime import timedelta
from itertools import pairwise

from hypothesis import strategies as st

from shared.domain.paging.uncovered import Away, Duty, Hole, WhyNot, alone, is_weekly, uncovered, unreached
from tests.shared.domain.on_call.rotas import utc
from tests.shared.domain.properties import holds

START = utc("2026-11-02T00:00")
HOURS = 48
HOUR = timedelta(hours=1)


@st.composite
def spans(draw: st.DrawFn) -> tuple[int, int]:
    start = draw(st.integers(-5, HOURS))
    return start, start + draw(st.integers(0, 20))


@holds(
    st.lists(st.tuples(st.sampled_from("abc"), spans()), max_size=6),
    st.lists(st.tuples(st.sampled_from("abc"), spans()), max_size=4),
    st.sets(st.sampled_from("abc"), max_size=1),
)
def test_holes_are_the_hours_in_which_nobody_is(
    given: list[tuple[str, tuple[int, int]]], off: list[tuple[str, tuple[int, int]]], deaf: set[str]
) -> None:
    duties = [Duty(user, START + a * HOUR, START + b * HOUR) for user, (a, b) in given]
    away: Away = {
        user: [(START + a * HOUR, START + b * HOUR) for name, (a, b) in off if name == user] for user in "abc"
    }
    why: dict[str, WhyNot] = dict.fromkeys(deaf, "no_contact_method")
    holes = uncovered(duties, away, why, START, START + HOURS * HOUR)

    def is_reachable(hour: int) -> bool:
        return any(
            a <= hour < b and user not in deaf and not any(n == user and x <= hour < y for n, (x, y) in off)
            for user, (a, b) in given
        )

    for hour in range(HOURS):
        at = START + hour * HOUR
        assert is_reachable(hour) != any(hole.start <= at < hole.end for hole in holes), hour
    assert all(one.end < other.start for one, other in pairwise(holes))


@holds(
    st.lists(st.tuples(st.sampled_from("abc"), spans()), max_size=6),
    st.lists(st.tuples(st.sampled_from("abc"), spans()), max_size=4),
    st.sets(st.sampled_from("abc"), max_size=1),
)
def test_one_is_alone_in_the_hours_in_which_nobody_else_is_reachable(
    given: list[tuple[str, tuple[int, int]]], off: list[tuple[str, tuple[int, int]]], deaf: set[str]
) -> None:
    duties = [Duty(user, START + a * HOUR, START + b * HOUR) for user, (a, b) in given]
    away: Away = {
        user: [(START + a * HOUR, START + b * HOUR) for name, (a, b) in off if name == user] for user in "abc"
    }
    why: dict[str, WhyNot] = dict.fromkeys(deaf, "no_contact_method")
    found = alone(duties, away, why, START, START + HOURS * HOUR)

    for hour in range(HOURS):
        at = START + hour * HOUR
        there = {
            user
            for user, (a, b) in given
            if a <= hour < b and user not in deaf and not any(n == user and x <= hour < y for n, (x, y) in off)
        }
        told = [each.user_id for each in found if each.start <= at < each.end]
        assert told == (list(there) if len(there) == 1 else []), hour
    assert all(one.end < other.start or one.user_id != other.user_id for one, other in pairwise(found))


def test_who_was_meant_and_why_not() -> None:
    duties = [Duty("a", START, START + HOUR), Duty("b", START, START + HOUR), Duty("c", START + HOUR, START + 2 * HOUR)]
    assert unreached(duties, {}, START + HOUR) == {"c": "off"}
    assert unreached(duties, {"a": "no_contact_method"}, START) == {"a": "no_contact_method", "b": "off"}


def test_a_hole_of_every_week_is_an_arrangement() -> None:
    week = timedelta(days=7)
    friday = Hole(START, START + 10 * HOUR)
    again = Hole(START + week, START + week + 10 * HOUR)
    longer = Hole(START + week, START + week + 11 * HOUR)
    assert is_weekly(again, [friday, again])
    assert not is_weekly(longer, [friday, longer])
