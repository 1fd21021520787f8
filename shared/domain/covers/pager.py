"""A pager that changes hands at once: for how long at most, and when it comes back."""

from datetime import datetime, timedelta
from typing import Final

from shared.domain.on_call.rota import Rota
from shared.domain.on_call.schedules import next_on_call, on_call_at, shifts, slots
from shared.domain.on_call.stretches import Entry

LONGEST: Final = timedelta(days=30)
LONGEST_IN_A_GAP: Final = timedelta(hours=24)
_MOMENT: Final = timedelta(microseconds=1)


def may_last_until(until: datetime, now: datetime) -> bool:
    """Whether it may be given until then: an instant ahead, by 30 days at most."""
    return now < until <= now + LONGEST


def taken_until(rota: Rota, holder: str | None, now: datetime) -> datetime:
    """When a pager that is taken now comes back: as the running turn ends, though the next may be the same person's.

    A gap, without a holder, lasts until somebody is on call again, at most a day. Now, where the holder isn't on call.
    """
    if holder is None:
        following = next_on_call(rota, now)
        return min(following.at, now + LONGEST_IN_A_GAP) if following is not None else now + LONGEST_IN_A_GAP
    held = [entry for entry in on_call_at(rota, now) if entry.user_id == holder]
    return min((_end_of_turn(rota, entry, now) for entry in held), default=now)


def _end_of_turn(rota: Rota, entry: Entry, now: datetime) -> datetime:
    ends = [now + LONGEST]
    ends += [each.end for each in rota.overrides if each.id == entry.override_id]
    if entry.layer_id is not None and entry.override_id is None:
        ends += [slot.end for slot in slots(rota, entry.layer_id, now, now + _MOMENT)]
    ends += [each.end for each in shifts(rota, now, now + LONGEST) if each.user_id == entry.user_id][:1]
    return min(ends)
