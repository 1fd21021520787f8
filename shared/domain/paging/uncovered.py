"""Whether somebody is reachable at every instant: who has duty, less who is away and who would not be reached."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final, Literal, NamedTuple

WhyNot = Literal["off", "deactivated", "no_contact_method", "not_by_rule_in_time", "may_not_act"]
Span = tuple[datetime, datetime]
Away = Mapping[str, Sequence[Span]]
WEEK: Final = timedelta(days=7)


class Duty(NamedTuple):
    """Somebody is meant from `start` to `end`."""

    user_id: str
    start: datetime
    end: datetime


class Hole(NamedTuple):
    """Nobody who is meant can be reached."""

    start: datetime
    end: datetime


def uncovered(
    duties: Iterable[Duty], away: Away, deaf: Mapping[str, WhyNot], start: datetime, end: datetime
) -> list[Hole]:
    """The maximal parts of a window in which nobody is reachable, in order."""
    spans = sorted(
        span
        for duty in duties
        if duty.user_id not in deaf
        for span in _present(max(duty.start, start), min(duty.end, end), away.get(duty.user_id, ()))
    )
    holes: list[Hole] = []
    covered = start
    for opens, closes in spans:
        if opens > covered:
            holes.append(Hole(covered, opens))
        covered = max(covered, closes)
    if covered < end:
        holes.append(Hole(covered, end))
    return holes


def alone(duties: Iterable[Duty], away: Away, deaf: Mapping[str, WhyNot], start: datetime, end: datetime) -> list[Duty]:
    """The maximal parts of a window in which one person alone is reachable, whoever else is meant; in order."""
    edges: list[tuple[datetime, int, str]] = []
    for duty in duties:
        if duty.user_id in deaf:
            continue
        for opens, closes in _present(max(duty.start, start), min(duty.end, end), away.get(duty.user_id, ())):
            edges += [(opens, 1, duty.user_id), (closes, -1, duty.user_id)]
    edges.sort()
    found: list[Duty] = []
    counts: Counter[str] = Counter()
    since = start
    for at, by, user_id in edges:
        if len(counts) == 1 and at > since:
            found = _joined(found, Duty(next(iter(counts)), since, at))
        since = at
        counts[user_id] += by
        if not counts[user_id]:
            del counts[user_id]
    return found


def _joined(found: list[Duty], after: Duty) -> list[Duty]:
    """One more part; one that goes on where the last ended is the same."""
    if found and found[-1].end == after.start and found[-1].user_id == after.user_id:
        return [*found[:-1], Duty(after.user_id, found[-1].start, after.end)]
    return [*found, after]


def _present(
    start: datetime, end: datetime, away: Sequence[tuple[datetime, datetime]]
) -> list[tuple[datetime, datetime]]:
    left: list[tuple[datetime, datetime]] = []
    for opens, closes in sorted(away):
        if opens > start:
            left.append((start, min(opens, end)))
        start = max(start, closes)
    left.append((start, end))
    return [span for span in left if span[0] < span[1]]


def unreached(duties: Iterable[Duty], deaf: Mapping[str, WhyNot], at: datetime) -> dict[str, WhyNot]:
    """Those who are meant at an instant of a hole, and why a page would not reach them in time."""
    return {duty.user_id: deaf.get(duty.user_id, "off") for duty in duties if duty.start <= at < duty.end}


def is_weekly(hole: Hole, holes: Sequence[Hole]) -> bool:
    """Whether the same hours were uncovered a week before: an arrangement, not an accident."""
    start, end = hole.start - WEEK, hole.end - WEEK
    return any(each.start <= start and end <= each.end for each in holes)
