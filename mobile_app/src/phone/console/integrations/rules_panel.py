"""The rules of an integration: each a sentence that can be switched off, and a short form for one more."""

import flet as ft

from phone.base import problems
from phone.base.look import Look
from phone.base.window import Window
from phone.console.condition_words import conditions_said
from phone.console.form.kind import Known
from phone.console.integrations.rule_form import NewRule
from phone.console.integrations.rules_store import Rules
from phone.kit.cards import card, titled
from phone.kit.choices import switch
from phone.kit.controls import Handler, quiet, word
from phone.kit.fields import problem_line
from phone.kit.hooks import state
from phone.kit.question import AskedOnce, Question
from phone.kit.text import text
from shared.domain.pipeline.rules import AddLabel, Drop, Effect, Rewrite
from shared.wire.services import Rule


@ft.component
def RulesPanel(window: Window, rules: Rules, known: Known, look: Look, may_change: bool) -> ft.Control:
    """In the order in which they are tried; the first that drops an event ends it."""
    words = known.words
    adding, add_one = state(False)
    parts: list[ft.Control] = []
    if rules.error is not None:
        parts.append(problem_line(look, problems.problem(words, rules.error)))
    if not rules.items:
        parts.append(text(words("event_rules.none"), "body", look.palette.muted))
    parts += [_rule(window, rules, known, each, may_change=may_change) for each in rules.items or ()]
    if adding:
        parts.append(NewRule(window, rules, known, look, lambda: add_one(False)))
    elif may_change:
        parts.append(
            ft.Row([quiet(look, words("event_rules.add"), lambda: add_one(True), icon=ft.Icons.ADD, key="add-rule")])
        )
    return titled(look, words("event_rules.title"), parts, help=words("event_rules.help"))


def effect_said(known: Known, effect: Effect) -> str:
    """What a rule does, in a few words."""
    words = known.words
    match effect:
        case Drop():
            return words("event_rule.drop")
        case AddLabel():
            return words("event_rule.add_label", label=effect.label)
        case Rewrite():
            done = [
                *([words("event_rule.title")] if effect.title is not None else []),
                *(
                    [words("event_rule.severity", severity=words(f"severity.{effect.severity}"))]
                    if effect.severity
                    else []
                ),
                *([words("event_rule.check")] if effect.check is not None else []),
            ]
            return words.names(done)


def _rule(window: Window, rules: Rules, known: Known, rule: Rule, *, may_change: bool) -> ft.Control:
    look, words = window.look, known.words
    when = conditions_said(known, rule.conditions) or words("event_rule.always")
    said = words("event_rule.sentence", when=when, what=effect_said(known, rule.effect))

    async def turn() -> None:
        await window.change(rules.turn(rule), told="event_rules.saved")

    async def remove() -> None:
        await window.change(rules.remove(rule), told="event_rules.removed")

    def draw(ask: Handler) -> ft.Control:
        return ft.Row([word(look, words("event_rules.remove"), ask, of=said, key=f"remove-rule-{rule.id}")])

    held = switch(look, rule.name, rule.is_enabled, turn, help=said, fixed=not may_change, key=f"rule-{rule.id}")
    question = Question(
        about=words("event_rules.removal"), yes=words("event_rules.remove"), key=f"remove-rule-{rule.id}"
    )
    return card(look, [held, *([AskedOnce(look, question, remove, draw)] if may_change else [])])
