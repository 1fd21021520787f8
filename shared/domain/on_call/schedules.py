"""Who is on call: at an instant, over a window, next, and where nobody is."""

from bisect import insort
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from heapq import merge
from typing import Final, NamedTuple

from msgspec import Struct

from shared.domain.on_call.overrides import Stand, handed_out
from shared.domain.on_call.rota import Override, Rota
from shared.domain.on_call.shifts import Key, Shift, ShiftLog, key_of, mark_time_off
from shared.domain.on_call.stretches import Cause, Entries, Entry, Stretch, Watch, watches
from shared.domain.on_call.turns import FOREVER
from shared.domain.time import from_us, to_us

LOOK_AHEAD: Final = timedelta(days=366)
"""How far the next handoff is looked for, and the longest window that may be asked for."""


class State(NamedTuple):
    """`[start_us, end_us)` in which everything stays the same, with each layer's part before overrides."""

    start_us: int
    end_us: int
    entries: Entries
    layers: tuple[Stretch, ...]


class Handoff(Struct, frozen=True, kw_only=True):
    """An instant at which other people come on call, and these people."""

    at: datetime
    entries: tuple[Entry, ...]


class Changeover(Struct, frozen=True, kw_only=True):
    """A handoff with the people, by user id, who come on call or go off, in whatever role."""

    at: datetime
    leave: tuple[str, ...]
    enter: tuple[str, ...]


class Gap(Struct, frozen=True, kw_only=True):
    """Nobody is on call, and why each layer that might help doesn't."""

    start: datetime
    end: datetime
    causes: tuple[Cause, ...]


class Slot(Struct, frozen=True, kw_only=True):
    """One slot of a layer; without a turn it is passed over, without a group its ring is empty."""

    number: int
    start: datetime
    end: datetime
    turn: int | None
    group: int | None
    entries: tuple[Entry, ...]
    tentative: bool = False


def on_call_at(rota: Rota, t: datetime) -> list[Entry]:
    """Everyone on call at an instant, in the order of the layers."""
    at_us = to_us(t)
    return list(next(_states(rota, at_us, at_us + 1)).entries)


def on_call_over(rota: Rota, start: datetime, end: datetime) -> Iterator[tuple[datetime, tuple[Entry, ...]]]:
    """Everyone on call over a window, and from which instant on; computed as far as it is read."""
    for state in _states(rota, to_us(start), to_us(end)):
        yield from_us(state.start_us), state.entries


def shifts(rota: Rota, start: datetime, end: datetime) -> list[Shift]:
    """All shifts of a window, cut to it, in order."""
    start_us, end_us = to_us(start), to_us(end)
    log = ShiftLog(start_us, end_us)
    # One microsecond more on each side shows what goes on before and after.
    for state in _states(rota, start_us - 1, end_us + 1):
        log.enter(state.start_us, state.entries)
    return mark_time_off(log.close(end_us + 1), rota.time_off)


def page_end(
    rotas: Sequence[Rota], start: datetime, end: datetime, most: int, *, user_id: str | None = None
) -> datetime:
    """The end of the window's first part that has at most `most` shifts of one person, or of all; `end` with no more.

    Parts joined are the whole, since shifts say that they go on. A part never has no length: where more begin at once
    than it may have, it has them. No more is computed than this part.
    """
    start_us = to_us(start)
    begun = (_begins(rota, start_us, to_us(end), user_id) for rota in rotas)
    for count, at_us in enumerate(merge(*begun), 1):
        if count > most and at_us > start_us:
            return from_us(at_us)
    return end


def _begins(rota: Rota, start_us: int, end_us: int, user_id: str | None) -> Iterator[int]:
    """The instant of each shift that begins, those that run first."""
    held: set[Key] = set()
    for state in _states(rota, start_us, end_us):
        now = {key_of(entry) for entry in state.entries if user_id in (None, entry.user_id)}
        yield from (state.start_us for _ in now - held)
        held = now


def next_handoff(rota: Rota, t: datetime) -> Handoff | None:
    """When the set of (user, role) changes next, within 366 days; `entries` may be empty then."""
    return next(_handoffs(rota, t), None)


def next_on_call(rota: Rota, t: datetime) -> Handoff | None:
    """The next handoff that leaves somebody on call: the first such people after those of now."""
    return next((handoff for handoff in _handoffs(rota, t) if handoff.entries), None)


def changeovers(rota: Rota, start: datetime, end: datetime) -> list[Changeover]:
    """Every handoff in `(start, end]`."""
    found: list[Changeover] = []
    before: set[tuple[str, str | None]] | None = None
    for state in _states(rota, to_us(start), to_us(end) + 1):
        now = {(entry.user_id, entry.role_id) for entry in state.entries}
        if before is not None and now != before:
            leave, enter = ({user for user, _ in pairs} for pairs in (before - now, now - before))
            at = from_us(state.start_us)
            found.append(Changeover(at=at, leave=tuple(sorted(leave)), enter=tuple(sorted(enter))))
        before = now
    return found


def _handoffs(rota: Rota, t: datetime) -> Iterator[Handoff]:
    start_us = to_us(t)
    holders: set[tuple[str, str | None]] | None = None
    for state in _states(rota, start_us, to_us(t + LOOK_AHEAD) + 1):
        now = {(entry.user_id, entry.role_id) for entry in state.entries}
        if holders is not None and now != holders:
            yield Handoff(at=from_us(state.start_us), entries=state.entries)
        holders = now


def gaps(rota: Rota, start: datetime, end: datetime, *, role_id: str | None = None) -> list[Gap]:
    """Where nobody is on call, or nobody in one role, with the causes in alphabetical order."""
    able = [role_id is None or role_id in handed_out(layer) for layer in rota.schedule.layers]
    found: list[Gap] = []
    causes: set[Cause] = set()
    since: int | None = None
    end_us = to_us(end)
    for state in _states(rota, to_us(start), end_us):
        missing = not any(role_id is None or entry.role_id == role_id for entry in state.entries)
        if missing:
            since = state.start_us if since is None else since
            causes |= _causes(state, able)
        elif since is not None:
            found.append(_gap(since, state.start_us, causes))
            since, causes = None, set()
    if since is not None:
        found.append(_gap(since, end_us, causes))
    return found


def _gap(start_us: int, end_us: int, causes: set[Cause]) -> Gap:
    return Gap(start=from_us(start_us), end=from_us(end_us), causes=tuple(sorted(causes)))


def _causes(state: State, able: list[bool]) -> set[Cause]:
    """Why the layers that could help don't; one on duty with other roles only has no fitting member."""
    causes: set[Cause] = set()
    for layer, can_help in zip(state.layers, able, strict=True):
        if can_help:
            causes.add(layer.cause or "no_active_member")
    return causes or {layer.cause or "no_active_member" for layer in state.layers}


def slots(rota: Rota, layer_id: str, start: datetime, end: datetime) -> list[Slot]:
    """The slots of one layer that overlap a window, whole, with turn and group; overrides don't show."""
    watch = next(watch for watch in watches(rota) if watch.layer.id == layer_id)
    clock, end_us = watch.clock, to_us(end)
    reading = max(clock.zone.reading(to_us(start)), clock.start)
    number = clock.slots.holding(reading)
    found: list[Slot] = []
    while True:
        opens, closes = clock.slots.start_of(number), clock.slots.start_of(number + 1)
        closes = closes if clock.end is None else min(closes, clock.end)
        start_us, stop_us = clock.zone.at(opens), clock.zone.at(closes)
        if start_us >= end_us or opens >= closes:
            return found
        if stop_us > max(start_us, to_us(start)):
            found.append(_slot(watch, number, start_us, stop_us))
        number += 1


def _slot(watch: Watch, number: int, start_us: int, end_us: int) -> Slot:
    turn = watch.clock.turn_of(number) if watch.clock.takes_turn(number) else None
    group = None if turn is None else watch.turns.holder(turn)
    return Slot(
        number=number,
        start=from_us(start_us),
        end=from_us(end_us),
        turn=turn,
        group=group,
        entries=() if turn is None or group is None else watch.entries(group, turn, start_us),
        tentative=turn is not None and watch.turns.is_tentative(turn),
    )


def _states(rota: Rota, start_us: int, end_us: int) -> Iterator[State]:
    """The window without holes; computed as far as it is read."""
    layer_watches = watches(rota)
    stand = Stand(rota, layer_watches)
    streams = [watch.stretches(start_us, end_us) for watch in layer_watches]
    current = [next(stream) for stream in streams]
    force = _Force(stand.windows, start_us, end_us)
    at_us = start_us
    while at_us < end_us:
        in_force, era = force.at(at_us), stand.era(at_us)
        edge_us = min(force.until_us, stand.roles_until(at_us, in_force), FOREVER if era.end_us is None else era.end_us)
        # Until the edge nothing changes but the layers.
        while at_us < edge_us:
            stop_us = edge_us
            for stretch in current:
                stop_us = min(stop_us, stretch.end_us)
            layers = era.counted(current)
            yield State(at_us, stop_us, stand.resolve(at_us, era, layers, in_force), layers)
            at_us = stop_us
            if at_us < end_us:
                for index, stretch in enumerate(current):
                    if stretch.end_us <= at_us:
                        current[index] = next(streams[index])


class _Force:
    """The overrides in force, in their order, while time goes on."""

    def __init__(self, windows: list[tuple[int, int, Override]], start_us: int, end_us: int) -> None:
        self._overrides = [override for _, _, override in windows]
        self._edges = [(end_us, -1, -1)]
        for index, (start, end, _) in enumerate(windows):
            if start < end_us and end > start_us:
                self._edges += [(start, 1, index), (end, 0, index)]
        self._edges.sort(reverse=True)
        self._active: list[int] = []
        self._in_force: list[Override] = []

    @property
    def until_us(self) -> int:
        return self._edges[-1][0]

    def at(self, at_us: int) -> list[Override]:
        """Those in force at an instant that is not before the last one asked for."""
        if self._edges[-1][0] > at_us:
            return self._in_force
        while self._edges[-1][0] <= at_us:
            _, begins, index = self._edges.pop()
            if begins:
                insort(self._active, index)
            else:
                self._active.remove(index)
        self._in_force = [self._overrides[index] for index in self._active]
        return self._in_force
