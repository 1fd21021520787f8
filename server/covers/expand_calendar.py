"""Expand an iCalendar file into the days and hours that it blocks, as a program of its own.

A stranger's rules may take for ever, so whoever starts it ends it when it takes too long. Standard input is an `Order`
as JSON, standard output an `Expanded`. Times without a zone, and whole days, are left to whoever knows the reader's.
"""

import contextlib
import resource
import signal
import sys
import time
from collections.abc import Generator
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any, Final, cast

import icalendar
import msgspec
import recurring_ical_events
from msgspec import Struct

from server.covers.recent_events import without_past

MOST_EVENTS: Final = 5_000
"""That are not over."""
MOST_OCCURRENCES: Final = 500
AT_ONCE: Final = 100
"""Events that happen once share the time that a series may take: so few that they never need it."""
LONGEST_UID: Final = 300
LONGEST_REASON: Final = 500
SECONDS: Final = {
    "SECONDLY": 1,
    "MINUTELY": 60,
    "HOURLY": 3_600,
    "DAILY": 86_400,
    "WEEKLY": 604_800,
    "MONTHLY": 2_419_200,
    "YEARLY": 31_536_000,
}
SPOILT: Final = {"unreadable", "unknown_zone"}
"""Why an event is left out that says nothing of how much there is."""
TOO_FINE: Final = ("BYHOUR", "BYMINUTE", "BYSECOND")
CPU_S: Final = 12
"""After which this process is ended whole; before that each series has its own limit, and all of them theirs."""
MEMORY_BYTES: Final = 1024 * 1024 * 1024


class Order(Struct, frozen=True):
    """The file, the window that matters, and what one series and all of them may take, in seconds of CPU; None where
    nothing repeats.
    """

    content: str
    start: datetime
    end: datetime
    each_s: float | None = None
    all_s: float = 8.0


class Occurrence(Struct, frozen=True):
    """`start` and `end` are dates, wall times, or instants with an offset, as ISO 8601."""

    uid: str
    start: str
    end: str
    reason: str


class Expanded(Struct, frozen=True):
    """What was found, and how much was left out because it is `unreadable`, names an `unknown_zone`, repeats
    `too_often`, or is of `too_many`; or why the file can't be used: `not_a_calendar` or `too_many_occurrences`.
    """

    occurrences: list[Occurrence] = []
    left_out: dict[str, int] = {}
    problem: str | None = None


class _TooLong(BaseException):
    """A series has taken what one may take; no library's `except Exception` holds it up."""


def expand(order: Order) -> Expanded:
    """One bad event or rule costs itself; a calendar is refused only where all its rules take too long."""
    try:
        recent = without_past(order.content, order.start.date(), most=MOST_EVENTS)
        found = icalendar.Calendar.from_ical(recent.text, multiple=True)
        calendars = [each for each in cast("list[Any]", found) if each.name == "VCALENDAR"]
        work = _Work(order)
        for calendar in calendars:
            work.take(calendar)
    except Exception:  # a stranger's file can break a parser anywhere, and nothing else happens in here
        return Expanded(problem="not_a_calendar")
    work.leave("too_many", recent.beyond)
    if not calendars:
        return Expanded(problem="not_a_calendar")
    is_spent = bool(work.left_out) and not work.left_out.keys() & SPOILT
    if is_spent and not work.is_of_use and not recent.over:
        return Expanded(problem="too_many_occurrences")
    soonest = sorted(work.found, key=lambda each: each.start)
    work.leave("too_many", len(soonest) - MOST_OCCURRENCES)
    return Expanded(occurrences=soonest[:MOST_OCCURRENCES], left_out=work.left_out)


class _Work:
    """What came of a file so far."""

    def __init__(self, order: Order) -> None:
        self._order = order
        self.found: list[Occurrence] = []
        self.left_out: dict[str, int] = {}
        self.is_of_use = False

    def leave(self, why: str, count: int = 1) -> None:
        if count > 0:
            self.left_out[why] = self.left_out.get(why, 0) + count

    def take(self, calendar: Any) -> None:
        """What happens once, many together, and then each series by itself."""
        once: list[Any] = []
        series: dict[str, list[Any]] = {}
        for event in calendar.walk("VEVENT"):
            why = _flaw(event)
            if why is not None:
                self.leave(why)
            elif "UID" in event:
                series.setdefault(str(event["UID"]), []).append(event)
            elif "RRULE" in event or "RDATE" in event:
                series[f"without {len(series)}"] = [event]
            else:
                once.append(event)
        for uid in [uid for uid, events in series.items() if len(events) == 1 and not _repeats(events[0])]:
            once += series.pop(uid)
        for event in once:
            _cut_open_end(event, self._order.end)
        for n in range(0, len(once), AT_ONCE):
            self._expand(calendar, once[n : n + AT_ONCE])
        for events in series.values():
            why = next((why for why in map(_rules_flaw, events) if why is not None), None)
            if why is not None:
                self.leave(why)
            else:
                self._expand(calendar, events)

    def _expand(self, calendar: Any, events: list[Any]) -> None:
        if not events:
            return
        part: Any = icalendar.Calendar(calendar)
        part.subcomponents = [each for each in calendar.subcomponents if each.name != "VEVENT"] + events
        try:
            with _at_most(self._order):
                query = recurring_ical_events.of(part)
                found = [event for event in query.between(self._order.start, self._order.end) if _blocks(event)]
                self.found += [each for each in map(_occurrence, found) if each is not None]
            self.is_of_use = True
        except _TooLong:
            self.leave("too_often", 1 if any(map(_repeats, events)) else len(events))
        except Exception:  # the library breaks on what it can't expand
            if len(events) > 1 and not any(map(_repeats, events)):
                for event in events:
                    self._expand(calendar, [event])
            else:
                self.leave("unreadable")


@contextlib.contextmanager
def _at_most(order: Order) -> Generator[None]:
    """Raises _TooLong when a series has taken too long, or all of them have."""
    if order.each_s is None:
        yield
        return
    left = min(order.each_s, order.all_s - time.process_time())
    if left <= 0:
        raise _TooLong
    try:
        signal.setitimer(signal.ITIMER_PROF, left)
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def _stop(*_: object) -> None:
    raise _TooLong


def _flaw(event: Any) -> str | None:
    """Why it is left out, whatever its rules say."""
    try:
        if _is_of_no_zone(event):
            return "unknown_zone"
        return "unreadable" if event.start is None or _ends_first(event) else None
    except Exception:  # whatever a stranger wrote into an event spoils that event alone
        return "unreadable"


def _is_of_no_zone(event: Any) -> bool:
    """Whether a time of it stands in a zone that neither the file nor anybody else knows: no zone is the reader's."""
    named = (each for each in event.values() if "TZID" in getattr(each, "params", ()))
    return any(_has_no_zone(moment) for each in named for moment in _moments(each))


def _moments(value: Any) -> list[Any]:
    return [each.dt for each in value.dts] if hasattr(value, "dts") else [value.dt]


def _has_no_zone(moment: Any) -> bool:
    """Of a time, or a period of times."""
    if isinstance(moment, tuple):
        return any(map(_has_no_zone, cast("tuple[Any, ...]", moment)))
    return isinstance(moment, datetime) and moment.tzinfo is None


def _ends_first(event: Any) -> bool:
    """What ends before it begins is no time at all; the library would turn it round."""
    length = event.get("DURATION")
    return event.end < event.start or (length is not None and length.dt < timedelta(0))


def _cut_open_end(event: Any, window_end: datetime) -> None:
    """Ends such as 31 Dec 9999 mean none; no zone knows their time, and the library can't count to them."""
    last = window_end.year + 2
    if event.end.year > last and event.start.year <= last:
        event.end = event.end.replace(year=last, day=min(event.end.day, 28))


def _repeats(event: Any) -> bool:
    return any(name in event for name in ("RRULE", "RDATE", "RECURRENCE-ID"))


def _rules_flaw(event: Any) -> str | None:
    """Rules that can't be read, that take no step, or that take very many."""
    rules = event.get("RRULE", [])
    for rule in cast("list[Any]", rules if isinstance(rules, list) else [rules]):
        try:
            step = min(SECONDS[str(each).upper()] for each in rule["FREQ"])
            every = min((int(each) for each in rule.get("INTERVAL", [])), default=1)
            count = min((int(each) for each in rule.get("COUNT", [])), default=None)
        except (AttributeError, KeyError, TypeError, ValueError):
            return "unreadable"
        if every < 1:
            return "unreadable"
        is_fine = step * every < SECONDS["DAILY"] or any(len(rule.get(name, [])) > 1 for name in TOO_FINE)
        if is_fine and (count is None or count > MOST_OCCURRENCES):
            return "too_often"
    return None


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
    signal.signal(signal.SIGPROF, _stop)
    answer = expand(msgspec.json.decode(sys.stdin.buffer.read(), type=Order))
    sys.stdout.buffer.write(msgspec.json.encode(answer))
