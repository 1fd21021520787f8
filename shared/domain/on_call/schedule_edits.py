"""What saving a changed schedule does: the past and what runs stay, whatever is changed."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from msgspec import Struct, structs

from shared.domain.on_call.layer_edits import edit_layer, end_layer, end_of_slot
from shared.domain.on_call.rota import Arrangement, Layer, Override, Rota, Schedule, Scope
from shared.domain.time import from_us, to_us, wall_reading, zone


class Edited(Struct, frozen=True, kw_only=True):
    """`overrides` are to be made: those of single layers go on in the layers that follow."""

    schedule: Schedule
    overrides: tuple[Override, ...] = ()


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
    every slot that runs has ended, so that they take nobody's running shift away.
    """
    old = _pinned(before.schedule)
    rota = structs.replace(before, schedule=old)
    layers: list[Layer] = []
    overrides: list[Override] = []
    successors: dict[str, str] = {}
    left = {layer.id: layer for layer in old.layers}
    for layer in wanted.layers:
        was = left.pop(layer.id, None)
        after = structs.replace(layer, time_zone=layer.time_zone or wanted.time_zone)
        made = (after,) if was is None else _edited(rota, was, after, new_id, now, effective_at)
        if was is not None and len(made) > 1:
            successors[was.id] = made[-1].id
            overrides += _followers(before.overrides, was.id, made[-1], new_id)
        layers += made if layer.time_zone else _unpinned(made, wanted.time_zone)
    for layer in left.values():
        if (ended := end_layer(rota, layer, now=now, effective_at=effective_at)) is not None:
            own = before.schedule.time_zone == wanted.time_zone
            layers += _unpinned((ended,), wanted.time_zone) if own else (ended,)
    schedule = Schedule(time_zone=wanted.time_zone, overlap=wanted.overlap, layers=tuple(layers))
    former = _former(before, schedule, successors, now, effective_at)
    return Edited(schedule=structs.replace(schedule, former=former), overrides=tuple(overrides))


def _edited(
    rota: Rota, was: Layer, after: Layer, new_id: Callable[[], str], now: datetime, effective_at: datetime | None
) -> tuple[Layer, ...]:
    """What is over comes back only with another end."""
    if _is_over(was, rota.schedule, now) and after.end == was.end:
        return (was,)
    return edit_layer(rota, was, after, successor_id=new_id(), now=now, effective_at=effective_at)


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
    before: Rota, after: Schedule, successors: Mapping[str, str], now: datetime, effective_at: datetime | None
) -> tuple[Arrangement, ...]:
    """What held until now, and what holds until the change takes effect; new layers count from then on."""
    old, begins = before.schedule, max(effective_at or now, now)
    ids = _grown([layer.id for layer in old.layers], successors)
    new = tuple(layer.id for layer in after.layers if layer.id not in ids)
    past = [each for each in old.former if each.until <= now]
    pending = [
        structs.replace(each, layers=(*_grown(each.layers, successors), *new))
        for each in old.former
        if each.until > now
    ]
    if new:
        current = pending[0] if pending else Arrangement(until=now, overlap=old.overlap, layers=ids)
        known = tuple(id for id in current.layers if id not in new)
        past.append(Arrangement(until=begins, overlap=current.overlap, layers=known))
    if _is_rearranged(old, (*ids, *new), after, now):
        until = effective_at or _end_of_slots(before, now)
        if not pending or until > pending[-1].until:
            pending.append(Arrangement(until=max(until, now), overlap=old.overlap, layers=(*ids, *new)))
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


def _end_of_slots(rota: Rota, now: datetime) -> datetime:
    """When the last slot ends that runs in any layer, whether it shows or not."""
    ends = (end_of_slot(rota, layer, now) for layer in rota.schedule.layers)
    return max((end for end in ends if end is not None), default=now)
