"""What makes one shift, whether it touches time off, and since when it is held when it was given away for a moment."""

from datetime import UTC, datetime, timedelta

import pytest

from shared.domain.on_call.rota import TimeOff
from shared.domain.on_call.shifts import Shift, ShiftLog, held_since, mark_time_off
from shared.domain.on_call.stretches import Entry
from shared.domain.time import to_us

START = datetime(2026, 11, 29, tzinfo=UTC)


def shift(
    start_s: float,
    end_s: float,
    *,
    user_id: str = "ana",
    role_id: str = "primary",
    layer_id: str = "l",
    override_id: str | None = None,
) -> Shift:
    return Shift(
        start=START + timedelta(seconds=start_s),
        end=START + timedelta(seconds=end_s),
        user_id=user_id,
        role_id=role_id,
        layer_id=layer_id,
        override_id=override_id,
    )


@pytest.mark.parametrize(
    ("others", "since_s"),
    [
        ([], 120),
        ([shift(0, 110)], 0),
        ([shift(0, 60), shift(65, 110)], 0),
        ([shift(0, 120)], 0),
        ([shift(0, 60)], 0),
        ([shift(0, 59)], 120),
        ([shift(0, 50), shift(115, 118)], 115),
        ([shift(0, 110, role_id="backup")], 120),
        ([shift(0, 110, layer_id="other")], 120),
        ([shift(0, 110, user_id="bo"), shift(110, 120, user_id="bo", override_id="o")], 120),
        ([shift(500, 600)], 120),
    ],
)
def test_what_was_taken_back_at_once_interrupts_nothing(others: list[Shift], since_s: int) -> None:
    mine = shift(120, 400)
    assert held_since(mine, [*others, mine]) == START + timedelta(seconds=since_s)


def off(start_s: float, end_s: float, user_id: str = "ana") -> TimeOff:
    return TimeOff(user_id=user_id, start=START + timedelta(seconds=start_s), end=START + timedelta(seconds=end_s))


@pytest.mark.parametrize(
    ("time_off", "is_touched"),
    [
        ([off(0, 100)], False),
        ([off(0, 101)], True),
        ([off(199, 300)], True),
        ([off(200, 300)], False),
        ([off(120, 130)], True),
        ([off(150, 150)], False),
        ([off(0, 300, "bo")], False),
        ([off(0, 150), off(10, 20)], True),
        ([off(300, 400), off(0, 50), off(40, 101)], True),
        ([off(0, 50), off(60, 100), off(200, 210)], False),
        ([], False),
    ],
)
def test_time_off_marks_the_shifts_that_it_touches(time_off: list[TimeOff], is_touched: bool) -> None:
    [found] = mark_time_off([shift(100, 200)], time_off)
    assert found.on_time_off is is_touched


def test_what_is_noted_alike_is_one_shift_and_tentative_if_any_of_it_is() -> None:
    start_us = to_us(START)
    log = ShiftLog(start_us, start_us + 100)
    for at, entries in (
        (-1, (Entry(user_id="ana"),)),
        (10, (Entry(user_id="ana", tentative=True),)),
        (20, (Entry(user_id="ana"), Entry(user_id="bo"))),
        (30, (Entry(user_id="bo"),)),
    ):
        log.enter(start_us + at, entries)
    ana, bo = log.close(start_us + 101)
    assert (ana.start, ana.tentative, ana.starts_before, ana.continues_after) == (START, True, True, False)
    assert (bo.tentative, bo.starts_before, bo.continues_after) == (False, False, True)
    assert (ana.end - bo.start, bo.end - START) == (timedelta(microseconds=10), timedelta(microseconds=100))
