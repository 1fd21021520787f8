"""Which minutes of the week a layer stands watch: date mask, continuous rotation, restriction."""

from bisect import bisect_right
from itertools import accumulate, pairwise
from typing import Final, Literal

from shared.domain.on_call.rota import Layer, Period
from shared.domain.time import DAY, MONDAY, WEEK, WEEKDAYS, minute_of_day

Span = tuple[int, int]
"""A start minute of the week, and a length in minutes that may run over its end."""

Rest = Literal["masked", "restricted"]

_FAR: Final = 1 << 40


class WeeklyMinutes:
    """A set of minutes that repeats every week, counted in constant time over any stretch."""

    def __init__(self, marks: bytearray) -> None:
        edges = [0, *(m for m in _edges(marks)), WEEK]
        spans = [(a, b) for a, b in pairwise(edges) if a < b and marks[a]]
        self._starts = [start for start, _ in spans]
        self._ends = [end for _, end in spans]
        self._before = list(accumulate((end - start for start, end in spans), initial=0))
        self.per_week = self._before.pop()

    def __contains__(self, reading: int) -> bool:
        minute = (reading - MONDAY) % WEEK
        span = bisect_right(self._starts, minute) - 1
        return span >= 0 and minute < self._ends[span]

    def count(self, reading: int) -> int:
        """How many of its minutes lie before a reading, counted from `MONDAY`."""
        week, minute = divmod(reading - MONDAY, WEEK)
        span = bisect_right(self._starts, minute) - 1
        part = self._before[span] + min(minute, self._ends[span]) - self._starts[span] if span >= 0 else 0
        return week * self.per_week + part

    def nth(self, index: int) -> int:
        """The reading of minute number `index`, counted from `MONDAY` as `count` does."""
        week, rest = divmod(index, self.per_week)
        span = bisect_right(self._before, rest) - 1
        return MONDAY + week * WEEK + self._starts[span] + rest - self._before[span]


class DutyWeek:
    """A layer's week: masked-in minutes, duty minutes, and why the others are silent."""

    def __init__(self, layer: Layer, cut: int) -> None:
        mask = _mask(layer, cut)
        inside, duty = _periods(layer, cut)
        if inside is None:
            inside, duty = bytearray(b"\1" * WEEK), mask
        self.mask = WeeklyMinutes(mask)
        self.duty = WeeklyMinutes(duty)
        self._starts = sorted({0, *_edges(mask), *_edges(inside), *_edges(duty)})
        self._rests: list[Rest | None] = [
            None if duty[m] else "masked" if inside[m] or not mask[m] else "restricted" for m in self._starts
        ]
        self._is_whole = self.duty.per_week == WEEK

    def stretch(self, reading: int) -> tuple[int, Rest | None]:
        """The end of the even stretch around a reading, and why it isn't duty time (None if it is)."""
        if self._is_whole:
            return _FAR, None
        week, minute = divmod(reading - MONDAY, WEEK)
        index = bisect_right(self._starts, minute) - 1
        end = self._starts[index + 1] if index + 1 < len(self._starts) else WEEK
        return MONDAY + week * WEEK + end, self._rests[index]


def daily_span(period: Period) -> Span:
    """Start after midnight and length; an end at or before the start is on the next day."""
    start, end = _minute(period.start), _minute(period.end)
    return start, end - start if end > start else end - start + DAY


def weekly_span(period: Period) -> Span:
    """Start after Monday 00:00 and length up to the first such end after it."""
    start = WEEKDAYS.index(period.start_weekday or "mon") * DAY + _minute(period.start)
    end = WEEKDAYS.index(period.end_weekday or "mon") * DAY + _minute(period.end)
    return start, (end - start - 1) % WEEK + 1


def _minute(text: str) -> int:
    minute = minute_of_day(text)
    if minute is None:
        raise ValueError(f"not a time of day: {text}")
    return minute


def _mask(layer: Layer, cut: int) -> bytearray:
    if layer.date_mask is None:
        return bytearray(b"\1" * WEEK)
    mask = bytearray(WEEK)
    for day in layer.date_mask:
        _mark(mask, (WEEKDAYS.index(day) * DAY + cut, DAY))
    return mask


def _periods(layer: Layer, cut: int) -> tuple[bytearray | None, bytearray]:
    """Minutes inside any period (None without a restriction), and inside those that begin in the mask."""
    inside, duty = bytearray(WEEK), bytearray(WEEK)
    if layer.restriction.kind == "none":
        return None, duty
    if layer.restriction.kind == "weekly":
        spans = [weekly_span(period) for period in layer.restriction.periods]
    else:
        days = [daily_span(period) for period in layer.restriction.periods]
        spans = [(day * DAY + start, length) for day in range(7) for start, length in days]
    mask = _mask(layer, cut)
    for span in spans:
        _mark(inside, span)
        if mask[span[0]]:
            _mark(duty, span)
    return inside, duty


def _mark(week: bytearray, span: Span) -> None:
    start, length = span[0] % WEEK, span[1]
    head = min(length, WEEK - start)
    week[start : start + head] = b"\1" * head
    week[: length - head] = b"\1" * (length - head)


def _edges(marks: bytearray) -> list[int]:
    """The minutes at which the marks change within the week."""
    edges: list[int] = []
    at = 0
    while (at := marks.find(b"\0" if marks[at] else b"\1", at)) >= 0:
        edges.append(at)
    return edges
