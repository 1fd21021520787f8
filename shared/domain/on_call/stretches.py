"""What one layer gives over time: stretches in which its people stay the same, or why it is silent."""

from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

from msgspec import Struct

from shared.domain.on_call.least_recent import LeastRecent, away_us
from shared.domain.on_call.rota import Layer, Rota
from shared.domain.on_call.rotation import LayerClock, clock_of
from shared.domain.on_call.turns import FOREVER, Membership, RingTurns, Turns, gone_us, memberships, rings
from shared.domain.time import moment_reading

Cause = Literal["not_started", "ended", "masked", "restricted", "nobody_slot", "no_active_member", "deactivated"]


class Entry(Struct, frozen=True, kw_only=True, gc=False):
    """One person on call. Without an override the layer gives it; `all` overrides belong to no layer."""

    user_id: str
    role_id: str | None = None
    layer_id: str | None = None
    override_id: str | None = None
    tentative: bool = False


Entries = tuple[Entry, ...]
RolesGiven = list[tuple[int, tuple[str | None, ...]]]
"""From which instants on a layer hands out which roles, in order."""


class Stretch(NamedTuple):
    """`[start_us, end_us)` with the same entries; `cause` tells why there are none."""

    start_us: int
    end_us: int
    entries: Entries
    cause: Cause | None


class Watch:
    """A layer ready to answer: its clock, its people's stays and whose turn it is."""

    def __init__(self, layer: Layer, clock: LayerClock, stays: list[list[Membership]], turns: Turns) -> None:
        self.layer, self.clock, self.turns = layer, clock, turns
        self._stays = stays
        self._start_us, self._end_us = clock.bounds_us()
        self._same: dict[tuple[int, tuple[int, ...], bool], Entries] = {}
        self._steady = [all(_is_steady(stay) for stay in group) for group in stays]
        """Groups whose members are there from the first turn on, for good."""
        self._always: dict[tuple[int, bool], Entries] = {}

    def stretches(self, start_us: int, end_us: int) -> Iterator[Stretch]:
        """The window without holes, in order; neighbours may be alike."""
        at_us = start_us
        if at_us < self._start_us:
            stop = min(self._start_us, end_us)
            yield Stretch(at_us, stop, (), "not_started")
            at_us = stop
        life_end = end_us if self._end_us is None else min(self._end_us, end_us)
        if at_us < life_end:
            yield from self._alive(at_us, life_end)
        at_us = max(at_us, life_end)
        if at_us < end_us:
            yield Stretch(at_us, end_us, (), "ended")

    def _alive(self, start_us: int, end_us: int) -> Iterator[Stretch]:
        clock = self.clock
        at_us, reading = start_us, max(clock.zone.reading(start_us), clock.start)
        slot_end, turn = reading, 0
        while at_us < end_us:
            stop, rest = clock.week.stretch(reading)
            if rest is None:
                if reading >= slot_end:
                    slot = clock.slots.holding(reading)
                    slot_end, turn = clock.slots.start_of(slot + 1), clock.turn_of(slot)
                stop = min(stop, slot_end)
            stop_us = min(clock.zone.at(stop), end_us)
            if stop_us > at_us:
                if rest is None:
                    yield from self._turn(turn, at_us, stop_us)
                else:
                    yield Stretch(at_us, stop_us, (), rest)
                at_us = stop_us
            reading = stop

    def _turn(self, turn: int, start_us: int, end_us: int) -> Iterator[Stretch]:
        """One turn's duty, cut where a member's account ends."""
        group = self.turns.holder(turn)
        if group is None:
            yield Stretch(start_us, end_us, (), self._why_empty(turn))
            return
        if self.layer.groups[group].nobody:
            yield Stretch(start_us, end_us, (), "nobody_slot")
            return
        if self._steady[group]:
            yield Stretch(start_us, end_us, self.entries(group, turn, start_us), None)
            return
        stays = self._stays[group]
        cuts = {m.gone_us for m in stays if m.gone_us is not None and start_us < m.gone_us < end_us}
        for cut in [*sorted(cuts), end_us]:
            entries = self.entries(group, turn, start_us)
            yield Stretch(start_us, cut, entries, None if entries else "deactivated")
            start_us = cut

    def entries(self, group: int, turn: int, at_us: int) -> Entries:
        if not self._steady[group]:
            return self._entries(group, turn, at_us)
        place = (group, self.turns.is_tentative(turn))
        if place not in self._always:
            self._always[place] = self._entries(group, turn, at_us)
        return self._always[place]

    def _entries(self, group: int, turn: int, at_us: int) -> Entries:
        stays = self._stays[group]
        on = tuple(
            index
            for index, member in enumerate(stays)
            if member.first <= turn < member.end and (member.gone_us is None or at_us < member.gone_us)
        )
        key = (group, on, self.turns.is_tentative(turn))
        entries = self._same.get(key)
        if entries is None:
            people = dict.fromkeys((stays[index].user_id, stays[index].role_id) for index in on)
            entries = self._same[key] = tuple(
                Entry(user_id=user, role_id=role, layer_id=self.layer.id, tentative=key[2]) for user, role in people
            )
        return entries

    def roles_given(self) -> RolesGiven:
        """The roles of the members in the turn that runs, of those too whose account ended; where there is no such
        member, the roles of before. So whoever joins or leaves changes nothing before the next turn.
        """
        clock = self.clock
        stays = [stay for group in self._stays for stay in group if stay.first < stay.end_unless_gone]
        members = (member for group in self.layer.groups for member in group.members)
        begun = [m for m in members if m.since is None or (moment_reading(m.since) or 0) <= clock.start]
        given: RolesGiven = [(self._start_us, _roles(m.role_id for m in begun) or (None,))]
        edges = {edge for stay in stays for edge in (stay.first, stay.end_unless_gone) if edge < FOREVER}
        for turn in sorted({0, *edges}):
            roles = _roles(stay.role_id for stay in stays if stay.first <= turn < stay.end_unless_gone)
            if roles:
                given.append((clock.zone.at(clock.slots.start_of(clock.slot_of(turn))), roles))
        return given

    def _why_empty(self, turn: int) -> Cause:
        """A ring is empty because accounts ended if it wouldn't be without that."""
        stays = (member for group in self._stays for member in group)
        gone = any(member.first <= turn < member.end_unless_gone for member in stays)
        return "deactivated" if gone else "no_active_member"


def _is_steady(stay: Membership) -> bool:
    return stay.first == 0 and stay.end == FOREVER and stay.gone_us is None


def _roles(roles: Iterable[str | None]) -> tuple[str | None, ...]:
    return tuple(dict.fromkeys(roles))


def watches(rota: Rota) -> list[Watch]:
    """All layers of a schedule, in its order."""
    gone, away = gone_us(rota.people), away_us(rota.time_off)
    made: list[Watch] = []
    for layer in rota.schedule.layers:
        clock = clock_of(layer, rota.schedule.time_zone)
        stays = memberships(layer, clock, gone)
        turns: Turns = RingTurns(rings(layer, clock, stays))
        if layer.rotation.order == "least_recent":
            stored = [planned for planned in rota.planned if planned.layer_id == layer.id]
            turns = LeastRecent(clock, stays, turns, away).keep(stored)
        made.append(Watch(layer, clock, stays, turns))
    return made
