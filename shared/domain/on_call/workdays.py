"""Whether a date is a workday: own days, official make-up workdays, holidays and weekdays, in that order."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from typing import Annotated, Final, Literal

from msgspec import Meta, Struct

from shared.domain.on_call.rota import Weekday
from shared.domain.visible import LINE, Written

DayKind = Literal["workday", "rest"]
DayReason = Literal["own", "make_up", "holiday", "weekday"]
WEEKDAYS: Final[tuple[Weekday, ...]] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class OwnDay(Written, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An exception that somebody made for one date."""

    date: date
    kind: DayKind
    name: Annotated[str, Meta(extra=LINE)] = ""


class Official(Struct, frozen=True, kw_only=True):
    """What a country has published: names by date; other years than `years` and `estimated` days are not known yet."""

    holidays: Mapping[date, str]
    make_up: Mapping[date, str]
    years: Collection[int]
    estimated: Collection[date] = frozenset()


class Day(Struct, frozen=True, kw_only=True):
    """A local date; a `provisional` one may change once its holidays are published."""

    date: date
    kind: DayKind
    reason: DayReason
    name: str = ""
    provisional: bool = False


def day_of(
    day: date, *, own: Mapping[date, OwnDay], official: Sequence[Official], rest_weekdays: Collection[Weekday]
) -> Day:
    """Several countries: a make-up workday of one counts before a holiday of another."""
    if (mine := own.get(day)) is not None:
        return Day(date=day, kind=mine.kind, reason="own", name=mine.name)
    provisional = any(day.year not in each.years for each in official)
    for each in official:
        if day in each.make_up:
            return Day(date=day, kind="workday", reason="make_up", name=each.make_up[day], provisional=provisional)
    for each in official:
        if day in each.holidays:
            is_guess = provisional or day in each.estimated
            return Day(date=day, kind="rest", reason="holiday", name=each.holidays[day], provisional=is_guess)
    kind: DayKind = "rest" if WEEKDAYS[day.weekday()] in rest_weekdays else "workday"
    return Day(date=day, kind=kind, reason="weekday", provisional=provisional)


def days_of(
    start: date,
    end: date,
    *,
    own_days: Sequence[OwnDay],
    official: Sequence[Official],
    rest_weekdays: Collection[Weekday],
) -> list[Day]:
    """Every date of `[start, end)`."""
    own = {each.date: each for each in own_days}
    dates = (start + timedelta(days=n) for n in range((end - start).days))
    return [day_of(day, own=own, official=official, rest_weekdays=rest_weekdays) for day in dates]
