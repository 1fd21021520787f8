"""What being on call takes of people."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from shared.domain.on_call.burden import burdens
from shared.domain.on_call.shifts import Shift
from shared.domain.time import localized

MONDAY = datetime(2026, 11, 23, tzinfo=UTC)
HOUR = timedelta(hours=1)
ZONES = ("UTC", "Europe/Berlin", "Asia/Shanghai", "America/New_York", "Australia/Lord_Howe")


def shift(start_h: float, end_h: float, user: str = "ana", *, role_id: str | None = None) -> Shift:
    return Shift(start=MONDAY + start_h * HOUR, end=MONDAY + end_h * HOUR, user_id=user, role_id=role_id)


def weigh(*found: Shift, zones: dict[str, str] | None = None, days: int = 14) -> list[tuple[str, float, int]]:
    weighed = burdens(found, zones or {}, MONDAY, MONDAY + timedelta(days=days))
    return [(each.user_id, each.hours, each.nights) for each in weighed]


def test_a_week_is_seven_nights_and_whoever_carries_most_comes_first() -> None:
    assert weigh(shift(9, 9 + 48, "bo"), shift(9, 9 + 168)) == [("ana", 168, 7), ("bo", 48, 2)]


def test_who_is_primary_and_backup_at_once_spends_the_time_once() -> None:
    assert weigh(shift(0, 24, role_id="primary"), shift(12, 36, role_id="backup")) == [("ana", 36, 2)]


def test_the_window_cuts_what_begins_before_it_and_what_goes_on() -> None:
    assert weigh(shift(-24, 24), days=1) == [("ana", 24, 2)]
    assert weigh(shift(-24, 0), shift(24, 48), days=1) == []


def test_a_night_counts_from_an_hour_of_it_on() -> None:
    assert weigh(shift(9, 22.9)) == [("ana", 13.9, 0)]
    assert weigh(shift(9, 23)) == [("ana", 14, 1)]
    assert weigh(shift(6.5, 20)) == [("ana", 13.5, 0)]


def test_nights_are_those_of_the_persons_own_clock() -> None:
    european_night = shift(21, 29)  # 22:00 to 06:00 in Berlin, 05:00 to 13:00 in Shanghai
    assert weigh(european_night, zones={"ana": "Europe/Berlin"}) == [("ana", 8, 1)]
    assert weigh(shift(23.5, 29), zones={"ana": "Asia/Shanghai"}) == [("ana", 5.5, 0)]


@given(
    st.sampled_from(ZONES),
    st.lists(st.tuples(st.integers(-40, 380), st.integers(1, 90)), min_size=1, max_size=6),
    st.integers(0, 3000),
)
def test_hours_and_nights_are_those_of_a_count_by_the_half_hour(
    zone: str, watches: list[tuple[int, int]], later: int
) -> None:
    """Judged by walking every half hour of two weeks, over changes of clocks too."""
    start = MONDAY - timedelta(days=later)
    end = start + timedelta(days=14)
    found = [
        Shift(start=start + h * HOUR, end=start + (h + long) * HOUR, user_id="ana", role_id=str(n))
        for n, (h, long) in enumerate(watches)
    ]
    halves = 0
    nights: dict[object, int] = {}
    at = start
    while at < end:
        if any(each.start <= at < each.end for each in found):
            halves += 1
            local = localized(zone, at)
            if local.hour >= 22 or local.hour < 7:
                evening = local.date() if local.hour >= 22 else local.date() - timedelta(days=1)
                nights[evening] = nights.get(evening, 0) + 1
        at += HOUR / 2
    expected = [("ana", halves / 2, sum(count >= 2 for count in nights.values()))] if halves else []
    assert [tuple(each) for each in burdens(found, {"ana": zone}, start, end)] == expected
