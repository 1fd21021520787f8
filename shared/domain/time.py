"""Zones, wall times and the schedule clock: the only place where local time is computed.

Inside, an instant is whole microseconds since 1970 in UTC, and a *reading* is whole minutes since
1970-01-01 00:00 on a clock face without a zone. Readings know no daylight saving; a `Zone` turns them
into instants.
"""

import re
from bisect import bisect_right
from datetime import UTC, date, datetime, timedelta
from functools import cache, lru_cache
from importlib import resources
from pathlib import Path
from typing import Final
from zoneinfo import TZPATH, ZoneInfo, available_timezones

MINUTE_US: Final = 60_000_000
HOUR: Final = 60
DAY: Final = 1440
WEEK: Final = 7 * DAY
MONDAY: Final = -3 * DAY
"""The reading from which weeks are counted: Monday 1969-12-29 00:00."""

WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

FIRST_INSTANT: Final = datetime(2000, 1, 1, tzinfo=UTC)
LAST_INSTANT: Final = datetime(2099, 12, 31, tzinfo=UTC)
"""What zones' clocks are kept from."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_DATE: Final = date(1970, 1, 1).toordinal()
_US: Final = timedelta(microseconds=1)
_NEVER: Final = 1 << 62
_WALL = re.compile(r"(20\d\d)-(\d\d)-(\d\d)T([01]\d|2[0-3]):([0-5]\d)", re.ASCII)
_DATE = re.compile(r"(20\d\d)-(\d\d)-(\d\d)", re.ASCII)
_TIME_OF_DAY = re.compile(r"([01]\d|2[0-3]):([0-5]\d)", re.ASCII)
_UNFIT_ZONE = re.compile(r"(posix|right)/.*|localtime|posixrules|Factory|(Etc/)?GMT[+-]\d+|EST|HST|MST", re.ASCII)


def to_us(instant: datetime) -> int:
    """Microseconds since 1970; what a column `*_at` holds."""
    return (instant - _EPOCH) // _US


def from_us(instant_us: int) -> datetime:
    return _EPOCH + timedelta(microseconds=instant_us)


def is_zone_name(name: str) -> bool:
    """Whether people may choose this zone: a place or UTC of the IANA list, no offset, no machine's alias."""
    return name in zone_names()


@cache
def zone_names() -> frozenset[str]:
    """Every zone that people may choose."""
    return frozenset(name for name in available_timezones() if not _UNFIT_ZONE.fullmatch(name))


@cache
def zone_rules_version() -> str:
    """Version of the IANA rules that `zoneinfo` finds first, such as 2026f; empty if it doesn't say."""
    files = [Path(folder) / "tzdata.zi" for folder in TZPATH]
    text = next((file.read_text("utf-8") for file in files if file.is_file()), "")
    if not text:
        try:
            text = resources.files("tzdata").joinpath("zoneinfo/tzdata.zi").read_text("utf-8")
        except (ModuleNotFoundError, FileNotFoundError):
            return ""
    found = re.match(r"# version (\S+)", text)
    return found[1] if found else ""


@lru_cache(maxsize=4096)
def wall_reading(wall: str) -> int | None:
    """The reading of `YYYY-MM-DDTHH:MM` in 2000 to 2099, or None if it isn't one."""
    parts = _WALL.fullmatch(wall)
    if parts is None:
        return None
    midnight = date_reading(wall[:10])
    return None if midnight is None else midnight + int(parts[4]) * HOUR + int(parts[5])


@lru_cache(maxsize=4096)
def date_reading(day: str) -> int | None:
    """The reading at 00:00 of `YYYY-MM-DD` in 2000 to 2099, or None if it isn't a date."""
    parts = _DATE.fullmatch(day)
    if parts is None:
        return None
    try:
        return day_reading(date(int(parts[1]), int(parts[2]), int(parts[3])))
    except ValueError:
        return None


def moment_reading(text: str) -> int | None:
    """The reading of a wall time, or of the beginning of a date."""
    return wall_reading(text) if "T" in text else date_reading(text)


def minute_of_day(text: str) -> int | None:
    """Minutes after midnight of `HH:MM`; 1440 for `24:00`, which only an end may be."""
    if text == "24:00":
        return DAY
    parts = _TIME_OF_DAY.fullmatch(text)
    return None if parts is None else int(parts[1]) * HOUR + int(parts[2])


def day_reading(day: date) -> int:
    return (day.toordinal() - _EPOCH_DATE) * DAY


def reading_date(reading: int) -> date:
    return date.fromordinal(reading // DAY + _EPOCH_DATE)


def wall_text(reading: int) -> str:
    """A reading as `YYYY-MM-DDTHH:MM`."""
    minutes = reading % DAY
    return f"{reading_date(reading).isoformat()}T{minutes // HOUR:02}:{minutes % HOUR:02}"


def weekday(reading: int) -> int:
    """0 for Monday to 6 for Sunday."""
    return (reading - MONDAY) // DAY % 7


@lru_cache(maxsize=1024)
def zone(name: str) -> "Zone":
    """The clock of an IANA zone; the first use of a zone costs some milliseconds."""
    return Zone(name)


class Zone:
    """A zone's clock that stands still where the local one goes back, and jumps where it jumps.

    The zone's time is kept as runs of one offset, from 2000 to 2100. Run i begins at the minute `_begins[i]`;
    `_shown[i]` is one past the last reading shown by its end, so `_shown[i - 1]` is what it must first pass.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._begins, self._offsets = _runs(ZoneInfo(name))
        ends = [*self._begins[1:], _NEVER]
        self._shown: list[int] = []
        shown = -_NEVER
        for end, offset in zip(ends, self._offsets, strict=True):
            shown = max(shown, end + offset)
            self._shown.append(shown)

    def reading(self, instant_us: int) -> int:
        """The latest local minute that the clock has shown up to this instant."""
        minute = instant_us // MINUTE_US
        run = max(bisect_right(self._begins, minute) - 1, 0)
        local = minute + self._offsets[run]
        return max(local, self._shown[run - 1] - 1) if run else local

    def at(self, reading: int) -> int:
        """The first instant at which the clock reads this or later."""
        run = bisect_right(self._shown, reading)
        minute = reading - self._offsets[run]
        return (max(minute, self._begins[run]) if run else minute) * MINUTE_US

    def upcoming(self, instant_us: int) -> int:
        """The first reading that is not reached before this instant: where a change made now takes hold."""
        minute = -(-instant_us // MINUTE_US)
        run = max(bisect_right(self._begins, minute) - 1, 0)
        if run == 0:
            return minute + self._offsets[0]
        if minute == self._begins[run]:
            return self._shown[run - 1]
        return max(self._shown[run - 1], minute + self._offsets[run])

    def day(self, day: date) -> tuple[datetime, datetime]:
        """First and end instant of a local day: mostly 24 h, and equal where the zone left the day out."""
        start = day_reading(day)
        return from_us(self.at(start)), from_us(self.at(start + DAY))

    def today(self, now: datetime) -> date:
        """The day that the schedule clock shows."""
        return reading_date(self.reading(to_us(now)))

    def changes(self) -> list[datetime]:
        """The instants from 2000 to 2100 at which the offset changes."""
        return [from_us(minute * MINUTE_US) for minute in self._begins[1:]]


def reading(zone_name: str, instant: datetime) -> str:
    """What the schedule clock of a zone shows, as a wall time."""
    return wall_text(zone(zone_name).reading(to_us(instant)))


def at(zone_name: str, wall: str) -> datetime:
    """The instant of a wall time or date: the first where there are two, the end of the gap where none."""
    minutes = moment_reading(wall)
    if minutes is None:
        raise ValueError(f"not a wall time: {wall}")
    return from_us(zone(zone_name).at(minutes))


def localized(zone_name: str, instant: datetime) -> datetime:
    """The same instant on the clocks of a zone; UTC for a zone that this machine doesn't know."""
    return instant.astimezone(ZoneInfo(zone_name) if is_zone_name(zone_name) else UTC)


def _runs(info: ZoneInfo) -> tuple[list[int], list[int]]:
    """Where each run of one offset begins (minutes since 1970) and that offset (minutes)."""
    first = int(datetime(1999, 12, 1, tzinfo=UTC).timestamp()) // 60
    begins, held = [first], _offset(info, first)
    offsets = [held]
    # No zone has two changes within six days (the closest pair since 2000 is 6.96 days apart).
    probe, step = datetime(1999, 12, 1, tzinfo=info), timedelta(days=6)
    seen = probe.utcoffset()
    while probe.year < 2101:
        before, probe = probe, probe + step
        offset = probe.utcoffset()
        if offset == seen:
            continue
        seen = offset
        # A probe inside a gap shows the old offset but lies after the change: look one step further back.
        low = max(begins[-1], int((before - step).timestamp()) // 60)
        high = int(probe.timestamp()) // 60
        while _offset(info, high) != held:
            low = _change_after(info, held, low, high)
            held = _offset(info, low)
            begins.append(low)
            offsets.append(held)
    return begins, [each // timedelta(minutes=1) for each in offsets]


def _change_after(info: ZoneInfo, held: timedelta, low: int, high: int) -> int:
    """The minute in (low, high] from which the offset of `low` no longer holds."""
    while high - low > 1:
        middle = (low + high) // 2
        if _offset(info, middle) == held:
            low = middle
        else:
            high = middle
    return high


def _offset(info: ZoneInfo, minute: int) -> timedelta:
    offset = datetime.fromtimestamp(minute * 60, info).utcoffset()
    assert offset is not None  # ZoneInfo always knows
    return offset
