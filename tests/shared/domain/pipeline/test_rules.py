"""What rules make of an event, in order, and what is refused in an effect."""

from typing import Any

import msgspec
import pytest

from server.kernel.patterns import compile_pattern
from shared.domain.alerts import Action, Event, Severity
from shared.domain.pipeline.conditions import MAX_LABEL_NAME, AlertCondition, Conditions
from shared.domain.pipeline.rules import (
    MAX_CHECK,
    MAX_TEXT,
    AddLabel,
    Drop,
    Effect,
    Rewrite,
    Rule,
    check_effect,
    dropped_by,
    enrich,
    fill,
    rewrite,
    stage_of,
)

EVENT = Event(
    action=Action.TRIGGER,
    dedup_key="k",
    title="Disk full on db-1",
    says_severity=False,
    check="disk",
    labels={"cluster": "eu", "host": "db-1"},
)
ALWAYS: Conditions = ()
NEVER: Conditions = ((AlertCondition(key="check", values=("load",)),),)


def rule(effect: Effect, id: str = "r", when: Conditions = ALWAYS) -> Rule:
    return Rule(id=id, name=id, stage=stage_of(effect), conditions=when, effect=effect)


def labelled(*rules: Rule) -> tuple[dict[str, str], list[str]]:
    event, touched = enrich(EVENT, rules, compile_pattern)
    assert msgspec.structs.replace(event, labels=EVENT.labels) == EVENT, "nothing else changes"
    return {name: value for name, value in event.labels.items() if EVENT.labels.get(name) != value}, touched


@pytest.mark.parametrize(
    ("effect", "added"),
    [
        (AddLabel(label="team", value="{labels.cluster}/{check}"), {"team": "eu/disk"}),
        (AddLabel(label="team", value="{labels.none}"), {}),
        (AddLabel(label="team", value="{nonsense}x"), {"team": "x"}),
        (AddLabel(label="cluster", value="us"), {}),
        (AddLabel(label="cluster", value="us", overwrite=True), {"cluster": "us"}),
        (AddLabel(label="n", from_key="labels.host", pattern=r"(\w+)-(\d+)"), {"n": "db"}),
        (AddLabel(label="n", from_key="labels.host", pattern=r"\d"), {"n": "1"}),
        (AddLabel(label="n", from_key="labels.host", pattern="web"), {}),
        (AddLabel(label="n", from_key="labels.none", pattern="x"), {}),
        (AddLabel(label="n", from_key="labels.host", pattern=r"db(x)?"), {}),
        (AddLabel(label="n", value="v", from_key="labels.host", pattern="web"), {}),
    ],
)
def test_a_label_is_added(effect: AddLabel, added: dict[str, str]) -> None:
    assert labelled(rule(effect)) == (added, ["r"] if added else [])


def test_rules_follow_on_each_other() -> None:
    first = rule(AddLabel(label="site", value="berlin"), "first")
    second = rule(AddLabel(label="room", value="{labels.site}-1"), "second")
    assert labelled(first, second) == ({"site": "berlin", "room": "berlin-1"}, ["first", "second"])
    assert labelled(second, first) == ({"room": "-1", "site": "berlin"}, ["second", "first"])
    when = ((AlertCondition(key="labels.site", values=("berlin",)),),)
    assert labelled(first, rule(AddLabel(label="x", value="y"), "third", when))[1] == ["first", "third"]
    assert labelled(rule(AddLabel(label="x", value="y"), "third", when), first)[1] == ["first"]


def test_each_stage_takes_its_own_rules() -> None:
    every = [rule(AddLabel(label="x", value="y"), "add"), rule(Rewrite(title="T"), "set"), rule(Drop(), "drop")]
    assert enrich(EVENT, every, compile_pattern)[1] == ["add"]
    assert rewrite(EVENT, every, compile_pattern)[1] == ["set"]
    assert dropped_by(EVENT, every, compile_pattern) == every[2]


@pytest.mark.parametrize(
    ("effect", "changed"),
    [
        (Rewrite(title="{check}: {title}"), {"title": "disk: Disk full on db-1"}),
        (Rewrite(title="{labels.none}"), {}),
        (Rewrite(title="a\nb"), {"title": "a b"}),
        (Rewrite(check="{labels.cluster}"), {"check": "eu"}),
        (Rewrite(check="{labels.none}"), {}),
        (Rewrite(severity=Severity.CRITICAL), {"severity": Severity.CRITICAL, "says_severity": True}),
        (Rewrite(severity=Severity.WARNING), {"says_severity": True}),
    ],
)
def test_what_is_rewritten(effect: Rewrite, changed: dict[str, Any]) -> None:
    assert rewrite(EVENT, [rule(effect)], compile_pattern)[0] == msgspec.structs.replace(EVENT, **changed)


def test_what_says_its_severity_says_it_still() -> None:
    said = msgspec.structs.replace(EVENT, says_severity=True)
    assert rewrite(said, [rule(Rewrite(title="T"))], compile_pattern)[0].says_severity


def test_the_first_that_holds_drops() -> None:
    rules = [rule(Drop(), "never", NEVER), rule(Rewrite(title="T")), rule(Drop(), "one"), rule(Drop(), "two")]
    found = dropped_by(EVENT, rules, compile_pattern)
    assert found is not None
    assert found.id == "one"
    assert dropped_by(EVENT, rules[:2], compile_pattern) is None


@pytest.mark.parametrize(
    ("template", "filled"),
    [
        ("", ""),
        ("{title}{title}", "Disk full on db-1" * 2),
        ("{Title} {} { title } {labels.}", "{Title} {} { title } "),
        ("{labels.cluster", "{labels.cluster"),
        ("x" * (MAX_TEXT + 1), "x" * MAX_TEXT),
    ],
)
def test_templates(template: str, filled: str) -> None:
    assert fill(template, EVENT) == filled


@pytest.mark.parametrize(
    ("effect", "expected"),
    [
        (Drop(), []),
        (AddLabel(label="x", value="v"), []),
        (AddLabel(label="x", from_key="title", pattern="v"), []),
        (AddLabel(label=" ", value="v"), [("label", "required")]),
        (AddLabel(label="n" * MAX_LABEL_NAME, value="v"), []),
        (AddLabel(label="n" * (MAX_LABEL_NAME + 1), value="v"), [("label", "too_long")]),
        (AddLabel(label="x"), [("value", "required")]),
        (AddLabel(label="x", value=" "), [("value", "required")]),
        (AddLabel(label="x", value="v", from_key="title"), [("pattern", "incomplete")]),
        (AddLabel(label="x", pattern="v"), [("pattern", "incomplete")]),
        (AddLabel(label="x", from_key="titel", pattern="v"), [("from_key", "unknown_key")]),
        (AddLabel(label="x", from_key="title", pattern="("), [("pattern", "bad_pattern")]),
        (AddLabel(label="x", from_key="labels.x", pattern="v"), [("overwrite", "changes_nothing")]),
        (AddLabel(label="x", from_key="labels.x", pattern="v", overwrite=True), []),
        (AddLabel(label="x", value="{labels.x}", overwrite=True), [("value", "changes_nothing")]),
        (AddLabel(label="x", value="{labels.y}"), []),
        (AddLabel(label="x", value="{titel} {check}"), [("value", "unknown_key")]),
        (AddLabel(label="x", value='{"a": 1}'), []),
        (AddLabel(label="x", value="v" * MAX_TEXT), []),
        (AddLabel(label="x", value="v" * (MAX_TEXT + 1)), [("value", "too_long")]),
        (Rewrite(), [("", "required")]),
        (Rewrite(title=""), [("title", "required")]),
        (Rewrite(title="T", check=" "), [("check", "required")]),
        (Rewrite(severity=Severity.INFO), []),
        (Rewrite(title=" {title} "), [("title", "changes_nothing")]),
        (Rewrite(check="{check}"), [("check", "changes_nothing")]),
        (Rewrite(title="{check}", check="{title}"), []),
        (Rewrite(check="c" * MAX_CHECK), []),
        (Rewrite(check="c" * (MAX_CHECK + 1)), [("check", "too_long")]),
        (Rewrite(title="{a} {b}"), [("title", "unknown_key")]),
    ],
)
def test_what_is_refused(effect: Effect, expected: list[tuple[str, str]]) -> None:
    found = [(flaw.field, flaw.code) for flaw in check_effect(effect, compile_pattern)]
    assert found == [(f"effect.{field}" if field else "effect", code) for field, code in expected]
