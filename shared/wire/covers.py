"""Time off, and colleagues who stand in."""

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from shared.domain.covers.candidates import Clash
from shared.domain.covers.requests import CoverState, CoverVerb
from shared.domain.covers.review import Closing
from shared.domain.visible import TEXT, Written
from shared.wire.lists import Ref
from shared.wire.names import Name
from shared.wire.problems import FieldProblem
from shared.wire.schedules import Override

Reason = Annotated[str, Meta(max_length=500, extra=TEXT)]
LONGEST_FILE = 8_000_000


class TimeOffInput(Written, frozen=True, kw_only=True, forbid_unknown_fields=True):
    start: datetime
    end: datetime
    reason: Reason = ""


class CoverCandidate(Struct, frozen=True, kw_only=True):
    """A colleague who could stand in, best first.

    `hours` is their time on call from 28 days before to 28 days after the hours that are asked for. `rest_h` is the
    shorter of the pauses that would be left before and after, at most 99. `clashes` is said only of whoever is asked
    already (`mine`): they are on call themselves then, or away.
    """

    user: Ref
    hours: float
    rest_h: float
    is_rested: bool
    shares: Literal["schedule", "team"]
    clashes: Clash | None = None


class AffectedShift(Struct, frozen=True, kw_only=True):
    """A shift that touches time off, cut to it, and who could take it; `request_id` once somebody was asked."""

    schedule: Ref
    start: datetime
    end: datetime
    role_id: str | None
    candidates: list[CoverCandidate]
    request_id: str | None = None


class TimeOff(Struct, frozen=True, kw_only=True):
    """`source` says whether it was entered or came from a calendar."""

    id: str
    user: Ref
    start: datetime
    end: datetime
    reason: str
    source: Literal["entered", "calendar"]
    created_at: datetime
    cancelled_at: datetime | None = None


class TimeOffMade(Struct, frozen=True, kw_only=True):
    """What was entered (null in a preview), and every shift it touches, on all schedules."""

    time_off: TimeOff | None
    affected: list[AffectedShift]


class CoverRequestInput(Written, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Ask colleagues to stand in for my watch on a schedule from `start` to `end`, or for that of `user_id`."""

    schedule_id: str
    start: datetime
    end: datetime
    user_id: str | None = None
    asked: Annotated[tuple[str, ...], Meta(min_length=1, max_length=20)]
    reason: Reason = ""


class CoverFilter(Struct, frozen=True, kw_only=True):
    """What narrows the list; `mine`: I made it or was asked."""

    schedule_id: str | None = None
    state: CoverState | None = None
    mine: bool = False


class CoverAnswer(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The hours that are accepted; all of them when left out. The rest stays open as a request of its own."""

    start: datetime | None = None
    end: datetime | None = None


class AskedPerson(Struct, frozen=True, kw_only=True):
    """Who `left` can't take it any more: their account ended, or they may not act for the team."""

    user: Ref
    declined_at: datetime | None = None
    left_at: datetime | None = None


class CoverRequest(Struct, frozen=True, kw_only=True):
    """Accepted is final unless `needs_approval`; `can` lists what the reader may do with it now.

    `closed_because` says why it was cancelled when nobody took it back: who asked has `left`, the hours have `moved`
    to somebody else, the schedule has `ended`, it is `unanswered` because nobody who was asked can take it any more, or
    what was agreed is `undone`. Of one request, `mine` is what accepting it would mean to the reader, if they are
    asked: the hours and the rest that whoever asked was shown. `warnings` say, of one request and of accepting and
    approving it, that whoever takes it can't be paged (`unreachable`) or isn't, because they may not act on the team's
    incidents (`cannot_answer`).
    """

    id: str
    schedule: Ref
    requester: Ref
    start: datetime
    end: datetime
    reason: str
    state: CoverState
    needs_approval: bool
    asked: list[AskedPerson]
    accepted_by: Ref | None
    decided_by: Ref | None
    override_id: str | None
    created_at: datetime
    updated_at: datetime
    rev: int
    can: list[CoverVerb] = msgspec.field(default_factory=list[CoverVerb])
    closed_because: Closing | None = None
    mine: CoverCandidate | None = None
    warnings: list[FieldProblem] = msgspec.field(default_factory=list[FieldProblem])


class GivePager(Written, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Hand my watch on a schedule to somebody from now until `until`."""

    to_user_id: str
    until: datetime
    reason: Reason = ""


class TakePager(Written, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Take somebody's watch from now to the end of their running shift; in a gap, until somebody is on call again."""

    from_user_id: str | None = None
    reason: Reason = ""


class PagerHanded(Struct, frozen=True, kw_only=True):
    """Who has the pager now, until when, and the override behind it.

    One that is cancelled is a promise that ended with this: what was the holder's is theirs again.
    """

    schedule: Ref
    holder: Ref
    override: Override
    until: datetime


class TimeOffCalendarInput(Written, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An iCalendar file's text, taken once, or an address that is read every hour."""

    name: Name
    content: Annotated[str, Meta(max_length=LONGEST_FILE)] | None = None
    url: Annotated[str, Meta(min_length=8, max_length=2000)] | None = None


class TimeOffCalendar(Struct, frozen=True, kw_only=True):
    """`entries` counts what is ahead; `problem` is why the last reading failed. `left_out` counts what was not taken:
    `unreadable` entries, those in an `unknown_zone`, series that repeat `too_often`, and what lies further ahead
    where there is `too_many`.
    """

    id: str
    name: str
    url: str | None
    entries: int
    read_at: datetime | None
    problem: str | None
    created_at: datetime
    left_out: dict[str, int] = msgspec.field(default_factory=dict[str, int])


class CalendarFeed(Struct, frozen=True, kw_only=True):
    """An iCalendar address that any calendar can subscribe to; whoever knows it reads it. Null before it is made."""

    url: str | None
    made_at: datetime | None
