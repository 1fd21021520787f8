"""What is refused in a layer, by the field it is reported on."""

from typing import Any

import msgspec
import pytest
from hypothesis import strategies as st

from shared.domain.on_call.duty import daily_span
from shared.domain.on_call.layer_checks import layer_flaws
from shared.domain.on_call.rota import Layer, Restriction, Rotation
from shared.domain.time import DAY
from tests.shared.domain.on_call.rotas import daily, layer, weekly
from tests.shared.domain.properties import holds

GOOD = layer("1 day", "2026-11-02T09:00", "a b")


def changed(**fields: Any) -> Layer:
    return msgspec.structs.replace(GOOD, **fields)


def rotated(**fields: Any) -> Layer:
    return changed(rotation=Rotation(**fields))


def flaws(layer: Layer) -> list[tuple[str, str]]:
    return [(flaw.field, flaw.code) for flaw in layer_flaws(layer, "L")]


TWENTY_ONE = tuple(f"{hour:02}:00 {hour:02}:30" for hour in range(21))


@pytest.mark.parametrize(
    ("refused", "expected"),
    [
    (changed(time_zone="+02:00"), [("time_zone", "unknown_time_zone")]),
    (changed(start="2026-11-02"), [("start", "bad_wall_time")]),
    (changed(start="2026-11-31T00:00"), [("start", "bad_wall_time")]),
    (changed(start="1999-12-31T23:59"), [("start", "bad_wall_time")]),
    (changed(end="2100-01-01T00:00"), [("end", "bad_wall_time")]),
    (changed(end="2026-11-02T09:00"), [("end", "end_not_after_start")]),
    (rotated(unit="day", every=0), [("rotation.every", "out_of_range")]),
    (rotated(unit="day", every=31), [("rotation.every", "out_of_range")]),
    (rotated(unit="week", handoff_weekday="mon"), [("rotation.handoff_time", "incomplete_handoff")]),
    (rotated(unit="week", handoff_time="10:00"), [("rotation.handoff_weekday", "incomplete_handoff")]),
    (rotated(unit="day", every=2, handoff_weekday="mon", handoff_time="10:00"),
     [("rotation.handoff_weekday", "not_whole_weeks"), ("rotation.handoff_time", "not_whole_weeks")]),
    (rotated(unit="month", handoff_time="10:00"), [("rotation.handoff_time", "not_whole_weeks")]),
    (rotated(unit="week", handoff_weekday="mon", handoff_time="24:00"),
     [("rotation.handoff_time", "bad_time")]),
    (changed(date_mask=()), [("date_mask", "empty")]),
    (changed(date_mask=("mon", "mon")), [("date_mask", "repeated")]),
    (changed(continuous=True), [("continuous", "needs_date_mask")]),
    (changed(restriction=Restriction(kind="daily")), [("restriction.periods", "empty")]),
    (changed(restriction=daily("9:00 10:00")), [("restriction.periods[0].start", "bad_time")]),
    (changed(restriction=daily("24:00 10:00")), [("restriction.periods[0].start", "bad_time")]),
    (changed(restriction=daily("09:00 24:01")), [("restriction.periods[0].end", "bad_time")]),
    (changed(restriction=daily("09:00 09:00")), [("restriction.periods[0].end", "empty_period")]),
    (changed(restriction=daily("09:00 12:00", "11:00 13:00")), [("restriction.periods[1]", "overlaps")]),
    (changed(restriction=daily("22:00 06:00", "05:00 07:00")), [("restriction.periods[1]", "overlaps")]),
    (changed(restriction=daily("05:00 07:00", "22:00 06:00")), [("restriction.periods[1]", "overlaps")]),
    (changed(restriction=daily("00:00 24:00", "05:00 07:00")), [("restriction.periods[1]", "overlaps")]),
    (changed(restriction=daily(*TWENTY_ONE)), [("restriction.periods", "too_many")]),
    (changed(restriction=weekly("fri 18:00 mon 09:00", "sun 00:00 sun 01:00")),
     [("restriction.periods[1]", "overlaps")]),
    (changed(restriction=weekly("fri 18:00 fri 18:00")), [("restriction.periods[0].end", "empty_period")]),
    (changed(restriction=msgspec.structs.replace(daily("09:00 10:00"), kind="weekly")),
     [("restriction.periods[0].start_weekday", "required"),
      ("restriction.periods[0].end_weekday", "required")]),
    ],
)  # fmt: skip
def test_layers_that_are_refused(refused: Layer, expected: list[tuple[str, str]]) -> None:
    assert flaws(refused) == [(f"L.{field}", code) for field, code in expected]


@pytest.mark.parametrize(
    "fine",
    [
        changed(restriction=daily("00:00 12:00", "12:00 24:00")),
        changed(restriction=daily("00:00 24:00")),
        changed(restriction=daily("22:00 06:00", "06:00 22:00")),
        changed(restriction=weekly("fri 18:00 mon 09:00", "mon 09:00 fri 18:00")),
        changed(restriction=weekly("mon 00:00 sun 24:00")),
        rotated(unit="day", every=14, handoff_weekday="sun", handoff_time="00:00"),
        changed(date_mask=("sat", "sun"), continuous=True),
    ],
)
def test_layers_that_are_fine(fine: Layer) -> None:
    assert flaws(fine) == []


MINUTES = st.sampled_from(range(0, 24 * 60 + 1, 30))


def clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


@holds(st.lists(st.tuples(MINUTES, MINUTES), min_size=2, max_size=3))
def test_periods_overlap_where_a_minute_is_in_two(made: list[tuple[int, int]]) -> None:
    restriction = daily(*(f"{clock(start % DAY)} {clock(end)}" for start, end in made if start % DAY != end))
    taken: set[int] = set()
    expected: list[str] = []
    for number, period in enumerate(restriction.periods):
        start, length = daily_span(period)
        minutes = {minute % DAY for minute in range(start, start + length)}
        if taken & minutes:
            expected.append(f"L.restriction.periods[{number}]")
        taken |= minutes
    found = [field for field, code in flaws(changed(restriction=restriction)) if code == "overlaps"]
    assert found == expected
