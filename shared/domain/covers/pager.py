"""A pager that changes hands at once: whose it is then, for how long, and what goes back to whom it was taken from."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct, structs

from shared.domain.flaws import Flaw, flaw
from shared.domain.on_call.leaving import StandIn
from shared.domain.on_call.rota import Override, Rota, Scope
from shared.domain.on_call.schedules import next_on_call, on_call_at, shifts, slots
from shared.domain.on_call.shifts import Shift
from shared.domain.on_call.stretches import Entry

LONGEST: Final = timedelta(days=30)
LONGEST_IN_A_GAP: Final = timedelta(hours=24)
_MOMENT: Final = timedelta(microseconds=1)


class Handing(Struct, frozen=True, kw_only=True):
    """Who has it now and until when, and who had it; promises that end at once, and those to be made.

    With `ended`, what was somebody's comes back to them, and nothing else of whoever had it moves.
    """

    holder: str
    until: datetime
    loser: str | None
    ended: tuple[Override, ...] = ()
    made: tuple[StandIn, ...] = ()


def may_last_until(until: datetime, now: datetime) -> bool:
    """Whether it may be given until then: an instant ahead, by 30 days at most."""
    return now < until <= now + LONGEST


def check_giving(rota: Rota, me: str, to: str, until: datetime, now: datetime) -> list[Flaw]:
    """Why it can't be given; whether the other could be on call is not asked here."""
    flaws: list[Flaw] = []
    if not may_last_until(until, now):
        message = "must be after now, and at most 30 days ahead"
        flaws.append(flaw("until", "out_of_range", message, max_days=LONGEST.days))
    if to == me:
        flaws.append(flaw("to_user_id", "themselves", "you have it already"))
    if me not in _holders(rota, now):
        flaws.append(flaw("schedule_id", "not_on_call", "you are not on call on this schedule now"))
    return flaws


def giving(rota: Rota, me: str, to: str, until: datetime, now: datetime) -> Handing:
    """To whom it was taken or given from it goes back: for good, or until all is as before again."""
    ended = _lent(rota, owner=to, holder=me, now=now)
    if not ended:
        made = StandIn(user_id=to, start=now, end=until, scope=Scope(kind="person", user_id=me))
        return Handing(holder=to, until=until, loser=me, made=(made,))
    again = _again(ended, until)
    back = _back_until(rota, _promised(_without(rota, ended, now), again, now), to, now)
    return Handing(holder=to, until=back, loser=me, ended=ended, made=again)


def check_taking(rota: Rota, me: str, named: str | None, now: datetime) -> Flaw | None:
    """Why this watch can't be taken; `named` None is whoever is on call, or a gap."""
    holders = _holders(rota, now)
    if named is None and len(holders) > 1:
        return flaw("from_user_id", "required", "several are on call; say whose watch it is")
    if named is not None and named not in holders:
        return flaw("from_user_id", "not_on_call", "this person is not on call on this schedule now")
    if me in (named, *(holders if named is None else ())):
        return flaw("from_user_id", "themselves", "you have it already")
    return None


def taking(rota: Rota, me: str, named: str | None, now: datetime) -> Handing:
    """Somebody's watch to the end of their running shift, or a gap until somebody is on call again.

    Whoever stands in for me gives back what was mine, and nothing of their own.
    """
    holder = named or next(iter(_holders(rota, now)), None)
    ended = _lent(rota, owner=me, holder=holder, now=now) if holder is not None else ()
    if ended:
        return Handing(
            holder=me, until=_back_until(rota, _without(rota, ended, now), me, now), loser=holder, ended=ended
        )
    until = taken_until(rota, holder, now)
    scope = Scope(kind="person", user_id=holder) if holder is not None else Scope()
    return Handing(holder=me, until=until, loser=holder, made=(StandIn(user_id=me, start=now, end=until, scope=scope),))


def _holders(rota: Rota, now: datetime) -> list[str]:
    return list(dict.fromkeys(entry.user_id for entry in on_call_at(rota, now)))


def _lent(rota: Rota, *, owner: str, holder: str, now: datetime) -> tuple[Override, ...]:
    """The promises by which the holder has what is the owner's, though others may stand between them.

    What the owner promised to somebody else stays theirs. Where promises lie over each other so that none alone gives
    anything back, all of the owner's end.
    """
    promised = tuple(
        each
        for each in rota.overrides
        if each.scope.user_id == owner and each.cancelled_at is None and each.start <= now < each.end
    )
    lent = tuple(each for each in promised if _comes_back(rota, (each,), owner=owner, holder=holder, now=now))
    for ended in (lent, promised):
        if _comes_back(rota, ended, owner=owner, holder=holder, now=now):
            return ended
    return ()


def _comes_back(rota: Rota, ended: tuple[Override, ...], *, owner: str, holder: str, now: datetime) -> bool:
    """Whether something of the holder's is the owner's once these end."""
    was, will = on_call_at(rota, now), on_call_at(_without(rota, ended, now), now)
    gives = _roles(was, holder) - _roles(will, holder)
    gains = _roles(will, owner) - _roles(was, owner)
    return bool(gives & gains)


def _roles(entries: Sequence[Entry], user_id: str) -> Counter[str | None]:
    return Counter(entry.role_id for entry in entries if entry.user_id == user_id)


def _without(rota: Rota, ended: tuple[Override, ...], now: datetime) -> Rota:
    overrides = (structs.replace(each, cancelled_at=now) if each in ended else each for each in rota.overrides)
    return structs.replace(rota, overrides=tuple(overrides))


def _again(ended: tuple[Override, ...], until: datetime) -> tuple[StandIn, ...]:
    """The promises that make it from `until` on as if it had not gone back: each counts where the one that ends did."""
    return tuple(
        StandIn(user_id=each.user_id, start=until, end=each.end, scope=each.scope, created_at=each.created_at)
        for each in sorted(ended, key=lambda each: (each.created_at, each.id))
        if each.end > until
    )


def _promised(rota: Rota, made: Sequence[StandIn], now: datetime) -> Rota:
    promises = (
        Override(
            id=f"{n:03}",
            start=each.start,
            end=each.end,
            user_id=each.user_id,
            scope=each.scope,
            created_at=each.created_at or now,
        )
        for n, each in enumerate(made)
    )
    return structs.replace(rota, overrides=(*rota.overrides, *promises))


def _back_until(before: Rota, after: Rota, holder: str, now: datetime) -> datetime:
    """Until when somebody has what came back to them: to the end of the turn, or until it is another's again."""
    was = on_call_at(before, now)
    gained = [entry for entry in on_call_at(after, now) if entry.user_id == holder and entry not in was]
    return min((_end_of_turn(after, entry, now) for entry in gained), default=now)


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
    ends += [each.end for each in shifts(rota, now, now + LONGEST) if _is_of(each, entry)][:1]
    return min(ends)


def _is_of(shift: Shift, entry: Entry) -> bool:
    source = (shift.user_id, shift.role_id, shift.layer_id, shift.override_id)
    return source == (entry.user_id, entry.role_id, entry.layer_id, entry.override_id)
