"""Addresses that calendars subscribe to: my shifts, or those of a schedule, as iCalendar (RFC 5545)."""

import asyncio
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal

from icalendar import Calendar, Event
from msgspec import Struct

from server.accounts.access.actors import Actor, load_actor
from server.accounts.access.names import names_of_all_people
from server.accounts.access.permissions import SCHEDULES_EDIT
from server.accounts.audit.trail import About, audit
from server.accounts.people.links import FEED, id_in, is_link_token, link_token
from server.accounts.sign_in.quotas import Quota, take
from server.kernel.database import Database, Writes, delete, select
from server.kernel.errors import NotFound
from server.kernel.i18n import catalogue
from server.kernel.ids import new_id
from server.kernel.secrets import Secrets
from server.kernel.settings import Settings
from server.schedules.known import visible_schedule
from server.schedules.roles import names_of_roles
from server.schedules.rotas import Loaded, load_rotas, rotas_of
from server.tables.covers import CalendarFeed
from shared.domain.on_call.schedules import shifts
from shared.domain.on_call.shifts import Shift
from shared.wire import covers as wire
from shared.wire import routes

LOCALE = Path(__file__).parent / "locale"
PAST, AHEAD = timedelta(days=30), timedelta(days=90)
BEFORE = timedelta(days=62)
"""How much further back is looked for the beginning of a shift, which its UID says."""
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
Kind = Literal["person", "schedule"]


class FeedRow(Struct, frozen=True, kw_only=True):
    id: str
    kind: Kind
    owner_id: str
    round: int
    made_at: datetime


class KeptFeed(Struct, frozen=True):
    """What is remembered of an answer: the address itself is computed each time."""

    feed: FeedRow


class Served(Struct, frozen=True):
    """The calendar as text, and what tells it from another."""

    body: bytes
    etag: str


class _Watch(Struct, frozen=True):
    loaded: Loaded
    shift: Shift


class _Heading(Struct, frozen=True, kw_only=True):
    """Whose calendar it is, in which language, and whether each shift names its person."""

    name: str
    language: str
    names_people: bool


async def find_feed(db: Database, kind: Kind, owner_id: str) -> FeedRow | None:
    return await db.row(
        FeedRow, select(CalendarFeed).where(CalendarFeed.kind == kind, CalendarFeed.owner_id == owner_id)
    )


def as_wire(row: FeedRow | None, secrets: Secrets, settings: Settings) -> wire.CalendarFeed:
    if row is None:
        return wire.CalendarFeed(url=None, made_at=None)
    token = link_token(secrets, FEED, row.id, row.round)
    place = routes.CALENDAR_FEED.format(token=f"{token}.ics")
    return wire.CalendarFeed(url=f"{settings.api_url}{place}", made_at=row.made_at)


async def about_schedule(db: Database, actor: Actor, schedule_id: str, *, to_change: bool, now: datetime) -> About:
    """Whoever sees a schedule reads its address, whoever may edit it makes and ends it."""
    loaded = await visible_schedule(db, actor, schedule_id, since=now)
    if to_change:
        actor.require_team(loaded.row.team_id, SCHEDULES_EDIT, schedule_id)
    return About("schedule", schedule_id, loaded.row.name, loaded.row.team_id)


async def make_feed(db: Database, actor: Actor, kind: Kind, about: About, *, now: datetime) -> tuple[Writes, KeptFeed]:
    """Make the address, or another that ends the one before."""
    await take(db, Quota.CALENDAR_ADDRESSES, actor.user_id, now)
    before = await find_feed(db, kind, about.id)
    writes = Writes()
    if before is None:
        row = FeedRow(id=new_id(now), kind=kind, owner_id=about.id, round=1, made_at=now)
        writes.insert(CalendarFeed, **{name: getattr(row, name) for name in row.__struct_fields__})
    else:
        row = FeedRow(id=before.id, kind=kind, owner_id=about.id, round=before.round + 1, made_at=now)
        where = {"id": before.id, "round": before.round}
        writes.update(CalendarFeed, where, round=row.round, made_at=now)
    audit(writes, actor, about, verb="feed_made" if before is None else "feed_renewed", now=now)
    return writes, KeptFeed(row)


async def end_feed(db: Database, actor: Actor, kind: Kind, about: About, *, now: datetime) -> Writes:
    """Raises NotFound when there is none."""
    row = await find_feed(db, kind, about.id)
    if row is None:
        raise NotFound
    writes = Writes().query(
        delete(CalendarFeed).where(CalendarFeed.id == row.id, CalendarFeed.round == row.round), expect=1
    )
    audit(writes, actor, about, verb="feed_ended", now=now)
    return writes


async def serve_feed(db: Database, secrets: Secrets, settings: Settings, token: str, *, now: datetime) -> Served:
    """Raises NotFound for an address that isn't one, or whose person or schedule is gone."""
    id = id_in(token, FEED)
    row = await db.row(FeedRow, select(CalendarFeed).where(CalendarFeed.id == id)) if id is not None else None
    if row is None or not is_link_token(secrets, token, FEED, row.id, row.round):
        raise NotFound
    actor = await load_actor(db, row.owner_id) if row.kind == "person" else None
    if row.kind == "person" and actor is None:
        raise NotFound
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    since = today - PAST - BEFORE
    if actor is not None:
        loaded = await rotas_of(db, actor.user_id, since=since)
    else:
        loaded = list((await load_rotas(db, [row.owner_id], since=since)).values())
        if not loaded:
            raise NotFound
    found = [
        _Watch(each, shift)
        for each in loaded
        for shift in await asyncio.to_thread(shifts, each.rota, since, today + AHEAD + DAY)
        if shift.end > today - PAST and (actor is None or shift.user_id == actor.user_id)
    ]
    people = await names_of_all_people(db)
    roles = await names_of_roles(db)
    name = actor.name if actor is not None else loaded[0].row.name
    language = actor.language if actor is not None else "en"
    heading = _Heading(name=name, language=language, names_people=actor is None)
    return _rendered(heading, found, people, roles, f"{settings.app_url}/schedules", now)


def _rendered(
    heading: _Heading, found: list[_Watch], people: dict[str, str], roles: dict[str, str], url: str, now: datetime
) -> Served:
    """The etag leaves out when it was asked for."""
    words = catalogue(LOCALE)
    title = words.text(heading.language, "feed.schedule" if heading.names_people else "feed.person", name=heading.name)
    calendar: Any = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", "-//Dogwatch//On-call//EN")
    calendar.add("method", "PUBLISH")
    calendar.add("name", title)
    calendar.add("x-wr-calname", title)
    calendar.add("refresh-interval", HOUR, parameters={"value": "DURATION"})
    calendar.add("x-published-ttl", HOUR)
    said: list[str] = [title]
    for uid, each in _by_uid(found).items():
        event: Any = Event()
        summary = _summary(heading, each, people, roles)
        event.add("uid", uid)
        event.add("dtstamp", now)
        event.add("dtstart", each.shift.start)
        event.add("dtend", each.shift.end)
        event.add("summary", summary)
        event.add("url", f"{url}/{each.loaded.row.id}")
        event.add("transp", "TRANSPARENT")
        calendar.add_component(event)
        said.append(f"{uid} {each.shift.start} {each.shift.end} {summary}")
    etag = sha256("\n".join(said).encode()).hexdigest()[:32]
    return Served(calendar.to_ical(), f'"{etag}"')


def _by_uid(found: list[_Watch]) -> dict[str, _Watch]:
    """A shift keeps its UID however often it is read; what two layers give at once is one."""
    events: dict[str, _Watch] = {}
    for each in found:
        shift = each.shift
        begins = "before" if shift.starts_before else f"{shift.start:%Y%m%dT%H%M%SZ}"
        uid = f"{each.loaded.row.id}-{shift.user_id}-{shift.role_id or 'none'}-{begins}@dogwatch"
        if uid not in events or events[uid].shift.end < shift.end:
            events[uid] = each
    return events


def _summary(heading: _Heading, each: _Watch, people: dict[str, str], roles: dict[str, str]) -> str:
    key = "feed.of" if heading.names_people else "feed.shift"
    return catalogue(LOCALE).text(
        heading.language,
        f"{key}_role" if each.shift.role_id else key,
        schedule=each.loaded.row.name,
        person=people.get(each.shift.user_id, ""),
        role=roles.get(each.shift.role_id or "", each.shift.role_id or ""),
    )
