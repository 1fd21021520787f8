"""Expand an iCalendar file into the days and hours that it blocks, as a program of its own.

A stranger's rules may take for ever, so whoever starts it ends it when it takes too long. Standard input is an `Order`
as JSON, standard output an `Expanded`. Times without a zone, and whole days, are left to whoever knows the reader's.
"""

import resource
import sys
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any, Final, cast

import icalendar
import msgspec
import recurring_ical_events
from msgspec import Struct

MOST_EVENTS: Final = 5_000
MOST_OCCURRENCES: Final = 500
LONGEST_UID: Final = 300
LONGEST_REASON: Final = 500
RARE_ENOUGH: Final = frozenset({"DAILY", "WEEKLY", "MONTHLY", "YEARLY"})
TOO_FINE: Final = ("BYHOUR", "BYMINUTE", "BYSECOND")
CPU_S: Final = 5
MEMORY_BYTES: Final = 1024 * 1024 * 1024


class Order(Struct, frozen=True):
    """The file, and the window that matters."""

    content: str
    start: datetime
    end: datetime


class Occurrence(Struct, frozen=True):
    """`start` and `end` are dates, wall times, or instants with an offset, as ISO 8601."""

    uid: str
    start: str
    end: str
    reason: str


class Expanded(Struct, frozen=True):
    """What was found, or why the file can't be used: `not_a_calendar` or `too_many_occurrences`."""

    occurrences: list[Occurrence] = []
    problem: str | None = None


class _Unfit(Exception):
    """A file that isn't taken; its text is the code."""


def expand(order: Order) -> Expanded:
    try:
        return Expanded(occurrences=list(_occurrences(order)))
    except _Unfit as unfit:
        return Expanded(problem=str(unfit))
    except Exception:  # a stranger's file can break a parser anywhere, and nothing else happens in here
        return Expanded(problem="not_a_calendar")


def _occurrences(order: Order) -> Iterator[Occurrence]:
    found = icalendar.Calendar.from_ical(order.content, multiple=True)
    calendars = [each for each in cast("list[Any]", found) if each.name == "VCALENDAR"]
    if not calendars:
        raise _Unfit("not_a_calendar")
    count = 0
    for calendar in calendars:
        _check(calendar)
        query = recurring_ical_events.of(calendar, skip_bad_series=True)
        for event in query.between(order.start, order.end):
            if _blocks(event) and (occurrence := _occurrence(event)) is not None:
                count += 1
                if count > MOST_OCCURRENCES:
                    raise _Unfit("too_many_occurrences")
                yield occurrence


def _check(calendar: Any) -> None:
    """Refuse what would take too long (rules by the hour, steps of nothing, events without number), and leave out
    single events that can't be read.
    """
    events = calendar.walk("VEVENT")
    if len(events) > MOST_EVENTS:
        raise _Unfit("too_many_occurrences")
    readable = [event for event in events if _is_readable(event)]
    if events and not readable:
        raise _Unfit("not_a_calendar")
    others = [each for each in calendar.subcomponents if each.name != "VEVENT"]
    calendar.subcomponents = [*others, *readable]
    for event in readable:
        rules = event.get("RRULE", [])
        for rule in cast("list[Any]", rules if isinstance(rules, list) else [rules]):
            _check_rule(rule)


def _is_readable(event: Any) -> bool:
    try:
        return event.start is not None and event.end is not None
    except Exception:  # whatever a stranger wrote into an event spoils that event alone
        return False


def _check_rule(rule: dict[str, list[Any]]) -> None:
    frequency = [str(each).upper() for each in rule.get("FREQ", [])]
    if not frequency or not set(frequency) <= RARE_ENOUGH or any(len(rule.get(name, [])) > 1 for name in TOO_FINE):
        raise _Unfit("too_many_occurrences")
    if any(int(each) < 1 for each in rule.get("INTERVAL", [])):
        raise _Unfit("not_a_calendar")


def _blocks(event: Any) -> bool:
    """Cancelled events don't take place, and transparent ones leave their owner free (RFC 5545 §3.8.1.11, §3.8.2.7)."""
    status, transparency = str(event.get("STATUS", "")).upper(), str(event.get("TRANSP", "")).upper()
    return status != "CANCELLED" and transparency != "TRANSPARENT"


def _occurrence(event: Any) -> Occurrence | None:
    start, end = event.start, event.end
    if isinstance(start, datetime) != isinstance(end, datetime):
        return None
    if not isinstance(start, datetime) and end <= start:
        end = start + timedelta(days=1)
    if end <= start:
        return None
    reason = str(event.get("SUMMARY", ""))[:LONGEST_REASON]
    uid = str(event.get("UID", "")) or f"{reason} {start.isoformat()}"
    if len(uid) > LONGEST_UID or "\0" in uid:
        uid = sha256(uid.encode()).hexdigest()
    return Occurrence(uid=uid, start=_text(start), end=_text(end), reason=reason.replace("\0", ""))


def _text(moment: date | datetime) -> str:
    return moment.isoformat()


def _limit() -> None:
    """What this process may use."""
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))


if __name__ == "__main__":
    _limit()
    answer = expand(msgspec.json.decode(sys.stdin.buffer.read(), type=Order))
    sys.stdout.buffer.write(msgspec.json.encode(answer))
