"""A rule's effect refuses what its conditions refuse, and empties nothing."""

from typing import Any

import pytest

from tests.ingest.ways import EVENT, Ways, make_ways
from tests.kit.world import World


@pytest.fixture
async def ways(world: World) -> Ways:
    return await make_ways(world)


async def save(ways: Ways, effect: Any, **more: Any) -> Any:
    rule = {"name": "r", "effect": effect, **more}
    return await ways.manager.send("POST", f"/api/v1/integrations/{ways.integrations['events'].id}/rules", rule)


def add(**given: str) -> dict[str, str]:
    return {"kind": "add_label", "label": "l", **given}


@pytest.mark.parametrize(
    ("effect", "flaws"),
    [
        (add(from_key="nokey", pattern="x"), [("effect.from_key", "unknown_key")]),
        (add(from_key="labels.", pattern="("), [("effect.from_key", "unknown_key"), ("effect.pattern", "bad_pattern")]),
        (add(label="x" * 129, value="v"), [("effect.label", "too_long")]),
        (add(label=" ", value=""), [("effect.label", "required"), ("effect.value", "required")]),
        (add(from_key="title", pattern="x" * 513), [("effect.pattern", "too_long")]),
        (add(value="{nokey}"), [("effect.value", "unknown_key")]),
        (add(value="{title} on {nokey}"), [("effect.value", "unknown_key")]),
        (add(value="v", from_key="title"), [("effect.pattern", "incomplete")]),
        (add(value="v", pattern="x"), [("effect.pattern", "incomplete")]),
        ({"kind": "rewrite", "title": "", "check": " "}, [("effect.title", "required"), ("effect.check", "required")]),
        ({"kind": "rewrite", "title": "{host}", "check": "c" * 256},
         [("effect.title", "unknown_key"), ("effect.check", "too_long")]),
        ({"kind": "rewrite"}, [("effect", "required")]),
        ({"kind": "rewrite", "title": "{labels.}"}, [("effect.title", "unknown_key")]),
        ({"kind": "rewrite", "title": "{{ labels.host }}"}, [("effect.title", "unknown_key")]),
        ({"kind": "rewrite", "title": "{}", "check": "{Title}"},
         [("effect.title", "unknown_key"), ("effect.check", "unknown_key")]),
        ({"kind": "rewrite", "title": "{title}", "check": " {check}"},
         [("effect.title", "changes_nothing"), ("effect.check", "changes_nothing")]),
        (add(value=" "), [("effect.value", "required")]),
        (add(value="{labels.l}"), [("effect.value", "changes_nothing")]),
        (add(value="on {title.}"), [("effect.value", "unknown_key")]),
        (add(from_key="labels.l", pattern="x"), [("effect.overwrite", "changes_nothing")]),
    ],
)  # fmt: skip
async def test_everything_wrong_with_an_effect_is_named(ways: Ways, effect: Any, flaws: Any) -> None:
    answer = await save(ways, effect)
    assert answer.status_code == 400
    assert [(each["field"], each["code"]) for each in answer.json()["errors"]] == flaws


@pytest.mark.parametrize(
    "pattern", ["(", ")", "[a", "a**", "*", "(?=x)", r"\1", "a{2000}", "[z-a]", "(?P<x", r"\p{x}", "\\"]
)
async def test_patterns_are_refused_in_our_words(ways: Ways, pattern: str) -> None:
    conditions = [[{"key": "title", "values": [f"/{pattern}/"]}]]
    answer = await save(ways, add(from_key="title", pattern=pattern), conditions=conditions)
    found = answer.json()["errors"]
    assert [each["field"] for each in found] == ["effect.pattern", "conditions[0][0].values[0]"]
    assert all(each["message"].startswith("not a pattern: ") for each in found)
    assert all("b'" not in each["message"] and "can't be read" not in each["message"] for each in found)


async def test_a_condition_names_labels_that_can_be(ways: Ways) -> None:
    conditions = [[{"key": "labels." + "x" * 500, "values": ["v"]}, {"key": "source", "values": ["cidr:10.0.0.1/8"]}]]
    answer = await save(ways, add(value="v"), conditions=conditions)
    assert [(each["field"], each["code"]) for each in answer.json()["errors"]] == [
        ("conditions[0][0].key", "too_long"),
        ("conditions[0][1].values[0]", "bad_network"),
    ]
    assert "does not appear" not in answer.text


async def test_an_empty_template_changes_nothing(ways: Ways) -> None:
    effect = {"kind": "rewrite", "title": "{labels.none}", "check": "{labels.none} ", "severity": "info"}
    assert (await save(ways, effect)).status_code == 201
    for key in ("one", "two"):
        await ways.send(ways.path("events"), {**EVENT, "dedup_key": key, "check": "disk"})
    [item] = await ways.incidents()
    assert (item["title"], item["severity"], item["alert_count"]) == ("Disk full on db-1", "info", 2)


async def test_braces_hold_a_key_or_a_quotation(ways: Ways) -> None:
    effect = {"kind": "rewrite", "title": 'up{job="x"} of {labels.my host}'}
    assert (await save(ways, effect)).status_code == 201
    await ways.send(ways.path("events"), {**EVENT, "labels": {"my host": "db-1"}})
    [item] = await ways.incidents()
    assert item["title"] == 'up{job="x"} of db-1'


@pytest.mark.parametrize("unseen", ["\u200b", "\u3164\u00ad", "\u2800", "\u202e \u2066", "\U000e0041"])
async def test_a_title_that_nobody_could_see_is_none(ways: Ways, unseen: str) -> None:
    effect = {"kind": "rewrite", "title": f"{unseen}{{labels.none}}", "check": f"{unseen}{{labels.none}}"}
    assert (await save(ways, effect)).status_code == 201
    await ways.send(ways.path("events"), EVENT)
    [incident] = await ways.incidents()
    assert incident["title"] == EVENT["title"]


async def test_a_severity_that_a_rule_gives_is_said(ways: Ways) -> None:
    assert (await save(ways, {"kind": "rewrite", "severity": "critical"})).status_code == 201
    silent = {"title": "Disk", "dedup_key": "disk"}
    await ways.send(ways.path("events"), silent)
    [incident] = await ways.incidents()
    assert incident["severity"] == "critical"
    rules = f"/api/v1/integrations/{ways.integrations['events'].id}/rules"
    [rule] = (await ways.manager.get(rules))["items"]
    assert (await ways.manager.send("DELETE", f"{rules}/{rule['id']}", headers={"if-match": "1"})).is_success
    assert (await save(ways, {"kind": "rewrite", "severity": "info"})).status_code == 201
    await ways.send(ways.path("events"), silent)
    [incident] = await ways.incidents()
    assert incident["severity"] == "info"
