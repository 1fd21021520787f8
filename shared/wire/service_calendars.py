"""Which days are workdays where a service is used."""

from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from shared.domain.on_call.rota import Weekday
from shared.domain.on_call.workdays import Day, OwnDay
from shared.domain.visible import Written
from shared.wire.names import ShortName


class HolidaySource(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Public holidays of a country (ISO 3166-1), or of a part of it."""

    country: Annotated[str, Meta(min_length=2, max_length=2)]
    subdivision: Annotated[str, Meta(max_length=10)] | None = None


class ServiceCalendarInput(Written, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: ShortName
    team_id: str
    time_zone: str
    rest_weekdays: Annotated[tuple[Weekday, ...], Meta(max_length=7)] = ()
    holidays: Annotated[tuple[HolidaySource, ...], Meta(max_length=10)] = ()
    own_days: Annotated[tuple[OwnDay, ...], Meta(max_length=1000)] = ()


class ServiceCalendar(Struct, frozen=True, kw_only=True):
    id: str
    name: str
    team_id: str
    time_zone: str
    rest_weekdays: tuple[Weekday, ...]
    holidays: tuple[HolidaySource, ...]
    own_days: tuple[OwnDay, ...]
    rev: int


class HolidayCountry(Struct, frozen=True, kw_only=True):
    """A country whose holidays are known, with its parts that have their own."""

    country: str
    name: str
    subdivisions: list[str] = msgspec.field(default_factory=list[str])
    has_make_up_workdays: bool = False


class CalendarDays(Struct, frozen=True, kw_only=True):
    """Every local date of a window, `[from, to)`."""

    items: list[Day]
