"""Calendars of somebody's time off: a file that was taken once, or an address that is read every hour."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from urllib.parse import urlsplit

import structlog
from msgspec import Struct

from server.accounts.access.actors import Actor
from server.accounts.audit.trail import About, audit
from server.accounts.sign_in.quotas import Quota, take
from server.covers.fetch_calendar import (
    Away,
    Entries,
    UnreadableCalendar,
    address_of,
    fetch_calendar,
    read_entries,
    read_entries_at,
)
from server.covers.time_off import plan_around
from server.kernel.database import Database, Priority, Writes, delete, select
from server.kernel.due import Afterwards, Claimed, Kind, arm, disarm, handles
from server.kernel.effects import Effects
from server.kernel.errors import Conflict, FieldError, Invalid, NotFound
from server.kernel.ids import new_id
from server.kernel.outbound import Outbound
from server.kernel.secrets import Secrets
from server.schedules.time_off import TimeOffRow, add_time_off, cancel_calendar, cancel_time_off, change_time_off
from server.tables.accounts import User
from server.tables.covers import TimeOff, TimeOffCalendar
from shared.wire import covers as wire

log = structlog.get_logger()
READ = Kind("time_off.read", Priority.BULK)
EVERY = timedelta(hours=1)
MOST_CALENDARS = 10
SAID = {
    "not_a_calendar": "this is not an iCalendar file",
    "too_many_occurrences": "it has more entries than time off has, or rules that repeat too often",
    "too_large": "it is larger than 8 MB",
    "bad_url": "this is not an http, https or webcal address",
    "unreachable": "there is no calendar to be had from here at this address",
}


class CalendarRow(Struct, frozen=True, kw_only=True):
    id: str
    user_id: str
    name: str
    url_enc: str | None
    read_at: datetime | None
    problem: str | None
    created_at: datetime
    left_out: dict[str, int] = {}


class _Entry(Struct, frozen=True, kw_only=True):
    id: str
    uid: str
    start_at: datetime
    end_at: datetime
    reason: str


class _Audited(Struct, frozen=True):
    """What the trail keeps: the rest of an address may be a secret."""

    name: str
    host: str | None


async def list_calendars(db: Database, actor: Actor, secrets: Secrets, *, now: datetime) -> list[wire.TimeOffCalendar]:
    rows = await db.rows(
        CalendarRow,
        select(TimeOffCalendar)
        .where(TimeOffCalendar.user_id == actor.user_id)
        .order_by(TimeOffCalendar.created_at)
        .order_by(TimeOffCalendar.id),
    )
    text = (
        "SELECT calendar_id, COUNT(*) FROM time_off WHERE user_id = :user AND calendar_id IS NOT NULL"
        " AND cancelled_at IS NULL AND end_at > :now GROUP BY calendar_id"
    )
    counts: dict[str, int] = dict(await db.values(text, user=actor.user_id, now=now))
    return [_as_wire(row, counts.get(row.id, 0), secrets) for row in rows]


async def add_calendar(
    db: Database,
    actor: Actor,
    data: wire.TimeOffCalendarInput,
    *,
    outbound: Outbound,
    secrets: Secrets,
    effects: Effects,
    now: datetime,
) -> tuple[Writes, wire.TimeOffCalendar]:
    """Take a calendar in; raises Invalid naming `content` or `url` when it can't be read."""
    field = "url" if data.url is not None else "content"
    if (data.content is None) == (data.url is None):
        flaws = [FieldError(name, "one_of_two", "give either content or url") for name in ("content", "url")]
        raise Invalid(flaws)
    text = "SELECT COUNT(*) FROM time_off_calendar WHERE user_id = :user"
    if await db.value(text, user=actor.user_id) >= MOST_CALENDARS:
        raise Conflict(f"at most {MOST_CALENDARS} calendars; remove one first", code="too_many")
    try:
        url = address_of(data.url) if data.url is not None else None
        content = data.content or ""
        if url is not None:
            await effects.once("probe", partial(take, db, Quota.ADDRESSES_TRIED, actor.user_id, now))
            content = await effects.once(url, partial(fetch_calendar, outbound, url))
        reader = read_entries_at if url is not None else read_entries
        read = partial(reader, content.removeprefix("\ufeff"), zone=actor.time_zone, now=now)
        entries = await effects.once("entries", read)
    except UnreadableCalendar as unread:
        raise Invalid.one(field, unread.code, SAID.get(unread.code, "it can't be read")) from None
    id = new_id(now)
    row = CalendarRow(
        id=id,
        user_id=actor.user_id,
        name=data.name,
        url_enc=secrets.encrypt(url, place=_place(id)) if url is not None else None,
        read_at=now,
        problem=None,
        created_at=now,
        left_out=entries.left_out,
    )
    writes = Writes().insert(TimeOffCalendar, **{name: getattr(row, name) for name in row.__struct_fields__})
    _take_in(writes, row, [], entries.away, now=now)
    await plan_around(db, writes, actor.user_id, now=now)
    if url is not None:
        arm(writes, READ, id, at=now + EVERY, now=now)
    audit(writes, actor, About("time_off_calendar", id, data.name), after=_audited(data.name, url), now=now)
    return writes, _as_wire(row, len(entries.away), secrets)


async def remove_calendar(db: Database, actor: Actor, id: str, *, secrets: Secrets, now: datetime) -> Writes:
    """What it said of the time ahead is cancelled with it."""
    row = await db.row(CalendarRow, select(TimeOffCalendar).where(TimeOffCalendar.id == id))
    if row is None or row.user_id != actor.user_id:
        raise NotFound
    writes = Writes().query(delete(TimeOffCalendar).where(TimeOffCalendar.id == id), expect=1)
    cancel_calendar(writes, id, now=now)
    disarm(writes, READ, id)
    await plan_around(db, writes, actor.user_id, now=now)
    about = About("time_off_calendar", id, row.name)
    audit(writes, actor, about, before=_audited(row.name, _url(row, secrets)), now=now)
    return writes


@handles(READ, at_once=2, may_be_late=True)
@dataclass(frozen=True)
class ReadAgain:
    """Handler of `time_off.read`; a feed that can't be read leaves what it said last, and says why."""

    db: Database
    outbound: Outbound
    secrets: Secrets

    async def __call__(self, claimed: Claimed, now: datetime) -> Writes | Afterwards:
        row = await self.db.row(CalendarRow, select(TimeOffCalendar).where(TimeOffCalendar.id == claimed.ref))
        if row is None or (url := _url(row, self.secrets)) is None:
            return Writes()
        zone: str | None = await self.db.value(
            select(User, User.time_zone).where(User.id == row.user_id, User.deactivated_at.is_null())
        )
        if zone is None:
            return _again(row.id, now)
        try:
            entries = await read_entries_at(await fetch_calendar(self.outbound, url), zone=zone, now=now)
        except UnreadableCalendar as unread:
            log.warning("time_off.unread", calendar=row.id, reason=unread.code)
            return partial(self._unread, row.id, unread.code)
        return partial(self._read, row, entries)

    async def _unread(self, id: str, problem: str, now: datetime) -> Writes:
        return _again(id, now).update(TimeOffCalendar, {"id": id}, problem=problem)

    async def _read(self, row: CalendarRow, entries: Entries, now: datetime) -> Writes:
        writes = _again(row.id, now)
        if _take_in(writes, row, await self._known(row.id, now), entries.away, now=now):
            await plan_around(self.db, writes, row.user_id, now=now)
        left_out = entries.left_out
        return writes.update(TimeOffCalendar, {"id": row.id}, read_at=now, problem=None, left_out=left_out)

    async def _known(self, id: str, now: datetime) -> list[_Entry]:
        return await self.db.rows(
            _Entry,
            select(TimeOff).where(TimeOff.calendar_id == id, TimeOff.cancelled_at.is_null(), TimeOff.end_at > now),
        )


def _again(id: str, now: datetime) -> Writes:
    writes = Writes()
    arm(writes, READ, id, at=now + EVERY, now=now)
    return writes


def _take_in(writes: Writes, row: CalendarRow, known: list[_Entry], entries: list[Away], *, now: datetime) -> bool:
    """Make the time ahead what the calendar says, an entry being named by its uid and start; whether it was another."""
    before = len(writes)
    wanted = {(each.uid, each.start): each for each in entries}
    kept = {(each.uid, each.start_at) for each in known}
    for each in known:
        found = wanted.get((each.uid, each.start_at))
        if found is None:
            cancel_time_off(writes, each.id, now=now)
        elif (found.end, found.reason) != (each.end_at, each.reason):
            change_time_off(writes, each.id, end=found.end, reason=found.reason)
    new = [each for key, each in wanted.items() if key not in kept]
    add_time_off(writes, [_row(row, each, now) for each in new])
    return len(writes) > before


def _row(calendar: CalendarRow, entry: Away, now: datetime) -> TimeOffRow:
    return TimeOffRow(
        id=new_id(now),
        user_id=calendar.user_id,
        start_at=entry.start,
        end_at=entry.end,
        reason=entry.reason,
        calendar_id=calendar.id,
        uid=entry.uid,
        created_at=now,
        cancelled_at=None,
    )


def _as_wire(row: CalendarRow, entries: int, secrets: Secrets) -> wire.TimeOffCalendar:
    return wire.TimeOffCalendar(
        id=row.id,
        name=row.name,
        url=_url(row, secrets),
        entries=entries,
        read_at=row.read_at,
        problem=row.problem,
        created_at=row.created_at,
        left_out=row.left_out,
    )


def _url(row: CalendarRow, secrets: Secrets) -> str | None:
    return secrets.decrypt(row.url_enc, place=_place(row.id)) if row.url_enc is not None else None


def _place(id: str) -> str:
    return f"time_off_calendar:url_enc:{id}"


def _audited(name: str, url: str | None) -> _Audited:
    return _Audited(name, urlsplit(url).hostname if url is not None else None)
