"""`least_recent` order: each turn goes to whom it was given longest ago, around time off."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from shared.domain.on_call.rota import Layer, PlannedTurn, Rota, TimeOff
from shared.domain.on_call.rotation import LayerClock, clock_of
from shared.domain.on_call.turns import Membership, RingTurns, gone_us, memberships, rings
from shared.domain.time import to_us

PLAN_AHEAD: Final = timedelta(days=90)
FROZEN_AHEAD: Final = timedelta(days=14)

Away = Mapping[str, Sequence[tuple[int, int]]]
"""Time off per user, in instants."""


class Given(NamedTuple):
    """A turn's group; `is_planned` if that was stored, `clashes` if all who could have it are away."""

    group: int | None
    is_planned: bool
    clashes: bool


class LeastRecent:
    """Turns as stored, and beyond them as planning would give them now."""

    def __init__(self, clock: LayerClock, stays: list[list[Membership]], ringed: RingTurns, away: Away) -> None:
        self._clock, self._stays, self._rings, self._away = clock, stays, ringed, away
        self._stored: dict[int, PlannedTurn] = {}
        self._given: dict[int, Given] = {}
        self._last: dict[int, int] = {}
        self._first = self._next = 0

    def keep(self, stored: Sequence[PlannedTurn]) -> "LeastRecent":
        """The same turns after these stored ones, which begin the record: before it nobody had a turn."""
        kept = LeastRecent(self._clock, self._stays, self._rings, self._away)
        kept._stored = {planned.turn: planned for planned in stored}
        kept._first = kept._next = min(kept._stored, default=0)
        return kept

    def holder(self, turn: int) -> int | None:
        return self.given(turn).group

    def is_tentative(self, turn: int) -> bool:
        return not self.given(turn).is_planned

    def given(self, turn: int) -> Given:
        """Who has a turn; costs the turns since the last one asked for."""
        if turn < self._first:
            return self.keep(()).given(turn)
        while self._next <= turn:
            given = self._given[self._next] = self._give(self._next)
            if given.group is not None:
                self._last[given.group] = self._next
            self._next += 1
        return self._given[turn]

    def _give(self, turn: int) -> Given:
        ring = self._rings.ring(turn).groups
        stored = self._stored.get(turn)
        if stored is not None and stored.group in ring:
            return Given(stored.group, True, stored.against_time_off)
        free = [group for group in ring if not self._is_away(group, turn)]
        group = min(free or ring, key=lambda group: (self._last.get(group, -1), group), default=None)
        return Given(group, False, group is not None and not free)

    def _is_away(self, group: int, turn: int) -> bool:
        """Whether time off of an active member touches the turn's duty time."""
        spans = [
            span for member in self._stays[group] if member.holds(turn) for span in self._away.get(member.user_id, ())
        ]
        return bool(spans) and any(
            start < duty_end and duty_start < end
            for duty_start, duty_end in duty_of(self._clock, turn)
            for start, end in spans
        )


def duty_of(clock: LayerClock, turn: int) -> Iterator[tuple[int, int]]:
    """The instants in which the slot of a turn is duty time, within the layer's life."""
    slot = clock.slot_of(turn)
    reading, end = clock.slots.start_of(slot), clock.slots.start_of(slot + 1)
    end = end if clock.end is None else min(end, clock.end)
    while reading < end:
        stop, rest = clock.week.stretch(reading)
        stop = min(stop, end)
        if rest is None:
            yield clock.zone.at(reading), clock.zone.at(stop)
        reading = stop


def away_us(time_off: Sequence[TimeOff]) -> Away:
    away: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
    for off in time_off:
        away[off.user_id].append((to_us(off.start), to_us(off.end)))
    return away


def planned_again(rota: Rota, *, now: datetime) -> tuple[PlannedTurn, ...]:
    """Every turn that is to be stored from now on: what has been, what is frozen, and the new plan."""
    kept: list[PlannedTurn] = []
    for layer in rota.schedule.layers:
        if layer.rotation.order == "least_recent":
            plan = plan_turns(rota, layer, now=now)
            new = {planned.turn for planned in plan}
            stood = (planned for planned in rota.planned if planned.layer_id == layer.id)
            freeze_us, clock = to_us(now + FROZEN_AHEAD), clock_of(layer, rota.schedule.time_zone)
            kept += [each for each in stood if each.turn not in new and _begin_us(clock, each.turn) < freeze_us]
            kept += plan
    return tuple(kept)


def plan_turns(rota: Rota, layer: Layer, *, now: datetime) -> list[PlannedTurn]:
    """The turns of the next 90 days that are not frozen, to be stored in place of those that were.

    `rota.planned` holds what is stored; of that, turns that begin within 14 days stand as long as their
    group can be on call. A first plan begins with the layer, so that everybody's last turn is known.
    """
    clock = clock_of(layer, rota.schedule.time_zone)
    stays = memberships(layer, clock, gone_us(rota.people))
    freeze_us, horizon_us = to_us(now + FROZEN_AHEAD), to_us(now + PLAN_AHEAD)
    frozen = [
        planned
        for planned in rota.planned
        if planned.layer_id == layer.id and _begin_us(clock, planned.turn) < freeze_us
    ]
    ringed = RingTurns(rings(layer, clock, stays))
    turns = LeastRecent(clock, stays, ringed, away_us(rota.time_off)).keep(frozen)
    turn = min((planned.turn for planned in frozen), default=0)
    plan: list[PlannedTurn] = []
    while _begin_us(clock, turn) < horizon_us and _is_alive(clock, turn):
        given = turns.given(turn)
        if given.group is not None and not given.is_planned:
            plan.append(PlannedTurn(layer_id=layer.id, turn=turn, group=given.group, against_time_off=given.clashes))
        turn += 1
    return plan


def _begin_us(clock: LayerClock, turn: int) -> int:
    return clock.zone.at(clock.slots.start_of(clock.slot_of(turn)))


def _is_alive(clock: LayerClock, turn: int) -> bool:
    return clock.end is None or clock.slots.start_of(clock.slot_of(turn)) < clock.end
