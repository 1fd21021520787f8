"""A short form for one more rule: what must hold, and any of the effects that there are."""

from collections.abc import Mapping
from typing import Final, Literal

import flet as ft
from msgspec.structs import replace

from phone.base.draft import Draft
from phone.base.look import Look
from phone.base.places import place
from phone.base.window import Window
from phone.console.condition_words import conditions_typed
from phone.console.form.kind import Known
from phone.console.integrations.rules_store import Rules
from phone.kit.cards import card
from phone.kit.choices import segments, switch
from phone.kit.controls import Handler, quiet, word
from phone.kit.fields import Entry, field, problem_line
from phone.kit.hooks import draft_of, state
from phone.kit.text import text
from shared.domain.alerts import Severity
from shared.domain.pipeline.rules import AddLabel, Drop, Effect, Rewrite
from shared.wire.services import RuleInput

Doing = Literal["drop", "severity", "title", "check", "label"]
BEGUN: Final[Mapping[Doing, Effect]] = {
    "drop": Drop(),
    "severity": Rewrite(severity=Severity.WARNING),
    "title": Rewrite(title=""),
    "check": Rewrite(check=""),
    "label": AddLabel(label=""),
}
EXAMPLE: Final = "{labels.cluster}, {title}"
NAME: Final = place(RuleInput, lambda rule: rule.name)
EFFECT: Final = place(RuleInput, lambda rule: rule.effect)


@ft.component
def NewRule(window: Window, rules: Rules, known: Known, look: Look, close: Handler) -> ft.Control:
    """Labels and fields that must all hold, and what is done then."""
    form = draft_of(RuleInput(name="", effect=Drop()))
    when, write_when = state("")
    flaw, fail = state("")
    words = known.words

    async def save() -> None:
        wanted, conditions = form.whole, conditions_typed(when)
        if not wanted.name.strip() or not conditions:
            fail("event_rules.name_missing" if not wanted.name.strip() else "event_rules.when_wrong")
        elif _is_empty(wanted.effect):
            fail("event_rules.effect_missing")
        elif await window.change(
            rules.add(replace(wanted, name=wanted.name.strip(), conditions=conditions)), told="event_rules.saved"
        ):
            close()

    parts: list[ft.Control] = [
        field(
            look,
            words("field.name"),
            form.whole.name,
            lambda value: form.type(NAME, value),
            error=words(flaw) if flaw == "event_rules.name_missing" else None,
            key="rule-name",
        ),
        field(
            look,
            words("event_rules.when"),
            when,
            write_when,
            error=words(flaw) if flaw == "event_rules.when_wrong" else None,
            entry=Entry(hint="job=backup, severity=info", help=words("event_rules.when_help")),
            key="rule-when",
        ),
        text(words("event_rules.then"), "label", look.palette.ink),
        *_effect(look, form),
        *([problem_line(look, words(flaw))] if flaw == "event_rules.effect_missing" else []),
        ft.Row(
            [
                quiet(look, words("me.save"), save, key="rule-save"),
                word(look, words("cancel"), close, key="rule-cancel"),
            ],
            spacing=8,
        ),
    ]
    return card(look, parts, spacing=12)


def _doing(effect: Effect) -> Doing:
    match effect:
        case Drop():
            return "drop"
        case AddLabel():
            return "label"
        case Rewrite():
            return "severity" if effect.severity else "check" if effect.check is not None else "title"


def _is_empty(effect: Effect) -> bool:
    """Whether what is to be written is still to be said."""
    match effect:
        case Drop():
            return False
        case AddLabel():
            return not effect.label.strip() or not (effect.value.strip() or effect.pattern.strip())
        case Rewrite():
            return not (effect.severity or (effect.title or effect.check or "").strip())


def _effect(look: Look, form: Draft[RuleInput]) -> list[ft.Control]:
    words, effect = look.words, form.whole.effect
    choices: list[tuple[Doing, str, str]] = [
        (each, words(f"event_rules.do_{each}"), words(f"event_rules.do_{each}")) for each in BEGUN
    ]

    def begin(doing: Doing) -> None:
        form.choose(EFFECT, BEGUN[doing])

    chosen = segments(look, choices, _doing(effect), begin)
    match effect:
        case Drop():
            return [chosen]
        case AddLabel():
            return [chosen, *_label(look, form, effect)]
        case Rewrite(severity=Severity() as severity):
            graver = [(each, words(f"severity.{each}"), words(f"severity.{each}")) for each in Severity]
            return [
                chosen,
                segments(look, graver, severity, lambda each: form.choose(EFFECT, replace(effect, severity=each))),
            ]
        case Rewrite():
            which = _doing(effect)
            box = field(
                look,
                words(f"event_rules.do_{which}"),
                effect.title or effect.check or "",
                lambda value: form.type(EFFECT, replace(effect, **{which: value})),
                entry=Entry(hint="{labels.cluster}: {title}", help=words("event_rules.template_help", example=EXAMPLE)),
                key=f"rule-{which}",
            )
            return [chosen, box]


def _label(look: Look, form: Draft[RuleInput], begun: AddLabel) -> list[ft.Control]:
    words = look.words

    def write(**fields: str | bool) -> None:
        now = form.whole.effect
        form.type(EFFECT, replace(now if isinstance(now, AddLabel) else begun, **fields))

    def turn() -> None:
        write(overwrite=not begun.overwrite)
        form.notify()

    def box(name: str, value: str, hint: str, help: str = "") -> ft.Control:
        return field(
            look,
            words(f"event_rules.label_{name}"),
            value,
            lambda given: write(**{name: given}),
            entry=Entry(hint=hint, help=help),
            key=f"rule-{name}",
        )

    return [
        box("label", begun.label, "cluster"),
        box("value", begun.value, "{labels.region}/{source}", words("event_rules.template_help", example=EXAMPLE)),
        box("from_key", begun.from_key, "labels.host"),
        box("pattern", begun.pattern, r"^(\w+)-", words("event_rules.pattern_help")),
        switch(look, words("event_rules.label_overwrite"), begun.overwrite, turn, key="rule-overwrite"),
    ]
