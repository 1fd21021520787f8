"""What a request for cover still asks once its matter has changed: people leave, watches move, schedules end."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, Literal

from msgspec import Struct

from shared.domain.on_call.shifts import Shift

Span = tuple[datetime, datetime]
Closing = Literal["left", "moved", "ended"]
"""Why nobody is asked any more: the account of whoever asked ended, the hours are not theirs, the schedule is gone."""
CLOSINGS: Final[tuple[Closing, ...]] = ("left", "moved", "ended")


class Matter(Struct, frozen=True, kw_only=True):
    """What an undecided request stands on now; `held` are the hours of it that are still its requester's.

    `waiting` are those who were asked and have not declined, whoever accepted it among them; `gone` are accounts
    that ended.
    """

    start: datetime
    end: datetime
    requester_id: str
    waiting: tuple[str, ...]
    accepted_by: str | None
    is_archived: bool
    held: tuple[Span, ...]
    gone: frozenset[str]


class Revision(Struct, frozen=True, kw_only=True):
    """What has to change of it: it closes, or loses hours, its taker, or some of whom it asks.

    `is_unanswered`: nobody is left who could say yes.
    """

    closing: Closing | None = None
    hours: Span | None = None
    loses_taker: bool = False
    leaves: tuple[str, ...] = ()
    is_unanswered: bool = False


def revise(matter: Matter) -> Revision | None:
    """None while it stands as it is."""
    if matter.is_archived:
        return Revision(closing="ended")
    if matter.requester_id in matter.gone:
        return Revision(closing="left")
    if not matter.held:
        return Revision(closing="moved")
    hours = matter.held[0][0], matter.held[-1][1]
    loses_taker = matter.accepted_by in matter.gone
    leaves = tuple(id for id in matter.waiting if id in matter.gone)
    is_open = matter.accepted_by is None or loses_taker
    revision = Revision(
        hours=hours if hours != (matter.start, matter.end) else None,
        loses_taker=loses_taker,
        leaves=leaves,
        is_unanswered=is_open and bool(leaves) and len(leaves) == len(matter.waiting),
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
