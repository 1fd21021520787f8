"""Rules on the way: enrich, rewrite, drop; their API; recoveries pass them by."""

from typing import Any

import pytest

from tests.ingest.ways import EVENT, Ways, alert, notification

DROP = {"kind": "drop"}
DB1 = [[{"key": "labels.instance", "values": ["db-*"]}]]


async def fire(ways: Ways, *alerts: Any) -> None:
    assert (await ways.send(ways.path("alertmanager"), notification(*alerts))).status_code == 202


async def labels(ways: Ways, incident: Any) -> dict[str, str]:
    alerts = (await ways.manager.get(f"/api/v1/incidents/{incident['id']}/alerts"))["items"]
    return alerts[0]["labels"]


async def test_enrich_adds_labels_from_templates_and_patterns(ways: Ways) -> None:
    await ways.world.add_rule(
        ways.integrations["alertmanager"],
        {"kind": "add_label", "label": "tier", "value": "{labels.instance}!"},
        name="tier",
    )
    captured = {"kind": "add_label", "label": "n", "from_key": "labels.instance", "pattern": r"db-(\d+)"}
    await ways.world.add_rule(ways.integrations["alertmanager"], captured, conditions=DB1, name="number")
    await fire(ways, alert("A", "db-12"))
    [item] = await ways.incidents()
    found = await labels(ways, item)
    assert (found["tier"], found["n"]) == ("db-12!", "12")


async def test_rewrite_changes_title_severity_and_grouping(ways: Ways) -> None:
    effect = {"kind": "rewrite", "title": "{check} is bad", "severity": "info", "check": "one for all"}
    await ways.world.add_rule(ways.integrations["alertmanager"], effect, name="calm")
    await fire(ways, alert("A", "1"), alert("B", "2"))
    [item] = await ways.incidents()
    assert (item["title"], item["severity"], item["alert_count"]) == ("A is bad", "info", 2)


async def test_drop_leaves_out_what_it_names_and_says_which_rule_did(ways: Ways) -> None:
    rule = await ways.world.add_rule(ways.integrations["alertmanager"], DROP, conditions=DB1, name="no databases")
    await fire(ways, alert("A", "db-1"), alert("A", "web-1"))
    [item] = await ways.incidents()
    assert item["alert_count"] == 1
    outcome = await ways.world.db.value("SELECT outcome FROM event")
    assert rule.id in outcome


async def test_recoveries_and_what_is_open_already_pass_a_new_drop_rule(ways: Ways) -> None:
    await fire(ways, alert("A", "db-1"))
    await ways.world.settle()
    await ways.world.add_rule(ways.integrations["alertmanager"], DROP, conditions=DB1, name="no databases")
    await fire(ways, alert("A", "db-1"))
    await ways.world.settle()
    assert await ways.world.db.values("SELECT count FROM alert") == [(2,)]
    await fire(ways, alert("A", "db-1", status="resolved"))
    assert [item["state"] for item in await ways.incidents()] == ["resolved"]
    await fire(ways, alert("A", "db-1"))
    assert len(await ways.incidents()) == 1


async def test_rules_run_by_position_and_can_be_switched_off_and_removed(ways: Ways) -> None:
    path = f"/api/v1/integrations/{ways.integrations['events'].id}/rules"
    a, b = ({"kind": "rewrite", "title": f"{{title}} {name}"} for name in "ab")
    second = await ways.world.add_rule(ways.integrations["events"], b, position=2, name="b")
    await ways.world.add_rule(ways.integrations["events"], a, position=1, name="a")
    assert [rule["name"] for rule in (await ways.manager.get(path))["items"]] == ["a", "b"]
    await ways.send(ways.path("events"), {**EVENT, "dedup_key": "1"})
    assert (await ways.incidents())[0]["title"].endswith("a b")
    body = {"name": "b", "effect": b, "position": 2, "is_enabled": False}
    changed = await ways.manager.put(f"{path}/{second.id}", body, rev=second.rev)
    await ways.send(ways.path("events"), {**EVENT, "dedup_key": "2", "check": "2"})
    titles = [item["title"] for item in await ways.incidents()]
    assert any(title.endswith("a") for title in titles)
    stale = await ways.manager.send("DELETE", f"{path}/{second.id}", headers={"if-match": "1"})
    assert stale.status_code == 412
    gone = await ways.manager.send("DELETE", f"{path}/{second.id}", headers={"if-match": str(changed["rev"])})
    assert gone.status_code == 204
    assert [rule["name"] for rule in (await ways.manager.get(path))["items"]] == ["a"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"conditions": [[{"key": "colour", "values": ["x"]}]]}, "conditions[0][0].key"),
        ({"conditions": [[{"key": "title", "values": []}]]}, "conditions[0][0].values"),
        ({"conditions": [[{"key": "title", "values": ["ok", "/(/"]}]]}, "conditions[0][0].values[1]"),
        ({"conditions": [[{"key": "title", "values": ["/(a)\\1/"]}]]}, "conditions[0][0].values[0]"),
        ({"conditions": [[{"key": "title", "values": ["cidr:10.0.0.0/99"]}]]}, "conditions[0][0].values[0]"),
        ({"conditions": [[{"key": "title", "values": ["num:gt:x"]}]]}, "conditions[0][0].values[0]"),
        ({"conditions": [[{"key": "title", "values": ["x" * 513]}]]}, "conditions[0][0].values[0]"),
        ({"conditions": [[{"key": "title", "op": "like", "values": ["x"]}]]}, "conditions[0][0].op"),
        ({"conditions": [[{"key": "title", "value": ["x"]}]]}, "conditions[0][0].values"),
        ({"effect": {"kind": "explode"}}, "effect.kind"),
        ({"effect": {"kind": "add_label", "label": "x"}}, "effect.value"),
        ({"effect": {"kind": "add_label", "label": "x", "from_key": "title"}}, "effect.pattern"),
        ({"effect": {"kind": "add_label", "label": "x", "from_key": "title", "pattern": "("}}, "effect.pattern"),
        ({"effect": {"kind": "add_label", "value": "x"}}, "effect.label"),
        ({"name": ""}, "name"),
        ({"colour": "red"}, "colour"),
    ],
)
async def test_a_wrong_rule_names_the_field(ways: Ways, change: Any, field: str) -> None:
    body = {"name": "r", "conditions": [], "effect": DROP, **change}
    answer = await ways.manager.send("POST", f"/api/v1/integrations/{ways.integrations['events'].id}/rules", body)
    assert answer.status_code == 400, answer.text
    assert answer.json()["errors"][0]["field"] == field


async def test_a_label_needs_a_name(ways: Ways) -> None:
    body = {"name": "r", "effect": {"kind": "add_label", "label": "", "value": "x"}}
    answer = await ways.manager.send("POST", f"/api/v1/integrations/{ways.integrations['events'].id}/rules", body)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "effect.label"


@pytest.mark.parametrize("pattern", ["(a+)+$", "(a|aa)+$", "(.*a){20}b$"])
async def test_a_hostile_pattern_costs_nothing(ways: Ways, pattern: str) -> None:
    await ways.world.add_rule(
        ways.integrations["events"],
        DROP,
        conditions=[[{"key": "title", "values": [f"/{pattern}/"]}]],
        name="evil",
    )
    assert (await ways.send(ways.path("events"), {"title": "a" * 1000 + "!"})).status_code == 202
    assert len(await ways.incidents()) == 1


async def test_a_service_with_a_living_integration_is_not_archived(ways: Ways) -> None:
    answer = await ways.manager.send("DELETE", f"/api/v1/services/{ways.service.id}", headers={"if-match": "1"})
    assert (answer.status_code, answer.json()["code"]) == (409, "in_use")
    named = [(error["args"]["kind"], error["args"]["id"]) for error in answer.json()["errors"]]
    assert ("integration", ways.integrations["events"].id) in named
    await ways.send(ways.path("events"), EVENT)
    assert len(await ways.incidents()) == 1


async def test_what_a_rule_drops_is_dropped_however_often_it_comes(ways: Ways) -> None:
    await ways.world.add_rule(ways.integrations["events"], DROP, name="none of it")
    for _ in range(3):
        await ways.send(ways.path("events"), EVENT)
        await ways.world.settle()
    assert await ways.world.db.values("SELECT count, incident_id FROM alert") == [(3, None)]
    assert await ways.incidents() == []


async def test_a_sources_word_on_what_a_rule_drops_holds_nothing_once_the_rule_is_gone(ways: Ways) -> None:
    rule = await ways.world.add_rule(ways.integrations["events"], DROP, name="none of it")
    await ways.send(ways.path("events"), EVENT)
    await ways.send(ways.path("events"), {**EVENT, "action": "acknowledge"})
    await ways.world.settle()
    path = f"/api/v1/integrations/{ways.integrations['events'].id}/rules/{rule.id}"
    assert (await ways.manager.send("DELETE", path, headers={"if-match": "1"})).status_code == 204
    await ways.send(ways.path("events"), EVENT)
    assert [item["state"] for item in await ways.incidents()] == ["triggered"]
