"""What saving a changed schedule does: the past and what runs stay, whatever is changed."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from msgspec import Struct, structs

from shared.domain.on_call.layer_edits import edit_layer, end_layer
from shared.domain.on_call.rota import Arrangement, Layer, Overlap, Override, Rota, Schedule, Scope
from shared.domain.on_call.running_shifts import cut_shifts, end_of_slots, widened_overrides
from shared.domain.time import from_us, to_us, wall_reading, zone


class Edited(Struct, frozen=True, kw_only=True):
    """`overrides` are to be made: those of single layers go on in the layers that follow."""

    schedule: Schedule
    overrides: tuple[Override, ...] = ()
    waits: Mapping[str, datetime] = {}
    """Until when changes of single layers wait for shifts that run in others."""


def new_schedule(wanted: Schedule, *, now: datetime, effective_at: datetime | None = None) -> Schedule:
    """A schedule that nobody was on before: its layers count from now on (or `effective_at`), however early they start.

    An early start says where a rotation stands, not who was on call.
    """
    begins = max(effective_at or now, now)
    starts = (zone(layer.time_zone or wanted.time_zone).at(wall_reading(layer.start) or 0) for layer in wanted.layers)
    if all(start >= to_us(begins) for start in starts):
        return wanted
    nothing = Arrangement(until=begins, overlap=wanted.overlap, layers=())
    return structs.replace(wanted, former=(nothing,))


def edit_schedule(
    before: Rota,
    wanted: Schedule,
    *,
    new_id: Callable[[], str],
    now: datetime,
    effective_at: datetime | None = None,
) -> Edited:
    """The schedule that stands once `wanted` is saved.

    A layer keeps its `id` in `wanted`; one without an old layer's is new and counts from now on (or `effective_at`),
    however early it starts. Layers that are missing end. A new zone holds from then on only. Another way to overlap,
    another order, and a new layer above others where the top one counts, wait for `effective_at`, by default until
    every slot that runs has ended, so that they take nobody's running shift away. Any other change of a layer that
    would cut a running shift of another waits until that shift has ended.
    """
    waits: dict[str, Wait] = {}
    while True:
        edited, origins = _edited_so(before, wanted, waits, new_id, now, effective_at)
        more = {} if effective_at is not None else _waits(before, edited, origins, waits, now)
        if not more:
            return structs.replace(edited, waits={id: wait.until for id, wait in waits.items()})
        waits |= more


class Wait(NamedTuple):
    """A change of a layer holds from `until` on; `anew` in a layer that follows it, though it could stay the same."""

    until: datetime
    anew: bool = False


def _waits(
    before: Rota, edited: Edited, origins: Mapping[str, str], waits: Mapping[str, Wait], now: datetime
) -> dict[str, Wait]:
    """For which changes that take a running shift it is to be waited longer than before."""
    overrides = (*before.overrides, *edited.overrides)
    after = structs.replace(before, schedule=edited.schedule, overrides=overrides)
    late = [(origins.get(id, id), cut.until) for cut in cut_shifts(before, after, now) for id in cut.layers]
    late += [(id, cut.until) for cut in widened_overrides(before, after, now) for id in cut.layers - origins.keys()]
    found: dict[str, Wait] = {}
    for id, until in late:
        known = waits.get(id, Wait(now))
        if known.until < until or not known.anew:
            wait = Wait(max(known.until, until), anew=known.until >= until)
            found[id] = max(wait, found.get(id, wait))
    return found


def _edited_so(
    before: Rota,
    wanted: Schedule,
    waits: Mapping[str, Wait],
    new_id: Callable[[], str],
    now: datetime,
    effective_at: datetime | None,
) -> tuple[Edited, dict[str, str]]:
    """The schedule in which these layers wait, and from which layer each one that follows comes."""
    old = _pinned(before.schedule)
    rota = structs.replace(before, schedule=old)
    layers: list[Layer] = []
    overrides: list[Override] = []
    successors: dict[str, str] = {}
    left = {layer.id: layer for layer in old.layers}
    known = frozenset(left)
    for layer in wanted.layers:
        was = left.pop(layer.id, None)
        after = structs.replace(layer, time_zone=layer.time_zone or wanted.time_zone)
        wait = waits.get(layer.id, Wait(effective_at) if effective_at is not None else None)
        made = (after,) if was is None else _edited(rota, was, after, new_id, now, wait)
        if was is not None and len(made) > 1:
            successors[was.id] = made[-1].id
            overrides += _followers(before.overrides, was.id, made[-1], new_id)
        layers += made if layer.time_zone else _unpinned(made, wanted.time_zone)
    for layer in left.values():
        if (ended := end_layer(rota, layer, now=now, effective_at=effective_at)) is not None:
            own = before.schedule.time_zone == wanted.time_zone
            layers += _unpinned((ended,), wanted.time_zone) if own else (ended,)
    schedule = Schedule(time_zone=wanted.time_zone, overlap=wanted.overlap, layers=tuple(layers))
    new = (waits[each.id].until for each in wanted.layers if each.id in waits and each.id not in known)
    begins = max(effective_at or now, now, *new)
    former = _former(before, schedule, successors, begins, now, effective_at)
    edited = Edited(schedule=structs.replace(schedule, former=former), overrides=tuple(overrides))
    return edited, {successor: id for id, successor in successors.items()}


def _edited(
    rota: Rota, was: Layer, after: Layer, new_id: Callable[[], str], now: datetime, wait: Wait | None
) -> tuple[Layer, ...]:
    """What is over comes back only with another end."""
    if _is_over(was, rota.schedule, now) and after.end == was.end:
        return (was,)
    at, anew = wait or (None, False)
    return edit_layer(rota, was, after, successor_id=new_id(), now=now, effective_at=at, anew=anew)


def _pinned(schedule: Schedule) -> Schedule:
    """Every layer with the zone that it has now."""
    zoned = (structs.replace(layer, time_zone=layer.time_zone or schedule.time_zone) for layer in schedule.layers)
    return structs.replace(schedule, layers=tuple(zoned))


def _unpinned(layers: Sequence[Layer], name: str) -> tuple[Layer, ...]:
    return tuple(structs.replace(each, time_zone=None) if each.time_zone == name else each for each in layers)


def _followers(
    overrides: Sequence[Override], layer_id: str, successor: Layer, new_id: Callable[[], str]
) -> list[Override]:
    begins = from_us(zone(successor.time_zone or "UTC").at(wall_reading(successor.start) or 0))
    scope = Scope(kind="layer", layer_id=successor.id)
    return [
        structs.replace(each, id=new_id(), scope=scope, start=max(begins, each.start))
        for each in overrides
        if each.scope.layer_id == layer_id and each.cancelled_at is None and each.end > begins
    ]


def _former(
    before: Rota,
    after: Schedule,
    successors: Mapping[str, str],
    begins: datetime,
    now: datetime,
    effective_at: datetime | None,
) -> tuple[Arrangement, ...]:
    """What held until now, and what holds until the change takes effect; new layers count from `begins` on."""
    old = before.schedule
    ids = _grown([layer.id for layer in old.layers], successors)
    new = tuple(layer.id for layer in after.layers if layer.id not in ids)

    def held(until: datetime, overlap: Overlap, layers: tuple[str, ...]) -> Arrangement:
        return Arrangement(until=until, overlap=overlap, layers=(*layers, *new) if until > begins else layers)

    past = [each for each in old.former if each.until <= now]
    pending = [
        held(each.until, each.overlap, _grown(each.layers, successors)) for each in old.former if each.until > now
    ]
    if new and all(each.until != begins for each in pending):
        current = next((each for each in pending if each.until > begins), held(begins, old.overlap, ids))
        known = tuple(id for id in current.layers if id not in new)
        past.append(Arrangement(until=begins, overlap=current.overlap, layers=known))
    if _is_rearranged(old, (*ids, *new), after, now):
        until = max(effective_at or end_of_slots(before, now), now)
        if not pending or until > pending[-1].until:
            pending.append(held(until, old.overlap, ids))
    if not new and not pending and old.overlap == "top_layer" and ids != tuple(each.id for each in after.layers):
        past.append(Arrangement(until=now, overlap=old.overlap, layers=ids))
    return tuple(sorted((*past, *pending), key=lambda each: each.until))


def _grown(order: Sequence[str], successors: Mapping[str, str]) -> tuple[str, ...]:
    """The same order with each successor behind what it follows."""
    return tuple(each for id in order for each in ((id, successors[id]) if id in successors else (id,)))


def _is_rearranged(old: Schedule, order: Sequence[str], after: Schedule, now: datetime) -> bool:
    """Whether layers overlap in another way, or in another order where that matters; new ones stand last in `order`."""
    if old.overlap == after.overlap == "union":
        return False
    living = [layer.id for layer in after.layers if not _is_over(layer, after, now)]
    return old.overlap != after.overlap or [id for id in order if id in living] != living


def _is_over(layer: Layer, schedule: Schedule, now: datetime) -> bool:
    end = None if layer.end is None else wall_reading(layer.end)
    return end is not None and zone(layer.time_zone or schedule.time_zone).at(end) <= to_us(now)
