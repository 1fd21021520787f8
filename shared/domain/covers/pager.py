"""A pager that changes hands at once: who may give and take it, for how long, and when it comes back."""

from datetime import datetime, timedelta
from typing import Final

from shared.domain.flaws import Flaw, flaw
from shared.domain.on_call.leaving import StandIn
from shared.domain.on_call.rota import Rota, Scope
from shared.domain.on_call.schedules import next_on_call, on_call_at, shifts, slots
from shared.domain.on_call.stretches import Entry

LONGEST: Final = timedelta(days=30)
LONGEST_IN_A_GAP: Final = timedelta(hours=24)
_MOMENT: Final = timedelta(microseconds=1)


def may_last_until(until: datetime, now: datetime) -> bool:
    """Whether it may be given until then: an instant ahead, by 30 days at most."""
    return now < until <= now + LONGEST


def give(rota: Rota, me: str, to: str, until: datetime, now: datetime) -> StandIn | list[Flaw]:
    """The watch of `me` is another's until then; or all that is wrong with that."""
    flaws: list[Flaw] = []
    if not may_last_until(until, now):
        message = f"must be after now, and at most {LONGEST.days} days ahead"
        flaws.append(flaw("until", "out_of_range", message, max_days=LONGEST.days))
    if to == me:
        flaws.append(flaw("to_user_id", "themselves", "you have it already"))
    if me not in _holders(rota, now):
        flaws.append(flaw("schedule_id", "not_on_call", "you are not on call on this schedule now"))
    return flaws or StandIn(user_id=to, start=now, end=until, scope=Scope(kind="person", user_id=me))


def take(rota: Rota, me: str, named: str | None, now: datetime) -> StandIn | list[Flaw]:
    """The watch of whom is named, or of the only one who is on call, is mine; a gap is everybody's to take."""
    holders = _holders(rota, now)
    if named is None and len(holders) > 1:
        return [flaw("from_user_id", "required", "several are on call; say whose watch it is")]
    holder = named or (holders[0] if holders else None)
    if holder is not None and holder not in holders:
        return [flaw("from_user_id", "not_on_call", "this person is not on call on this schedule now")]
    if holder == me:
        return [flaw("from_user_id", "themselves", "you have it already")]
    scope = Scope(kind="person", user_id=holder) if holder is not None else Scope()
    return StandIn(user_id=me, start=now, end=taken_until(rota, holder, now), scope=scope)


def _holders(rota: Rota, now: datetime) -> list[str]:
    return list(dict.fromkeys(entry.user_id for entry in on_call_at(rota, now)))


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
