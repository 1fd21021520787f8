"""Service calendars: which days are workdays where a service is used."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, ClassVar, Final, Literal

from phone.console.form.kind import Draft, Kind, Known, Section
from phone.console.layers.layer_sentence import day_names
from phone.console.schedules.kind import zone_options
from phone.kit.form_field import Field, Option
from shared.domain.on_call.workdays import Day
from shared.domain.time import WEEKDAYS
from shared.wire import routes
from shared.wire.service_calendars import ServiceCalendar

NAME_LENGTH: Final = 40
Kinds = Literal["workday", "rest"]


class ServiceCalendars(Kind[ServiceCalendar]):
    """Its days stand above the form; a tap on one makes it an own day of the draft."""

    slug: ClassVar[str] = "service-calendars"
    audited_as: ClassVar[str] = "service_calendar"
    list_path: ClassVar[str] = routes.SERVICE_CALENDARS
    item_path: ClassVar[str] = routes.SERVICE_CALENDAR
    needs: ClassVar[tuple[str, ...]] = ("teams",)
    item = ServiceCalendar

    def summary(self, known: Known, item: ServiceCalendar) -> str:
        words = known.words
        rest = day_names(words, item.rest_weekdays) if item.rest_weekdays else words("change.nothing")
        if not item.holidays:
            return words("summary.service_calendar", rest=rest)
        holidays = words.names([" ".join(filter(None, (one.country, one.subdivision))) for one in item.holidays])
        return words("summary.service_calendar_holidays", rest=rest, holidays=holidays)

    def blank(self, known: Known) -> Draft:
        return {
            "name": "",
            "team_id": known.first_team(),
            "time_zone": known.me.time_zone,
            "rest_weekdays": ["sat", "sun"],
            "holidays": [],
            "own_days": [],
        }

    def draft(self, item: ServiceCalendar) -> Draft:
        drafted = super().draft(item)
        return {name: drafted[name] for name in drafted if name not in ("id", "rev")}

    def body(self, known: Known, draft: Draft, item: ServiceCalendar | None) -> dict[str, Any]:
        sent = super().body(known, draft, item)
        chosen = set(draft["rest_weekdays"])
        sent["rest_weekdays"] = [day for day in WEEKDAYS if day in chosen]
        return {**sent, "own_days": list(draft["own_days"])}

    def sections(self, known: Known, draft: Draft, item: ServiceCalendar | None) -> list[Section]:
        words = known.words
        days = Section(
            title=words("section.own_days"),
            help=words("help.own_days"),
            fields=(Field(path="own_days", label=words("section.own_days"), form="own_days"),),
        )
        parts = [_about(known), _rest(known)]
        return [days, *parts] if item is not None else [*parts, days]


def _about(known: Known) -> Section:
    words = known.words
    return Section(
        title=words("section.service_calendar"),
        help=words("help.service_calendar"),
        fields=(
            Field(
                path="name",
                label=words("field.name"),
                hint=words("hint.service_calendar"),
                required=True,
                half=True,
                limit=NAME_LENGTH,
            ),
            Field(
                path="team_id",
                label=words("field.team"),
                form="choice",
                options=known.teams(),
                required=True,
                half=True,
            ),
            Field(
                path="time_zone",
                label=words("field.time_zone"),
                form="choice",
                help=words("help.calendar_zone"),
                options=zone_options(),
                required=True,
            ),
        ),
    )


def _rest(known: Known) -> Section:
    words = known.words
    weekdays = tuple(Option(value=day, label=words(f"day.{i}")) for i, day in enumerate(WEEKDAYS))
    return Section(
        title=words("section.rest"),
        fields=(
            Field(
                path="rest_weekdays",
                label=words("field.rest_weekdays"),
                form="checks",
                options=weekdays,
                help=words("help.rest_weekdays"),
            ),
            Field(path="holidays", label=words("field.holidays"), form="holidays", help=words("help.holidays")),
        ),
    )


def own_days(draft: Mapping[str, Any]) -> dict[date, dict[str, Any]]:
    """The draft's own days by date."""
    return {date.fromisoformat(each["date"]): each for each in draft["own_days"]}


def shown_day(draft: Mapping[str, Any], day: date, known: Day | None) -> Day:
    """A day as the draft has it: own days and rest weekdays at once, holidays as they were last read."""
    own = own_days(draft).get(day)
    if own is not None:
        return Day(date=day, kind=own["kind"], reason="own", name=own["name"])
    if known is not None and known.reason in ("holiday", "make_up"):
        return known
    kind: Kinds = "rest" if WEEKDAYS[day.weekday()] in draft["rest_weekdays"] else "workday"
    return Day(date=day, kind=kind, reason="weekday", provisional=known is not None and known.provisional)


def toggled(draft: Mapping[str, Any], day: date, known: Day | None) -> list[dict[str, Any]]:
    """The own days after a tap: the opposite of what it is; an own day goes back to what it was."""
    rest = [each for each in draft["own_days"] if each["date"] != day.isoformat()]
    if day in own_days(draft):
        return rest
    kind = "workday" if shown_day(draft, day, known).kind == "rest" else "rest"
    return sorted([*rest, {"date": day.isoformat(), "kind": kind, "name": ""}], key=lambda each: each["date"])


def by_date(days: Iterable[Day]) -> dict[date, Day]:
    """Days by their date."""
    return {each.date: each for each in days}


def reason_text(known: Known, day: Day) -> str:
    """What a day is and why: "Rest day: German Unity Day"."""
    words = known.words
    why = day.name or words(f"day_reason.{day.reason}")
    told = words(f"day_kind.{day.kind}_because", why=why)
    return words("day_kind.provisional", text=told) if day.provisional else told
