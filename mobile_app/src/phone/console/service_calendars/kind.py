"""Service calendars: which days are workdays where a service is used."""

from collections.abc import Iterable
from datetime import date
from typing import ClassVar, Final

from msgspec.structs import replace

from phone.base.places import place
from phone.console.form.kind import Bound, Kind, Known, Section, name_field, team_field
from phone.console.layers.layer_sentence import day_names
from phone.console.schedules.kind import zone_field
from phone.kit.form_field import Option
from shared.domain.on_call.workdays import Day, DayKind, OwnDay
from shared.domain.time import WEEKDAYS
from shared.wire import routes
from shared.wire.service_calendars import ServiceCalendar, ServiceCalendarInput

NAME_LENGTH: Final = 40
WEEKEND: Final = WEEKDAYS[5:]
NAME: Final = place(ServiceCalendarInput, lambda calendar: calendar.name)
TEAM: Final = place(ServiceCalendarInput, lambda calendar: calendar.team_id)
ZONE: Final = place(ServiceCalendarInput, lambda calendar: calendar.time_zone)
REST: Final = place(ServiceCalendarInput, lambda calendar: calendar.rest_weekdays)
HOLIDAYS: Final = place(ServiceCalendarInput, lambda calendar: calendar.holidays)
OWN_DAYS: Final = place(ServiceCalendarInput, lambda calendar: calendar.own_days)


class ServiceCalendars(Kind[ServiceCalendar, ServiceCalendarInput]):
    """Its days stand above the form; a tap on one makes it an own day of the draft."""

    slug: ClassVar[str] = "service-calendars"
    audited_as: ClassVar[str] = "service_calendar"
    list_path: ClassVar[str] = routes.SERVICE_CALENDARS
    item_path: ClassVar[str] = routes.SERVICE_CALENDAR
    needs: ClassVar[tuple[str, ...]] = ("teams",)
    item = ServiceCalendar
    input = ServiceCalendarInput

    def summary(self, known: Known, item: ServiceCalendar) -> str:
        words = known.words
        rest = day_names(words, item.rest_weekdays) if item.rest_weekdays else words("change.nothing")
        if not item.holidays:
            return words("summary.service_calendar", rest=rest)
        holidays = words.names([" ".join(filter(None, (one.country, one.subdivision))) for one in item.holidays])
        return words("summary.service_calendar_holidays", rest=rest, holidays=holidays)

    def blank(self, known: Known) -> ServiceCalendarInput:
        zone = known.me.time_zone
        return ServiceCalendarInput(name="", team_id=known.first_team(), time_zone=zone, rest_weekdays=WEEKEND)

    def sent(self, known: Known, draft: ServiceCalendarInput, item: ServiceCalendar | None) -> ServiceCalendarInput:
        rest = tuple(day for day in WEEKDAYS if day in draft.rest_weekdays)
        return replace(draft, name=draft.name.strip(), rest_weekdays=rest)

    def sections(
        self, known: Known, draft: ServiceCalendarInput, item: ServiceCalendar | None
    ) -> list[Section[ServiceCalendarInput]]:
        words = known.words
        days = Section(
            title=words("section.own_days"),
            help=words("help.own_days"),
            fields=(Bound(at=OWN_DAYS, label=words("section.own_days"), form="own_days"),),
        )
        parts = [_about(known), _rest(known)]
        return [days, *parts] if item is not None else [*parts, days]


def _about(known: Known) -> Section[ServiceCalendarInput]:
    words = known.words
    return Section(
        title=words("section.service_calendar"),
        help=words("help.service_calendar"),
        fields=(
            name_field(known, NAME, hint=words("hint.service_calendar"), limit=NAME_LENGTH),
            team_field(known, TEAM),
            zone_field(known, ZONE, help=words("help.calendar_zone")),
        ),
    )


def _rest(known: Known) -> Section[ServiceCalendarInput]:
    words = known.words
    weekdays = tuple(Option(value=day, label=words(f"day.{i}")) for i, day in enumerate(WEEKDAYS))
    return Section(
        title=words("section.rest"),
        fields=(
            Bound(
                at=REST,
                label=words("field.rest_weekdays"),
                form="checks",
                options=weekdays,
                help=words("help.rest_weekdays"),
            ),
            Bound(at=HOLIDAYS, label=words("field.holidays"), form="holidays", help=words("help.holidays")),
        ),
    )


def own_day(draft: ServiceCalendarInput, day: date) -> OwnDay | None:
    """The draft's own day on this date."""
    return next((each for each in draft.own_days if each.date == day), None)


def shown_day(draft: ServiceCalendarInput, day: date, known: Day | None) -> Day:
    """A day as the draft has it: own days and rest weekdays at once, holidays as they were last read."""
    own = own_day(draft, day)
    if own is not None:
        return Day(date=day, kind=own.kind, reason="own", name=own.name)
    if known is not None and known.reason in ("holiday", "make_up"):
        return known
    kind: DayKind = "rest" if WEEKDAYS[day.weekday()] in draft.rest_weekdays else "workday"
    return Day(date=day, kind=kind, reason="weekday", provisional=known is not None and known.provisional)


def toggled(draft: ServiceCalendarInput, day: date, known: Day | None) -> tuple[OwnDay, ...]:
    """The own days after a tap: the opposite of what it is; an own day goes back to what it was."""
    rest = tuple(each for each in draft.own_days if each.date != day)
    if len(rest) < len(draft.own_days):
        return rest
    kind: DayKind = "workday" if shown_day(draft, day, known).kind == "rest" else "rest"
    return tuple(sorted((*rest, OwnDay(date=day, kind=kind)), key=lambda each: each.date))


def by_date(days: Iterable[Day]) -> dict[date, Day]:
    """Days by their date."""
    return {each.date: each for each in days}


def reason_text(known: Known, day: Day) -> str:
    """What a day is and why: "Rest day: German Unity Day"."""
    words = known.words
    why = day.name or words(f"day_reason.{day.reason}")
    told = words(f"day_kind.{day.kind}_because", why=why)
    return words("day_kind.provisional", text=told) if day.provisional else told
