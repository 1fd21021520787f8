"""Who gains and who loses which shifts, in sentences; and which hours nobody has."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta, tzinfo
from typing import Final

from phone.base import moments
from phone.base.i18n import Words
from phone.base.people import Reader
from shared.domain.on_call.layer_edits import Change
from shared.wire.lists import Ref

SPANS: Final = 3
LINES: Final = 8


def change_lines(reader: Reader, changes: Sequence[Change], people: Mapping[str, str], zone: tzinfo) -> list[str]:
    """One line per person and direction, the earliest first; at the end how many more there are."""
    grouped: dict[tuple[str, bool], list[Change]] = {}
    for change in changes:
        grouped.setdefault((change.user_id, change.gains), []).append(change)
    lines = [_line(reader, who, gains, each, people, zone) for (who, gains), each in grouped.items()]
    left = len(lines) - LINES
    return lines if left <= 0 else [*lines[:LINES], reader.words("preview.more_changes", count=left)]


def _line(
    reader: Reader, user_id: str, gains: bool, changes: Sequence[Change], people: Mapping[str, str], zone: tzinfo
) -> str:
    words = reader.words
    who = reader.person(Ref(user_id, people.get(user_id) or words("console.unseen")))
    spans = [span_text(words, change.start, change.end, zone) for change in changes]
    when = words("layer.list").join(dict.fromkeys(spans[:SPANS]))
    left = len(spans) - SPANS
    if left > 0:
        return words("preview.gains_more" if gains else "preview.loses_more", who=who, when=when, count=left)
    return words("preview.gains" if gains else "preview.loses", who=who, when=when)


def span_text(words: Words, start: datetime, end: datetime, zone: tzinfo) -> str:
    """Hours as people say them: "Sat 28 Nov" for a day, "Sat 28 Nov, 09:00 to 18:00", "Sat 28 Nov to Mon 30 Nov"."""
    opens, closes = start.astimezone(zone), end.astimezone(zone)
    if _is_midnight(opens) and _is_midnight(closes):
        last = closes - timedelta(days=1)
        first = day_date(words, opens)
        return first if last.date() <= opens.date() else words("layer.period", start=first, end=day_date(words, last))
    begins = words("preview.day_clock", day=day_date(words, opens), clock=moments.clock(start, zone))
    if opens.date() == closes.date():
        return words("layer.period", start=begins, end=moments.clock(end, zone))
    ends = words("preview.day_clock", day=day_date(words, closes), clock=moments.clock(end, zone))
    return words("layer.period", start=begins, end=ends)


def day_date(words: Words, local: date) -> str:
    """A local day: "Sat 28 Nov"."""
    told = words("time.date", day=local.day, month=words(f"month.{local.month}"))
    return words("preview.day", day=words(f"day.{local.weekday()}"), date=told)


def _is_midnight(local: datetime) -> bool:
    return (local.hour, local.minute) == (0, 0)
