"""The days of a component as bars: what was worst in each, how long it lasted, and which events it was."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final

import msgspec
from msgspec import Struct

from shared.domain.status.events import Impact, ImpactSpan
from shared.domain.status.uptime import DAYS, Measured, states
from shared.domain.time import zone

BY_HEIGHT: Final[tuple[Impact, ...]] = (
    "full_outage",
    "partial_outage",
    "degraded_performance",
    "under_maintenance",
    "operational",
)
"""What a day's bar shows is the first of these that the day has."""


class Day(Struct, frozen=True, kw_only=True):
    """A local day of a component; `shown` is None when it was not measured yet, or does not exist in the zone."""

    date: date
    shown: Impact | None
    lasted: dict[Impact, timedelta] = msgspec.field(default_factory=dict[Impact, timedelta])
    event_ids: tuple[str, ...] = ()


def days_of(
    component: Measured, spans: Sequence[ImpactSpan], zone_name: str, now: datetime, *, days: int = DAYS
) -> list[Day]:
    """The last local days of the zone, oldest first, today until now at the end."""
    clock = zone(zone_name)
    today = clock.today(now)
    own = [each for each in spans if each.component_id == component.id]
    found: list[Day] = []
    for back in range(days - 1, -1, -1):
        on = today - timedelta(days=back)
        start, end = clock.day(on)
        found.append(_day(component, own, on, start, min(end, now)))
    return found


def _day(component: Measured, spans: Sequence[ImpactSpan], on: date, start: datetime, end: datetime) -> Day:
    lasted: dict[Impact, timedelta] = {}
    counted = states(component, spans, start, end)
    for each in counted:
        lasted[each.impact] = lasted.get(each.impact, timedelta()) + (each.end - each.start)
    if not counted:
        return Day(date=on, shown=None)
    start, end = counted[0].start, counted[-1].end
    touching = [each for each in spans if each.start < end and (each.end is None or each.end > start)]
    ids = dict.fromkeys(each.event_id for each in sorted(touching, key=lambda each: (each.start, each.event_id)))
    return Day(
        date=on,
        shown=next(each for each in BY_HEIGHT if each in lasted),
        lasted=lasted,
        event_ids=tuple(ids),
    )
