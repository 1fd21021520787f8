"""Rules an event passes on its way to an alert: enrich adds labels, rewrite changes, drop ends."""

import re
from collections.abc import Iterable
from typing import Literal

import msgspec
from msgspec import Struct

from shared.domain.alerts import Event, Severity
from shared.domain.flaws import Flaw, flaw
from shared.domain.pipeline.conditions import (
    MAX_LABEL_NAME,
    Compile,
    Conditions,
    holds,
    key_problem,
    pattern_problem,
    value_of,
)
from shared.domain.visible import one_line

Stage = Literal["enrich", "rewrite", "drop"]
_PLACEHOLDER = re.compile(r"\{([a-z_]+(?:\.[^{}]*)?)\}")
_MEANT_AS_ONE = re.compile(r"\{([^{}\"]*)\}")
"""Only text in quotes stands for itself within braces."""
MAX_TEXT = 1024
MAX_CHECK = 255


class AddLabel(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="add_label", tag_field="kind"):
    """Set a label to a template such as `{labels.cluster}/{source}`, or to what a pattern captures of `from_key`."""

    label: str
    value: str = ""
    from_key: str = ""
    pattern: str = ""
    overwrite: bool = False


class Rewrite(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="rewrite", tag_field="kind"):
    """Replace title, severity or check; a title and a check are templates, and change nothing where they are empty."""

    title: str | None = None
    severity: Severity | None = None
    check: str | None = None


class Drop(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="drop", tag_field="kind"):
    """The event becomes no alert; it stays stored as received."""


Effect = AddLabel | Rewrite | Drop


class Rule(Struct, frozen=True, kw_only=True):
    """What happens to events for which the conditions hold."""

    id: str
    name: str
    stage: Stage
    conditions: Conditions
    effect: Effect


def stage_of(effect: Effect) -> Stage:
    """The stage that an effect belongs to."""
    match effect:
        case AddLabel():
            return "enrich"
        case Rewrite():
            return "rewrite"
        case Drop():
            return "drop"


def enrich(event: Event, rules: Iterable[Rule], compiled: Compile) -> tuple[Event, list[str]]:
    """The event with the labels that rules add, in order, and the ids of the rules that did."""
    return _apply_each(event, [rule for rule in rules if rule.stage == "enrich"], compiled)


def rewrite(event: Event, rules: Iterable[Rule], compiled: Compile) -> tuple[Event, list[str]]:
    """The event as rules rewrite it, in order, and the ids of the rules that did."""
    return _apply_each(event, [rule for rule in rules if rule.stage == "rewrite"], compiled)


def dropped_by(event: Event, rules: Iterable[Rule], compiled: Compile) -> Rule | None:
    """The first rule that drops the event."""
    return next((rule for rule in rules if rule.stage == "drop" and holds(rule.conditions, event, compiled)), None)


def _apply_each(event: Event, rules: list[Rule], compiled: Compile) -> tuple[Event, list[str]]:
    touched: list[str] = []
    for rule in rules:
        if holds(rule.conditions, event, compiled):
            changed = _apply(rule.effect, event, compiled)
            if changed is not event:
                touched.append(rule.id)
                event = changed
    return event, touched


def _apply(effect: Effect, event: Event, compiled: Compile) -> Event:
    match effect:
        case AddLabel():
            return _add_label(effect, event, compiled)
        case Rewrite():
            return msgspec.structs.replace(
                event,
                title=_filled(effect.title, event) or event.title,
                severity=effect.severity or event.severity,
                says_severity=event.says_severity or effect.severity is not None,
                check=_filled(effect.check, event) or event.check,
            )
        case Drop():
            return event


def _filled(template: str | None, event: Event) -> str:
    """Empty where there is nothing to replace with: an alert without title or check says and groups nothing."""
    return one_line(fill(template, event)) if template is not None else ""


def _add_label(effect: AddLabel, event: Event, compiled: Compile) -> Event:
    if effect.label in event.labels and not effect.overwrite:
        return event
    value = _captured(effect, event, compiled) if effect.pattern else fill(effect.value, event)
    if not value:
        return event
    return msgspec.structs.replace(event, labels={**event.labels, effect.label: value})


def _captured(effect: AddLabel, event: Event, compiled: Compile) -> str:
    match = compiled(effect.pattern).search(value_of(event, effect.from_key) or "")
    if match is None:
        return ""
    groups: tuple[str | None, ...] = getattr(match, "groups", tuple)()
    whole: str = getattr(match, "group", str)()
    return (groups[0] or "") if groups else whole


def fill(template: str, event: Event) -> str:
    """The template with `{key}` replaced by the event's values; unknown keys become empty."""
    return _PLACEHOLDER.sub(lambda match: value_of(event, match[1]) or "", template)[:MAX_TEXT]


def check_effect(effect: Effect, compiled: Compile) -> list[Flaw]:
    """Everything that is wrong with it; `compiled` raises ValueError on a bad pattern."""
    match effect:
        case AddLabel():
            return [
                *_label_flaws(effect),
                *_source_flaws(effect, compiled),
                *_template_flaws("value", effect.value, same_as=f"labels.{effect.label}"),
            ]
        case Rewrite(title=None, severity=None, check=None):
            return [flaw("effect", "required", "say a title, a severity or a check")]
        case Rewrite():
            return [
                *_template_flaws("title", effect.title, same_as="title", is_required=effect.title is not None),
                *_template_flaws(
                    "check", effect.check, same_as="check", at_most=MAX_CHECK, is_required=effect.check is not None
                ),
            ]
        case Drop():
            return []


def _label_flaws(effect: AddLabel) -> list[Flaw]:
    if not effect.label.strip():
        return [flaw("effect.label", "required", "name the label")]
    if len(effect.label) > MAX_LABEL_NAME:
        return [_too_long("effect.label", MAX_LABEL_NAME)]
    return []


def _source_flaws(effect: AddLabel, compiled: Compile) -> list[Flaw]:
    """Whether there is something to take the label's value from."""
    found: list[Flaw] = []
    if bool(effect.pattern) != bool(effect.from_key):
        found.append(flaw("effect.pattern", "incomplete", "pattern and from_key go together"))
    if not effect.pattern and not effect.value.strip():
        found.append(flaw("effect.value", "required", "say a value, or a pattern with from_key"))
    if effect.from_key == f"labels.{effect.label}" and not effect.overwrite:
        found.append(
            flaw("effect.overwrite", "changes_nothing", "a label that is there is kept unless overwrite is true")
        )
    if effect.from_key and (problem := key_problem(effect.from_key)):
        found.append(flaw("effect.from_key", *problem))
    if effect.pattern and (problem := pattern_problem(effect.pattern, compiled)):
        found.append(flaw("effect.pattern", *problem))
    return found


def _template_flaws(
    name: str, template: str | None, *, same_as: str, at_most: int = MAX_TEXT, is_required: bool = False
) -> list[Flaw]:
    field = f"effect.{name}"
    if not template or not template.strip():
        return [flaw(field, "required", "must say something")] if is_required else []
    if len(template) > at_most:
        return [_too_long(field, at_most)]
    if template.strip() == f"{{{same_as}}}":
        return [flaw(field, "changes_nothing", "says what is there already")]
    problems = (key_problem(found[1]) for found in _MEANT_AS_ONE.finditer(template))
    return [flaw(field, *problem) for problem in problems if problem is not None][:1]


def _too_long(field: str, at_most: int) -> Flaw:
    return flaw(field, "too_long", f"must have at most {at_most} characters", max=at_most)
