"""Instants and spans as a reader says them, in their zone and language."""

from datetime import date as Date
from datetime import datetime, timedelta, tzinfo
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from phone.base.i18n import Words

COUNTED_IN_DAYS: Final = timedelta(days=4)
NEEDS_YEAR: Final = timedelta(days=300)
"""So far away a month may be of this year or of another."""


def zone_of(name: str) -> tzinfo:
    """The reader's zone; UTC when the device does not know its name."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def span(words: Words, length: timedelta) -> str:
    """A length in its largest unit: "2 min", "3 h", "5 d"."""
    minutes = int(length.total_seconds() // 60)
    if minutes < 1:
        return words("time.now")
    if minutes < 60:
        return words("time.minutes", count=minutes)
    if minutes < 48 * 60:
        return words("time.hours", count=minutes // 60)
    return words("time.days", count=minutes // (24 * 60))


def long_span(words: Words, length: timedelta) -> str:
    """A length in two units, for what is left of a watch."""
    minutes = max(0, int(length.total_seconds() // 60))
    days, rest = divmod(minutes, 24 * 60)
    if days:
        return words("time.days_hours", days=days, hours=rest // 60)
    if rest >= 60:
        return words("time.hours_minutes", hours=rest // 60, minutes=rest % 60)
    return words("time.minutes", count=rest)


def ago(words: Words, at: datetime, *, now: datetime) -> str:
    """How long ago: "just now", "12 min ago"."""
    length = now - at
    return words("time.ago_now") if length < timedelta(minutes=1) else words("time.ago", span=span(words, length))


def countdown(at: datetime, *, now: datetime) -> str:
    """What is left until `at`: "4:10", "1:02:07"; never below zero."""
    left = max(0, round((at - now).total_seconds()))
    hours, rest = divmod(left, 3600)
    minutes, seconds = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def clock(at: datetime, zone: tzinfo) -> str:
    """The time of day: "03:17"."""
    return at.astimezone(zone).strftime("%H:%M")


def moment(words: Words, at: datetime, *, now: datetime, zone: tzinfo) -> str:
    """The shortest form that is clear: "03:17" today, "Sat 03:17" this week, "12 Nov 03:17", "5 Jan 2030 15:00"."""
    local, today = at.astimezone(zone), now.astimezone(zone)
    if local.date() == today.date():
        return clock(at, zone)
    if abs(local.date() - today.date()) < timedelta(days=7):
        return day_clock(words, at, zone)
    told = date(words, at, zone)
    if abs(local.date() - today.date()) >= NEEDS_YEAR:
        told = words("time.date_year", date=told, year=local.year)
    return words("time.date_clock", date=told, clock=clock(at, zone))


def day_clock(words: Words, at: datetime, zone: tzinfo) -> str:
    """Weekday and time: "Sat 03:12"."""
    return words("time.day_clock", day=words(f"day.{at.astimezone(zone).weekday()}"), clock=clock(at, zone))


def date(words: Words, at: datetime, zone: tzinfo) -> str:
    """Day and month: "12 Nov"."""
    local = at.astimezone(zone)
    return words("time.date", day=local.day, month=words(f"month.{local.month}"))


def day_date(words: Words, day: Date) -> str:
    """Weekday and date: "Mon 9 Nov"."""
    plain = words("time.date", day=day.day, month=words(f"month.{day.month}"))
    return words("time.day_date", day=words(f"day.{day.weekday()}"), date=plain)


def exact(words: Words, at: datetime, zone: tzinfo) -> str:
    """Weekday, date and time: "Mon 9 Nov 09:00"."""
    return words("time.day_clock", day=day_date(words, at.astimezone(zone).date()), clock=clock(at, zone))


def stretch(words: Words, start: datetime, end: datetime, zone: tzinfo, *, now: datetime | None = None) -> str:
    """From and to, the day once if it is the same: "Mon 9 Nov 09:00 to 17:00"; far from `now` as moments with years."""
    same = start.astimezone(zone).date() == end.astimezone(zone).date()
    if now is not None and abs(start - now) >= NEEDS_YEAR:
        until = clock(end, zone) if same else moment(words, end, now=now, zone=zone)
        return words("time.stretch", start=moment(words, start, now=now, zone=zone), end=until)
    until = clock(end, zone) if same else exact(words, end, zone)
    return words("time.stretch", start=exact(words, start, zone), end=until)


def hours(words: Words, length: timedelta) -> str:
    """A length as people count watches: "24 h", "8 h 30 m", "45 min"; days from four on."""
    if length >= COUNTED_IN_DAYS:
        return long_span(words, length) if length % timedelta(days=1) else span(words, length)
    whole, minutes = divmod(max(0, int(length.total_seconds() // 60)), 60)
    if not whole:
        return words("time.minutes", count=minutes)
    return words("time.hours_minutes", hours=whole, minutes=minutes) if minutes else words("time.hours", count=whole)


def ends(words: Words, start: datetime, end: datetime, *, now: datetime, zone: tzinfo) -> tuple[str, str]:
    """Both ends of a stretch in the same form: by their weekdays while these say which day is meant, else by dates."""
    first, last = start.astimezone(zone).date(), end.astimezone(zone).date()
    days = [abs(each - now.astimezone(zone).date()).days for each in (first, last)]
    if max(days) < 7 and (last - first).days < 7:
        if first == last:
            return moment(words, start, now=now, zone=zone), clock(end, zone)
        return day_clock(words, start, zone), day_clock(words, end, zone)
    return exact(words, start, zone), clock(end, zone) if first == last else exact(words, end, zone)


def offset(length: timedelta) -> str:
    """A zone's offset: "UTC+1", "UTC-3:30"."""
    minutes = int(length.total_seconds() // 60)
    whole, rest = divmod(abs(minutes), 60)
    sign = "-" if minutes < 0 else "+"
    return f"UTC{sign}{whole}:{rest:02}" if rest else f"UTC{sign}{whole}"


def end_along(start: datetime, end: datetime, moved_to: datetime) -> datetime:
    """Where the end of a stretch stands once its start is moved: where it was, or as long after it as before."""
    return end if moved_to < end else moved_to + (end - start)
