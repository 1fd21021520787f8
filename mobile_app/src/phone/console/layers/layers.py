"""A layer in the form: what a new one starts with, what one choice means for another, what is sent.

It stands in the draft as in the API's JSON. Two things beside it are not sent: `role_id`, the on-call role of who is
added, and `was_reset`, that switching on a mask took the weekly hours away.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, Literal

from phone.base.i18n import Words
from shared.domain.time import WEEKDAYS, date_reading, is_zone_name, reading, wall_reading, wall_text

Layer = dict[str, Any]
Group = dict[str, Any]
Member = dict[str, Any]
Preset = Literal["around_the_clock", "day_night", "primary_backup"]

PRESETS: Final[tuple[Preset, ...]] = ("around_the_clock", "day_night", "primary_backup")
UNITS: Final = ("hour", "day", "week", "month")
WORKWEEK: Final = list(WEEKDAYS[:5])
HANDOFF: Final = {"handoff_weekday": "mon", "handoff_time": "10:00"}
NO_HANDOFF: Final = {"handoff_weekday": None, "handoff_time": None}
FREE: Final[Mapping[str, Any]] = {"kind": "none", "periods": []}
WORKING_HOURS: Final = ("09:00", "18:00")
TYPED_CLOCK: Final = re.compile(r"(\d{1,2})(?::?([0-5]\d))?", re.ASCII)
NIGHT: Final = ("20:00", "08:00")
UNSENT: Final = ("role_id", "was_reset")
WEEK_DAYS: Final = 7


def blank_layer(name: str, zone: str, now: datetime, *, role_id: str | None = None) -> Layer:
    """A week each, handed over on Monday at ten, from today on."""
    here = reading(zone if is_zone_name(zone) else "UTC", now)
    return {
        "id": "",
        "name": name,
        "start": f"{here[:10]}T00:00",
        "end": None,
        "time_zone": None,
        "rotation": {"unit": "week", "every": 1, "order": "listed", **HANDOFF},
        "date_mask": None,
        "continuous": False,
        "restriction": dict(FREE),
        "groups": [],
        "role_id": role_id,
    }


def preset_layers(words: Words, preset: Preset, zone: str, now: datetime) -> list[Layer]:
    """The layers of a preset; only people are missing."""
    if preset == "around_the_clock":
        return [blank_layer(words("preset_layer.rotation"), zone, now)]
    if preset == "primary_backup":
        return [
            blank_layer(words("preset_layer.primary"), zone, now, role_id="primary"),
            blank_layer(words("preset_layer.backup"), zone, now, role_id="backup"),
        ]
    day = blank_layer(words("preset_layer.day"), zone, now)
    night = blank_layer(words("preset_layer.night"), zone, now)
    for layer, (start, end) in ((day, (NIGHT[1], NIGHT[0])), (night, NIGHT)):
        layer["rotation"]["handoff_time"] = NIGHT[1]
        layer["restriction"] = {"kind": "daily", "periods": [{"start": start, "end": end}]}
    return [day, night]


def is_whole_weeks(rotation: Mapping[str, Any]) -> bool:
    """Whether the cycle is whole weeks, which alone has a weekday of handoff."""
    every = rotation["every"]
    if not isinstance(every, int) or every < 1:
        return False
    return rotation["unit"] == "week" or (rotation["unit"] == "day" and every % WEEK_DAYS == 0)


def rotated(rotation: Mapping[str, Any], **fields: Any) -> dict[str, Any]:
    """Another cycle; a handoff weekday comes with whole weeks and goes without them."""
    changed = {**rotation, **fields}
    if is_whole_weeks(changed) == is_whole_weeks(rotation):
        return changed
    return {**changed, **(HANDOFF if is_whole_weeks(changed) else NO_HANDOFF)}


def handed_over(layer: Layer, weekday: str | None) -> dict[str, Any]:
    """Another weekday of handoff; with none, weeks are counted from the start."""
    rotation = layer["rotation"]
    if weekday is None:
        return {**rotation, **NO_HANDOFF}
    return {**rotation, "handoff_weekday": weekday, "handoff_time": rotation["handoff_time"] or layer["start"][11:]}


def masked(layer: Layer, *, on: bool) -> Layer:
    """The date mask switched on, which resets a weekly restriction, or off."""
    if not on:
        return {**layer, "date_mask": None, "continuous": False}
    resets = layer["restriction"]["kind"] == "weekly"
    kept = dict(FREE) if resets else layer["restriction"]
    return {**layer, "date_mask": list(WORKWEEK), "restriction": kept, "was_reset": resets}


def restricted(kind: str) -> dict[str, Any]:
    """A restriction of another kind, with the period that most would choose."""
    start, end = WORKING_HOURS
    if kind == "daily":
        return {"kind": kind, "periods": [{"start": start, "end": end}]}
    if kind == "weekly":
        period = {"start_weekday": "mon", "start": start, "end_weekday": "fri", "end": end}
        return {"kind": kind, "periods": [period]}
    return dict(FREE)


def next_period(restriction: Mapping[str, Any]) -> dict[str, Any]:
    """One more period, beginning where the last one ends."""
    last = restriction["periods"][-1] if restriction["periods"] else {"start": "09:00", "end": "18:00"}
    if restriction["kind"] == "daily":
        return {"start": _clock(last["end"]), "end": last["start"]}
    day = last.get("end_weekday") or "sat"
    return {"start_weekday": day, "start": _clock(last["end"]), "end_weekday": "sun", "end": "18:00"}


def _clock(end: str) -> str:
    return "00:00" if end == "24:00" else end


def members(layer: Layer) -> Iterator[Member]:
    """Everybody in a layer, also who left or joins later."""
    return (member for group in layer["groups"] for member in group["members"])


def role_of(layer: Layer) -> str | None:
    """The on-call role that everybody in the layer has; what the next one gets while it is empty."""
    roles = {member.get("role_id") for member in members(layer)}
    if not roles:
        return layer.get("role_id")
    return roles.pop() if len(roles) == 1 else None


def has_mixed_roles(layer: Layer) -> bool:
    """Whether people of the layer have different on-call roles."""
    return len({member.get("role_id") for member in members(layer)}) > 1


def with_role(layer: Layer, role_id: str | None) -> Layer:
    """Everybody of the layer in one on-call role."""
    groups = [
        {**group, "members": [{**member, "role_id": role_id} for member in group["members"]]}
        for group in layer["groups"]
    ]
    return {**layer, "groups": groups, "role_id": role_id}


def member(user_id: str, role_id: str | None) -> Member:
    """Somebody who is on call as soon as it is saved."""
    return {"user_id": user_id, "role_id": role_id, "from": None, "until": None}


def has_left(stay: Member, zone: str, now: datetime) -> bool:
    """Whether a stay is history: it is kept, and no more shown."""
    until = stay.get("until")
    if not until:
        return False
    moment = wall_reading(until) if "T" in until else date_reading(until)
    return moment is not None and wall_text(moment) <= reading(zone if is_zone_name(zone) else "UTC", now)


def shifted_groups(layer: Layer, role_id: str | None) -> list[Group]:
    """The turns of another layer, one turn later and in another role: who is backup now is primary next."""
    groups = with_role(layer, role_id)["groups"]
    return [*groups[1:], *groups[:1]]


def is_over(layer: Layer, zone: str, now: datetime) -> bool:
    """Whether it is history: it is shown as such and sent back as it is."""
    return bool(layer["end"]) and bool(layer["id"]) and layer["end"] <= _here(layer, zone, now)


def has_begun(layer: Layer, zone: str, now: datetime) -> bool:
    """Whether its start is in the past, where nothing changes."""
    return bool(layer["id"]) and layer["start"] <= _here(layer, zone, now)


def _here(layer: Layer, zone: str, now: datetime) -> str:
    own = layer.get("time_zone") or zone
    return reading(own if is_zone_name(own) else "UTC", now)


def layer_body(layer: Layer) -> Layer:
    """A layer as it is sent; what is no number becomes one that is refused."""
    sent = {name: value for name, value in layer.items() if name not in UNSENT}
    rotation, restriction = sent["rotation"], sent["restriction"]
    every = rotation["every"] if isinstance(rotation["every"], int) else 0
    periods = [{**each, "start": clock(each["start"]), "end": clock(each["end"])} for each in restriction["periods"]]
    return {
        **sent,
        "name": sent["name"].strip(),
        "start": wall(sent["start"]),
        "end": wall(sent["end"]) if sent["end"] else None,
        "time_zone": sent["time_zone"] or None,
        "rotation": {**rotation, "every": every, "handoff_time": clock(rotation["handoff_time"])},
        "restriction": {**restriction, "periods": periods},
    }


def wall(given: str) -> str:
    """A date with the time that was typed beside it."""
    return f"{given[:10]}T{clock(given[11:]) or '00:00'}"


def clock(given: str | None) -> str | None:
    """A time of day as it is sent, from what people type: 9, 9:30, 0930; what is none stays, to be refused."""
    found = TYPED_CLOCK.fullmatch((given or "").strip().replace("：", ":").replace(".", ":"))
    if found is None:
        return given or None
    return f"{int(found[1]):02}:{found[2] or '00'}"


def layer_draft(layer: Mapping[str, Any]) -> Layer:
    """A saved layer in the form."""
    drafted = {**layer}
    drafted["role_id"] = role_of(drafted)
    return drafted


def is_ready(layers: Sequence[Layer]) -> bool:
    """Whether everything that only a person can choose is chosen, so that there is something to preview."""
    return bool(layers) and all(layer["groups"] for layer in layers)


def restriction_kinds(layer: Layer) -> tuple[str, ...]:
    """The restrictions to choose from: a mask has the say about weekdays."""
    return ("none", "daily") if layer["date_mask"] is not None else ("none", "daily", "weekly")
