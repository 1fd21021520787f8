"""Leave out of an iCalendar text what is plainly over, before anything parses it: exports hold the whole history."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final, NamedTuple

SPARE: Final = timedelta(days=2)
"""Zones are not looked at: a day on each side is more than they make."""
LONGEST_SERIES_PART: Final = timedelta(days=400)
"""One occurrence that was moved speaks for a series, which may matter so long after it."""
_NAME = re.compile(r"[A-Za-z0-9-]+")
_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
_DURATION = re.compile(r"P(?:(\d{1,4})W)?(?:(\d{1,5})D)?(?:T(?:(\d{1,6})H)?.*)?", re.ASCII | re.IGNORECASE)


class Recent(NamedTuple):
    """The text without events that are over; how many these were, and how many more than fit were left out."""

    text: str
    over: int
    beyond: int


def without_past(content: str, before: date, *, most: int) -> Recent:
    """Events that ended before a day are left out, and of the others all but the first `most`. What repeats stays, and
    what can't be told; linear in the text.
    """
    kept: list[str] = []
    block: list[str] | None = None
    events = over = beyond = 0
    for line in content.splitlines():
        word = line.strip().upper()
        if word == "BEGIN:VEVENT":
            kept += block or []
            block = [line]
        elif block is None:
            kept.append(line)
        else:
            block.append(line)
            if word == "END:VEVENT":
                is_over = _is_over(block, before)
                over += is_over
                events += not is_over
                if not is_over and events <= most:
                    kept += block
                block = None
    beyond = max(events - most, 0)
    return Recent("\r\n".join([*kept, *(block or []), ""]), over, beyond)


def _is_over(block: list[str], before: date) -> bool:
    said = dict(_properties(block))
    if "RRULE" in said or "RDATE" in said:
        return False
    starts, ends = _date(said.get("DTSTART")), _date(said.get("DTEND"))
    if starts is None or ("DTEND" in said and ends is None):
        return False
    if ends is None:
        length = _DURATION.fullmatch(said.get("DURATION", "P1D"))
        if length is None:
            return False
        weeks, days, hours = (int(each or 0) for each in length.groups())
        ends = starts + timedelta(days=7 * weeks + days + hours // 24 + 1)
    ends = max(starts, ends)
    if "RECURRENCE-ID" in said:
        ends = max(ends, _date(said["RECURRENCE-ID"]) or before) + LONGEST_SERIES_PART
    return ends + SPARE < before


def _properties(block: list[str]) -> Iterator[tuple[str, str]]:
    """Names and values of the event itself, not of what stands inside it."""
    inside = 0
    for line in _unfolded(block[1:-1]):
        name, value = _NAME.match(line), line.rpartition(":")[2].strip()
        word = name[0].upper() if name else ""
        inside += (word == "BEGIN") - (word == "END")
        if inside == 0 and word != "END":
            yield word, value


def _unfolded(lines: list[str]) -> list[str]:
    whole: list[str] = []
    for line in lines:
        if line[:1] in (" ", "\t") and whole:
            whole[-1] += line[1:]
        else:
            whole.append(line)
    return whole


def _date(text: str | None) -> date | None:
    found = _DATE.match(text or "")
    try:
        day = date(*(int(each) for each in found.groups())) if found else None
    except ValueError:
        return None
    return day if day is not None and 1900 < day.year < 9000 else None
