"""Shifts that run while a schedule is edited, and what in the edited schedule would cut them short."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from shared.domain.on_call.layer_edits import end_of_slot
from shared.domain.on_call.overrides import force_us
from shared.domain.on_call.rota import Layer, Rota
from shared.domain.on_call.schedules import LOOK_AHEAD, on_call_at, on_call_over
from shared.domain.on_call.stretches import Entry
from shared.domain.on_call.turns import gone_us
from shared.domain.time import from_us, to_us, wall_reading, zone


class Cut(NamedTuple):
    """A shift that would have run until `until`, but for these layers of the edited schedule, which take it."""

    layers: frozenset[str]
    until: datetime


def cut_shifts(before: Rota, after: Rota, now: datetime) -> list[Cut]:
    """What somebody who is on call now loses before the running slot of their layer ends, looking 366 days ahead."""
    running = _running(before, now)
    taken: dict[Entry, set[str]] = {}
    found: list[Cut] = []
    horizon = min(max(running.values(), default=now), now + LOOK_AHEAD)
    for t, was, will in side_by_side(before, after, now, horizon):
        holders = {(entry.user_id, entry.role_id) for entry in will}
        for entry, end in list(running.items()):
            if t >= end or entry not in was:
                del running[entry]
                if entry in taken:
                    found.append(Cut(frozenset(taken.pop(entry)), min(t, end)))
            elif (entry.user_id, entry.role_id) not in holders:
                taken.setdefault(entry, set()).update(each.layer_id for each in will if each.layer_id is not None)
        if not running:
            return found
    return [*found, *(Cut(frozenset(layers), running[entry]) for entry, layers in taken.items())]


def widened_overrides(before: Rota, after: Rota, now: datetime) -> list[Cut]:
    """Overrides of everything that run and would hold more roles at once, by layers that had not begun.

    They would have held what they hold until they end, or every slot that runs has; where none runs, until they end.
    """
    found: list[Cut] = []
    slots_end = end_of_slots(before, now)
    horizon = min(slots_end if slots_end > now else now + LOOK_AHEAD, now + LOOK_AHEAD)
    gone = gone_us(before.people)
    for each in before.overrides:
        start, end = force_us(each, gone.get(each.user_id))
        if each.scope.kind != "all" or not start <= to_us(now) < end:
            continue
        until = min(from_us(end), horizon)
        for _, was, will in side_by_side(before, after, now, until):
            if {entry for entry in will if entry.override_id == each.id} - set(was):
                found.append(Cut(_begun_since(before, after, now), until))
                break
    return found


def _begun_since(before: Rota, after: Rota, now: datetime) -> frozenset[str]:
    """The layers that are changed and had not begun, or were not there."""
    known = before.schedule.layers
    begun = {layer.id for layer in known if _has_begun(before, layer, now)}
    return frozenset(layer.id for layer in after.schedule.layers if layer.id not in begun and layer not in known)


def _has_begun(rota: Rota, layer: Layer, now: datetime) -> bool:
    return zone(layer.time_zone or rota.schedule.time_zone).at(wall_reading(layer.start) or 0) <= to_us(now)


def end_of_slots(rota: Rota, now: datetime) -> datetime:
    """When the last slot ends that runs in any layer, whether it shows or not."""
    ends = (end_of_slot(rota, layer, now) for layer in rota.schedule.layers)
    return max((end for end in ends if end is not None), default=now)


def _running(rota: Rota, now: datetime) -> dict[Entry, datetime]:
    """Who is on call by a layer, until the end of the slot that runs there."""
    entries = on_call_at(rota, now)
    here = {entry.layer_id for entry in entries}
    ends = {layer.id: end_of_slot(rota, layer, now) for layer in rota.schedule.layers if layer.id in here}
    return {entry: end for entry in entries if (end := ends.get(entry.layer_id or "")) is not None}


def side_by_side(
    before: Rota, after: Rota, start: datetime, end: datetime
) -> Iterator[tuple[datetime, tuple[Entry, ...], tuple[Entry, ...]]]:
    """Who is on call before and after an edit, and from which instant on."""
    if start >= end:
        return
    was, will = on_call_over(before, start, end), on_call_over(after, start, end)
    (t, old), (_, new) = next(was), next(will)
    next_old, next_new = next(was, None), next(will, None)
    while True:
        yield t, old, new
        ahead = [each[0] for each in (next_old, next_new) if each is not None]
        if not ahead:
            return
        t = min(ahead)
        if next_old is not None and next_old[0] == t:
            old, next_old = next_old[1], next(was, None)
        if next_new is not None and next_new[0] == t:
            new, next_new = next_new[1], next(will, None)
