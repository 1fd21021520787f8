"""The schedule clock, beside each change of every zone's offset."""

import itertools
import random
from bisect import bisect_left
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest

from shared.domain.time import (
    at,
    from_us,
    is_zone_name,
    minute_of_day,
    moment_reading,
    reading,
    to_us,
    wall_reading,
    wall_text,
    weekday,
    zone,
    zone_rules_version,
)
from tests.shared.domain.on_call.schedule_oracle import MINUTE, faces

ZONES = sorted(available_timezones() - {"localtime"})


def minutes(face: datetime) -> int:
    return (face - datetime.fromisoformat("1970-01-01")) // MINUTE


def changes(name: str, year: int) -> list[datetime]:
    """The hours before which a zone's offset changes in a year, hour by hour."""
    info, hour = ZoneInfo(name), timedelta(hours=1)
    days = [datetime(year, 1, 1, tzinfo=UTC) + n * timedelta(days=1) for n in range(367)]
    offsets = [day.astimezone(info).utcoffset() for day in days]
    found: list[datetime] = []
    for day, before, after in zip(days, offsets, offsets[1:], strict=False):
        if before != after:
            found += [
                day + n * hour
                for n in range(24)
                if (day + n * hour).astimezone(info).utcoffset() != (day + (n + 1) * hour).astimezone(info).utcoffset()
            ]
    return found


def test_every_zone_reads_right_beside_its_changes() -> None:
    seen: set[tuple[datetime | int, ...]] = set()
    for name in ZONES:
        known = zone(name).changes()
        rules = (*known, *(zone(name).reading(to_us(change)) for change in known))
        if rules not in seen:  # links and twins of another zone need no second look
            seen.add(rules)
            for change in random.Random(name).sample(known, min(len(known), 2)):
                check_beside(name, change)


def test_every_zone_knows_all_its_changes() -> None:
    for name in ZONES:
        year = random.Random(name).randrange(2000, 2030)
        known = [change for change in zone(name).changes() if change.year == year]
        hours = [change.replace(minute=0) - timedelta(hours=change.minute == 0) for change in known]
        assert hours == changes(name, year), (name, year)


def test_no_zone_changes_twice_within_the_six_days_in_which_it_is_looked_at_once() -> None:
    closest = min(later - earlier for name in ZONES for earlier, later in itertools.pairwise(zone(name).changes()))
    assert timedelta(days=6.9) < closest < timedelta(days=7), "Boa Vista in 2000"


def check_beside(name: str, change: datetime) -> None:
    clock = zone(name)
    first = change.replace(minute=0) - timedelta(hours=3)
    read = [minutes(face) for face in faces.__wrapped__(name, first, 32 * 60)]
    index = (change - first) // MINUTE
    beside = {n for mark in (index, index + 30, index + 60, index + 180) for n in range(mark - 2, mark + 3)}
    for n in sorted(beside | set(range(0, len(read), 37))):
        assert clock.reading(to_us(first + n * MINUTE)) == read[n], (name, first, n)
        assert clock.reading(to_us(first + n * MINUTE) + 59_000_000) == read[n], (name, first, n)
    for wall in {read[n] + d for n in sorted(beside) for d in (-1, 0, 1)} | set(range(read[0], read[-1], 31)):
        n = bisect_left(read, wall)
        if 0 < n < len(read):
            assert from_us(clock.at(wall)) == first + n * MINUTE, (name, wall)
    for n in range(1, len(read), 41):
        assert clock.upcoming(to_us(first + n * MINUTE)) == read[n - 1] + 1


def test_readings_and_instants_meet() -> None:
    for name in ("Europe/Berlin", "Pacific/Apia", "Australia/Lord_Howe", "Africa/Casablanca"):
        clock = zone(name)
        chance = random.Random(1)
        for _ in range(500):
            wall = chance.randrange(minutes(datetime.fromisoformat("2000-01-02")), 131 * 365 * 1440)
            instant = clock.at(wall)
            assert clock.reading(instant) >= wall
            assert clock.reading(instant - 1) < wall
            assert clock.at(wall + 1) >= instant
            assert clock.at(clock.upcoming(instant + 1)) > instant


@pytest.mark.parametrize(
    ("name", "wall", "instant"),
    [
        ("Europe/Berlin", "2026-03-29T02:00", "2026-03-29T01:00"),
        ("Europe/Berlin", "2026-03-29T02:59", "2026-03-29T01:00"),
        ("Europe/Berlin", "2026-03-29T03:00", "2026-03-29T01:00"),
        ("Europe/Berlin", "2026-10-25T02:00", "2026-10-25T00:00"),
        ("Europe/Berlin", "2026-10-25T02:59", "2026-10-25T00:59"),
        ("Europe/Berlin", "2026-10-25T03:00", "2026-10-25T02:00"),
        ("Pacific/Apia", "2011-12-30T12:00", "2011-12-30T10:00"),
        ("Australia/Lord_Howe", "2026-04-05T01:30", "2026-04-04T14:30"),
        ("Australia/Lord_Howe", "2026-04-05T02:00", "2026-04-04T15:30"),
        ("Asia/Beirut", "2026-03-29", "2026-03-28T22:00"),
        ("UTC", "2099-12-31T23:59", "2099-12-31T23:59"),
    ],
)
def test_instant_of_a_wall_time(name: str, wall: str, instant: str) -> None:
    assert at(name, wall) == datetime.fromisoformat(instant).replace(tzinfo=UTC)


def test_the_clock_stands_still_at_the_last_minute_before_the_repeat_ends() -> None:
    for minute in (0, 1, 30, 59):
        assert reading("Europe/Berlin", datetime(2026, 10, 25, 1, minute, tzinfo=UTC)) == "2026-10-25T02:59"
    assert reading("Europe/Berlin", datetime(2026, 10, 25, 2, 0, tzinfo=UTC)) == "2026-10-25T03:00"


@pytest.mark.parametrize(
    ("name", "day", "hours"),
    [
        ("Europe/Berlin", date(2026, 3, 29), 23),
        ("Europe/Berlin", date(2026, 10, 25), 25),
        ("Europe/Berlin", date(2026, 10, 26), 24),
        ("Australia/Lord_Howe", date(2026, 4, 5), 24.5),
        ("Pacific/Apia", date(2011, 12, 30), 0),
        ("Asia/Beirut", date(2026, 3, 29), 23),
    ],
)
def test_length_of_a_local_day(name: str, day: date, hours: float) -> None:
    start, end = zone(name).day(day)
    assert end - start == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("name", "fit"),
    [
        ("Europe/Berlin", True),
        ("America/Argentina/ComodRivadavia", True),
        ("UTC", True),
        ("Etc/UTC", True),
        ("Etc/GMT+5", False),
        ("EST", False),
        ("MST", False),
        ("HST", False),
        ("EST5EDT", True),
        ("GMT-0", False),
        ("+02:00", False),
        ("europe/berlin", False),
        ("localtime", False),
        ("Factory", False),
        ("posixrules", False),
        ("posix/Europe/Berlin", False),
        ("right/UTC", False),
        ("../etc/passwd", False),
        ("", False),
    ],
)
def test_names_of_zones(name: str, fit: bool) -> None:
    assert is_zone_name(name) is fit


NOT_WALL_TIMES = [
    *("2026-02-29T00:00", "1999-12-31T23:59", "2100-01-01T00:00", "2026-01-01T24:00", "2026-1-1T00:00"),
    *("2026-01-01T00:00:00", "2026-01-01T00:00Z", "2026-01-01", "२०26-01-01T00:00", "2026-13-01T00:00", "T"),
]


@pytest.mark.parametrize("text", [*NOT_WALL_TIMES, "", "2026-01-01 00:00", "2026-01-01T00:00\n"])
def test_not_a_wall_time(text: str) -> None:
    assert wall_reading(text) is None


def test_wall_times_are_written_as_they_are_read() -> None:
    for text in ("2000-01-01T00:00", "2024-02-29T23:59", "2099-12-31T12:34"):
        read = wall_reading(text)
        assert read is not None
        assert wall_text(read) == text
    assert moment_reading("2026-11-02") == wall_reading("2026-11-02T00:00")
    assert [weekday(moment_reading(f"2026-11-{day:02}") or 0) for day in range(1, 9)] == [
        6,
        0,
        1,
        2,
        3,
        4,
        5,
        6,
    ]
    assert [minute_of_day(text) for text in ("00:00", "23:59", "24:00", "24:01", "7:00")] == [
        0,
        1439,
        1440,
        None,
        None,
    ]
    assert zone_rules_version() >= "2025"
