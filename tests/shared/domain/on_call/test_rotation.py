"""How a clock is cut into slots: each holds its own start and no other's, and turns number those with duty."""

from typing import Any

import pytest
from hypothesis import strategies as st

from shared.domain.on_call.rota import Rotation
from shared.domain.on_call.rotation import LayerClock, MonthSlots, clock_of, cycle_minutes, is_whole_weeks
from shared.domain.time import wall_reading, wall_text
from tests.shared.domain.on_call.rota_strategies import PLACES, layers
from tests.shared.domain.on_call.rotas import WORKDAYS, daily, layer
from tests.shared.domain.properties import holds


def reading(text: str) -> int:
    found = wall_reading(text)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("start", "every", "starts"),
    [
        ("2026-01-31T09:00", 1, ["2026-01-31T09:00", "2026-02-28T09:00", "2026-03-31T09:00", "2026-04-30T09:00"]),
        ("2027-11-30T00:00", 3, ["2027-11-30T00:00", "2028-02-29T00:00", "2028-05-30T00:00", "2028-08-30T00:00"]),
        ("2026-12-01T23:59", 12, ["2026-12-01T23:59", "2027-12-01T23:59", "2028-12-01T23:59", "2029-12-01T23:59"]),
    ],
)
def test_months_count_from_the_first_start(start: str, every: int, starts: list[str]) -> None:
    slots = MonthSlots(reading(start), every)
    assert [wall_text(slots.start_of(number)) for number in range(4)] == starts
    assert [slots.holding(reading(text)) for text in starts] == [0, 1, 2, 3]
    assert [slots.holding(reading(text) - 1) for text in starts] == [-1, 0, 1, 2]


@pytest.mark.parametrize(
    ("unit", "every", "minutes", "is_whole"),
    [
        ("hour", 1, 60, False),
        ("hour", 168, 10080, True),
        ("day", 6, 8640, False),
        ("day", 7, 10080, True),
        ("day", 15, 21600, False),
        ("week", 2, 20160, True),
        ("month", 1, None, False),
    ],
)
def test_how_long_a_slot_is(unit: Any, every: int, minutes: int | None, is_whole: bool) -> None:
    rotation = Rotation(unit=unit, every=every)
    assert (cycle_minutes(rotation), is_whole_weeks(rotation)) == (minutes, is_whole)


@pytest.mark.parametrize(
    ("rotation", "start", "first_handoff"),
    [
        ("1 week", "2026-11-04T09:30", "2026-11-11T09:30"),
        ("1 week listed mon 10:00", "2026-11-04T09:30", "2026-11-09T10:00"),
        ("2 week listed mon 10:00", "2026-11-04T09:30", "2026-11-16T10:00"),
        ("1 week listed wed 09:30", "2026-11-04T09:30", "2026-11-11T09:30"),
        ("1 week listed wed 09:31", "2026-11-04T09:30", "2026-11-04T09:31"),
        ("7 day listed sun 00:00", "2026-11-04T09:30", "2026-11-08T00:00"),
        ("1 day", "2026-11-04T09:30", "2026-11-05T09:30"),
        ("12 hour", "2026-11-04T09:30", "2026-11-04T21:30"),
    ],
)
def test_the_first_handoff(rotation: str, start: str, first_handoff: str) -> None:
    clock = clock_of(layer(rotation, start), "UTC")
    assert wall_text(clock.slots.start_of(1)) == first_handoff
    assert clock.slots.start_of(0) == reading(start)


def test_days_are_measured_in_the_days_that_count() -> None:
    clock = clock_of(layer("1 day", "2026-11-05T09:00", date_mask=WORKDAYS), "UTC")
    starts = [wall_text(clock.slots.start_of(number)) for number in range(4)]
    assert starts == ["2026-11-05T09:00", "2026-11-06T09:00", "2026-11-09T09:00", "2026-11-10T09:00"]
    assert clock.slots.holding(reading("2026-11-08T12:00")) == 1, "the weekend belongs to Friday"


def test_slots_without_duty_take_no_turn() -> None:
    clock = clock_of(layer("8 hour", "2026-11-02T00:00", restriction=daily("09:00 17:00")), "UTC")
    assert [clock.takes_turn(slot) for slot in range(7)] == [False, True, True, False, True, True, False]
    assert [clock.turn_of(slot) for slot in range(7)] == [0, 0, 1, 2, 2, 3, 4]
    assert [clock.slot_of(turn) for turn in range(4)] == [1, 2, 4, 5]
    assert [clock.first_turn_from(reading(text)) for text in ("2026-11-02T00:00", "2026-11-02T08:00")] == [0, 0]
    assert [clock.first_turn_from(reading(text)) for text in ("2026-11-02T08:01", "2026-11-03T08:00")] == [1, 2]


@st.composite
def clocks(draw: st.DrawFn) -> LayerClock:
    zone, center = draw(st.sampled_from(PLACES))
    return clock_of(draw(layers(center, 0, zone)), zone)


@holds(clocks(), examples=100)
def test_each_slot_begins_where_the_one_before_it_ends(clock: LayerClock) -> None:
    starts = [clock.slots.start_of(slot) for slot in range(60)]
    assert starts == sorted(set(starts))
    assert [clock.slots.holding(start) for start in starts] == list(range(60))
    assert [clock.slots.holding(start - 1) for start in starts[1:]] == list(range(59))


@holds(clocks(), examples=100)
def test_turns_number_the_slots_that_have_duty(clock: LayerClock) -> None:
    takers = [slot for slot in range(60) if clock.takes_turn(slot)]
    assert [clock.slot_of(turn) for turn in range(len(takers))] == takers
    assert [clock.turn_of(slot) for slot in range(60)] == [sum(taker < slot for taker in takers) for slot in range(60)]
    starts = [clock.slots.start_of(slot) for slot in range(61)]
    for slot in range(1, 60):
        has_duty = clock.week.duty.count(starts[slot + 1]) > clock.week.duty.count(starts[slot])
        assert clock.takes_turn(slot) is has_duty
        assert clock.first_turn_from(starts[slot]) == clock.turn_of(slot)
        assert clock.first_turn_from(starts[slot] + 1) == clock.turn_of(slot + 1)


def test_what_was_not_checked_is_no_clock() -> None:
    with pytest.raises(ValueError, match="not a wall time: soon"):
        clock_of(layer("1 day", "soon"), "UTC")
