"""Who could stand in: free, able to rest, and on call the least; ties stay as they were."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.covers.candidates import AROUND, LONGEST_REST, REST, Colleague, candidates, members_at, weigh
from shared.domain.on_call.rota import Group, Layer, Member, Rotation, Schedule
from shared.domain.on_call.shifts import Span

START = datetime(2026, 11, 24, 4, tzinfo=UTC)
END = datetime(2026, 11, 25, 4, tzinfo=UTC)
HOUR = timedelta(hours=1)


def span(since_h: float, until_h: float) -> Span:
    """Hours counted from the beginning of the hours that are asked for, which are 24."""
    return START + since_h * HOUR, START + until_h * HOUR


def one(user_id: str, *on_call: Span, away: tuple[Span, ...] = ()) -> Colleague:
    return Colleague(user_id=user_id, shares="team", on_call=on_call, away=away)


def ranked(*colleagues: Colleague) -> list[str]:
    return [each.user_id for each in candidates(colleagues, START, END)]


def test_who_had_the_fewest_hours_comes_first_and_then_the_rested() -> None:
    assert ranked(
        one("tired", span(-12, -10.9)),
        one("busy", span(-200, -100)),
        one("idle"),
        one("soon again", span(34, 34.5)),
        one("rested", span(-20, -11)),
        one("rested too", span(-20.5, -20)),
    ) == ["idle", "rested too", "soon again", "tired", "rested", "busy"]


def test_who_is_away_or_on_call_for_any_of_it_is_left_out() -> None:
    assert ranked(
        one("on call", span(23, 30)),
        one("away", away=(span(-5, 0.1),)),
        one("just before", span(-4, 0), away=(span(-9, 0),)),
        one("just after", span(24, 28), away=(span(24, 30),)),
    ) == ["just before", "just after"]


def test_what_it_means_to_somebody_is_said_also_where_it_clashes() -> None:
    on_call = weigh(one("a", span(23, 30), span(-20, -10)), START, END)
    assert (on_call.clashes, on_call.rest, on_call.is_rested) == ("on_call", timedelta(), False)
    away = weigh(one("a", span(-20, -12), away=(span(2, 3),)), START, END)
    assert (away.clashes, away.rest, away.hours) == ("away", 12 * HOUR, 8.0)
    free = weigh(one("a", span(-20, -12)), START, END)
    assert candidates([one("a", span(-20, -12))], START, END) == [free]
    assert free.clashes is None


def test_ties_keep_their_order() -> None:
    assert ranked(one("b"), one("a"), one("c")) == ["b", "a", "c"]


def test_hours_are_counted_once_and_only_around_the_hours_asked_for() -> None:
    [found] = candidates(
        [one("a", span(-48, -24), span(-36, -20), span(-30 * 24, -27 * 24), span(60, 61), span(900, 999))], START, END
    )
    assert found.hours == pytest.approx(28 + 24 + 1)
    assert AROUND.days == 28


@pytest.mark.parametrize(
    ("on_call", "rest", "is_rested"),
    [
        ([], LONGEST_REST, True),
        ([span(-30, -11)], REST, True),
        ([span(-30, -10.99)], 10.99 * HOUR, False),
        ([span(-30, -20), span(36, 40)], 12 * HOUR, True),
        ([span(-300, -200)], LONGEST_REST, True),
    ],
)
def test_rest_is_the_shorter_of_the_pauses(on_call: list[Span], rest: timedelta, is_rested: bool) -> None:
    [found] = candidates([one("a", *on_call)], START, END)
    assert abs(found.rest - rest) < timedelta(seconds=1)
    assert found.is_rested is is_rested


spans = st.tuples(st.integers(-900, 900), st.integers(1, 100)).map(lambda pair: span(pair[0], pair[0] + pair[1]))


@given(st.lists(st.lists(spans, max_size=5), max_size=6))
def test_the_order_is_total_and_nobody_who_is_busy_is_in_it(everybody: list[list[Span]]) -> None:
    colleagues = [one(str(n), *on_call) for n, on_call in enumerate(everybody)]
    found = candidates(colleagues, START, END)
    assert [(each.hours, not each.is_rested) for each in found] == sorted(
        (each.hours, not each.is_rested) for each in found
    )
    free = {each.user_id for each in colleagues if all(until <= START or since >= END for since, until in each.on_call)}
    assert {each.user_id for each in found} == free


def test_members_are_those_of_layers_that_live_and_whom_nothing_has_ended() -> None:
    def layer(*members: Member, end: str | None = None, zone: str | None = None) -> Layer:
        groups = tuple(Group(members=(member,)) for member in members)
        return Layer(id="l", start="2026-01-01T00:00", end=end, time_zone=zone, rotation=Rotation(unit="day"),
                     groups=groups)  # fmt: skip

    schedule = Schedule(
        time_zone="UTC",
        layers=(
            layer(
                Member(user_id="a"),
                Member(user_id="left", until="2026-11-24"),
                Member(user_id="b", until="2026-11-25"),
            ),
            layer(Member(user_id="over"), end="2026-11-24T04:00"),
            layer(Member(user_id="c"), end="2026-11-24T04:00", zone="America/New_York"),
        ),
    )  # fmt: skip
    assert members_at(schedule, START) == {"a", "b", "c"}


def test_who_left_with_their_account_has_no_place_from_then_on() -> None:
    members = (Member(user_id="a", gone_at=START), Member(user_id="b", gone_at=START + HOUR), Member(user_id="c"))
    layer = Layer(start="2026-11-20T00:00", rotation=Rotation(unit="day"), groups=(Group(members=members),))
    assert members_at(Schedule(time_zone="UTC", layers=(layer,)), START) == {"b", "c"}
