"""Service calendars: which days are workdays where a service is used."""

from datetime import date, datetime, timedelta

from server.accounts.access.actors import Actor
from server.accounts.access.ownership import owned, require_name_free, require_place
from server.accounts.access.permissions import CONFIGURATION_EDIT
from server.accounts.audit.trail import About, audit
from server.kernel.database import Database, Writes, living, one_of, select
from server.kernel.errors import FieldError, Invalid, NotFound
from server.kernel.ids import new_id
from server.services.change import save, unknown
from server.services.directory import touch_duty
from server.services.holidays import has_part, is_known, official
from server.tables.service_calendars import ServiceCalendar
from shared.domain.flaws import unknown_time_zone
from shared.domain.on_call.workdays import Day, OwnDay, days_of
from shared.domain.time import is_zone_name
from shared.wire import service_calendars as wire
from shared.wire.sessions import Language

LONGEST = timedelta(days=366)
FIRST, LAST = date(2000, 1, 1), date(2099, 12, 31)


async def list_calendars(db: Database, actor: Actor) -> list[wire.ServiceCalendar]:
    return await db.rows(
        wire.ServiceCalendar,
        select(ServiceCalendar)
        .where(ServiceCalendar.archived_at.is_null(), one_of(ServiceCalendar.team_id, actor.visible_ids))
        .order_by(ServiceCalendar.name),
    )


async def visible_calendar(db: Database, actor: Actor, id: str) -> wire.ServiceCalendar:
    """Raises NotFound for what isn't there or can't be seen."""
    found = await db.row(wire.ServiceCalendar, living(ServiceCalendar, id))
    if found is None:
        raise NotFound
    actor.require_visible(found.team_id)
    return found


async def save_calendar(
    db: Database,
    actor: Actor,
    data: wire.ServiceCalendarInput,
    *,
    id: str | None,
    rev: int | None,
    now: datetime,
) -> tuple[Writes, wire.ServiceCalendar]:
    """Make a calendar, or change the one with this id and rev; raises Invalid naming each wrong field."""
    before = await owned(db, actor, wire.ServiceCalendar, ServiceCalendar, id, rev) if id is not None else None
    flaws = _flaws(data)
    if data.team_id not in actor.visible_ids:
        flaws.append(unknown("team_id", "team"))
    else:
        require_place(actor, data.team_id, CONFIGURATION_EDIT, was=before.team_id if before else None)
    if flaws:
        raise Invalid(flaws)
    await require_name_free(db, actor, ServiceCalendar, data.name, but=id)
    values = {name: getattr(data, name) for name in data.__struct_fields__}
    saved = wire.ServiceCalendar(id=id or new_id(now), rev=(rev or 0) + 1, **values)
    writes = save(ServiceCalendar, saved.id, values, rev=rev, now=now)
    touch_duty(writes)
    audit(writes, actor, _about(saved), before=before, after=saved, now=now)
    return writes, saved


def _flaws(data: wire.ServiceCalendarInput) -> list[FieldError]:
    flaws: list[FieldError] = []
    if not is_zone_name(data.time_zone):
        wrong = unknown_time_zone("time_zone", data.time_zone)
        flaws.append(FieldError(wrong.field, wrong.code, wrong.message, wrong.args))
    for n, day in enumerate(data.rest_weekdays):
        if day in data.rest_weekdays[:n]:
            flaws.append(FieldError(f"rest_weekdays[{n}]", "repeated", "this weekday is named already"))
    for n, source in enumerate(data.holidays):
        if not is_known(source):
            flaws.append(unknown(f"holidays[{n}].country", "country with known holidays"))
        elif not has_part(source):
            flaws.append(unknown(f"holidays[{n}].subdivision", "part of this country"))
        if source in data.holidays[:n]:
            flaws.append(FieldError(f"holidays[{n}]", "repeated", "these holidays are linked already"))
    return [*flaws, *_own_flaws(data.own_days)]


def _own_flaws(days: tuple[OwnDay, ...]) -> list[FieldError]:
    flaws: list[FieldError] = []
    seen: set[date] = set()
    for n, own in enumerate(days):
        if own.date in seen:
            flaws.append(FieldError(f"own_days[{n}].date", "repeated", "this date is named already"))
        elif not FIRST <= own.date <= LAST:
            flaws.append(FieldError(f"own_days[{n}].date", "out_of_range", "must be in 2000 to 2099"))
        seen.add(own.date)
    return flaws


async def archive_calendar(db: Database, actor: Actor, id: str, *, rev: int, now: datetime) -> Writes:
    row = await owned(db, actor, wire.ServiceCalendar, ServiceCalendar, id, rev)
    writes = Writes().update(ServiceCalendar, {"id": id, "rev": rev}, archived_at=now, rev=rev + 1)
    touch_duty(writes)
    audit(writes, actor, _about(row), before=row, now=now)
    return writes


def _about(calendar: wire.ServiceCalendar) -> About:
    return About("service_calendar", calendar.id, calendar.name, calendar.team_id)


def calendar_days(calendar: wire.ServiceCalendar, start: date, end: date, *, language: Language = "en") -> list[Day]:
    """Every date of `[start, end)` in the calendar's zone; raises Invalid for a window of more than 366 days."""
    if end <= start:
        raise Invalid.one("to", "end_not_after_start", "the end must come after the start")
    if end - start > LONGEST:
        raise Invalid.one("to", "too_long", f"at most {LONGEST.days} days", max_days=LONGEST.days)
    years = tuple(range(start.year, end.year + 1))
    return days_of(
        start,
        end,
        own_days=calendar.own_days,
        official=[official(source, years, language) for source in calendar.holidays],
        rest_weekdays=calendar.rest_weekdays,
    )
