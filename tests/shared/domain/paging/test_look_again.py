"""When the pages of a step are looked at again, and when the next step must not wait."""

from datetime import UTC, datetime, timedelta

import pytest

from shared.domain.paging.notification import LOOK_AFTER, look_again_at

PAGED = datetime(2026, 11, 21, 3, 12, tzinfo=UTC)
SOON = PAGED + timedelta(seconds=2)
LATER = PAGED + LOOK_AFTER


@pytest.mark.parametrize(
    ("states", "is_fallback", "now", "again_at"),
    [
        ({"queued"}, False, SOON, LATER),
        ({"queued", "failed"}, False, SOON, LATER),
        ({"failed"}, False, SOON, None),
        ({"queued"}, False, LATER, None),
        ({"failed"}, True, SOON, LATER),
        ({"failed"}, True, LATER, None),
        ({"queued", "failed"}, True, LATER, LATER + LOOK_AFTER),
    ],
)
def test_the_next_step_waits_no_longer_than_it_must(
    states: set[str], is_fallback: bool, now: datetime, again_at: datetime | None
) -> None:
    assert look_again_at(states, first_at=PAGED, is_fallback=is_fallback, now=now) == again_at
