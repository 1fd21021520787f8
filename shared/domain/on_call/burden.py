"""How much being on call takes of people: hours, and nights by their own clock."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from shared.domain.on_call.shifts import Shift, Span, merged
from shared.domain.time import DAY, HOUR, day_reading, from_us, reading_date, to_us, zone

NIGHT_FROM_H: Final = 22
NIGHT_TO_H: Final = 7
PART_OF_A_NIGHT: Final = timedelta(hours=1)
"""Less of it takes nobody's sleep: a watch may end at 22:30."""


class Burden(NamedTuple):
    """`hours` count once where somebody holds several things at once; `nights` are those of which they hold a part."""

    user_id: str
    hours: float
    nights: int


def burdens(found: Iterable[Shift], zones: Mapping[str, str], start: datetime, end: datetime) -> list[Burden]:
    """What those who are on call in `[start, end)` carry, most hours first.

    `zones` are people's own; UTC is everybody else's.
    """
    held: dict[str, list[Span]] = {}
    for shift in found:
        if shift.start < end and shift.end > start:
            held.setdefault(shift.user_id, []).append((max(shift.start, start), min(shift.end, end)))
    weighed = [_burden(user_id, merged(spans), zones.get(user_id, "UTC")) for user_id, spans in held.items()]
    return sorted(weighed, key=lambda each: (-each.hours, -each.nights, each.user_id))


def _burden(user_id: str, spans: Sequence[Span], zone_name: str) -> Burden:
    total = sum((end - start for start, end in spans), timedelta())
    first, last = spans[0][0], spans[-1][1]
    nights = sum(_held(spans, night) >= PART_OF_A_NIGHT for night in _nights(zone_name, first, last))
    return Burden(user_id, total / timedelta(hours=1), nights)


def _nights(zone_name: str, start: datetime, end: datetime) -> Iterator[Span]:
    """Every night of a zone that touches `[start, end)`."""
    clock = zone(zone_name)
    day = day_reading(reading_date(clock.reading(to_us(start)))) - DAY
    while True:
        night = from_us(clock.at(day + NIGHT_FROM_H * HOUR)), from_us(clock.at(day + DAY + NIGHT_TO_H * HOUR))
        if night[0] >= end:
            return
        yield night
        day += DAY


def _held(spans: Iterable[Span], night: Span) -> timedelta:
    return sum(
        (min(end, night[1]) - max(start, night[0]) for start, end in spans if start < night[1] and end > night[0]),
        timedelta(),
    )
