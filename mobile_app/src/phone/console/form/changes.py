"""What the form changes, in words; what is wrong with it before it is sent."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from phone.base import moments
from phone.console.form.kind import Bound, Change, Draft, Known, Section, cleaned, fields_of
from phone.console.layers.drafts import ScheduleDraft
from phone.console.layers.layer_sentence import layer_sentence, wall_text
from phone.console.layers.layers import sent_layer, wall
from phone.console.policies.levels import policy_sentence
from phone.kit.form_field import Field
from shared.domain.on_call.workdays import OwnDay
from shared.domain.time import wall_reading
from shared.wire.lists import Ref
from shared.wire.problems import FieldProblem
from shared.wire.schedules import GroupAddress
from shared.wire.service_calendars import HolidaySource

SHOWN: Final = 60
SEVERAL: Final = ("words", "checks", "groups", "holidays", "own_days")


def changes(known: Known, sections: Sequence[Section[Draft]], before: Draft, after: Draft) -> list[Change]:
    """Every field that differs, as a reader would tell it."""
    found: list[Change] = []
    for each in fields_of(sections):
        old, new = cleaned(each, each.at.read(before)), cleaned(each, each.at.read(after))
        if isinstance(before, ScheduleDraft) and isinstance(after, ScheduleDraft) and each.form == "layers":
            found += _layer_changes(known, each, before, after)
        elif old != new and (old or new or isinstance(old, bool)):
            found.append(Change(each.at, each.label, told(known, each, old), told(known, each, new)))
    return found


def _layer_changes(known: Known, each: Bound[Any], before: ScheduleDraft, after: ScheduleDraft) -> list[Change]:
    """One difference per layer that is new, gone or not as it was."""
    words, zone = known.words, after.time_zone
    old, new = before.layers, after.layers
    kept = {layer.id: layer for layer in new if layer.id}
    was = {layer.id: layer for layer in old}
    found: list[Change] = []
    for layer in [*(one for one in old if one.id not in kept), *new]:
        first, last = was.get(layer.id), kept.get(layer.id) if layer.id else layer
        if first is not None and last is not None and sent_layer(first) == sent_layer(last):
            continue
        texts = [layer_sentence(known, one, zone) if one else words("change.nothing") for one in (first, last)]
        found.append(Change(each.at, layer.name or words("layer.unnamed"), *texts))
    order = [[layer.id for layer in layers if layer.id in kept] for layers in (old, new)]
    if not found and order[0] != order[1]:
        names = [words.names([was[ident].name for ident in idents if ident in was]) for idents in order]
        found.append(Change(each.at, words("layer.order_of"), *names))
    return found


def told(known: Known, each: Bound[Any], value: Any) -> str:
    """A value as a reader says it."""
    words = known.words
    if each.form == "secret":
        return words("change.secret") if value else words("change.nothing")
    if each.form == "toggle":
        return words("change.on" if value else "change.off")
    if each.form == "levels":
        return policy_sentence(known, value or (), 1)
    if value is None or value in ("", ()):
        return words("change.nothing")
    if each.form == "moment":
        return wall_text(words, str(value))
    if each.form in SEVERAL:
        return words.names([_entry(known, each, entry) for entry in value])
    text = _label(each, str(each.shows(value)))
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"


def _entry(known: Known, each: Field, entry: object) -> str:
    match entry:
        case OwnDay():
            return wall_text(known.words, entry.date.isoformat())
        case HolidaySource():
            return " ".join(part for part in (entry.country, entry.subdivision) if part)
        case GroupAddress():
            return entry.name or entry.address or entry.label
        case _:
            return _label(each, str(entry))


def _label(each: Field, value: str) -> str:
    return next((option.label for option in each.options if option.value == value), value)


def flaws(sections: Sequence[Section[Draft]], draft: Draft) -> list[FieldProblem]:
    """What can be said to be wrong without asking the server."""
    found: list[FieldProblem] = []
    for each in fields_of(sections):
        value = cleaned(each, each.at.read(draft))
        if each.required and value in (None, "", ()):
            found.append(FieldProblem(field=each.key, code="required", message=""))
        elif each.form == "moment" and value and wall_reading(wall(value)) is None:
            found.append(FieldProblem(field=each.key, code="bad_wall_time", message=""))
        elif each.limit and isinstance(value, str) and len(value) > each.limit:
            found.append(FieldProblem(field=each.key, code="too_long", message="", args={"max": each.limit}))
        elif each.form == "number" and not _is_number(each, value):
            found.append(
                FieldProblem(field=each.key, code="number", message="", args={"least": each.least, "most": each.most})
            )
    return found


def _is_number(each: Field, value: Any) -> bool:
    if value is None:
        return not each.required
    if isinstance(value, str) or (each.whole and value != int(value)):
        return False
    return (each.least is None or value >= each.least) and (each.most is None or value <= each.most)


def refusal(known: Known, problem: FieldProblem) -> str:
    """A field's refusal in the reader's language; the server's own words where the catalogue has none."""
    words, args = known.words, problem.args
    if problem.code == "number":
        least, most = args.get("least"), args.get("most")
        if least is not None and most is not None:
            return words("refusal.range", least=_plain(least), most=_plain(most))
        return words("refusal.number")
    if problem.code in ("too_long", "too_many") and "max" in args:
        return words(f"refusal.{problem.code}", count=args["max"])
    if problem.code == "gap_ahead":
        when = datetime.fromisoformat(str(args["start"]))
        at = moments.moment(words, when, now=known.now, zone=known.reader.zone)
        return words("refusal.gap_ahead", when=at, count=args.get("count", 1))
    if problem.code in ("cover_moved", "after_running_shifts"):
        return _of_an_edit(known, problem)
    if problem.code in ("unreachable", "cannot_answer", "no_unified_channel", "put_back", "several_roles"):
        return words(f"refusal.{problem.code}", name=args.get("name", ""))
    if problem.code == "out_of_range":
        return words("refusal.range", least=args.get("min", 1), most=args.get("max", 30))
    if problem.code == "in_use":
        kind = words.first(f"audit_kind.{args.get('kind')}", "audit_kind.other", kind=args.get("kind", ""))
        key = "refusal.in_use" if args.get("name") else "refusal.in_use_unseen"
        return words(key, kind=kind, name=args.get("name", ""))
    if problem.code == "unusable":
        key = f"refusal.unusable_{problem.field.rpartition('.')[2]}"
        return words(key) if words.has(key) else problem.message or words("refusal.invalid")
    key = f"refusal.{problem.code}"
    return words(key) if words.has(key) else problem.message or words("refusal.invalid")


def _of_an_edit(known: Known, problem: FieldProblem) -> str:
    """What it leaves at other hours, or does later."""
    args = problem.args
    if problem.code == "after_running_shifts":
        when = datetime.fromisoformat(str(args["at"]))
        at = moments.moment(known.words, when, now=known.now, zone=known.reader.zone)
        key = "after_running_shifts" if problem.field == "overlap" else "layers_after_running_shifts"
        return known.words(f"refusal.{key}", when=at)
    start, end = (datetime.fromisoformat(str(args[name])) for name in ("start", "end"))
    return known.words(
        "refusal.cover_moved",
        who=known.reader.person(Ref(str(args["user_id"]), str(args["name"]))),
        whom=known.reader.person(Ref(str(args["for_id"]), str(args["for_name"]))),
        when=moments.stretch(known.words, start, end, known.reader.zone),
    )


def _plain(value: Any) -> str:
    return f"{value:g}"


def belongs_to(problem: FieldProblem, key: str) -> bool:
    """Whether a refusal is about this field: `levels[0].delay_s` is about `levels`, and about the first of them."""
    name = key_of(problem)
    return name == key or name.startswith(f"{key}.")


def key_of(problem: FieldProblem) -> str:
    """What the place is called that the server means by `layers[0].name`."""
    return re.sub(r"\[(\d+)\]", r".\1", problem.field.removeprefix("$."))
