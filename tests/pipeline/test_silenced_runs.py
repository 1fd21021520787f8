"""A silence stops what it covers: a run under way pauses, and goes on as soon as somebody must be told after all."""

from typing import Any

import pytest

from tests.ingest.ways import EVENT, Ways, alert, notification
from tests.kit.client import Client
from tests.pipeline.test_silences import instant

pytestmark = pytest.mark.store
LATER = [{"channel": "push"}, {"channel": "push", "delay_s": 240}]


async def paged_incident(ways: Ways) -> Any:
    """Ana is paged now and, by her rule, four minutes later; her level's delay is five minutes."""
    ana = await ways.world.sign_in("Ana")
    await ana.put("/api/v1/me/notification-rules", {"critical": LATER, "warning": LATER, "info": LATER}, rev=0)
    await ways.send(ways.path("events"), EVENT)
    [item] = await ways.incidents()
    assert await ways.world.paged() == ["Ana"]
    return item


async def told(ways: Ways, item: Any) -> list[tuple[str, Any]]:
    entries = (await ways.manager.get(f"/api/v1/incidents/{item['id']}/timeline"))["items"]
    return [(entry["kind"], entry["args"]) for entry in entries if entry["kind"].startswith("silence")]


async def as_mia(ways: Ways) -> Client:
    ways.manager = await ways.world.sign_in("Mia")
    return ways.manager


async def test_a_run_that_is_covered_pauses_and_pages_its_level_when_the_silence_ends(ways: Ways) -> None:
    item = await paged_incident(ways)
    await ways.world.add_silence()
    [seen] = await ways.incidents()
    assert (seen["state"], seen["silenced_until"], seen["next"]) == ("triggered", instant(minutes=10), None)
    assert await told(ways, item) == [("silenced", {"until": instant(minutes=10), "cancelled": 1})]
    await ways.world.advance(minutes=9, seconds=50)
    assert await ways.world.paged() == ["Ana"]
    await ways.world.advance(seconds=15)
    assert await ways.world.paged() == ["Ana", "Ana"]
    await as_mia(ways)
    [seen] = await ways.incidents()
    assert (seen["silenced_until"], seen["waits_for_me"]) == (None, False)
    assert [kind for kind, _ in await told(ways, item)] == ["silenced", "silence_over"]


async def test_the_auditor_leaves_a_paused_run_alone(ways: Ways) -> None:
    await paged_incident(ways)
    await ways.world.add_silence()
    await ways.world.advance(minutes=2)
    assert await ways.world.engine.auditor.audit(ways.world.clock.now()) == []
    assert await ways.world.paged() == ["Ana"]


async def test_ending_the_silence_pages_at_once(ways: Ways) -> None:
    await paged_incident(ways)
    made = await ways.world.add_silence()
    await ways.world.settle()
    path = f"/api/v1/silences/{made.id}"
    assert (await ways.manager.send("DELETE", path, headers={"if-match": "1"})).status_code == 204
    await ways.world.settle()
    assert await ways.world.paged() == ["Ana", "Ana"]


async def test_a_silence_of_the_future_pauses_when_it_begins(ways: Ways) -> None:
    await paged_incident(ways)
    await ways.world.add_silence(starts_at=instant(minutes=2), ends_at=instant(minutes=10))
    await ways.world.advance(minutes=1)
    assert (await ways.incidents())[0]["silenced_until"] is None
    await ways.world.advance(minutes=6)
    assert await ways.world.paged() == ["Ana"]


async def test_silences_that_follow_on_each_other_hold_it_to_the_end(ways: Ways) -> None:
    await paged_incident(ways)
    await ways.world.add_silence(ends_at=instant(minutes=5))
    await ways.world.add_silence(starts_at=instant(minutes=4), ends_at=instant(minutes=9))
    assert (await ways.incidents())[0]["silenced_until"] == instant(minutes=9)
    await ways.world.advance(minutes=8, seconds=50)
    assert await ways.world.paged() == ["Ana"]
    await ways.world.advance(seconds=20)
    assert await ways.world.paged() == ["Ana", "Ana"]


async def test_an_alert_that_joins_and_is_not_covered_pages_at_once(ways: Ways) -> None:
    await ways.send(ways.path("alertmanager"), notification(alert("A", "db-1")))
    await ways.world.settle()
    await ways.world.add_silence(conditions=[[{"key": "labels.instance", "values": ["db-*"]}]])
    await ways.world.settle()
    await ways.send(ways.path("alertmanager"), notification(alert("A", "db-2")))
    await ways.world.settle()
    assert await ways.world.paged() == ["Ana"]
    await ways.send(ways.path("alertmanager"), notification(alert("A", "web-1")))
    await ways.world.settle()
    assert await ways.world.paged() == ["Ana", "Ana"]


async def test_a_repeat_that_is_not_covered_any_more_pages_at_once(ways: Ways) -> None:
    await ways.send(ways.path("events"), {**EVENT, "severity": "warning"})
    await ways.world.settle()
    await ways.world.add_silence(conditions=[[{"key": "severity", "values": ["warning"]}]])
    await ways.world.settle()
    await ways.send(ways.path("events"), {**EVENT, "severity": "warning"})
    await ways.world.settle()
    assert await ways.world.paged() == ["Ana"]
    await ways.send(ways.path("events"), EVENT)
    await ways.world.settle()
    assert await ways.world.paged() == ["Ana", "Ana"]


async def test_a_recovery_that_leaves_only_what_is_covered_pauses(ways: Ways) -> None:
    await ways.send(ways.path("alertmanager"), notification(alert("A", "db-1"), alert("A", "web-1")))
    await ways.world.settle()
    await ways.world.add_silence(conditions=[[{"key": "labels.instance", "values": ["db-*"]}]])
    assert (await ways.incidents())[0]["silenced_until"] is None
    await ways.send(ways.path("alertmanager"), notification(alert("A", "web-1", status="resolved")))
    assert (await ways.incidents())[0]["silenced_until"] == instant(minutes=10)


async def test_what_recovers_in_the_silence_pages_nobody(ways: Ways) -> None:
    await paged_incident(ways)
    await ways.world.add_silence()
    await ways.world.settle()
    await ways.send(ways.path("events"), {**EVENT, "action": "resolve"})
    await ways.world.advance(minutes=12)
    await as_mia(ways)
    assert [(item["state"], item["silenced_until"]) for item in await ways.incidents()] == [("resolved", None)]
    assert await ways.world.paged() == ["Ana"]


@pytest.mark.parametrize(("verb", "body"), [("acknowledge", None), ("snooze", {"seconds": 60}), ("resolve", {})])
async def test_an_undo_in_the_silence_leaves_it_silenced_and_not_forgotten(ways: Ways, verb: str, body: Any) -> None:
    item = await paged_incident(ways)
    await ways.world.add_silence()
    await ways.world.settle()
    for each, said in ((verb, body), ("undo", None)):
        await ways.manager.post(f"/api/v1/incidents/{item['id']}/{each}", said)
        await ways.world.settle()
    assert (await ways.incidents())[0]["silenced_until"] == instant(minutes=10)
    await ways.world.advance(minutes=11)
    assert await ways.world.paged() == ["Ana", "Ana"]


@pytest.mark.parametrize(("verb", "body"), [("acknowledge", None), ("snooze", {"seconds": 60}), ("resolve", {})])
async def test_an_undo_of_what_was_done_before_the_silence_is_held_by_it(ways: Ways, verb: str, body: Any) -> None:
    item = await paged_incident(ways)
    await ways.manager.post(f"/api/v1/incidents/{item['id']}/{verb}", body)
    await ways.world.add_silence()
    await ways.world.settle()
    await ways.manager.post(f"/api/v1/incidents/{item['id']}/undo")
    await ways.world.settle()
    assert (await ways.incidents())[0]["silenced_until"] == instant(minutes=10)
    assert [state for _, _, state in await ways.world.pages()] == ["accepted", "cancelled"]
    await ways.world.advance(minutes=9)
    assert await ways.world.paged() == ["Ana"]
    await ways.world.advance(minutes=2)
    assert await ways.world.paged() == ["Ana", "Ana"]


async def test_giving_it_back_in_the_silence_pages_when_that_ends(ways: Ways) -> None:
    item = await paged_incident(ways)
    await ways.manager.post(f"/api/v1/incidents/{item['id']}/acknowledge")
    await ways.world.add_silence()
    await ways.manager.post(f"/api/v1/incidents/{item['id']}/unacknowledge")
    await ways.world.advance(minutes=9)
    assert await ways.world.paged() == ["Ana"]
    await ways.world.advance(minutes=2)
    assert (await ways.world.paged())[1:] == ["Ana"]


async def test_who_escalates_wants_a_page_in_spite_of_the_silence(ways: Ways) -> None:
    item = await paged_incident(ways)
    await ways.world.add_silence()
    await ways.world.settle()
    await ways.manager.post(f"/api/v1/incidents/{item['id']}/escalate", {"level": 1})
    await ways.world.settle()
    assert await ways.world.paged() == ["Ana", "Ana"]
    await ways.world.add_silence(comment="now really")
    assert (await ways.incidents())[0]["silenced_until"] == instant(minutes=10)


async def test_merging_what_fires_into_a_silenced_incident_pages(ways: Ways) -> None:
    await ways.send(ways.path("alertmanager"), notification(alert("A", "db-1"), alert("B", "web-1")))
    items = {item["title"]: item for item in await ways.incidents()}
    await ways.world.add_silence(conditions=[[{"key": "labels.instance", "values": ["db-*"]}]])
    await ways.world.settle()
    await ways.manager.post(f"/api/v1/incidents/{items['B on web-1']['id']}/merge", {"into": items["A on db-1"]["id"]})
    await ways.world.settle()
    assert await ways.world.paged() == ["Ana", "Ana", "Ana"]


async def test_what_a_person_opened_is_not_silenced(ways: Ways) -> None:
    body = {"title": "Trouble", "service_id": ways.service.id, "user_ids": [ways.world.users["Ana"]]}
    await ways.manager.post("/api/v1/incidents", body)
    await ways.world.add_silence()
    await ways.world.settle()
    assert await ways.world.paged() == ["Ana"]
    assert (await ways.incidents())[0]["silenced_until"] is None


async def test_a_silence_on_other_things_takes_no_page_back_from_who_was_escalated_to(ways: Ways) -> None:
    item = await paged_incident(ways)
    await ways.world.add_silence(conditions=[[{"key": "title", "values": ["Disk*"]}]])
    await ways.world.settle()
    await ways.manager.post(f"/api/v1/incidents/{item['id']}/escalate", {"level": 1})
    await ways.world.add_silence(conditions=[[{"key": "labels.sl", "values": ["nothing-like-it"]}]])
    [seen] = await ways.incidents()
    assert seen["silenced_until"] is None
    await ways.world.advance(minutes=5)
    assert (await ways.world.paged())[1:3] == ["Ana", "Ana"], "at once, and by the rule four minutes later"
    assert [kind for kind, _ in await told(ways, item)] == ["silenced"]


async def test_a_step_that_was_due_when_the_silence_came_is_what_is_paged_afterwards(ways: Ways) -> None:
    item = await paged_incident(ways)
    await ways.manager.post(f"/api/v1/incidents/{item['id']}/escalate", {})
    await ways.world.add_silence()
    await ways.world.advance(minutes=11)
    steps = await ways.world.db.values("SELECT outcome FROM escalation_step ORDER BY step")
    assert steps == [("paged",), ("fallback",)], "the level after the first, which is the fallback here"


async def test_raised_severity_that_a_silence_covers_pages_nobody_until_it_ends(ways: Ways) -> None:
    await ways.send(ways.path("events"), {**EVENT, "severity": "warning"})
    await ways.world.settle()
    await ways.world.add_silence(conditions=[[{"key": "severity", "values": ["critical"]}]])
    await ways.world.settle()
    await ways.send(ways.path("events"), EVENT)
    [item] = await ways.incidents()
    assert (item["severity"], item["silenced_until"]) == ("critical", instant(minutes=10))
    assert await ways.world.paged() == ["Ana"]
    await ways.world.advance(minutes=11)
    assert await ways.world.paged() == ["Ana", "Ana"]


async def test_who_was_called_in_is_paged_in_spite_of_the_silence(ways: Ways) -> None:
    bo = (await ways.world.add_person("Bo", team="Payments")).id
    late = dict.fromkeys(("critical", "warning", "info"), LATER[1:])
    await (await ways.world.sign_in("Bo")).put("/api/v1/me/notification-rules", late, rev=0)
    item = await paged_incident(ways)
    await ways.manager.post(f"/api/v1/incidents/{item['id']}/responders", {"user_ids": [bo]})
    await ways.world.settle()
    await ways.world.add_silence()
    await ways.world.advance(minutes=5)
    assert await ways.world.paged() == ["Ana", "Bo"]


async def test_it_is_silenced_until_the_first_of_its_alerts_is_covered_no_more(ways: Ways) -> None:
    await ways.send(ways.path("alertmanager"), notification(alert("A", "db-1"), alert("A", "web-1")))
    await ways.world.settle()
    for host, minutes in (("db-*", 10), ("web-*", 5)):
        conditions = [[{"key": "labels.instance", "values": [host]}]]
        await ways.world.add_silence(conditions=conditions, ends_at=instant(minutes=minutes))
    assert (await ways.incidents())[0]["silenced_until"] == instant(minutes=5)
    await ways.world.advance(minutes=5, seconds=10)
    assert await ways.world.paged() == ["Ana", "Ana"]


async def test_what_a_person_opened_is_not_silenced_by_what_was_merged_into_it(ways: Ways) -> None:
    body = {"title": "Trouble", "service_id": ways.service.id, "user_ids": [ways.world.users["Ana"]]}
    opened = await ways.manager.post("/api/v1/incidents", body)
    await ways.send(ways.path("events"), EVENT)
    [source] = [item for item in await ways.incidents() if item["id"] != opened["id"]]
    await ways.manager.post(f"/api/v1/incidents/{source['id']}/merge", {"into": opened["id"]})
    await ways.world.add_silence()
    await ways.world.settle()
    assert (await ways.manager.get(f"/api/v1/incidents/{opened['id']}"))["silenced_until"] is None
