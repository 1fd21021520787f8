"""Fetch an iCalendar feed and expand it, within bounds of time, size and memory."""

import asyncio
import sys
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import msgspec
import structlog
from msgspec import Struct

from server.covers.expand_calendar import Expanded, Occurrence, Order, expand
from server.kernel.outbound import Outbound, OutboundError, Whose
from shared.domain.time import at, is_zone_name
from shared.wire.covers import LONGEST_FILE

log = structlog.get_logger()
FETCH_S = 10.0
EACH_S = 0.5
"""Of CPU, for one series of events; a rule that takes longer costs itself."""
ALL_S = 8.0
"""Of CPU, for a whole file."""
HANGS_S = 120.0
"""Of waiting, for a program that may not get its share of a busy machine; CPU is what is counted."""
REDIRECTS = 3
SMALL = 20_000
AHEAD = timedelta(days=366)
LONGEST_ENTRY = timedelta(days=366)
ROOT = Path(__file__).parents[3]
_AT_ONCE = asyncio.Semaphore(2)


class UnreadableCalendar(Exception):
    """A calendar that can't be read; `code` is short and stable."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Entries(Struct, frozen=True, kw_only=True):
    """What a calendar says of the time ahead, and how much of it was left out why."""

    away: list["Away"]
    left_out: dict[str, int] = {}


class Away(Struct, frozen=True, kw_only=True):
    """One entry: the person is away from `start` to `end`; `uid` and `start` name it."""

    uid: str
    start: datetime
    end: datetime
    reason: str


def address_of(url: str) -> str:
    """`webcal` is https; raises UnreadableCalendar for what is no address of the web."""
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        raise UnreadableCalendar("bad_url") from None
    if parts.scheme.lower() in ("webcal", "webcals"):
        parts = parts._replace(scheme="https")
    if parts.scheme.lower() not in ("http", "https") or not parts.netloc:
        raise UnreadableCalendar("bad_url")
    return parts.geturl()


async def fetch_calendar(outbound: Outbound, url: str) -> str:
    """The text at an address that somebody entered for themself; redirects are followed, each through the guard.

    Raises UnreadableCalendar, which says no more of a place than that there is no calendar to be had.
    """
    for _ in range(1 + REDIRECTS):
        try:
            reply = await outbound.request(
                "GET",
                url,
                headers={"accept": "text/calendar"},
                timeout_s=FETCH_S,
                cap_bytes=LONGEST_FILE + 1,
                whose=Whose.PERSON,
            )
            if reply.status in (301, 302, 303, 307, 308) and "location" in reply.headers:
                url = address_of(urljoin(url, reply.headers["location"]))
                continue
        except (OutboundError, UnreadableCalendar) as error:
            log.info("calendar.not_fetched", reason=error.code)
            raise UnreadableCalendar("unreachable") from error
        if reply.status != 200:
            raise UnreadableCalendar("unreachable")
        if len(reply.body) > LONGEST_FILE:
            log.info("calendar.not_fetched", reason="too_large")
            raise UnreadableCalendar("unreachable")
        return reply.body.decode("utf-8-sig", "replace")
    raise UnreadableCalendar("unreachable")


async def read_entries_at(content: str, *, zone: str, now: datetime) -> Entries:
    """As `read_entries`, of what came from an address: whatever else answers there is no more than no calendar."""
    try:
        return await read_entries(content, zone=zone, now=now)
    except UnreadableCalendar as unread:
        if unread.code != "not_a_calendar":
            raise
        log.info("calendar.not_fetched", reason=unread.code)
        raise UnreadableCalendar("unreachable") from None


async def read_entries(content: str, *, zone: str, now: datetime) -> Entries:
    """What the calendar says from now on, for a year, whole days and wall times in this zone.

    Raises UnreadableCalendar.
    """
    expanded = await _expand(Order(content, now - timedelta(days=1), now + AHEAD, EACH_S, ALL_S))
    if expanded.problem is not None:
        raise UnreadableCalendar(expanded.problem)
    here = zone if is_zone_name(zone) else "UTC"
    found = [away for each in expanded.occurrences if (away := _away(each, here)) is not None and away.end > now]
    away = [_cut(each, now) for each in apart(found)]
    return Entries(away=away, left_out=expanded.left_out)


def apart(found: Iterable[Away]) -> list[Away]:
    """In order, one entry where those of one series overlap: years that begin each year. What touches stays apart."""
    entries: list[Away] = []
    last: dict[str, int] = {}
    for away in sorted(found, key=lambda away: (away.start, away.uid)):
        place = last.get(away.uid)
        if place is not None and away.start < entries[place].end:
            entries[place] = msgspec.structs.replace(entries[place], end=max(entries[place].end, away.end))
        else:
            last[away.uid] = len(entries)
            entries.append(away)
    return entries


async def _expand(order: Order) -> Expanded:
    """In a process that knows no secrets and is ended when it takes too long; a small file in which nothing repeats
    can't.
    """
    if len(order.content) <= SMALL and "RRULE" not in "".join(order.content.split()).upper():
        return expand(msgspec.structs.replace(order, each_s=None))
    async with _AT_ONCE:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "server.covers.expand_calendar",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            cwd=ROOT,
            env={},
        )
        try:
            async with asyncio.timeout(HANGS_S):
                out, _ = await process.communicate(msgspec.json.encode(order))
        except TimeoutError:
            raise UnreadableCalendar("too_many_occurrences") from None
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
    if process.returncode != 0:
        raise UnreadableCalendar("too_many_occurrences")
    return msgspec.json.decode(out, type=Expanded)


def _away(found: Occurrence, zone: str) -> Away | None:
    start, end = _instant(found.start, zone), _instant(found.end, zone)
    if start is None or end is None or end <= start:
        return None
    return Away(uid=found.uid, start=start, end=end, reason=found.reason)


def _cut(away: Away, now: datetime) -> Away:
    """Whatever began long ago and runs still is cut to the year ahead, which is counted from the day's beginning."""
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return msgspec.structs.replace(away, end=min(away.end, max(away.start, today) + LONGEST_ENTRY))


def _instant(text: str, zone: str) -> datetime | None:
    """None for a year of which no zone knows the time."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is not None:
        return moment
    try:
        return at(zone, text if len(text) == len("2026-11-21") else text[: len("2026-11-21T00:00")])
    except ValueError:
        return None
