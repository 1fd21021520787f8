"""What becomes of a schedule when somebody's account ends: their places end, and nobody's shift is lost."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct, structs

from shared.domain.on_call.rota import Layer, Member, Override, Rota, Schedule, Scope
from shared.domain.on_call.schedules import shifts
from shared.domain.on_call.shifts import Shift
from shared.domain.time import moment_reading, to_us, wall_reading, zone

Span = tuple[datetime, datetime]


class StandIn(Struct, frozen=True, kw_only=True):
    """An override to make; in the order of the list, or where one would count that was made at `created_at`."""

    user_id: str
    start: datetime
    end: datetime
    scope: Scope
    created_at: datetime | None = None


def without(rota: Rota, user_id: str, at: datetime) -> Rota:
    """The rota from which a person whose account ended at `at` is gone for good: their return changes none of it.

    Every stay in a layer that goes on ends with the account, and so do their promises to stand in.
    """
    schedule = rota.schedule
    layers = tuple(_left(schedule, layer, user_id, at) for layer in schedule.layers)
    return structs.replace(
        rota,
        schedule=structs.replace(schedule, layers=layers),
        overrides=tuple(_let_go(each, user_id, at) for each in rota.overrides),
    )


def left_with_account(schedule: Schedule, user_id: str, at: datetime) -> bool:
    """Whether a stay of theirs that was to go on ended because their account did, then."""
    return any(
        member.user_id == user_id
        and member.gone_at == at
        and (member.until is None or (moment_reading(member.until) or 0) > _reading(schedule, layer, at))
        for layer in schedule.layers
        for group in layer.groups
        for member in group.members
    )


def _left(schedule: Schedule, layer: Layer, user_id: str, at: datetime) -> Layer:
    if layer.end is not None and (wall_reading(layer.end) or 0) <= _reading(schedule, layer, at):
        return layer

    def left(member: Member) -> Member:
        is_theirs = member.user_id == user_id and member.gone_at is None
        return structs.replace(member, gone_at=at) if is_theirs else member

    return structs.replace(
        layer,
        groups=tuple(structs.replace(group, members=tuple(map(left, group.members))) for group in layer.groups),
    )


def _reading(schedule: Schedule, layer: Layer, at: datetime) -> int:
    return zone(layer.time_zone or schedule.time_zone).reading(to_us(at))


def _let_go(override: Override, user_id: str, at: datetime) -> Override:
    is_theirs = override.user_id == user_id and override.cancelled_at is None and override.end > at
    return structs.replace(override, cancelled_at=at) if is_theirs else override


def held_shifts(rota: Rota, user_id: str, start: datetime, end: datetime) -> list[Shift]:
    """The shifts that a person has in a window, cut to it."""
    return [shift for shift in shifts(rota, start, end) if shift.user_id == user_id]


def stand_ins(rota: Rota, user_id: str, taker_id: str, start: datetime, end: datetime) -> list[StandIn]:
    """Overrides that keep the watch once the person is gone at `start`: the taker has their shifts until `end`.

    A ring closes when somebody leaves, and the slot that runs becomes a gap, so each shift is pinned in its layer;
    who shared it in another role keeps that role. While a colleague holds the same role in the layer, the colleague
    is on call still and nothing is made. Whoever stood in for the person, or for whom the person stood in, is kept.
    """
    every = shifts(rota, start, end)
    made: list[StandIn] = []
    given = {each.id: each for each in rota.overrides}
    for shift in every:
        override = given.get(shift.override_id or "")
        if override is not None and override.scope.user_id == user_id and shift.user_id != user_id:
            made += _pinned(shift, (shift.start, shift.end), shift.user_id, [])
        elif shift.user_id == user_id and override is None:
            sharers = _sharers(every, shift)
            for span in _left_alone(shift, sharers):
                made += _pinned(shift, span, taker_id, sharers)
    return [*made, *_promises(rota.overrides, user_id, taker_id, start, end)]


def _sharers(every: Sequence[Shift], shift: Shift) -> list[Shift]:
    """The others in the same layer at the same time."""
    return [
        other
        for other in every
        if other.layer_id == shift.layer_id
        and other.user_id != shift.user_id
        and other.override_id is None
        and other.start < shift.end
        and shift.start < other.end
    ]


def _left_alone(shift: Shift, sharers: Sequence[Shift]) -> list[Span]:
    """When nobody who shares the shift has its role, or every role."""
    spans: list[Span] = []
    start = shift.start
    for other in sorted(sharers, key=lambda each: each.start):
        if other.role_id in (None, shift.role_id):
            spans.append((start, min(other.start, shift.end)))
            start = max(start, other.end)
    return [(first, last) for first, last in (*spans, (start, shift.end)) if first < last]


def _pinned(shift: Shift, span: Span, holder: str, sharers: Sequence[Shift]) -> list[StandIn]:
    if shift.layer_id is None:
        return []
    scope = Scope(kind="layer", layer_id=shift.layer_id)
    made = [StandIn(user_id=holder, start=span[0], end=span[1], scope=scope)]
    for other in sharers:
        start, end = max(span[0], other.start), min(span[1], other.end)
        if start < end:
            scope = Scope(kind="role", role_id=other.role_id)
            made.append(StandIn(user_id=other.user_id, start=start, end=end, scope=scope))
    return made


def _promises(
    overrides: Sequence[Override], user_id: str, taker_id: str, start: datetime, end: datetime
) -> list[StandIn]:
    """What the person had promised to stand in for, promised by the taker."""
    return [
        StandIn(user_id=taker_id, start=max(each.start, start), end=min(each.end, end), scope=each.scope)
        for each in sorted(overrides, key=lambda each: (each.created_at, each.id))
        if each.user_id == user_id
        and each.cancelled_at is None
        and each.start < end
        and start < each.end
        and each.scope.user_id != taker_id
    ]
