"""Sentences about covers, time off and the pager: structs in, catalogue texts out."""

from collections.abc import Sequence
from datetime import datetime, timedelta, tzinfo
from typing import Final

from phone.base import moments, problems
from phone.base.api.errors import ApiError
from phone.base.i18n import Words
from phone.base.people import Reader
from shared.domain.covers.requests import CoverSituation
from shared.wire.covers import CoverCandidate, CoverRequest
from shared.wire.lists import Ref

WELL_RESTED_H: Final = 48
MOST_NAMED: Final = 2
WEEK_DAYS: Final = 7


def first_name(name: str) -> str:
    """What colleagues call each other: the first word, or the whole of a name without spaces."""
    return name.split()[0] if name.split() else name


def people(words: Words, refs: Sequence[Ref]) -> str:
    """ "Bo and 陈梅", "Ana and 5 others"; in full where first names are alike."""
    short = [first_name(each.name) for each in refs]
    names = short if len(set(short)) == len(short) else [each.name for each in refs]
    if len(names) > MOST_NAMED + 1:
        return words("ask_cover.and_others", who=names[0], count=len(names) - 1)
    return words.names(names)


def hours(words: Words, start: datetime, end: datetime, zone: tzinfo) -> str:
    """From and to, the end by its weekday where that is clear: "Sat 28 Nov 09:00 to Mon 09:00"."""
    days = (end.astimezone(zone).date() - start.astimezone(zone).date()).days
    if not 0 < days < WEEK_DAYS:
        return moments.stretch(words, start, end, zone)
    return words("time.stretch", start=moments.exact(words, start, zone), end=moments.day_clock(words, end, zone))


def length(words: Words, start: datetime, end: datetime, zone_name: str) -> str:
    """Whole days by the clock on the wall, else days and hours."""
    zone = moments.zone_of(zone_name)
    first, last = start.astimezone(zone), end.astimezone(zone)
    days = (last.date() - first.date()).days
    if days > 0 and first.time() == last.time():
        return words("off.days", count=days)
    return (
        moments.hours(words, end - start) if end - start < timedelta(days=2) else moments.long_span(words, end - start)
    )


def about(words: Words, each: CoverCandidate) -> str:
    """Why somebody stands where they stand in the list."""
    spent, rest = (moments.hours(words, timedelta(hours=round(number))) for number in (each.hours, each.rest_h))
    key = "rest_long" if each.rest_h >= WELL_RESTED_H else "rest" if each.is_rested else "rest_short"
    key = "no_rest" if round(each.rest_h) == 0 else key
    return words(
        "candidate.about",
        hours=words("candidate.hours", hours=spent) if each.hours else words("candidate.no_hours"),
        rest=words(f"candidate.{key}", rest=rest),
        shares=words(f"candidate.{each.shares}"),
    )


def title(reader: Reader, request: CoverRequest) -> str:
    """What it is about, as the reader has to do with it."""
    words = reader.words
    if request.requester.id == reader.id:
        return words("cover.yours", who=people(words, [each.user for each in request.asked]))
    if "approve" in request.can and request.accepted_by is not None:
        return words("cover.to_approve", taker=request.accepted_by.name, who=request.requester.name)
    if any(each.user.id == reader.id for each in request.asked):
        return words("cover.asks_you", who=request.requester.name)
    return words("cover.asks", who=request.requester.name)


def state(reader: Reader, request: CoverRequest, *, now: datetime) -> str:
    """Where it stands, in a sentence."""
    words, is_now = reader.words, condition(request, now)
    taker = request.accepted_by
    who = "" if taker is None else words("you.capital") if taker.id == reader.id else taker.name
    if is_now == "open":
        left = [each.user for each in request.asked if each.declined_at is None]
        return words("cover.open", who=reader.people(left))
    if is_now == "waiting":
        return words("cover.waiting_you" if taker is not None and taker.id == reader.id else "cover.waiting", who=who)
    if is_now == "agreed":
        return words("cover.agreed_you" if taker is not None and taker.id == reader.id else "cover.agreed", who=who)
    if is_now == "declined" and request.decided_by is not None:
        return words("cover.rejected", who=request.decided_by.name)
    return words(f"cover.{is_now}_text")


def refusal(words: Words, error: Exception) -> str:
    """A refusal as it is meant here: the same codes mean other things elsewhere."""
    if not isinstance(error, ApiError):
        return problems.problem(words, error)
    if error.code == "already_covered" and error.arguments.get("who"):
        return words("cover.has_it", who=error.arguments["who"])
    key = f"cover_error.{error.code}"
    return words(key) if words.has(key) else problems.problem(words, error)


def condition(request: CoverRequest, now: datetime) -> str:
    """Where it stands: what nobody took before its hours began is over, whether or not the server said so yet."""
    found = CoverSituation(state=request.state, needs_approval=request.needs_approval, start=request.start)
    return found.condition(now)
