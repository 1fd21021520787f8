"""Schedules, overrides and shifts."""

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from shared.domain.on_call.layer_edits import Change
from shared.domain.on_call.rota import Group, Layer, Member, Period, Restriction, Rota, Rotation, Scope
from shared.domain.on_call.schedules import Gap, Slot
from shared.domain.on_call.shifts import Shift
from shared.domain.visible import LINE, TEXT, Written
from shared.wire.lists import Ref
from shared.wire.names import ShortName
from shared.wire.problems import FieldProblem

NoticeLead = Annotated[int, Meta(ge=300, le=86_400, multiple_of=300)]


class GroupAddress(Written, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A place that many read, such as a chat's webhook or a mailing list: an address of one of the channels.

    `address` is written and never read; what is read has an `id`, which keeps it, and a `label` to know it by.
    """

    channel: Annotated[str, Meta(max_length=20)]
    name: Annotated[str, Meta(max_length=80, extra=LINE)] = ""
    address: Annotated[str, Meta(min_length=3, max_length=2000)] | None = None
    id: str | None = None
    label: Annotated[str, Meta(extra=LINE)] = ""


class ShiftNotices(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When and how people hear of their shifts; `daily_at` is a time of day (HH:MM) in the schedule's zone.

    `unified`: by `channels` for everybody; who has no such address is told their own way. `before_s` is a multiple of
    five minutes. With `at_start`, who comes on call is told what to know then.
    """

    before_s: NoticeLead | None = None
    daily_at: Annotated[str, Meta(max_length=5)] | None = None
    at_start: bool = True
    by: Literal["preferred", "unified"] = "preferred"
    channels: Annotated[tuple[str, ...], Meta(max_length=20)] = ()
    groups: Annotated[tuple[GroupAddress, ...], Meta(max_length=20)] = ()


class RotationInput(Rotation, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pass


class PeriodInput(Period, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pass


class RestrictionInput(Restriction, frozen=True, kw_only=True, forbid_unknown_fields=True):
    periods: tuple[PeriodInput, ...] = ()


class MemberInput(Member, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pass


class GroupInput(Group, frozen=True, kw_only=True, forbid_unknown_fields=True):
    members: tuple[MemberInput, ...] = ()


class LayerInput(Layer, Written, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A layer as somebody writes it: a field that is spelled wrong is refused."""

    name: Annotated[str, Meta(max_length=80, extra=LINE)] = ""
    rotation: RotationInput
    restriction: RestrictionInput = RestrictionInput()
    groups: tuple[GroupInput, ...] = ()


class ScopeInput(Scope, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pass


class ScheduleInput(Written, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A layer's `id` names it over its life; leave it empty for a new one.

    `effective_at` is when changed layers take over; without it, each at its next handoff.
    """

    name: ShortName
    team_id: str
    time_zone: str
    description: Annotated[str, Meta(max_length=500, extra=TEXT)] = ""
    description_in_notices: bool = False
    overlap: Literal["union", "top_layer"] = "union"
    layers: Annotated[tuple[LayerInput, ...], Meta(max_length=500)] = ()
    notices: ShiftNotices = ShiftNotices()
    effective_at: datetime | None = None


class Schedule(Struct, frozen=True, kw_only=True):
    """`changes` of a saved one say who gained and lost which shifts; `may_edit` is about the reader."""

    id: str
    name: str
    team_id: str
    time_zone: str
    description: str
    overlap: Literal["union", "top_layer"]
    layers: tuple[Layer, ...]
    rev: int
    description_in_notices: bool = False
    notices: ShiftNotices = ShiftNotices()
    warnings: list[FieldProblem] = msgspec.field(default_factory=list[FieldProblem])
    changes: list[Change] = msgspec.field(default_factory=list[Change])
    may_edit: bool = False
    archived_at: datetime | None = None


class OverrideInput(Written, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`user_id` stands in from `start` to `end` for what `scope` says; everything by default."""

    start: datetime
    end: datetime
    user_id: str
    scope: ScopeInput = ScopeInput()
    reason: Annotated[str, Meta(max_length=500, extra=TEXT)] = ""


class Override(Struct, frozen=True, kw_only=True):
    """Somebody stands in. `warnings` are told to whoever makes it: `unreachable`, where that person can't be paged."""

    id: str
    start: datetime
    end: datetime
    user_id: str
    scope: Scope
    reason: str
    created_at: datetime
    created_by: str
    cancelled_at: datetime | None
    warnings: list[FieldProblem] = msgspec.field(default_factory=list[FieldProblem])


class Shifts(Struct, frozen=True, kw_only=True):
    """Shifts of a window, cut to it; `zone_rules` is the version of the time zone data used.

    A long list is cut at an instant, and `next_cursor` goes on there: a shift that lasts over it stands in both parts,
    with `continues_after` in the one and `starts_before` in the other.
    """

    items: list[Shift]
    zone_rules: str
    next_cursor: str | None = None


class Entry(Struct, frozen=True, kw_only=True):
    user_id: str
    name: str
    role_id: str | None
    layer_id: str | None
    override_id: str | None


class OnCallAt(Struct, frozen=True, kw_only=True):
    """Who is on call at an instant, and when that changes next."""

    at: datetime
    entries: list[Entry]
    next_handoff: datetime | None


class PreviewInput(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A schedule as it would be saved; `schedule_id` when it changes one.

    The window may last 92 days (`too_long`), and all of it is answered: a preview has no pages.
    """

    schedule: ScheduleInput
    schedule_id: str | None = None
    start: datetime = msgspec.field(name="from")
    end: datetime = msgspec.field(name="to")


class LayerSlots(Struct, frozen=True, kw_only=True):
    layer_id: str
    slots: list[Slot]


class Preview(Struct, frozen=True, kw_only=True):
    """What saving would bring; `people` are names by id."""

    layers: tuple[Layer, ...] = ()
    shifts: list[Shift] = msgspec.field(default_factory=list[Shift])
    gaps: list[Gap] = msgspec.field(default_factory=list[Gap])
    slots: list[LayerSlots] = msgspec.field(default_factory=list[LayerSlots])
    changes: list[Change] = msgspec.field(default_factory=list[Change])
    people: dict[str, str] = msgspec.field(default_factory=dict[str, str])
    warnings: list[FieldProblem] = msgspec.field(default_factory=list[FieldProblem])


class Gaps(Struct, frozen=True, kw_only=True):
    items: list[Gap]
    zone_rules: str


class ScheduleRota(Struct, frozen=True, kw_only=True):
    """All that decides who is on call, for clients that answer by themselves; `people` are names by id.

    `zones` are the clocks that people chose for themselves, by which nights are counted.
    """

    schedule: Ref
    team: Ref | None
    rota: Rota
    people: dict[str, str]
    zones: dict[str, str] = msgspec.field(default_factory=dict[str, str])
    roles: dict[str, str]
    description: str = ""
    zone_rules: str = ""
    may_edit: bool = False


class MyShift(Struct, frozen=True, kw_only=True):
    schedule: Ref
    shift: Shift


class Rotas(Struct, frozen=True, kw_only=True):
    """The schedules that the reader sees, and their own shifts on others, from 35 days ago to 92 days ahead.

    What somebody holds they see: whoever has left a private team has these shifts, and nothing else of its schedule.
    """

    items: list[ScheduleRota]
    held: list[MyShift] = msgspec.field(default_factory=list[MyShift])


class MyShifts(Struct, frozen=True, kw_only=True):
    """My shifts on every schedule, in order, and the schedules on which I am on call now; cut as `Shifts` are."""

    on_call_now: list[Ref]
    items: list[MyShift]
    zone_rules: str
    next_cursor: str | None = None
