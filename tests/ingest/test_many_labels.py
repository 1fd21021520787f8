"""Caps cut last what matters, on every way in: everything is decided on all that came."""

from typing import Any

import pytest

from tests.ingest.ways import EVENT, Ways, notification

pytestmark = pytest.mark.store
MANY = {f"label_app_{n:02}": "v" for n in range(55)}


def sorted_alert(**labels: str) -> Any:
    """As Alertmanager sends them, in order of their names."""
    whole = {"alertname": "KubePodCrash", **MANY, **labels}
    return {"status": "firing", "labels": dict(sorted(whole.items()))}


async def only_alert(ways: Ways) -> Any:
    [incident] = await ways.incidents()
    [item] = (await ways.manager.get("/api/v1/alerts"))["items"]
    return incident, await ways.manager.get(f"/api/v1/alerts/{item['id']}")


async def test_alertmanagers_severity_origin_and_namespace_survive(ways: Ways) -> None:
    body = notification(sorted_alert(namespace="prod", pod="api-1", severity="critical"))
    await ways.send(ways.path("alertmanager"), body)
    incident, alert = await only_alert(ways)
    assert (incident["severity"], alert["origin"], len(alert["labels"])) == ("critical", "api-1", 50)
    assert {"namespace": "prod", "pod": "api-1", "severity": "critical"}.items() <= alert["labels"].items()
    assert alert["details"]["labels_dropped"] == 9
    assert set(alert["details"]["more_labels"]) == {f"label_app_{n}" for n in range(46, 55)}


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ({"zone": "a"}, {"zone": "b"}),
        ({"zone": "z" * 3000 + "a"}, {"zone": "z" * 3000 + "b"}),
        ({"z" * 200 + "a": "v"}, {"z" * 200 + "b": "v"}),
    ],
    ids=["a late label", "the end of a long value", "the end of a long name"],
)
async def test_alerts_that_differ_anywhere_are_two(ways: Ways, one: dict[str, str], two: dict[str, str]) -> None:
    await ways.send(ways.path("alertmanager"), notification(sorted_alert(**one), sorted_alert(**two)))
    [item] = await ways.incidents()
    assert item["open_alert_count"] == 2


async def test_rules_silences_and_grouping_see_labels_that_are_cut(ways: Ways) -> None:
    service = await ways.manager.get(f"/api/v1/services/{ways.service.id}")
    data = {"name": "checkout", "team_id": service["team_id"], "policy_id": service["policy_id"]}
    grouping = {"by": "labels", "labels": ["label_app_54"]}
    await ways.manager.put(f"/api/v1/services/{ways.service.id}", {**data, "grouping": grouping}, rev=service["rev"])
    effect = {"kind": "add_label", "label": "zz_added", "value": "{labels.label_app_52}"}
    conditions = [[{"key": "labels.label_app_53", "values": ["v"]}]]
    await ways.world.add_rule(ways.integrations["events"], effect, conditions=conditions)
    labels = {**MANY, "label_app_54": "here"}
    for key in ("one", "two"):
        assert (await ways.send(ways.path("events"), {**EVENT, "dedup_key": key, "labels": labels})).status_code == 202
    [item] = await ways.incidents()
    assert item["open_alert_count"] == 2
    found = (await ways.manager.get("/api/v1/alerts"))["items"]
    assert all(each["labels"]["zz_added"] == "v" for each in found)
    assert all(each["labels"]["label_app_54"] == "here" and len(each["labels"]) == 50 for each in found)
    assert found[0]["labels"] == found[1]["labels"]


async def test_pagerdutys_old_severity_is_read_from_all_details(ways: Ways) -> None:
    details = {f"d{n}": n for n in range(300)} | {"severity": "info"}
    v1 = {"event_type": "trigger", "description": "x", "details": details}
    await ways.send(ways.path("pagerduty"), v1)
    incident, alert = await only_alert(ways)
    assert incident["severity"] == "info"
    assert alert["details"]["…"] == "… 101", "and it says that it was cut"


async def test_what_drops_and_silences_sees_labels_that_are_cut(ways: Ways) -> None:
    def on(value: str) -> Any:
        return [[{"key": "labels.label_app_54", "values": [value]}]]

    await ways.world.add_rule(ways.integrations["events"], {"kind": "drop"}, conditions=on("dropped"))
    await ways.world.add_silence(conditions=on("silenced"))
    for value in ("dropped", "silenced", "told"):
        labels = {**MANY, "label_app_54": value}
        event = {**EVENT, "title": value, "dedup_key": value, "labels": labels}
        assert (await ways.send(ways.path("events"), event)).status_code == 202
    assert [item["title"] for item in await ways.incidents()] == ["told"]
