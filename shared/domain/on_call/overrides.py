"""How layers overlap and overrides change who is on call at one instant."""

from bisect import bisect_right
from collections.abc import Sequence
from typing import NamedTuple

from msgspec import structs

from shared.domain.on_call.rota import Layer, Overlap, Override, Rota, Schedule
from shared.domain.on_call.stretches import Entries, Entry, RolesGiven, Stretch, Watch
from shared.domain.on_call.turns import FOREVER, gone_us
from shared.domain.time import to_us


def handed_out(layer: Layer) -> list[str | None]:
    """The roles that a layer's members hold, whenever they are active."""
    return list(dict.fromkeys(member.role_id for group in layer.groups for member in group.members))


def force_us(override: Override, gone: int | None) -> tuple[int, int]:
    """The instants in which an override has effect: never before it was made, and none if it was cancelled in time."""
    ends = [to_us(override.end)]
    if override.cancelled_at is not None:
        ends.append(to_us(override.cancelled_at))
    if gone is not None:
        ends.append(gone)
    return max(to_us(override.start), to_us(override.created_at)), min(ends)


class Era(NamedTuple):
    """Until `end_us` the layers at these places counted, in this order; without an end, from then on."""

    end_us: int | None
    overlap: Overlap
    order: tuple[int, ...]

    def counted(self, layers: Sequence[Stretch]) -> tuple[Stretch, ...]:
        """What the layers give, nothing where one did not count yet."""
        if len(self.order) == len(layers):
            return tuple(layers)
        return tuple(
            stretch if index in self.order else Stretch(stretch.start_us, stretch.end_us, (), "not_started")
            for index, stretch in enumerate(layers)
        )


def _eras(schedule: Schedule) -> list[Era]:
    places = {layer.id: index for index, layer in enumerate(schedule.layers)}
    eras = [
        Era(to_us(former.until), former.overlap, tuple(places[id] for id in former.layers if id in places))
        for former in schedule.former
    ]
    return [*eras, Era(None, schedule.overlap, tuple(range(len(schedule.layers))))]


class Stand:
    """Overrides of a schedule in the order in which they count, and what they do."""

    def __init__(self, rota: Rota, watches: Sequence[Watch]) -> None:
        self._schedule: Schedule = rota.schedule
        self._watches = watches
        self._roles: dict[int, RolesGiven] = {}
        self._eras = _eras(rota.schedule)
        gone = gone_us(rota.people)
        ordered = sorted(rota.overrides, key=lambda override: (override.created_at, override.id))
        windows = [(force_us(override, gone.get(override.user_id)), override) for override in ordered]
        self.windows = [(start, end, override) for (start, end), override in windows if start < end]

    def era(self, at_us: int) -> Era:
        return next(era for era in self._eras if era.end_us is None or at_us < era.end_us)

    def roles_until(self, at_us: int, in_force: Sequence[Override]) -> int:
        """The next instant at which overrides that hold every role may hold others."""
        if all(override.scope.kind not in ("all", "layer") for override in in_force):
            return FOREVER
        changes = (start for index in range(len(self._watches)) for start, _ in self._given(index))
        return min((start for start in changes if start > at_us), default=FOREVER)

    def resolve(self, at_us: int, era: Era, layers: Sequence[Stretch], in_force: Sequence[Override]) -> Entries:
        """Who is on call when the layers give this and these overrides hold, the last created last."""
        given = [stretch.entries for stretch in layers]
        for override in in_force:
            if override.scope.kind == "layer":
                self._replace_layer(at_us, given, layers, override)
        if era.overlap == "top_layer":
            entries = next((given[index] for index in era.order if given[index]), ())
        else:
            entries = given[0] if len(given) == 1 else tuple(entry for layer in given for entry in layer)
        for override in in_force:
            if override.scope.kind == "all":
                roles = dict.fromkeys(
                    role for index in era.order if _lives(layers[index]) for role in self._roles_at(index, at_us)
                )
                entries = _holding(override, tuple(roles) or (None,))
            elif override.scope.kind == "role":
                role = override.scope.role_id
                hits = [entry.role_id == role for entry in entries]
                entries = _replaced(entries, override, hits) if any(hits) else (*entries, *_holding(override, (role,)))
            elif override.scope.kind == "person":
                entries = _replaced(entries, override, [entry.user_id == override.scope.user_id for entry in entries])
        return entries

    def _replace_layer(self, at_us: int, given: list[Entries], layers: Sequence[Stretch], override: Override) -> None:
        layer_id = override.scope.layer_id
        for index, layer in enumerate(self._schedule.layers):
            if layer.id == layer_id and _lives(layers[index]):
                given[index] = _holding(override, self._roles_at(index, at_us), layer_id)

    def _roles_at(self, index: int, at_us: int) -> tuple[str | None, ...]:
        given = self._given(index)
        return given[max(bisect_right(given, at_us, key=lambda each: each[0]) - 1, 0)][1]

    def _given(self, index: int) -> RolesGiven:
        if index not in self._roles:
            self._roles[index] = self._watches[index].roles_given()
        return self._roles[index]


def _lives(layer: Stretch) -> bool:
    return layer.cause not in ("not_started", "ended")


def _holding(override: Override, roles: Sequence[str | None], layer_id: str | None = None) -> Entries:
    """Its person in each of these roles."""
    return tuple(
        Entry(user_id=override.user_id, role_id=role, layer_id=layer_id, override_id=override.id) for role in roles
    )


def _replaced(entries: Entries, override: Override, hits: list[bool]) -> Entries:
    return tuple(
        dict.fromkeys(
            structs.replace(entry, user_id=override.user_id, override_id=override.id) if hit else entry
            for entry, hit in zip(entries, hits, strict=True)
        )
    )
