"""What a request for cover still asks once its matter has changed: people leave, watches move, schedules end."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, Literal, get_args

from msgspec import Struct

from shared.domain.on_call.shifts import Shift

Span = tuple[datetime, datetime]
Closing = Literal["left", "moved", "ended", "unanswered", "undone"]
"""Why nobody is asked any more, or nobody stands in: the account of whoever asked ended, the hours are not theirs, the
schedule is gone, nobody who was asked can take it, or what was agreed was cancelled.
"""
CLOSINGS: Final[tuple[Closing, ...]] = get_args(Closing)


class Matter(Struct, frozen=True, kw_only=True):
    """What an undecided request stands on now; `held` are the hours of it that are still its requester's.

    `waiting` are those who were asked and have not declined, whoever accepted it among them; `gone` are accounts
    that ended, `unable` who may not be paged about what the team owns.
    """

    start: datetime
    end: datetime
    requester_id: str
    waiting: tuple[str, ...]
    accepted_by: str | None
    is_archived: bool
    held: tuple[Span, ...]
    gone: frozenset[str]
    unable: frozenset[str] = frozenset()


class Revision(Struct, frozen=True, kw_only=True):
    """What has to change of it: it closes, or loses hours, its taker, or some of whom it asks.

    Of the `parts` that are left the first stays it, and each other one becomes a request of its own.
    """

    closing: Closing | None = None
    parts: tuple[Span, ...] = ()
    loses_taker: bool = False
    leaves: tuple[str, ...] = ()


def revise(matter: Matter) -> Revision | None:
    """None while it stands as it is."""
    if matter.is_archived:
        return Revision(closing="ended")
    if matter.requester_id in matter.gone:
        return Revision(closing="left")
    if not matter.held:
        return Revision(closing="moved")
    lost = matter.gone | matter.unable
    loses_taker = matter.accepted_by in lost
    leaves = tuple(id for id in matter.waiting if id in lost)
    is_open = matter.accepted_by is None or loses_taker
    revision = Revision(
        closing="unanswered" if is_open and leaves and len(leaves) == len(matter.waiting) else None,
        parts=matter.held if matter.held != ((matter.start, matter.end),) else (),
        loses_taker=loses_taker,
        leaves=leaves,
    )
    return revision if revision != Revision() else None


def held_hours(shifts: Sequence[Shift], user_id: str, start: datetime, end: datetime) -> tuple[Span, ...]:
    """When a person is on call in a window, in whichever role; in order, none touching another."""
    found: list[Span] = []
    for shift in sorted((each for each in shifts if each.user_id == user_id), key=lambda each: each.start):
        first, last = max(shift.start, start), min(shift.end, end)
        if first >= last:
            continue
        if found and first <= found[-1][1]:
            found[-1] = found[-1][0], max(last, found[-1][1])
        else:
            found.append((first, last))
    return tuple(found)
