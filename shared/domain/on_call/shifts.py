"""Shifts: what one person holds without a break in one role from one source."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct, structs

from shared.domain.on_call.rota import TimeOff
from shared.domain.on_call.stretches import Entries, Entry
from shared.domain.time import from_us


class Shift(Struct, frozen=True, kw_only=True, gc=False):
    """One person's watch, cut to the window asked for; `tentative` if any of it is not planned yet."""

    start: datetime
    end: datetime
    user_id: str
    role_id: str | None = None
    layer_id: str | None = None
    override_id: str | None = None
    on_time_off: bool = False
    starts_before: bool = False
    continues_after: bool = False
    tentative: bool = False


TAKEN_BACK_WITHIN: Final = timedelta(minutes=1)

Span = tuple[datetime, datetime]

Key = tuple[str, str | None, str | None, str | None]
"""User, role, layer, override: what is one shift while it lasts."""


class ShiftLog:
    """Joins what is noted instant by instant into shifts."""

    def __init__(self, start_us: int, end_us: int) -> None:
        self._start_us, self._end_us = start_us, end_us
        self._open: dict[Key, tuple[int, bool]] = {}
        self._noted: Entries = ()
        self._shifts: list[Shift] = []

    def enter(self, at_us: int, entries: Entries) -> None:
        """From this instant on these entries hold; instants come in order."""
        if entries is self._noted or entries == self._noted:
            return
        self._noted = entries
        opened = self._open
        self._open = {}
        for entry in entries:
            key = key_of(entry)
            since, tentative = opened.pop(key, (at_us, False))
            self._open[key] = since, tentative or entry.tentative
        for key, (since, tentative) in opened.items():
            self._add(key, since, at_us, tentative=tentative)

    def close(self, end_us: int) -> list[Shift]:
        self.enter(end_us, ())
        return sorted(self._shifts, key=_order)

    def _add(self, key: Key, since: int, until: int, *, tentative: bool) -> None:
        start, end = max(since, self._start_us), min(until, self._end_us)
        if start < end:
            self._shifts.append(
                Shift(
                    start=from_us(start),
                    end=from_us(end),
                    user_id=key[0],
                    role_id=key[1],
                    layer_id=key[2],
                    override_id=key[3],
                    starts_before=since < start,
                    continues_after=until > end,
                    tentative=tentative,
                )
            )


def held_since(shift: Shift, shifts: Sequence[Shift]) -> datetime:
    """Since when its person holds this shift of `shifts`; what was given and taken back at once is passed over."""
    start = shift.start
    same = (each for each in shifts if _whose(each) == _whose(shift) and each.start < shift.start)
    for each in sorted(same, key=lambda each: each.start, reverse=True):
        if start - each.end > TAKEN_BACK_WITHIN:
            break
        start = each.start
    return start


def _whose(shift: Shift) -> Key:
    return shift.user_id, shift.role_id, shift.layer_id, shift.override_id


def mark_time_off(shifts: list[Shift], time_off: Sequence[TimeOff]) -> list[Shift]:
    """The same shifts, those marked in which the person has asked for time off."""
    away: defaultdict[str, list[Span]] = defaultdict(list)
    for off in time_off:
        if off.start < off.end:
            away[off.user_id].append((off.start, off.end))
    absent = {user: merged(spans) for user, spans in away.items()}
    return [
        structs.replace(shift, on_time_off=True)
        if shift.user_id in absent and _touches(absent[shift.user_id], shift.start, shift.end)
        else shift
        for shift in shifts
    ]


def merged(spans: Iterable[Span]) -> list[Span]:
    """In order, and one where they touch: whoever does something twice at once spends the time once."""
    found: list[Span] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], end)
        else:
            found.append((start, end))
    return found


def _touches(spans: Sequence[Span], start: datetime, end: datetime) -> bool:
    """Whether any of the disjoint spans shares an instant with `[start, end)`."""
    index = bisect_left(spans, end, key=lambda span: span[0]) - 1
    return index >= 0 and spans[index][1] > start


def key_of(entry: Entry) -> Key:
    return entry.user_id, entry.role_id, entry.layer_id, entry.override_id


def _order(shift: Shift) -> tuple[datetime, datetime, str, str, str, str]:
    source = shift.layer_id or "", shift.override_id or ""
    return shift.start, shift.end, shift.user_id, shift.role_id or "", *source
