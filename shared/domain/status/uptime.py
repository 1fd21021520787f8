"""Uptime, exact: what share of the time in which a component was available it was up.

Partial and full outage are downtime. Maintenance is no available time, and an outage inside it is none either.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from typing import Final

from msgspec import Struct

from shared.domain.status.events import Impact, ImpactSpan, worst
from shared.domain.time import zone

DAYS: Final = 90
DOWN: Final[frozenset[Impact]] = frozenset({"partial_outage", "full_outage"})
_US: Final = timedelta(microseconds=1)
_HUNDREDTHS: Final = 10_000
"""Of a percent in the whole."""


class Measured(Struct, frozen=True, kw_only=True):
    """A component that is measured since an instant, and until it was taken off its page."""

    id: str
    available_since: datetime
    removed_at: datetime | None = None


class State(Struct, frozen=True):
    """A component counted as this in `[start, end)`."""

    start: datetime
    end: datetime
    impact: Impact


class Uptime(Struct, frozen=True, kw_only=True):
    """How long something was available, and how much of that it was down."""

    available: timedelta = timedelta()
    down: timedelta = timedelta()

    @property
    def share(self) -> Fraction | None:
        """From 0 to 1; None where nothing was available, so nothing can be said."""
        return Fraction((self.available - self.down) // _US, self.available // _US) if self.available else None

    @property
    def percent(self) -> str | None:
        """Cut off after two decimals, such as 99.94, so that any downtime keeps it from 100.00."""
        if (share := self.share) is None:
            return None
        hundredths = share.numerator * _HUNDREDTHS // share.denominator
        return f"{hundredths // 100}.{hundredths % 100:02}"


def quarter(zone_name: str, now: datetime, *, days: int = DAYS) -> tuple[datetime, datetime]:
    """The last local days of a zone, today until now among them."""
    clock = zone(zone_name)
    first, _ = clock.day(clock.today(now) - timedelta(days=days - 1))
    return first, now


def states(component: Measured, spans: Iterable[ImpactSpan], start: datetime, end: datetime) -> list[State]:
    """What a component counted as, from when it was available on, without a break; overlapping events count once.

    Maintenance goes before whatever happens within it, then the gravest impact.
    """
    start = max(start, component.available_since)
    end = min(end, component.removed_at or end)
    if start >= end:
        return []
    own = [each for each in spans if each.component_id == component.id and each.impact != "operational"]
    cut = [State(max(each.start, start), min(each.end or end, end), each.impact) for each in own]
    held = [each for each in cut if each.start < each.end]
    edges = sorted({start, end, *(at for each in held for at in (each.start, each.end))})
    found: list[State] = []
    for begins, ends in pairwise(edges):
        impact = _counted([each.impact for each in held if each.start <= begins and ends <= each.end])
        if found and found[-1].impact == impact:
            found[-1] = State(found[-1].start, ends, impact)
        else:
            found.append(State(begins, ends, impact))
    return found


def _counted(impacts: Sequence[Impact]) -> Impact:
    return "under_maintenance" if "under_maintenance" in impacts else worst(impacts)


def uptime(found: Iterable[State]) -> Uptime:
    """Of one component, by what it counted as."""
    available, down = timedelta(), timedelta()
    for each in found:
        if each.impact != "under_maintenance":
            available += each.end - each.start
        if each.impact in DOWN:
            down += each.end - each.start
    return Uptime(available=available, down=down)


def together(uptimes: Iterable[Uptime]) -> Uptime:
    """Of a group: the sums of its components' time."""
    parts = list(uptimes)
    return Uptime(
        available=sum((each.available for each in parts), timedelta()),
        down=sum((each.down for each in parts), timedelta()),
    )
