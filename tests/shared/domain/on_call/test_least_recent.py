"""Turns planned around time off, frozen when near, and answered beyond the plan."""

from datetime import datetime, timedelta

import msgspec
from hypothesis import strategies as st

from shared.domain.on_call.least_recent import plan_turns
from shared.domain.on_call.rota import Group, Member, PlannedTurn, Rota, TimeOff
from shared.domain.on_call.schedules import shifts, slots
from tests.shared.domain.on_call.rotas import WORKDAYS, daily, days_of, gone, layer, off, rota, told, utc
from tests.shared.domain.properties import holds

START = utc("2026-11-02")
DAY = timedelta(days=1)
THREE = layer("1 day least_recent", "2026-11-02T00:00", "a b c")


def plan(made: Rota, now: datetime = START) -> list[PlannedTurn]:
    return plan_turns(made, made.schedule.layers[0], now=now)


def stored(made: Rota, now: datetime = START) -> Rota:
    """What the server keeps after planning: the new turns in place of those not frozen."""
    fresh = plan(made, now)
    turns = {planned.turn: planned for planned in (*made.planned, *fresh)}
    return msgspec.structs.replace(made, planned=tuple(turns.values()))


def test_without_time_off_everybody_comes_in_turn() -> None:
    assert days_of(rota(THREE), "2026-11-02", 7) == "a b c a b c a"
    turns = plan(rota(THREE))
    assert [planned.group for planned in turns[:4]] == [0, 1, 2, 0]
    assert len(turns) == 90


def test_who_is_away_waits_and_comes_as_soon_as_possible() -> None:
    away = (off("b", "2026-11-03T12:00", "2026-11-05T00:00"),)
    assert days_of(rota(THREE, time_off=away), "2026-11-02", 7) == "a c a b c a b"


def test_only_time_off_that_touches_duty_counts() -> None:
    days = msgspec.structs.replace(THREE, restriction=daily("09:00 17:00"))
    evening = (off("b", "2026-11-03T17:00", "2026-11-04T09:00"),)
    assert days_of(rota(days, time_off=evening), "2026-11-02", 3) == "a b c"
    late = (off("b", "2026-11-03T16:59", "2026-11-04T09:00"),)
    assert days_of(rota(days, time_off=late), "2026-11-02", 3) == "a c b"


def test_coverage_comes_before_comfort() -> None:
    away = tuple(off(user, "2026-11-03", "2026-11-04") for user in "abc")
    turns = plan(rota(THREE, time_off=away))
    assert [(t.group, t.against_time_off) for t in turns[:3]] == [(0, False), (1, True), (2, False)]
    [shift, *_] = shifts(rota(THREE, time_off=away), START + DAY, START + 2 * DAY)
    assert shift.on_time_off


def test_a_frozen_turn_stands_and_a_later_one_gives_way() -> None:
    known = stored(rota(THREE))
    away = (off("b", "2026-11-03", "2026-11-04"), off("a", "2026-11-20", "2026-11-21"))
    replanned = stored(msgspec.structs.replace(known, time_off=away))
    assert days_of(replanned, "2026-11-02", 3) == "a b c"
    assert days_of(known, "2026-11-20", 3) == "a b c"
    assert days_of(replanned, "2026-11-20", 3) == "b a c"
    assert min(planned.turn for planned in plan(known)) == 14


def test_a_frozen_turn_of_who_left_is_given_anew() -> None:
    known = stored(rota(THREE))
    left = msgspec.structs.replace(known, people=(gone("b", "2026-11-02T12:00"),))
    assert days_of(left, "2026-11-02", 4) == "a c c a"
    assert days_of(stored(left, utc("2026-11-02T12:00")), "2026-11-02", 4) == "a c c a"


def test_beyond_the_plan_answers_are_tentative() -> None:
    known = stored(rota(layer("1 week least_recent", "2026-11-02T00:00", "a b")))
    found = shifts(known, START, START + timedelta(days=120))
    assert [shift.tentative for shift in found] == [False] * 13 + [True] * 5
    preview = slots(known, "L", START + timedelta(days=84), START + timedelta(days=100))
    assert [slot.tentative for slot in preview] == [False, True, True]


def test_a_first_plan_begins_with_the_layer() -> None:
    later = plan(rota(THREE), START + timedelta(days=30))
    assert [planned.turn for planned in later] == list(range(120))


def test_masked_days_take_no_turn() -> None:
    workdays = msgspec.structs.replace(THREE, date_mask=WORKDAYS)
    assert days_of(rota(workdays), "2026-11-02", 8) == "a b c a b . . c"
    ended = msgspec.structs.replace(workdays, end="2026-11-04T12:00")
    assert [planned.turn for planned in plan(rota(ended))] == [0, 1, 2]
    assert told(rota(ended), "2026-11-04", "2026-11-05") == ["c 11-04T00:00 - 11-04T12:00"]


spells = st.lists(st.tuples(st.sampled_from("abcd"), st.integers(0, 40), st.integers(1, 10)), max_size=8)


@holds(spells, st.integers(0, 20), examples=100)
def test_planning_is_what_giving_day_by_day_does(away: list[tuple[str, int, int]], joins: int) -> None:
    groups = (*THREE.groups, Group(members=(Member(user_id="d", since=f"{START + joins * DAY:%Y-%m-%d}"),)))
    made = rota(
        msgspec.structs.replace(THREE, groups=groups),
        time_off=tuple(
            TimeOff(user_id=user, start=START + first * DAY, end=START + (first + length) * DAY)
            for user, first, length in away
        ),
    )
    last: dict[str, int] = {}
    expected: list[str] = []
    for day in range(30):
        ring = [user for user in "abcd" if user != "d" or day >= joins]
        free = [u for u in ring if not any(v == u and f <= day < f + n for v, f, n in away)]
        chosen = sorted(free or ring, key=lambda user: last.get(user, -1))[0]
        last[chosen] = day
        expected.append(chosen)
    assert ["abcd"[planned.group] for planned in plan(made)[:30]] == expected
    assert days_of(made, "2026-11-02", 30).split() == expected
    kept = stored(made)
    assert days_of(kept, "2026-11-02", 30).split() == expected
    later = plan(kept, START + 10 * DAY)
    assert [planned for planned in kept.planned if planned.turn >= 24] == later[:66]
