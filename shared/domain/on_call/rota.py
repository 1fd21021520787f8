"""A schedule as people write it down: layers, overrides, time off. The same structs are the API's JSON."""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct, field

Instant = Annotated[datetime, Meta(tz=True)]
Unit = Literal["hour", "day", "week", "month"]
Order = Literal["listed", "fair", "least_recent"]
Overlap = Literal["union", "top_layer"]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


class Rotation(Struct, frozen=True, kw_only=True):
    """How often the watch is handed over, and in which order the groups follow."""

    unit: Unit
    every: int = 1
    order: Order = "listed"
    handoff_weekday: Weekday | None = None
    handoff_time: str | None = None


class Period(Struct, frozen=True, kw_only=True):
    """Part of a day (times only) or of a week (with weekdays) in which a layer is on duty."""

    start: str
    end: str
    start_weekday: Weekday | None = None
    end_weekday: Weekday | None = None


class Restriction(Struct, frozen=True, kw_only=True):
    kind: Literal["none", "daily", "weekly"] = "none"
    periods: tuple[Period, ...] = ()


class Member(Struct, frozen=True, kw_only=True):
    """One of a group. `since` (`from` in JSON) and `until` are wall times or dates in the layer's zone.

    `gone_at` is when the account ended: the stay is over from then on, and a later one is a stay of its own.
    """

    user_id: str
    role_id: str | None = None
    since: str | None = field(default=None, name="from")
    until: str | None = None
    gone_at: Instant | None = None


class Group(Struct, frozen=True, kw_only=True):
    """Who hold one turn together; `nobody` keeps the turn and leaves the layer silent."""

    members: tuple[Member, ...] = ()
    nobody: bool = False


class Layer(Struct, frozen=True, kw_only=True):
    """One rotation of a schedule. `start` and `end` are wall times; a null zone means the schedule's.

    What a person sends may lack the `id`; it is given before anything is asked about the layer.
    """

    id: str = ""
    name: str = ""
    start: str
    end: str | None = None
    time_zone: str | None = None
    rotation: Rotation
    date_mask: tuple[Weekday, ...] | None = None
    continuous: bool = False
    restriction: Restriction = Restriction()
    groups: tuple[Group, ...] = ()


class Arrangement(Struct, frozen=True, kw_only=True):
    """How it was before `until`: only these layers counted, in this order. Edits leave it, so that the past stays."""

    until: Instant
    overlap: Overlap
    layers: tuple[str, ...]


class Schedule(Struct, frozen=True, kw_only=True):
    """`former` arrangements stand in the order of their ends."""

    time_zone: str
    overlap: Overlap = "union"
    layers: tuple[Layer, ...] = ()
    former: tuple[Arrangement, ...] = ()


class Scope(Struct, frozen=True, kw_only=True):
    """What an override replaces; the id that belongs to its kind is set."""

    kind: Literal["all", "layer", "role", "person"] = "all"
    layer_id: str | None = None
    role_id: str | None = None
    user_id: str | None = None


class Override(Struct, frozen=True, kw_only=True):
    """A promise that `user_id` stands in from `start` to `end`."""

    id: str
    start: Instant
    end: Instant
    user_id: str
    scope: Scope = Scope()
    reason: str = ""
    created_at: Instant
    created_by: str | None = None
    cancelled_at: Instant | None = None


class TimeOff(Struct, frozen=True, kw_only=True):
    user_id: str
    start: Instant
    end: Instant


class Person(Struct, frozen=True, kw_only=True):
    """What on-call asks of a person's account."""

    user_id: str
    deactivated_at: Instant | None = None


class PlannedTurn(Struct, frozen=True, kw_only=True):
    """A turn of a `least_recent` layer that was given to a group (its place in the list)."""

    layer_id: str
    turn: int
    group: int
    against_time_off: bool = False


class Rota(Struct, frozen=True, kw_only=True):
    """Everything that decides who is on call. People who are not listed count as active."""

    schedule: Schedule
    overrides: tuple[Override, ...] = ()
    people: tuple[Person, ...] = ()
    time_off: tuple[TimeOff, ...] = ()
    planned: tuple[PlannedTurn, ...] = ()
