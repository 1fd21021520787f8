"""When something happened on a device, told by our clock."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import strategies as st

from shared.domain.paging.receipts import happened_at
from tests.shared.domain.properties import holds

NOW = datetime(2026, 11, 21, 3, tzinfo=UTC)


def after(s: float) -> datetime:
    return NOW + timedelta(seconds=s)


@pytest.mark.parametrize(
    ("said_s", "sent_s", "expected_s"),
    [
        (10, 12, 18),  # two seconds before it was sent, which is now
        (100_010, 100_012, 18),  # the same on a clock that is a day ahead
        (-99_990, -99_988, 18),  # or behind
        (30, 12, 20),  # after it was sent: the clock was set between, so now
        (-500, 12, 0),  # before the message existed
    ],
)
def test_a_devices_clock_doesnt_matter(said_s: int, sent_s: int, expected_s: int) -> None:
    at = happened_at(after(said_s), sent_at=after(sent_s), not_before=NOW, now=after(20))
    assert at == after(expected_s)


def test_a_clock_may_say_any_year() -> None:
    first, last = (datetime(year, 1, 1, tzinfo=UTC) for year in (1, 9999))
    assert happened_at(first, sent_at=last, not_before=NOW, now=after(20)) == NOW
    assert happened_at(last, sent_at=first, not_before=NOW, now=after(20)) == after(20)


def test_a_message_of_the_future_has_only_now() -> None:
    assert happened_at(after(0), sent_at=after(9), not_before=after(5), now=NOW) == NOW


SECONDS = st.integers(-1000, 1000)


@holds(st.lists(SECONDS, min_size=2, max_size=2), SECONDS, st.integers(1, 500), st.integers(-100_000, 100_000))
def test_it_lies_in_the_messages_life_and_in_the_order_said(
    said: list[int], sent_s: int, old_s: int, ahead_s: int
) -> None:
    at = [
        happened_at(after(each + ahead_s), sent_at=after(sent_s + ahead_s), not_before=NOW, now=after(old_s))
        for each in sorted(said)
    ]
    assert NOW <= at[0] <= at[1] <= after(old_s)
    assert at == [
        happened_at(after(each), sent_at=after(sent_s), not_before=NOW, now=after(old_s)) for each in sorted(said)
    ], "however far ahead its clock is"
