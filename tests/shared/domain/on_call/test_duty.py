"""Which minutes of the week are duty time, against counting each of them."""

from typing import Any

import msgspec
import pytest
from hypothesis import strategies as st

from shared.domain.on_call.duty import DutyWeek, WeeklyMinutes, daily_span, weekly_span
from shared.domain.on_call.rota import Layer, Restriction
from shared.domain.time import DAY, MONDAY, WEEK, WEEKDAYS
from tests.shared.domain.on_call.rota_strategies import DAYS, restrictions
from tests.shared.domain.on_call.rotas import daily, layer, weekly
from tests.shared.domain.properties import holds

GRID = [minute for half_hour in range(0, WEEK, 30) for minute in (half_hour, half_hour + 29)]
"""What is made here begins and ends on half hours."""


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("09:00 17:00", (9 * 60, 8 * 60)),
        ("22:00 06:00", (22 * 60, 8 * 60)),
        ("00:00 24:00", (0, DAY)),
        ("12:00 24:00", (12 * 60, 12 * 60)),
        ("12:00 00:00", (12 * 60, 12 * 60)),
        ("09:00 09:00", (9 * 60, DAY)),
        ("09:00 08:59", (9 * 60, DAY - 1)),
    ],
)
def test_a_days_period_ends_at_the_next_such_time(text: str, span: tuple[int, int]) -> None:
    assert daily_span(daily(text).periods[0]) == span


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("mon 00:00 sun 24:00", (0, WEEK)),
        ("fri 18:00 mon 09:00", (4 * DAY + 18 * 60, 2 * DAY + 15 * 60)),
        ("mon 09:00 mon 09:01", (9 * 60, 1)),
        ("mon 09:00 mon 09:00", (9 * 60, WEEK)),
        ("sun 23:00 mon 00:00", (6 * DAY + 23 * 60, 60)),
    ],
)
def test_a_weeks_period_ends_at_the_next_such_moment(text: str, span: tuple[int, int]) -> None:
    assert weekly_span(weekly(text).periods[0]) == span


def test_minutes_are_counted_over_weeks_before_and_after() -> None:
    marks = bytearray(WEEK)
    marks[10:20] = b"\1" * 10
    marks[-5:] = b"\1" * 5
    found = WeeklyMinutes(marks)
    assert found.per_week == 15
    assert [found.count(MONDAY + at) for at in (0, 10, 11, 20, WEEK - 5, WEEK - 1, WEEK, -1, -WEEK)] == [
        0, 0, 1, 10, 10, 14, 15, -1, -15,
    ]  # fmt: skip
    assert [found.nth(at) - MONDAY for at in (0, 9, 10, 14, 15, -1)] == [10, 19, WEEK - 5, WEEK - 1, WEEK + 10, -1]
    assert [MONDAY + at in found for at in (9, 10, 19, 20, -1, WEEK)] == [False, True, True, False, True, False]


@st.composite
def weeks(draw: st.DrawFn) -> tuple[Layer, int]:
    mask: Any = draw(st.none() | st.sets(st.sampled_from(DAYS), min_size=1).map(tuple))
    made = msgspec.structs.replace(
        layer("1 day", "2026-11-02T00:00"),
        date_mask=mask,
        restriction=draw(restrictions(weekly=mask is None)),
    )
    return made, draw(st.sampled_from(range(0, DAY, 30)))


def is_masked_in(layer: Layer, cut: int, minute: int) -> bool:
    return layer.date_mask is None or WEEKDAYS[(minute - cut) % WEEK // DAY] in layer.date_mask


def covers(restriction: Restriction, minute: int) -> list[int]:
    """Where the periods begin that the minute is in."""
    if restriction.kind == "weekly":
        spans = [weekly_span(period) for period in restriction.periods]
    else:
        spans = [(day * DAY + at, length) for day in range(7) for at, length in map(daily_span, restriction.periods)]
    return [start for start, length in spans if (minute - start) % WEEK < length]


@holds(weeks(), examples=100)
def test_duty_is_what_begins_in_the_mask_and_the_rest_says_why(made: tuple[Layer, int]) -> None:
    layer, cut = made
    week = DutyWeek(layer, cut)
    for minute in GRID:
        masked = is_masked_in(layer, cut, minute)
        begins = covers(layer.restriction, minute)
        expected: str | None = None if masked else "masked"
        if layer.restriction.kind != "none":
            on_duty = any(is_masked_in(layer, cut, start) for start in begins)
            expected = None if on_duty else "masked" if begins or not masked else "restricted"
        end, rest = week.stretch(MONDAY + minute)
        assert rest == expected, (minute, begins)
        assert end > MONDAY + minute
        assert (MONDAY + minute in week.duty) is (rest is None)
        assert (MONDAY + minute in week.mask) is masked
        last = end - MONDAY - 1
        assert last >= WEEK or week.stretch(MONDAY + last) == (end, rest), "even up to its end"
