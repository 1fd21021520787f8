"""How a layer cuts its clock into slots, and which of them take a turn."""

from calendar import monthrange
from datetime import date
from functools import lru_cache
from itertools import accumulate
from math import gcd
from typing import Protocol

from shared.domain.on_call.duty import DutyWeek
from shared.domain.on_call.rota import Layer, Rotation
from shared.domain.time import (
    DAY,
    HOUR,
    MONDAY,
    WEEK,
    WEEKDAYS,
    Zone,
    day_reading,
    minute_of_day,
    reading_date,
    wall_reading,
    zone,
)


class Slots(Protocol):
    """Slots numbered from 0, which begins at the layer's start; the others begin at `start_of`."""

    def holding(self, reading: int) -> int: ...

    def start_of(self, slot: int) -> int: ...


class EvenSlots:
    """Whole weeks, counted from the anchor."""

    def __init__(self, start: int, anchor: int, cycle: int) -> None:
        self._start, self._anchor, self._cycle = start, anchor, cycle

    def holding(self, reading: int) -> int:
        return (reading - self._anchor) // self._cycle

    def start_of(self, slot: int) -> int:
        return self._anchor + slot * self._cycle if slot else self._start


class MonthSlots:
    """Months, each counted from the first start, so that the 31st comes back after February."""

    def __init__(self, start: int, every: int) -> None:
        first = reading_date(start)
        self._month, self._day, self._minute = first.year * 12 + first.month - 1, first.day, start % DAY
        self._every = every

    def holding(self, reading: int) -> int:
        day = reading_date(reading)
        slot = (day.year * 12 + day.month - 1 - self._month) // self._every
        return slot if self.start_of(slot) <= reading else slot - 1

    def start_of(self, slot: int) -> int:
        year, month = divmod(self._month + slot * self._every, 12)
        day = min(self._day, monthrange(year, month + 1)[1])
        return day_reading(date(year, month + 1, day)) + self._minute


class MaskedSlots:
    """Hours and days, measured in minutes of the date mask only."""

    def __init__(self, start: int, cycle: int, week: DutyWeek) -> None:
        self._start, self._cycle, self._mask = start, cycle, week.mask
        self._skipped = self._mask.count(start)

    def holding(self, reading: int) -> int:
        passed = self._mask.count(reading) - self._skipped
        if reading not in self._mask:
            passed = max(passed - 1, 0)
        return passed // self._cycle

    def start_of(self, slot: int) -> int:
        return self._mask.nth(self._skipped + slot * self._cycle) if slot else self._start


class LayerClock:
    """A layer without its people: its zone, life, duty week, slots, and the numbering of turns."""

    def __init__(self, layer: Layer, zone_name: str) -> None:
        start = _wall(layer.start)
        cycle = cycle_minutes(layer.rotation)
        handoff = _time_of_day(layer.rotation.handoff_time, start)
        self.zone: Zone = zone(zone_name)
        self.start = start
        self.end = None if layer.end is None else _wall(layer.end)
        self.week = DutyWeek(layer, handoff if layer.continuous else 0)
        self.slots: Slots
        if cycle is None:
            self.slots = MonthSlots(start, layer.rotation.every)
        elif cycle % WEEK == 0:
            self.slots = EvenSlots(start, _anchor(layer.rotation, start), cycle)
        else:
            self.slots = MaskedSlots(start, cycle, self.week)
        self._first = int(self._has_duty(0))
        self._mark_turns(layer.rotation, cycle)

    def _mark_turns(self, rotation: Rotation, cycle: int | None) -> None:
        """Which of the slots 1, 2, … take a turn; the pattern repeats."""
        marks = [True]
        self.places = 1
        if cycle is None:
            self.places = 12 // gcd(12, rotation.every)
        elif cycle % WEEK:
            marks = [self._has_duty(slot) for slot in range(1, _period(cycle, self.week.mask.per_week) + 1)]
            self.places = sum(marks)
        self._period, self._per_period = len(marks), sum(marks)
        self._before = list(accumulate(marks, initial=0))
        self._takers = [index for index, mark in enumerate(marks) if mark]
        self._marks = marks

    def _has_duty(self, slot: int) -> bool:
        duty = self.week.duty
        return duty.count(self.slots.start_of(slot + 1)) > duty.count(self.slots.start_of(slot))

    def takes_turn(self, slot: int) -> bool:
        return self._marks[(slot - 1) % self._period] if slot else bool(self._first)

    def turn_of(self, slot: int) -> int:
        """How many slots before this one took a turn; its own number if it takes one."""
        if slot == 0:
            return 0
        rounds, rest = divmod(slot - 1, self._period)
        return self._first + rounds * self._per_period + self._before[rest]

    def slot_of(self, turn: int) -> int:
        """The slot that takes this turn."""
        if turn < self._first:
            return 0
        rounds, rest = divmod(turn - self._first, self._per_period)
        return 1 + rounds * self._period + self._takers[rest]

    def first_turn_from(self, reading: int) -> int:
        """The turn of the first turn-taking slot that begins at a reading or later."""
        if reading <= self.start:
            return 0
        return self.turn_of(self.slots.holding(reading - 1) + 1)

    def bounds_us(self) -> tuple[int, int | None]:
        """First and end instant of the layer's life."""
        return self.zone.at(self.start), None if self.end is None else self.zone.at(self.end)


def cycle_minutes(rotation: Rotation) -> int | None:
    """Length of a slot on the clock; None for months, whose length varies."""
    units = {"hour": HOUR, "day": DAY, "week": WEEK}
    return None if rotation.unit == "month" else units[rotation.unit] * rotation.every


def is_whole_weeks(rotation: Rotation) -> bool:
    cycle = cycle_minutes(rotation)
    return cycle is not None and cycle % WEEK == 0


@lru_cache(maxsize=512)
def clock_of(layer: Layer, zone_name: str) -> LayerClock:
    """The clock of a layer whose fields have been checked; `zone_name` is the schedule's."""
    return LayerClock(layer, layer.time_zone or zone_name)


def _period(cycle: int, masked_per_week: int) -> int:
    return masked_per_week // gcd(cycle, masked_per_week)


def _anchor(rotation: Rotation, start: int) -> int:
    """The latest handoff moment at or before the start; the start itself when none is set."""
    if rotation.handoff_weekday is None:
        return start
    moment = WEEKDAYS.index(rotation.handoff_weekday) * DAY + _time_of_day(rotation.handoff_time, start)
    return start - (start - MONDAY - moment) % WEEK


def _time_of_day(handoff: str | None, start: int) -> int:
    minute = None if handoff is None else minute_of_day(handoff)
    return start % DAY if minute is None else minute


def _wall(text: str) -> int:
    minutes = wall_reading(text)
    if minutes is None:
        raise ValueError(f"not a wall time: {text}")
    return minutes
