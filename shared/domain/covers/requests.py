"""What may be done with a request for cover, by whom, and which hours are left when some are accepted."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, Literal, get_args

from msgspec import Struct

from shared.domain.covers.review import Closing
from shared.domain.on_call.shifts import Shift

CoverState = Literal["open", "accepted", "approved", "declined", "expired", "cancelled"]
CoverVerb = Literal["accept", "decline", "approve", "reject", "cancel"]
Condition = Literal["open", "waiting", "agreed", "declined", "expired", "cancelled"]
COVER_VERBS: Final[tuple[CoverVerb, ...]] = get_args(CoverVerb)
Span = tuple[datetime, datetime]


class CoverSituation(Struct, frozen=True, kw_only=True):
    """Where a request stands; what is `accepted` waits for approval if it `needs_approval`."""

    state: CoverState
    needs_approval: bool
    start: datetime
    closed_because: Closing | None = None

    def condition(self, now: datetime) -> Condition:
        if self.state == "accepted" and not self.needs_approval:
            return "agreed"
        if self.state in ("open", "accepted"):
            if self.start <= now:
                return "expired"
            return "open" if self.state == "open" else "waiting"
        return "agreed" if self.state == "approved" else self.state


class Part(Struct, frozen=True, kw_only=True):
    """What a reader is to a request; `may_edit` the schedule, `may_decide` for its team."""

    is_asked: bool = False
    has_declined: bool = False
    is_requester: bool = False
    may_edit: bool = False
    may_decide: bool = False


class CoverRefusal(Struct, frozen=True):
    """Why a verb is not possible; `is_forbidden`: for this reader, whatever the state."""

    code: str
    message: str
    is_forbidden: bool = False


REASONS: Final = {
    "not_asked": "only those who were asked answer",
    "not_yours": "only whoever asked, or may edit the schedule, takes it back",
    "not_deciding": "only managers of the team that owns the schedule decide",
    "already_covered": "somebody has it already",
    "already_declined": "you have declined it already",
    "not_accepted": "nobody has accepted it yet",
    "no_approval": "it needs no approval",
    "declined": "it was declined",
    "expired": "its hours have begun",
    "cancelled": "it was taken back",
    "asker_left": "whoever asked has no account any more",
    "hours_moved": "these hours are somebody else's now",
    "schedule_archived": "its schedule was archived",
    "nobody_left": "nobody who was asked can take it any more",
    "cover_undone": "what was agreed was cancelled",
}
_CLOSED: Final[dict[Closing, str]] = {
    "left": "asker_left",
    "moved": "hours_moved",
    "ended": "schedule_archived",
    "unanswered": "nobody_left",
    "undone": "cover_undone",
}
"""What is said of a request that nobody took back."""
_OVER: Final[dict[Condition, str]] = {"declined": "declined", "expired": "expired", "cancelled": "cancelled"}
_DECIDED: Final[dict[Condition, str]] = {"open": "not_accepted", "agreed": "already_covered", **_OVER}
REFUSED: Final[dict[CoverVerb, dict[Condition, str]]] = {
    "accept": {"waiting": "already_covered", "agreed": "already_covered", **_OVER},
    "decline": {"waiting": "already_covered", "agreed": "already_covered", **_OVER},
    "approve": _DECIDED,
    "reject": _DECIDED,
    "cancel": {"agreed": "already_covered", **_OVER},
}
"""Why not, for each condition in which a verb is not legal."""


def cover_refusal(verb: CoverVerb, found: CoverSituation, part: Part, *, now: datetime) -> CoverRefusal | None:
    """None when this reader may do it now."""
    if (code := _not_for(verb, part)) is not None:
        return CoverRefusal(code, REASONS[code], is_forbidden=True)
    code = REFUSED[verb].get(found.condition(now))
    if code == "cancelled" and found.closed_because is not None:
        code = _CLOSED[found.closed_because]
    if code is None and verb == "decline" and part.has_declined:
        code = "already_declined"
    return CoverRefusal(code, REASONS[code]) if code is not None else None


def _not_for(verb: CoverVerb, part: Part) -> str | None:
    if verb in ("accept", "decline"):
        return None if part.is_asked else "not_asked"
    if verb == "cancel":
        return None if part.is_requester or part.may_edit else "not_yours"
    return None if part.may_decide else "not_deciding"


def legal_cover_verbs(found: CoverSituation, part: Part, *, now: datetime) -> list[CoverVerb]:
    return [verb for verb in COVER_VERBS if cover_refusal(verb, found, part, now=now) is None]


def left_over(whole: Span, taken: Span) -> list[Span]:
    """The hours of a request that remain before and after those that somebody takes."""
    spans = [(whole[0], taken[0]), (taken[1], whole[1])]
    return [(start, end) for start, end in spans if start < end]


def held_until(shifts: Sequence[Shift], user_id: str, start: datetime) -> datetime:
    """Up to when a person is on call from `start` on without a break, in whichever role; `start` if not at all."""
    until = start
    for shift in sorted((each for each in shifts if each.user_id == user_id), key=lambda each: each.start):
        if shift.start <= until < shift.end:
            until = shift.end
    return until
