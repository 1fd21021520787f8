"""Each key's news is decided in the order in which it came, also within one body."""

import pytest

from tests.ingest.ways import EVENT, PAGERDUTY_V2_BODY, Ways, alert, notification

pytestmark = pytest.mark.store


async def states(ways: Ways) -> list[tuple[str, int, int]]:
    """(state, alerts ever, alerts open) of each incident, the oldest first."""
    found = sorted(await ways.incidents(), key=lambda item: item["number"])
    return [(item["state"], item["alert_count"], item["open_alert_count"]) for item in found]


async def test_trigger_resolve_trigger_in_one_body_is_two_incidents(ways: Ways) -> None:
    firing, over = alert("A", "1"), alert("A", "1", status="resolved")
    await ways.send(ways.path("alertmanager"), notification(firing, over, firing))
    assert await states(ways) == [("resolved", 1, 0), ("triggered", 1, 1)]


async def test_resolve_before_trigger_in_one_body_leaves_it_open(ways: Ways) -> None:
    firing, over = alert("A", "1"), alert("A", "1", status="resolved")
    await ways.send(ways.path("alertmanager"), notification(over, firing))
    assert await states(ways) == [("triggered", 1, 1)]


async def test_trigger_and_resolve_in_separate_bodies_keep_their_order(ways: Ways) -> None:
    for n in range(6):
        await ways.send(ways.path("events"), {**EVENT, "action": "resolve" if n % 2 else "trigger"})
    assert await states(ways) == [("resolved", 1, 0)] * 3
    await ways.send(ways.path("events"), EVENT)
    assert (await states(ways))[-1] == ("triggered", 1, 1)


async def test_identical_repeats_only_count(ways: Ways) -> None:
    for _ in range(5):
        await ways.send(ways.path("events"), EVENT)
    await ways.world.settle()
    for _ in range(3):
        await ways.send(ways.path("events"), EVENT)
    [item] = await ways.incidents()
    assert (item["alert_count"], item["open_alert_count"]) == (1, 1)
    assert await ways.world.db.values("SELECT count FROM alert") == [(8,)]
    entries = (await ways.manager.get(f"/api/v1/incidents/{item['id']}/timeline"))["items"]
    assert [entry["kind"] for entry in entries if entry["kind"] != "page_accepted"] == ["opened", "level_paged"]
    assert await ways.world.paged() == ["Ana"]


async def test_an_end_without_a_beginning_becomes_nothing_and_says_why(ways: Ways) -> None:
    await ways.send(ways.path("events"), {**EVENT, "action": "resolve"})
    await ways.send(ways.path("events"), {**EVENT, "action": "acknowledge"})
    assert await ways.incidents() == []
    outcomes = await ways.world.db.values("SELECT outcome FROM event ORDER BY seq")
    assert "no_open_alert_to_resolve" in outcomes[0][0]
    assert "no_open_alert_to_acknowledge" in outcomes[1][0]


async def test_keys_of_two_integrations_are_different_keys(ways: Ways) -> None:
    await ways.send(ways.path("events"), {**EVENT, "check": "one"})
    await ways.world.settle()
    await ways.send(ways.path("pagerduty"), PAGERDUTY_V2_BODY)
    await ways.send(ways.path("pagerduty"), {"event_action": "resolve", "dedup_key": EVENT["dedup_key"]})
    assert await states(ways) == [("triggered", 1, 1), ("resolved", 1, 0)]


async def test_severity_rises_and_falls_with_the_open_alerts(ways: Ways) -> None:
    def named(instance: str, severity: str, status: str = "firing") -> dict[str, object]:
        return alert("A", instance, severity=severity, status=status)

    async def severity_after(*alerts: dict[str, object]) -> str:
        await ways.send(ways.path("alertmanager"), notification(*alerts))
        return (await ways.incidents())[0]["severity"]

    assert await severity_after(named("1", "info")) == "info"
    assert await severity_after(named("2", "warning")) == "warning"
    assert await severity_after(named("3", "critical"), named("4", "critical")) == "critical"
    assert await severity_after(named("3", "critical", "resolved")) == "critical"
    assert await severity_after(named("4", "critical", "resolved")) == "warning"
    assert await severity_after(named("1", "critical")) == "critical"
    assert await severity_after(named("1", "info"), named("2", "warning", "resolved")) == "info"
    [item] = await ways.incidents()
    assert (item["state"], item["alert_count"], item["open_alert_count"]) == ("triggered", 4, 1)


async def test_pagerduty_acknowledges_and_pages_stop(ways: Ways) -> None:
    await ways.send(ways.path("pagerduty"), PAGERDUTY_V2_BODY)
    await ways.world.settle()
    await ways.send(ways.path("pagerduty"), {"event_action": "acknowledge", "dedup_key": "disk-db-1"})
    [item] = await ways.incidents()
    assert item["state"] == "acknowledged"
    await ways.world.advance(minutes=12)
    assert await ways.world.paged() == ["Ana"]
    again = {"event_action": "acknowledge", "dedup_key": "disk-db-1"}
    assert (await ways.send(ways.path("pagerduty"), again)).status_code == 202
    await ways.send(ways.path("pagerduty"), {"event_action": "resolve", "dedup_key": "disk-db-1"})
    assert [each["state"] for each in await ways.incidents()] == ["resolved"]


async def test_a_resolve_by_hand_closes_the_alerts_and_news_opens_another(ways: Ways) -> None:
    await ways.send(ways.path("alertmanager"), notification(alert("A", "1"), alert("A", "2")))
    [item] = await ways.incidents()
    await ways.manager.post(f"/api/v1/incidents/{item['id']}/resolve", {"method": "restarted"})
    assert await states(ways) == [("resolved", 2, 0)]
    await ways.send(ways.path("alertmanager"), notification(alert("A", "1", status="resolved")))
    assert await states(ways) == [("resolved", 2, 0)]
    await ways.send(ways.path("alertmanager"), notification(alert("A", "1")))
    assert await states(ways) == [("resolved", 2, 0), ("triggered", 1, 1)]


async def test_after_24_hours_news_is_another_incident(ways: Ways) -> None:
    await ways.send(ways.path("alertmanager"), notification(alert("A", "1")))
    [item] = await ways.incidents()
    await ways.manager.post(f"/api/v1/incidents/{item['id']}/acknowledge")
    ways.world.clock.advance(ways.world.clock.now().resolution * 24 * 3600 * 1_000_000)
    manager = await ways.world.sign_in("Mia")
    ways.manager = manager
    await ways.send(ways.path("alertmanager"), notification(alert("A", "2")))
    assert await states(ways) == [("acknowledged", 1, 1), ("triggered", 1, 1)]


async def test_a_recovery_before_a_new_fault_of_its_group_lets_that_open_an_incident(ways: Ways) -> None:
    """In one body and in one slice: whoever has the first incident doesn't have the second fault."""
    await ways.send(ways.path("alertmanager"), notification(alert("A", "1")))
    [item] = await ways.incidents()
    await ways.manager.post(f"/api/v1/incidents/{item['id']}/acknowledge")
    over, fresh = alert("A", "1", status="resolved"), alert("A", "2")
    await ways.send(ways.path("alertmanager"), notification(over, fresh))
    assert await states(ways) == [("resolved", 1, 0), ("triggered", 1, 1)]
    assert await ways.world.paged() == ["Ana", "Ana"]


async def test_a_new_fault_before_the_recovery_joins(ways: Ways) -> None:
    await ways.send(ways.path("alertmanager"), notification(alert("A", "1")))
    await ways.world.settle()
    over, fresh = alert("A", "1", status="resolved"), alert("A", "2")
    await ways.send(ways.path("alertmanager"), notification(fresh, over))
    assert await states(ways) == [("triggered", 2, 1)]


async def test_a_recovery_that_leaves_others_open_lets_a_new_fault_join(ways: Ways) -> None:
    await ways.send(ways.path("alertmanager"), notification(alert("A", "1"), alert("A", "2")))
    await ways.world.settle()
    bodies = notification(alert("A", "1", status="resolved"), alert("A", "3"), alert("A", "2", status="resolved"))
    await ways.send(ways.path("alertmanager"), bodies)
    assert await states(ways) == [("triggered", 3, 1)]


async def test_order_holds_among_several_groups_of_one_slice(ways: Ways) -> None:
    await ways.send(ways.path("alertmanager"), notification(alert("A", "1"), alert("B", "1")))
    await ways.world.settle()
    bodies = notification(
        alert("A", "1", status="resolved"), alert("B", "2"), alert("A", "2"), alert("B", "1", status="resolved")
    )
    await ways.send(ways.path("alertmanager"), bodies)
    assert await states(ways) == [("resolved", 1, 0), ("triggered", 2, 1), ("triggered", 1, 1)]


async def test_a_merged_incident_that_recovers_lets_a_new_fault_of_either_group_open_one(ways: Ways) -> None:
    await ways.send(ways.path("alertmanager"), notification(alert("A", "1")))
    await ways.send(ways.path("alertmanager"), notification(alert("B", "1")))
    second, first = await ways.incidents()
    await ways.manager.post(f"/api/v1/incidents/{second['id']}/merge", {"into": first["id"]})
    over = [alert(name, "1", status="resolved") for name in "AB"]
    await ways.send(ways.path("alertmanager"), notification(*over, alert("B", "2")))
    assert [each for each in await states(ways) if each[0] == "triggered"] == [("triggered", 1, 1)]


@pytest.mark.parametrize("verb", ["acknowledge", "snooze"])
async def test_a_sources_acknowledgement_takes_nothing_from_whoever_has_it(ways: Ways, verb: str) -> None:
    await ways.send(ways.path("events"), EVENT)
    [item] = await ways.incidents()
    body = {"seconds": 600} if verb == "snooze" else None
    before = await ways.manager.post(f"/api/v1/incidents/{item['id']}/{verb}", body)
    for _ in range(2):
        await ways.send(ways.path("events"), {**EVENT, "action": "acknowledge"})
    [after] = await ways.incidents()
    assert (after["acknowledged_by"], after["snoozed_until"]) == (before["acknowledged_by"], before["snoozed_until"])
    assert after["rev"] == before["rev"]
    if verb == "snooze":
        await ways.world.advance(minutes=11)
        assert await ways.world.paged() == ["Ana", "Ana"]


async def test_what_joins_before_the_last_one_recovers_keeps_it_open_and_so_does_what_comes_after(ways: Ways) -> None:
    await ways.send(ways.path("alertmanager"), notification(alert("A", "1")))
    await ways.world.settle()
    over = alert("A", "1", status="resolved")
    await ways.send(ways.path("alertmanager"), notification(alert("A", "2"), over, alert("A", "3")))
    assert await states(ways) == [("triggered", 3, 2)]


async def test_what_joins_an_incident_that_its_own_was_merged_into_keeps_that_open(ways: Ways) -> None:
    await ways.send(ways.path("alertmanager"), notification(alert("A", "1"), alert("B", "1")))
    target, source = sorted(await ways.incidents(), key=lambda item: item["title"])
    await ways.manager.post(f"/api/v1/incidents/{source['id']}/merge", {"into": target["id"]})
    over = [alert(name, "1", status="resolved") for name in "AB"]
    await ways.send(ways.path("alertmanager"), notification(alert("B", "2"), *over))
    found = {item["id"]: (item["state"], item["open_alert_count"]) for item in await ways.incidents()}
    assert found == {target["id"]: ("triggered", 1)}, "and none is opened beside it"


async def test_a_sources_acknowledgement_acts_before_what_came_after_it(ways: Ways) -> None:
    event = {**EVENT, "check": "disk", "severity": "warning"}
    await ways.send(ways.path("events"), event)
    [item] = await ways.incidents()
    await ways.send(ways.path("events"), {**event, "action": "acknowledge"})
    await ways.send(ways.path("events"), {**event, "dedup_key": "another", "severity": "critical"})
    [item] = await ways.incidents()
    assert (item["state"], item["severity"], item["alert_count"]) == ("acknowledged", "critical", 2)
    entries = (await ways.manager.get(f"/api/v1/incidents/{item['id']}/timeline"))["items"]
    told = [entry["kind"] for entry in entries]
    assert told.index("acknowledged") < told.index("severity_changed")


@pytest.mark.store
async def test_what_was_accepted_before_every_process_knew_that_the_integration_is_gone_pages(ways: Ways) -> None:
    await ways.world.nobody.post(ways.path("events"), {"title": "waits already", "check": "a"})
    gone = f"/api/v1/integrations/{ways.integrations['events'].id}"
    assert (await ways.manager.send("DELETE", gone, headers={"if-match": "1"})).status_code == 204
    answer = await ways.world.nobody.send("POST", ways.path("events"), {"title": "comes a moment later", "check": "b"})
    assert answer.status_code == 202
    await ways.world.settle()
    assert {item["title"] for item in await ways.incidents()} == {"waits already", "comes a moment later"}
    assert await ways.world.paged() == ["Ana", "Ana"]
