"""A layer in the form: what a new one starts with, what one choice means for another, what is sent."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, Final, Literal

from msgspec.structs import asdict, replace

from phone.base.i18n import Words
from phone.console.layers.drafts import LayerDraft
from shared.domain.on_call.rota import Layer, Member, Rotation, Weekday
from shared.domain.time import WEEKDAYS, date_reading, is_zone_name, reading, wall_reading, wall_text
from shared.wire.schedules import GroupInput, LayerInput, MemberInput, PeriodInput, RestrictionInput, RotationInput

Preset = Literal["around_the_clock", "day_night", "primary_backup"]
Kind = Literal["none", "daily", "weekly"]

PRESETS: Final[tuple[Preset, ...]] = ("around_the_clock", "day_night", "primary_backup")
UNITS: Final = ("hour", "day", "week", "month")
WORKWEEK: Final = WEEKDAYS[:5]
HANDOFF: Final = {"handoff_weekday": "mon", "handoff_time": "10:00"}
NO_HANDOFF: Final = {"handoff_weekday": None, "handoff_time": None}
FREE: Final = RestrictionInput()
WORKING_HOURS: Final = ("09:00", "18:00")
TYPED_CLOCK: Final = re.compile(r"(\d{1,2})(?::?([0-5]\d))?", re.ASCII)
NIGHT: Final = ("20:00", "08:00")
WEEK_DAYS: Final = 7


def blank_layer(name: str, zone: str, now: datetime, *, role_id: str | None = None) -> LayerDraft:
    """A week each, handed over on Monday at ten, from today on."""
    here = reading(zone if is_zone_name(zone) else "UTC", now)
    weekly = RotationInput(unit="week", handoff_weekday="mon", handoff_time="10:00")
    return LayerDraft(name=name, start=f"{here[:10]}T00:00", rotation=weekly, role_id=role_id)


def preset_layers(words: Words, preset: Preset, zone: str, now: datetime) -> tuple[LayerDraft, ...]:
    """The layers of a preset; only people are missing."""
    if preset == "around_the_clock":
        return (blank_layer(words("preset_layer.rotation"), zone, now),)
    if preset == "primary_backup":
        return (
            blank_layer(words("preset_layer.primary"), zone, now, role_id="primary"),
            blank_layer(words("preset_layer.backup"), zone, now, role_id="backup"),
        )
    morning, evening = NIGHT[1], NIGHT[0]
    return tuple(
        _of_hours(blank_layer(words(f"preset_layer.{name}"), zone, now), morning, start, end)
        for name, start, end in (("day", morning, evening), ("night", evening, morning))
    )


def _of_hours(layer: LayerDraft, handoff: str, start: str, end: str) -> LayerDraft:
    hours = RestrictionInput(kind="daily", periods=(PeriodInput(start=start, end=end),))
    return replace(layer, rotation=replace(layer.rotation, handoff_time=handoff), restriction=hours)


def is_whole_weeks(rotation: Rotation) -> bool:
    """Whether the cycle is whole weeks, which alone has a weekday of handoff."""
    if rotation.every < 1:
        return False
    return rotation.unit == "week" or (rotation.unit == "day" and rotation.every % WEEK_DAYS == 0)


def rotated(rotation: RotationInput, **fields: Any) -> RotationInput:
    """Another cycle; a handoff weekday comes with whole weeks and goes without them."""
    changed = replace(rotation, **fields)
    if is_whole_weeks(changed) == is_whole_weeks(rotation):
        return changed
    return replace(changed, **(HANDOFF if is_whole_weeks(changed) else NO_HANDOFF))


def handed_over(layer: LayerDraft, weekday: str | None) -> LayerDraft:
    """Another weekday of handoff; with none, weeks are counted from the start."""
    rotation = layer.rotation
    clock = rotation.handoff_time or layer.start[11:]
    changed = NO_HANDOFF if weekday is None else {"handoff_weekday": weekday, "handoff_time": clock}
    return replace(layer, rotation=replace(rotation, **changed))


def masked(layer: LayerDraft, *, on: bool) -> LayerDraft:
    """The date mask switched on, which resets a weekly restriction, or off."""
    if not on:
        return replace(layer, date_mask=None, continuous=False)
    resets = layer.restriction.kind == "weekly"
    kept = FREE if resets else layer.restriction
    return replace(layer, date_mask=WORKWEEK, restriction=kept, was_reset=resets)


def restricted(kind: Kind) -> RestrictionInput:
    """A restriction of another kind, with the period that most would choose."""
    start, end = WORKING_HOURS
    if kind == "daily":
        return RestrictionInput(kind=kind, periods=(PeriodInput(start=start, end=end),))
    if kind == "weekly":
        period = PeriodInput(start_weekday="mon", start=start, end_weekday="fri", end=end)
        return RestrictionInput(kind=kind, periods=(period,))
    return FREE


def next_period(restriction: RestrictionInput) -> PeriodInput:
    """One more period, beginning where the last one ends."""
    last = restriction.periods[-1] if restriction.periods else PeriodInput(start="09:00", end="18:00")
    if restriction.kind == "daily":
        return PeriodInput(start=_clock(last.end), end=last.start)
    day = last.end_weekday or "sat"
    return PeriodInput(start_weekday=day, start=_clock(last.end), end_weekday="sun", end="18:00")


def _clock(end: str) -> str:
    return "00:00" if end == "24:00" else end


def members(layer: Layer) -> Iterator[Member]:
    """Everybody in a layer, also who left or joins later."""
    return (member for group in layer.groups for member in group.members)


def role_of(layer: Layer) -> str | None:
    """The on-call role that everybody in the layer has; what the next one gets while it is empty."""
    roles = {member.role_id for member in members(layer)}
    if not roles:
        return layer.role_id if isinstance(layer, LayerDraft) else None
    return roles.pop() if len(roles) == 1 else None


def has_mixed_roles(layer: Layer) -> bool:
    """Whether people of the layer have different on-call roles."""
    return len({member.role_id for member in members(layer)}) > 1


def with_role(layer: LayerDraft, role_id: str | None) -> LayerDraft:
    """Everybody of the layer in one on-call role."""
    return replace(layer, groups=_in_role(layer.groups, role_id), role_id=role_id)


def _in_role(groups: Iterable[GroupInput], role_id: str | None) -> tuple[GroupInput, ...]:
    return tuple(
        replace(group, members=tuple(replace(member, role_id=role_id) for member in group.members)) for group in groups
    )


def turns(users: Iterable[str], role_id: str | None) -> tuple[GroupInput, ...]:
    """A turn for each, on call as soon as it is saved."""
    return tuple(GroupInput(members=(MemberInput(user_id=each, role_id=role_id),)) for each in users)


def has_left(stay: Member, zone: str, now: datetime) -> bool:
    """Whether a stay is history: it is kept, and no more shown."""
    until = stay.until
    if stay.gone_at is not None and stay.gone_at <= now:
        return True
    if not until:
        return False
    moment = wall_reading(until) if "T" in until else date_reading(until)
    return moment is not None and wall_text(moment) <= reading(zone if is_zone_name(zone) else "UTC", now)


def shifted_groups(layer: LayerInput, role_id: str | None) -> tuple[GroupInput, ...]:
    """The turns of another layer, one turn later and in another role: who is backup now is primary next."""
    groups = _in_role(layer.groups, role_id)
    return (*groups[1:], *groups[:1])


def is_over(layer: Layer, zone: str, now: datetime) -> bool:
    """Whether it is history: it is shown as such and sent back as it is."""
    return bool(layer.id) and layer.end is not None and layer.end <= _here(layer, zone, now)


def has_begun(layer: Layer, zone: str, now: datetime) -> bool:
    """Whether its start is in the past, where nothing changes."""
    return bool(layer.id) and layer.start <= _here(layer, zone, now)


def _here(layer: Layer, zone: str, now: datetime) -> str:
    own = layer.time_zone or zone
    return reading(own if is_zone_name(own) else "UTC", now)


def sent_layer(layer: LayerDraft) -> LayerInput:
    """A layer as it is sent: times as they are meant, and nothing that only the form knows."""
    periods = tuple(
        replace(each, start=clock(each.start) or "", end=clock(each.end) or "") for each in layer.restriction.periods
    )
    about = {name: value for name, value in asdict(layer).items() if name in LayerInput.__struct_fields__}
    meant: dict[str, Any] = {
        "name": layer.name.strip(),
        "start": wall(layer.start),
        "end": wall(layer.end) if layer.end else None,
        "time_zone": layer.time_zone or None,
        "rotation": replace(layer.rotation, handoff_time=clock(layer.rotation.handoff_time)),
        "restriction": replace(layer.restriction, periods=periods),
    }
    return LayerInput(**{**about, **meant})


def wall(given: str) -> str:
    """A date with the time that was typed beside it."""
    return f"{given[:10]}T{clock(given[11:]) or '00:00'}"


def clock(given: str | None) -> str | None:
    """A time of day as it is sent, from what people type: 9, 9:30, 0930; what is none stays, to be refused."""
    found = TYPED_CLOCK.fullmatch((given or "").strip().replace("：", ":").replace(".", ":"))
    if found is None:
        return given or None
    return f"{int(found[1]):02}:{found[2] or '00'}"


def is_ready(layers: Sequence[LayerInput]) -> bool:
    """Whether everything that only a person can choose is chosen, so that there is something to preview."""
    return bool(layers) and all(layer.groups for layer in layers)


def restriction_kinds(layer: LayerInput) -> tuple[Kind, ...]:
    """The restrictions to choose from: a mask has the say about weekdays."""
    return ("none", "daily") if layer.date_mask is not None else ("none", "daily", "weekly")


def with_day(mask: Iterable[Weekday], day: Weekday) -> tuple[Weekday, ...]:
    """The mask with that day, or without it where it had it; in the order of a week."""
    chosen = {*mask} ^ {day}
    return tuple(each for each in WEEKDAYS if each in chosen)
