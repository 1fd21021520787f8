"""Schedules, overrides and shifts."""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

from shared.domain.rota import Layer, Scope
from shared.domain.shifts import Shift

ShortName = Annotated[str, Meta(min_length=1, max_length=40)]


class ScheduleInput(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A layer's `id` names it over its life; leave it empty for a new one."""

    name: ShortName
    team_id: str
    time_zone: str
    description: Annotated[str, Meta(max_length=500)] = ""
    overlap: Literal["union", "top_layer"] = "union"
    layers: Annotated[tuple[Layer, ...], Meta(max_length=20)] = ()


class Schedule(Struct, frozen=True, kw_only=True):
    id: str
    name: str
    team_id: str
    time_zone: str
    description: str
    overlap: Literal["union", "top_layer"]
    layers: tuple[Layer, ...]
    warnings: list[str]
    rev: int


class OverrideInput(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`user_id` stands in from `start` to `end` for what `scope` says; everything by default."""

    start: datetime
    end: datetime
    user_id: str
    scope: Scope = Scope()
    reason: Annotated[str, Meta(max_length=500)] = ""


class Override(Struct, frozen=True, kw_only=True):
    id: str
    start: datetime
    end: datetime
    user_id: str
    scope: Scope
    reason: str
    created_at: datetime
    created_by: str
    cancelled_at: datetime | None


class Shifts(Struct, frozen=True, kw_only=True):
    """Shifts of a window, cut to it; `zone_rules` is the version of the time zone data used."""

    items: list[Shift]
    zone_rules: str


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
