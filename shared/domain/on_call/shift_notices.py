"""Who hears what of the shifts on a schedule, and when to look again."""

from datetime import datetime, timedelta
from typing import Final, Literal

from msgspec import Struct

from shared.domain.on_call.rota import Rota
from shared.domain.on_call.schedules import changeovers, on_call_at
from shared.domain.time import DAY, from_us, minute_of_day, to_us, zone

Kind = Literal["before", "start", "daily"]
STILL_NEWS: Final = timedelta(hours=1)
"""A start or a daily notice that is later than this is not sent any more."""
LOOK_AGAIN: Final = timedelta(days=1)


class Plan(Struct, frozen=True, kw_only=True):
    """When a schedule speaks: so long before a handoff, at its start, every day at a local time."""

    before: timedelta | None = None
    at_start: bool = True
    daily_at: str | None = None


class ShiftNotice(Struct, frozen=True, kw_only=True):
    """One occasion; at a start `enter` are those who come, daily those who are on call."""

    kind: Kind
    at: datetime
    leave: tuple[str, ...] = ()
    enter: tuple[str, ...] = ()


def notices_due(rota: Rota, plan: Plan, now: datetime) -> list[ShiftNotice]:
    """Everything that is to be known at this instant, whether it was told before or not."""
    found: list[ShiftNotice] = []
    for change in changeovers(rota, now - STILL_NEWS, now + (plan.before or timedelta(0))):
        if change.at > now:
            found.append(ShiftNotice(kind="before", at=change.at, leave=change.leave, enter=change.enter))
        elif plan.at_start and change.enter:
            found.append(ShiftNotice(kind="start", at=change.at, enter=change.enter))
    if plan.daily_at is not None:
        day = _daily(rota, plan.daily_at, now - STILL_NEWS)
        if day <= now:
            users = dict.fromkeys(entry.user_id for entry in on_call_at(rota, day))
            found.append(ShiftNotice(kind="daily", at=day, enter=tuple(users)))
    return found


def next_notice_at(rota: Rota, plan: Plan, now: datetime) -> datetime:
    """When there is something to tell next; a day from now at the latest, for schedules change."""
    lead = plan.before or timedelta(0)
    found = [now + LOOK_AGAIN]
    for change in changeovers(rota, now, now + LOOK_AGAIN + lead):
        found += [moment for moment in (change.at - lead, change.at) if moment > now]
    if plan.daily_at is not None:
        found.append(_daily(rota, plan.daily_at, now))
    return min(found)


def _daily(rota: Rota, time: str, after: datetime) -> datetime:
    """The first instant after `after` at which a local day reaches this time."""
    clock = zone(rota.schedule.time_zone)
    minutes = minute_of_day(time)
    assert minutes is not None  # checked when it was saved
    day = clock.reading(to_us(after)) // DAY - 1
    while clock.at(day * DAY + minutes) <= to_us(after):
        day += 1
    return from_us(clock.at(day * DAY + minutes))
