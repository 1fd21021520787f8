"""Since when a shift is held, when it was given away for a moment and taken back."""

from datetime import UTC, datetime, timedelta

import pytest

from shared.domain.on_call.shifts import Shift, held_since

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
