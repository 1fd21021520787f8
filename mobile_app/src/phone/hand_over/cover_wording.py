"""Sentences about covers, time off and the pager: structs in, catalogue texts out."""

from datetime import datetime, timedelta, tzinfo
from typing import Final

from phone.base import moments, problems
from phone.base.api.errors import ApiError
from phone.base.i18n import Words
from phone.base.people import Reader
from shared.domain.covers.requests import CoverSituation
from shared.wire.covers import CoverCandidate, CoverRequest

WELL_RESTED_H: Final = 48
WEEK_DAYS: Final = 7


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


def for_you(words: Words, mine: CoverCandidate) -> str:
    """What accepting would mean to whoever was asked."""
    if mine.clashes is None:
        return words("cover.for_you", about=about(words, mine))
    return words("cover.for_you_away" if mine.clashes == "away" else "cover.for_you_on_call")


def title(reader: Reader, request: CoverRequest) -> str:
    """What it is about, as the reader has to do with it."""
    words, who = reader.words, reader.person(request.requester)
    if request.requester.id == reader.id:
        return words("cover.yours", who=reader.people([each.user for each in request.asked], is_brief=True))
    if "approve" in request.can and request.accepted_by is not None:
        return words("cover.to_approve", taker=reader.person(request.accepted_by), who=who)
    if any(each.user.id == reader.id for each in request.asked):
        return words("cover.asks_you", who=who)
    return words("cover.asks", who=who)


def state(reader: Reader, request: CoverRequest, *, now: datetime) -> str:
    """Where it stands, in a sentence."""
    words, is_now = reader.words, condition(request, now)
    if is_now == "open":
        return words(
            "cover.open",
            who=reader.people(
                [each.user for each in request.asked if each.declined_at is None and each.left_at is None]
            ),
        )
    if is_now in ("waiting", "agreed"):
        codes = {each.code for each in request.warnings}
        doubt = next((f"_{code}" for code in ("cannot_answer", "unreachable") if code in codes), "")
        return words(f"cover.{is_now}{doubt}", who=reader.people([request.accepted_by] if request.accepted_by else []))
    if is_now == "declined" and request.decided_by is not None:
        return words("cover.rejected", who=reader.person(request.decided_by))
    if request.closed_because is not None:
        return words(f"cover.closed_{request.closed_because}", who=reader.person(request.requester))
    if is_now == "cancelled" and request.decided_by is not None and request.decided_by.id != request.requester.id:
        return words("cover.cancelled_by", who=reader.person(request.decided_by))
    return words(f"cover.{is_now}_text")


def refusal(reader: Reader, error: Exception) -> str:
    """A refusal as it is meant here: the same codes mean other things elsewhere."""
    words = reader.words
    if not isinstance(error, ApiError):
        return problems.problem(words, error)
    if error.code == "already_covered" and error.arguments.get("who"):
        return words("cover.has_it", who=reader.named([str(error.arguments["who"])]))
    key = f"cover_error.{error.code}"
    return words(key) if words.has(key) else problems.problem(words, error)


def condition(request: CoverRequest, now: datetime) -> str:
    """Where it stands: what nobody took before its hours began is over, whether or not the server said so yet."""
    found = CoverSituation(state=request.state, needs_approval=request.needs_approval, start=request.start)
    return found.condition(now)
