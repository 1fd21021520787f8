"""What was received is shown byte for byte, with what became of it; a test alert goes the whole way."""

from typing import Any

import pytest

from tests.ingest.ways import EVENT, Ways, alert, notification


async def only(ways: Ways, path: str, **query: Any) -> Any:
    [item] = (await ways.manager.get(path, **query))["items"]
    return item


async def test_an_event_opens_its_payload_and_what_was_read_in_it(ways: Ways) -> None:
    body = notification(alert("Load", "web-1"), alert("Load", "web-2"))
    await ways.send(ways.path("alertmanager"), body)
    assert (await only(ways, "/api/v1/events"))["state"] == "waiting"
    await ways.world.settle()
    item = await only(ways, "/api/v1/events", state="done")
    assert (item["alerts"], item["source"], item["error"]) == (2, "alertmanager", None)
    detail = await ways.manager.get(f"/api/v1/events/{item['id']}")
    assert '"web-1"' in detail["body"]
    alert_id = detail["news"][0]["alert_id"]
    assert (await ways.manager.get(f"/api/v1/alerts/{alert_id}"))["first_event_id"] == item["id"]


async def test_what_a_rule_dropped_and_what_could_not_be_read_say_so(
    ways: Ways, caplog: pytest.LogCaptureFixture
) -> None:
    await ways.world.add_rule(ways.integrations["events"], {"kind": "drop"}, name="quiet")
    await ways.send(ways.path("events"), EVENT)
    await ways.send(ways.path("alertmanager"), {**notification(), "alerts": "none"})
    await ways.world.settle()
    dropped = await only(ways, "/api/v1/events", state="dropped")
    news = (await ways.manager.get(f"/api/v1/events/{dropped['id']}"))["news"]
    assert [(each["dropped"], each["rule"]["name"]) for each in news] == [("rule", "quiet")]
    others = [item["state"] for item in (await ways.manager.get("/api/v1/events"))["items"]]
    assert others[1:] == ["dropped"]
    received = await only(ways, f"/api/v1/integrations/{ways.integrations['events'].id}/received")
    assert received["id"] == dropped["id"]


async def test_bytes_that_are_no_text_are_shown_in_base64(ways: Ways) -> None:
    await ways.send(ways.path("events"), b'{"title": "\xff"}')
    answers = (await ways.manager.get("/api/v1/events"))["items"]
    for item in answers:
        detail = await ways.manager.get(f"/api/v1/events/{item['id']}")
        assert (detail["body"] is None) == (detail["body_base64"] is not None)


@pytest.mark.parametrize("source", ["events", "pagerduty", "alertmanager"])
async def test_a_test_alert_opens_an_incident_and_can_be_taken_back(ways: Ways, source: str) -> None:
    path = f"/api/v1/integrations/{ways.integrations[source].id}/test"
    sent = await ways.manager.post(path, {})
    [incident] = await ways.incidents()
    assert (incident["title"], incident["state"]) == ("Test alert from Dogwatch", "triggered")
    assert (await ways.manager.get(f"/api/v1/events/{sent['event_id']}"))["body"] == sent["body"]
    await ways.manager.post(path, {"action": "resolve"})
    assert [item["state"] for item in await ways.incidents()] == ["resolved"]
    history = await ways.manager.get("/api/v1/audit", object_id=ways.integrations[source].id)
    assert [row["verb"] for row in history["items"]] == ["test_resolve", "test_trigger", "made"]


async def test_strangers_see_nothing_and_responders_send_no_test(ways: Ways) -> None:
    await ways.send(ways.path("events"), EVENT)
    item = await only(ways, "/api/v1/events")
    ana = await ways.world.sign_in("Ana")
    assert (
        await ana.send("POST", f"/api/v1/integrations/{ways.integrations['events'].id}/test", {})
    ).status_code == 403
    assert (await ana.send("GET", f"/api/v1/events/{item['id']}")).status_code == 200
    assert (await ana.send("GET", "/api/v1/events/none")).status_code == 404
    assert (await ana.send("GET", "/api/v1/integrations/none/received")).status_code == 404
