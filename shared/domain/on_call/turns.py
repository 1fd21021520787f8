"""Whose turn it is: groups in a ring that changes when people join or leave."""

from bisect import bisect_right, insort
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from math import gcd
from typing import Final, NamedTuple, Protocol

from shared.domain.on_call.rota import Layer, Member, Order, Person
from shared.domain.on_call.rotation import LayerClock
from shared.domain.time import moment_reading, to_us

FOREVER: Final = 1 << 62


class Membership(NamedTuple):
    """A member's stay in turns `[first, end)`; the person is gone from the instant `gone_us`."""

    user_id: str
    role_id: str | None
    first: int
    end: int
    gone_us: int | None
    end_unless_gone: int

    def holds(self, turn: int) -> bool:
        return self.first <= turn < self.end


class Ring(NamedTuple):
    """The groups that follow one another from turn `since` on, beginning at place `offset` of the ring."""

    since: int
    groups: tuple[int, ...]
    offset: int
    order: Order
    places: int

    def holder(self, turn: int) -> int | None:
        """The group that has this turn; in fair order the list moves by one after each whole pass."""
        size = len(self.groups)
        if size == 0:
            return None
        passed = turn - self.since
        common = gcd(size, self.places)
        moved = passed // (size * self.places // common) if self.order == "fair" and common > 1 else 0
        return self.groups[(self.offset + passed + moved) % size]


class Turns(Protocol):
    """Answers who has a turn, by the group's place in the list."""

    def holder(self, turn: int) -> int | None: ...

    def is_tentative(self, turn: int) -> bool: ...


class RingTurns:
    """`listed` and `fair`: a look-up in the rings that followed one another."""

    def __init__(self, rings: list[Ring]) -> None:
        self._rings = rings
        self._since = [ring.since for ring in rings]

    def ring(self, turn: int) -> Ring:
        return self._rings[bisect_right(self._since, turn) - 1]

    def holder(self, turn: int) -> int | None:
        return self.ring(turn).holder(turn)

    def is_tentative(self, turn: int) -> bool:
        del turn
        return False


def gone_us(people: Iterable[Person]) -> dict[str, int]:
    """From which instant on each ended account is on call nowhere."""
    return {p.user_id: to_us(p.deactivated_at) for p in people if p.deactivated_at is not None}


def memberships(layer: Layer, clock: LayerClock, gone: Mapping[str, int]) -> list[list[Membership]]:
    """Per group, the stay of each member in turns; `gone` says from which instant on an account is ended."""
    return [
        [_membership(clock, member, gone.get(member.user_id)) for member in group.members] for group in layer.groups
    ]


def _membership(clock: LayerClock, member: Member, gone_us: int | None) -> Membership:
    first = 0 if member.since is None else clock.first_turn_from(_moment(member.since))
    end = planned_end = FOREVER if member.until is None else clock.first_turn_from(_moment(member.until))
    if member.gone_at is not None:
        gone_us = min(to_us(member.gone_at), FOREVER if gone_us is None else gone_us)
    if gone_us is not None:
        end = min(end, clock.first_turn_from(clock.zone.upcoming(gone_us)))
    return Membership(member.user_id, member.role_id, first, end, gone_us, planned_end)


def rings(layer: Layer, clock: LayerClock, stays: list[list[Membership]]) -> list[Ring]:
    """The rings of a layer from its first turn on: a fold over the dates at which people join or leave."""
    present = [0] * len(stays)
    inside: list[int] = [index for index, group in enumerate(layer.groups) if group.nobody]
    found: list[Ring] = []
    last: int | None = None
    for turn, changes in _changes(stays):
        for group, step in changes:
            _count(group, step, present=present, inside=inside)
        groups = tuple(inside)
        if found and found[-1].groups == groups:
            continue
        if found and found[-1].groups:
            last = found[-1].holder(turn - 1)
        offset = 0 if last is None or not groups else bisect_right(groups, last) % len(groups)
        found.append(Ring(turn, groups, offset, layer.rotation.order, clock.places))
    return found


def _changes(stays: list[list[Membership]]) -> Iterator[tuple[int, list[tuple[int, int]]]]:
    """Joins (+1) and leaves (-1) of groups by the turn at which they show, the first at turn 0."""
    changes: defaultdict[int, list[tuple[int, int]]] = defaultdict(list, {0: []})
    for group, members in enumerate(stays):
        for member in members:
            if member.first < member.end:
                changes[member.first].append((group, 1))
                if member.end < FOREVER:
                    changes[member.end].append((group, -1))
    yield from sorted(changes.items())


def _count(group: int, step: int, *, present: list[int], inside: list[int]) -> None:
    present[group] += step
    if step > 0 and present[group] == 1:
        insort(inside, group)
    elif step < 0 and present[group] == 0:
        inside.remove(group)


def _moment(text: str) -> int:
    moment = moment_reading(text)
    if moment is None:
        raise ValueError(f"neither a wall time nor a date: {text}")
    return moment
