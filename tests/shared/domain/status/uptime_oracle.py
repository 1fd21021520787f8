"""Uptime as a child would count it: every tick is looked at by itself, local days by the machine's zone database.

Shares nothing with the code it judges but the structs of events.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from shared.domain.status.events import StatusEvent
from shared.domain.status.uptime import Measured

HARM = ["operational", "degraded_performance", "partial_outage", "full_outage"]


def said_of(event: StatusEvent, component_id: str, at: datetime) -> str:
    """What an event makes of a component at one instant: its updates are read again from the first."""
    status, impact = "", "operational"
    for update in sorted(event.updates, key=lambda each: (each.at, each.id)):
        if update.at <= at:
            status = update.status
            for change in update.changes:
                if change.component_id == component_id:
                    impact = change.impact
    holds = {"investigating", "identified", "monitoring", "in_progress"}
    return impact if status in holds else "operational"


def counted_at(component: Measured, events: Sequence[StatusEvent], at: datetime) -> str:
    """`` where the component was not measured."""
    if at < component.available_since or (component.removed_at is not None and at >= component.removed_at):
        return ""
    said = [said_of(each, component.id, at) for each in events]
    if "under_maintenance" in said:
        return "under_maintenance"
    return max(said, key=HARM.index, default="operational")


def ticks(zone_name: str, now: datetime, days: int, tick: timedelta) -> Iterator[tuple[date, datetime]]:
    """Every tick of the last local days with its day. A day that has begun isn't begun again by clocks that go back."""
    zone = ZoneInfo(zone_name)
    first = now - timedelta(days=days + 3)
    at = datetime(first.year, first.month, first.day, tzinfo=UTC)
    walked: list[tuple[date, datetime]] = []
    day = date.min
    while at < now:
        day = max(day, at.astimezone(zone).date())
        walked.append((day, at))
        at += tick
    today = max(day, now.astimezone(zone).date())
    return ((each, at) for each, at in walked if each > today - timedelta(days=days))


def counts(
    component: Measured, events: Sequence[StatusEvent], zone_name: str, now: datetime, *, days: int, tick: timedelta
) -> dict[date, Counter[str]]:
    """How many ticks of each local day counted as what."""
    found: dict[date, Counter[str]] = {}
    for day, at in ticks(zone_name, now, days, tick):
        found.setdefault(day, Counter())[counted_at(component, events, at)] += 1
    return found


def share(counted: Sequence[dict[date, Counter[str]]]) -> Fraction | None:
    """Of one component, or of a group: the sums of up and available ticks."""
    total: Counter[str] = Counter()
    for each in counted:
        for day in each.values():
            total += day
    down = total["partial_outage"] + total["full_outage"]
    available = total["operational"] + total["degraded_performance"] + down
    return Fraction(available - down, available) if available else None
