"""What becomes of a request for cover, in the words of those it concerns."""

from datetime import datetime
from typing import Literal

from msgspec import Struct

from server.channels.base import Asked
from server.notices.reader import Reader, span_text, text
from server.notices.send import Notice
from shared.wire.actions import Button
from shared.wire.lists import Ref

CoverTurn = Literal[
    "asked",
    "asked_anew",
    "accepted",
    "waiting",
    "decide",
    "approved",
    "rejected",
    "declined",
    "unanswered",
    "withdrawn",
    "expired",
    "expired_taker",
    "cancelled",
    "taken_back",
    "left",
    "moved",
    "ended",
    "cut",
    "taker_left",
    "taken_over",
    "not_paged",
]
BUTTONS: tuple[Button, ...] = ("accept_cover", "decline_cover")
EXPLAINED: frozenset[CoverTurn] = frozenset(
    {
        "waiting",
        "decide",
        "declined",
        "unanswered",
        "withdrawn",
        "expired",
        "moved",
        "ended",
        "cut",
        "taker_left",
        "taken_over",
        "not_paged",
    }
)
"""What needs a sentence beside the hours."""
ASKING: frozenset[CoverTurn] = frozenset({"asked", "asked_anew"})
"""What wants an answer."""
STANDS_IN: frozenset[CoverTurn] = frozenset({"accepted", "waiting", "decide", "approved", "taken_over"})
"""What says that somebody is to be on call."""
DECIDED: frozenset[CoverTurn] = frozenset({"decide", "approved", "rejected", "not_paged"})
"""What names both."""


class CoverFacts(Struct, frozen=True, kw_only=True):
    """A request: whose hours these are, who takes them, if anybody does, and `by` whom it was decided."""

    request_id: str
    schedule: str
    who: Ref
    taker: Ref | None
    by: str
    start: datetime
    end: datetime
    reason: str
    url: str
    is_out_of_reach: bool = False
    """Whoever takes them can't be paged."""


def cover_notice(what: CoverTurn, facts: CoverFacts, reader: Reader) -> Notice:
    taker = facts.taker.name if facts.taker is not None else ""
    title = text(reader, f"cover.{what}{_part(what, facts, reader)}", who=facts.who.name, taker=taker, by=facts.by)
    span = span_text(reader, facts.schedule, facts.start, facts.end)
    if what in STANDS_IN and facts.is_out_of_reach:
        span = text(reader, "cover.out_of_reach", span=span, taker=taker)
    if what in EXPLAINED:
        return Notice(title=title, body=text(reader, f"cover.{what}_body", span=span), url=facts.url)
    if what not in ASKING:
        return Notice(title=title, body=span, url=facts.url)
    asked = Asked(request_id=facts.request_id, user_id=reader.user_id)
    body = with_reason(reader, span, facts.reason)
    return Notice(title=title, body=body, url=facts.url, verbs=BUTTONS, cover=asked)


def _part(what: CoverTurn, facts: CoverFacts, reader: Reader) -> str:
    """Which words are for a reader whose hours these are, or who takes them: the reader is "you"."""
    if what not in DECIDED:
        return ""
    if reader.user_id == facts.who.id:
        return "_requester"
    return "_taker" if facts.taker is not None and reader.user_id == facts.taker.id else ""


def with_reason(reader: Reader, sentence: str, reason: str) -> str:
    return text(reader, "with_reason", text=sentence, reason=reason) if reason else sentence
