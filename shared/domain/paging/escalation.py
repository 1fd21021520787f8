"""Whom a run pages at which step, and when the next step is."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

FALLBACK_EVERY = timedelta(minutes=30)
LOOK_FOR_SOMEBODY_EVERY = timedelta(minutes=5)
"""How often somebody is looked for where the policy, the team and the administrators have nobody who can be reached."""
SHORTEST_ROUND = timedelta(minutes=1)
"""A level that waits for nothing may page the next at the same time, but not itself."""
Outcome = Literal["paged", "skipped", "fallback"]


class Target(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A person, everybody in a team, or whoever is on call in a schedule (holding `role_id`, if given)."""

    kind: Literal["user", "team", "schedule"]
    id: str
    role_id: str | None = None

    @property
    def key(self) -> str:
        return f"{self.kind}:{self.id}:{self.role_id or ''}"


class Level(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everybody it means is paged at once; `delay_s` later, if nobody answered, the next level is."""

    targets: tuple[Target, ...]
    delay_s: int


class Policy(Struct, frozen=True, kw_only=True):
    """The snapshot that a run follows, whatever happens to the policy meanwhile.

    With `is_trial` nobody is paged but whom the levels mean.
    """

    id: str | None
    name: str
    levels: tuple[Level, ...]
    rounds: int = 1
    is_trial: bool = False


class Person(Struct, frozen=True, kw_only=True):
    """Somebody a target means now."""

    user_id: str
    name: str
    is_reachable: bool = True
    until: datetime | None = None


class Meant(Struct, frozen=True, kw_only=True):
    """A target as it stands now."""

    kind: Literal["user", "team", "schedule", "fallback"]
    id: str
    name: str
    people: tuple[Person, ...]


class Place(Struct, frozen=True, kw_only=True):
    """A level of a round, or the fallback after all of them."""

    level: int
    round: int
    is_fallback: bool


class Step(Struct, frozen=True, kw_only=True):
    """One step that is taken now."""

    place: Place
    outcome: Outcome
    meant: tuple[Meant, ...]
    people: tuple[Person, ...]
    reason: str | None = None


class Advance(Struct, frozen=True, kw_only=True):
    """The steps taken now, skipped ones included; the run goes on at `position` when it is `next_at`.

    With `levels_at`, the levels go on no sooner than then, and what is due before is the fallback's.
    """

    steps: tuple[Step, ...]
    position: int
    next_at: datetime
    levels_at: datetime | None = None


def place_of(policy: Policy, position: int) -> Place:
    """Where a run stands at `position`: levels counted from 0 over all rounds."""
    levels = len(policy.levels)
    if position >= levels * policy.rounds:
        return Place(level=levels + 1, round=policy.rounds, is_fallback=True)
    return Place(level=position % levels + 1, round=position // levels + 1, is_fallback=False)


def pause_after(policy: Policy, position: int) -> timedelta:
    """How long the level at `position` has to answer; before the list begins again, a minute at least."""
    delay = timedelta(seconds=policy.levels[place_of(policy, position).level - 1].delay_s)
    following = place_of(policy, position + 1)
    return max(delay, SHORTEST_ROUND) if following.level == 1 and not following.is_fallback else delay


def others_ahead(policy: Policy, position: int, *, meant: Mapping[str, Meant], deaf: Collection[str]) -> int | None:
    """The position of the next level that means somebody who can be reached and isn't among the `deaf`.

    None when the list, gone through once from `position` on, has nobody else; the fallback counts for nobody.
    """
    for each in range(position, position + len(policy.levels)):
        place = place_of(policy, each)
        if place.is_fallback:
            return None
        people, _ = _reachable(_found(policy, place, meant))
        if any(person.user_id not in deaf for person in people):
            return each
    return None


def meant_next(policy: Policy, position: int, *, meant: Mapping[str, Meant]) -> tuple[Meant, ...]:
    """Whom the step at `position` pages if nothing changes until then; nobody when that is the fallback."""
    following = others_ahead(policy, position, meant=meant, deaf=())
    if following is None:
        return ()
    found = _found(policy, place_of(policy, following), meant)
    reached = (replace(each, people=tuple(one for one in each.people if one.is_reachable)) for each in found)
    return tuple(each for each in reached if each.people)


def advance(
    policy: Policy,
    position: int,
    *,
    meant: Mapping[str, Meant],
    fallback: tuple[Meant, ...],
    levels_at: datetime | None = None,
    now: datetime,
) -> Advance:
    """Go on from `position`; levels that mean nobody who can be reached are passed over at once.

    `meant` says for each target's key whom it means now; `fallback` is tried in order once the levels are done, and
    pages again every half hour until somebody answers. Before `levels_at`, and once the whole list was passed over,
    the fallback is paged beside the levels, which go on after the delay that they have.
    """
    everybody = (*(() if policy.is_trial else fallback), *meant.values())
    if levels_at is not None and now < levels_at:
        return _beside(policy, position, (), everybody, levels_at=levels_at, now=now)
    taken: list[Step] = []
    while True:
        place = place_of(policy, position)
        if place.is_fallback:
            step = _fallback(place, everybody)
            pause = FALLBACK_EVERY if step.people else LOOK_FOR_SOMEBODY_EVERY
            return Advance(steps=(*taken, step), position=position + 1, next_at=now + pause)
        if taken and len(taken) >= len(policy.levels):
            pause = max(pause_after(policy, position - 1), SHORTEST_ROUND)
            return _beside(policy, position, tuple(taken), everybody, levels_at=now + pause, now=now)
        found = _found(policy, place, meant)
        people, reason = _reachable(found)
        if people:
            step = Step(place=place, outcome="paged", meant=found, people=people)
            next_at = now + _pause(policy, position, meant)
            return Advance(steps=(*taken, step), position=position + 1, next_at=next_at)
        taken.append(Step(place=place, outcome="skipped", meant=found, people=(), reason=reason))
        position += 1


def _pause(policy: Policy, position: int, meant: Mapping[str, Meant]) -> timedelta:
    """As `pause_after`; a level after which everybody left of the round can't be reached now is its last."""
    pause = pause_after(policy, position)
    place = place_of(policy, position)
    rest = (place_of(policy, position + n) for n in range(1, len(policy.levels) - place.level + 1))
    if place.round == policy.rounds or any(_reachable(_found(policy, each, meant))[0] for each in rest):
        return pause
    return max(pause, SHORTEST_ROUND)


def _beside(
    policy: Policy,
    position: int,
    taken: tuple[Step, ...],
    fallback: tuple[Meant, ...],
    *,
    levels_at: datetime,
    now: datetime,
) -> Advance:
    """Page the fallback while the levels wait."""
    round = place_of(policy, max(position - 1, 0)).round
    step = _fallback(Place(level=len(policy.levels) + 1, round=round, is_fallback=True), fallback)
    next_at = levels_at if step.people else min(levels_at, now + LOOK_FOR_SOMEBODY_EVERY)
    return Advance(steps=(*taken, step), position=position, next_at=next_at, levels_at=levels_at)


def _found(policy: Policy, place: Place, meant: Mapping[str, Meant]) -> tuple[Meant, ...]:
    targets = policy.levels[place.level - 1].targets
    return tuple(meant[target.key] for target in targets if target.key in meant)


def _fallback(place: Place, fallback: tuple[Meant, ...]) -> Step:
    for meant in fallback:
        people, _ = _reachable((meant,))
        if people:
            return Step(place=place, outcome="fallback", meant=(meant,), people=people)
    return Step(place=place, outcome="fallback", meant=(), people=(), reason="nobody_reachable")


def _reachable(meant: Collection[Meant]) -> tuple[tuple[Person, ...], str | None]:
    """Everybody who can be reached, each once; else why nobody is."""
    people = {person.user_id: person for each in meant for person in each.people}
    reachable = tuple(person for person in people.values() if person.is_reachable)
    if reachable:
        return reachable, None
    if people:
        return (), "nobody_reachable"
    return (), "nobody_on_call" if any(each.kind == "schedule" for each in meant) else "nobody_meant"


class Forecast(Struct, frozen=True, kw_only=True):
    """A step to come, if nobody answers and nothing changes."""

    place: Place
    at: datetime


def forecast(policy: Policy, position: int, next_at: datetime, *, limit: int = 6) -> list[Forecast]:
    """The steps from `position` on, with their times, up to the first fallback."""
    ahead: list[Forecast] = []
    at = next_at
    for each in range(position, position + limit):
        place = place_of(policy, each)
        ahead.append(Forecast(place=place, at=at))
        if place.is_fallback:
            break
        at += pause_after(policy, each)
    return ahead


def position_of_level(policy: Policy, position: int, level: int) -> int:
    """The position of `level` (from 1) in the round that a run at `position` is in."""
    levels = len(policy.levels)
    current_round = min(max(position - 1, 0) // levels, policy.rounds - 1)
    return current_round * levels + level - 1
