"""Who could stand in for some hours, best first."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final, Literal

from msgspec import Struct

from shared.domain.on_call.rota import Schedule
from shared.domain.on_call.shifts import Span, merged
from shared.domain.time import moment_reading, to_us, zone

AROUND: Final = timedelta(days=28)
"""How far before and after the hours a colleague's time on call is counted."""
REST: Final = timedelta(hours=11)
"""The daily rest of Directive 2003/88/EC, article 3."""
LONGEST_REST: Final = timedelta(hours=99)
_HOUR: Final = timedelta(hours=1)
Clash = Literal["on_call", "away"]


class Colleague(Struct, frozen=True, kw_only=True):
    """Somebody who may answer; `on_call` are their hours on every schedule, `away` their time off."""

    user_id: str
    shares: Literal["schedule", "team"]
    on_call: tuple[Span, ...] = ()
    away: tuple[Span, ...] = ()


class Candidate(Struct, frozen=True, kw_only=True):
    """`hours` on call within AROUND; `rest` is the shorter of the pauses that would be left, at most LONGEST_REST.

    Who `clashes` is no candidate: on call themselves or away for any of it.
    """

    user_id: str
    shares: Literal["schedule", "team"]
    hours: float
    rest: timedelta
    clashes: Clash | None = None

    @property
    def is_rested(self) -> bool:
        return self.rest >= REST


def candidates(colleagues: Iterable[Colleague], start: datetime, end: datetime) -> list[Candidate]:
    """Those who are neither away nor on call then: first who has the fewest hours, then who keeps 11 h of rest.

    Ties keep the order of the colleagues.
    """
    weighed = (weigh(each, start, end) for each in colleagues)
    return sorted((each for each in weighed if each.clashes is None), key=lambda each: (each.hours, not each.is_rested))


def weigh(colleague: Colleague, start: datetime, end: datetime) -> Candidate:
    """What these hours would mean to somebody, also to whoever is no candidate."""
    on_call = any(_touches(span, start, end) for span in colleague.on_call)
    is_away = any(_touches(span, start, end) for span in colleague.away)
    return Candidate(
        user_id=colleague.user_id,
        shares=colleague.shares,
        hours=_hours(merged(colleague.on_call), start - AROUND, end + AROUND),
        rest=timedelta() if on_call else _rest(colleague.on_call, start, end),
        clashes="away" if is_away else "on_call" if on_call else None,
    )


def _touches(span: Span, start: datetime, end: datetime) -> bool:
    return span[0] < end and start < span[1]


def _hours(spans: Iterable[Span], start: datetime, end: datetime) -> float:
    total = sum((min(until, end) - max(since, start) for since, until in spans if since < end and start < until),
                timedelta())  # fmt: skip
    return round(total / _HOUR, 2)


def _rest(spans: Iterable[Span], start: datetime, end: datetime) -> timedelta:
    pauses = [
        start - until if until <= start else since - end for since, until in spans if until <= start or since >= end
    ]
    return min([*pauses, LONGEST_REST])


def members_at(schedule: Schedule, instant: datetime) -> set[str]:
    """Everybody who has a place in a layer that has not ended by then, and has not left it, nor with their account."""
    found: set[str] = set()
    for layer in schedule.layers:
        here = zone(layer.time_zone or schedule.time_zone).reading(to_us(instant))
        if layer.end is None or (moment_reading(layer.end) or 0) > here:
            found |= {
                member.user_id
                for group in layer.groups
                for member in group.members
                if member.until is None or (moment_reading(member.until) or 0) > here
                if member.gone_at is None or member.gone_at > instant
            }
    return found
