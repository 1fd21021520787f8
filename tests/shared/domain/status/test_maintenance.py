"""A maintenance by time."""

from datetime import UTC, datetime, timedelta

import pytest

from shared.domain.status.maintenance import Turn, next_turn, window_flaws

START = datetime(2026, 12, 2, 4, 0, tzinfo=UTC)
END = START + timedelta(minutes=90)


@pytest.mark.parametrize(
    ("status", "turn"),
    [("scheduled", Turn("in_progress", START)), ("in_progress", Turn("completed", END)), ("completed", None)],
)
def test_it_begins_and_ends_by_itself(status: str, turn: Turn | None) -> None:
    assert next_turn(status, starts_at=START, ends_at=END, is_by_time=True) == turn  # pyright: ignore[reportArgumentType] one of the statuses


@pytest.mark.parametrize("status", ["scheduled", "in_progress", "completed"])
def test_what_is_set_by_hand_never_turns_by_itself(status: str) -> None:
    assert next_turn(status, starts_at=START, ends_at=END, is_by_time=False) is None  # pyright: ignore[reportArgumentType] one of the statuses


@pytest.mark.parametrize(
    ("start", "end", "flaws"),
    [
        (START, END, []),
        (START, START + timedelta(days=30), []),
        (None, None, [("starts_at", "missing"), ("ends_at", "missing")]),
        (START, None, [("ends_at", "missing")]),
        (START, START, [("ends_at", "not_after_start")]),
        (END, START, [("ends_at", "not_after_start")]),
        (START, START + timedelta(days=30, microseconds=1), [("ends_at", "too_long")]),
    ],
)
def test_its_hours_are_an_hour_of_at_most_thirty_days(
    start: datetime | None, end: datetime | None, flaws: list[tuple[str, str]]
) -> None:
    assert [(each.field, each.code) for each in window_flaws(start, end)] == flaws
