"""What changed inside a schedule: which layer, which part of it, from what to what."""

import re
from collections.abc import Mapping
from typing import Any, Final

import msgspec

from phone.console.audit.said import Said
from phone.console.form.kind import Known
from phone.console.layers.layer_sentence import day_names, period_text, person_name, role_name, wall_text
from shared.domain.differences import Difference
from shared.domain.on_call.rota import Group, Layer, Member, Period, Weekday
from shared.domain.time import date_reading, wall_reading

INSIDE: Final = re.compile(r"layers\[(?P<layer>\d+)\](?P<rest>.*)|notices\.(?P<notice>\w+).*")
PARTS: Final[Mapping[str, str]] = {
    "name": "field.name",
    "start": "field.starts",
    "end": "field.ends",
    "time_zone": "field.time_zone",
    "rotation": "layer.part_rotation",
    "date_mask": "layer.part_days",
    "continuous": "field.continuous",
    "restriction": "layer.part_hours",
    "groups": "layer.part_people",
    "before_s": "field.before_handoff",
    "daily_at": "field.daily_at",
    "by": "field.notices_by",
    "channels": "field.channels",
    "groups_of_notices": "field.notice_groups",
}
FAMILIES: Final = {"unit": "unit", "order": "order", "kind": "restriction", "by": "notices_by"}


def nested(known: Known, each: Difference) -> Said | None:
    """A line about it; None where it is about something else."""
    words, found = known.words, INSIDE.fullmatch(each.field)
    if found is None:
        return None
    steps = [step for step in re.split(r"[.\[\]]+", found["rest"] or found["notice"] or "") if step]
    if found["layer"] is None:
        key = PARTS.get("groups_of_notices" if steps[0] == "groups" else steps[0], "audit_field.notices")
        label = words(key)
    else:
        title = words("layer.title", number=int(found["layer"]) + 1)
        if not steps:
            return Said(_whole_layer(known, each, title))
        label = words("audit.layer_part", layer=title, part=words(PARTS.get(steps[0], "audit_field.layers")))
    before, after = (_said(known, steps, value) for value in (each.before, each.after))
    return Said.changed(words, label, before, after)


def _whole_layer(known: Known, each: Difference, title: str) -> str:
    """One more, or one fewer."""
    layer = _as(Layer, each.after if each.before is None else each.before)
    name = layer.name if layer is not None and layer.name else title
    key = "audit.layer_added" if each.before is None else "audit.layer_removed"
    return known.words(key, layer=name)


def _said(known: Known, steps: list[str], value: Any) -> str | None:
    """As the reader says it; None where there are no words for it."""
    words, leaf = known.words, next(step for step in reversed(steps) if not step.isdecimal())
    if value is None or value in ("", []):
        return words("change.nothing")
    match leaf:
        case "user_id" | "role_id" | "members" | "groups" | "periods":
            return _who_and_when(known, leaf, value)
        case "date_mask" | "handoff_weekday" | "start_weekday" | "end_weekday":
            days = _as(tuple[Weekday, ...], value if isinstance(value, list) else [value])
            return day_names(words, days) if days else None
        case "unit" | "order" | "kind" | "by":
            key = f"{FAMILIES[leaf]}.{value}"
            return words(key) if words.has(key) else None
        case "start" | "end" | "from" | "until" if wall_reading(str(value)) or date_reading(str(value)):
            return wall_text(words, str(value))
        case "before_s" if isinstance(value, int):
            return words("time.minutes", count=value // 60)
        case _ if isinstance(value, bool):
            return words("change.on" if value else "change.off")
        case "name" | "every" | "time_zone" | "daily_at" | "handoff_time" | "start" | "end":
            return str(value)
        case _:
            return None


def _who_and_when(known: Known, leaf: str, value: Any) -> str | None:
    if leaf == "user_id":
        return person_name(known, str(value))
    if leaf == "role_id":
        return role_name(known, str(value))
    if leaf == "periods":
        period = _as(Period, value)
        return period_text(known.words, period) if period is not None else None
    member, group = _as(Member, value), _as(Group, value)
    if leaf == "members":
        return person_name(known, member.user_id) if member is not None else None
    if group is None:
        return None
    people = [person_name(known, each.user_id) for each in group.members]
    return known.words.names(people) if people else known.words("layer.nobody")


def _as(kind: type[Any], value: Any) -> Any:
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError:
        return None
