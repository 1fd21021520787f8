"""Silenced alerts are kept and page nobody; when the silence ends, what still fires pages."""

from datetime import timedelta
from typing import Any

import pytest

from tests.ingest.ways import EVENT, Ways, alert, notification
from tests.kit.world import START


def instant(**later: float) -> str:
    return (START + timedelta(**later)).isoformat().replace("+00:00", "Z")


@pytest.mark.store
async def test_a_silenced_alert_is_kept_and_pages_when_the_silence_ends(ways: Ways) -> None:
    await ways.world.add_silence()
    await ways.send(ways.path("events"), EVENT)
    assert await ways.incidents() == []
    assert await ways.world.db.value("SELECT COUNT(*) FROM alert WHERE silenced_by IS NOT NULL") == 1
    await ways.world.advance(minutes=9, seconds=50)
    assert await ways.world.paged() == []
    await ways.world.advance(seconds=20)
    [item] = await ways.incidents()
    assert (item["title"], item["alert_count"], item["open_alert_count"]) == (EVENT["title"], 1, 1)
    assert await ways.world.paged() == ["Ana"]
    assert await ways.world.db.value("SELECT COUNT(*) FROM alert WHERE silenced_by IS NOT NULL") == 0
    await ways.send(ways.path("events"), {**EVENT, "action": "resolve"})
    assert [each["state"] for each in await ways.incidents()] == ["resolved"]


async def test_what_recovered_meanwhile_pages_nobody(ways: Ways) -> None:
    await ways.world.add_silence()
    await ways.send(ways.path("events"), EVENT)
    await ways.send(ways.path("events"), {**EVENT, "action": "resolve"})
    await ways.world.advance(minutes=11)
    assert await ways.incidents() == []
    assert await ways.world.paged() == []


async def test_a_silence_covers_what_its_conditions_say_in_its_team_only(ways: Ways) -> None:
    await ways.world.add_silence(conditions=[[{"key": "labels.instance", "values": ["db-*"]}]])
    await ways.send(ways.path("alertmanager"), notification(alert("A", "db-1"), alert("A", "web-1")))
    [item] = await ways.incidents()
    assert item["alert_count"] == 1
    await ways.world.advance(minutes=11)
    [item] = await ways.incidents()
    assert (item["alert_count"], item["open_alert_count"]) == (2, 2)


@pytest.mark.store
async def test_a_silence_of_another_service_or_team_covers_nothing(ways: Ways) -> None:
    await ways.send(ways.path("events"), {**EVENT, "dedup_key": "before", "check": "before"})
    other = await ways.world.add_service("ledger")
    await ways.world.add_silence(service_id=other.id)
    await ways.world.add_team("Network")
    await ways.world.add_person("Nia", team="Network")
    await ways.world.add_silence(team="Network", by="Nia")
    await ways.send(ways.path("events"), EVENT)
    assert [item["silenced_until"] for item in await ways.incidents()] == [None, None]
    assert await ways.world.paged() == ["Ana", "Ana"]


async def test_a_silence_of_the_future_and_one_that_is_over_cover_nothing(ways: Ways) -> None:
    await ways.world.add_silence(starts_at=instant(minutes=5), ends_at=instant(minutes=10))
    await ways.world.add_silence(starts_at=instant(minutes=-10), ends_at=instant())
    await ways.send(ways.path("events"), EVENT)
    assert len(await ways.incidents()) == 1
    await ways.world.advance(minutes=6)
    await ways.send(ways.path("events"), {**EVENT, "dedup_key": "other", "check": "other"})
    assert len(await ways.incidents()) == 1


async def test_ending_a_silence_early_pages_at_once(ways: Ways) -> None:
    made = await ways.world.add_silence()
    await ways.send(ways.path("events"), EVENT)
    await ways.world.settle()
    path = f"/api/v1/silences/{made.id}"
    assert (await ways.manager.send("DELETE", path)).status_code == 428
    assert (await ways.manager.send("DELETE", path, headers={"if-match": "7"})).status_code == 412
    assert (await ways.manager.send("DELETE", path, headers={"if-match": "1"})).status_code == 204
    await ways.world.settle()
    assert await ways.world.paged() == ["Ana"]


async def test_making_a_silence_longer_keeps_it_quiet_and_shorter_pages_earlier(ways: Ways) -> None:
    made = await ways.world.add_silence()
    path = f"/api/v1/silences/{made.id}"
    await ways.send(ways.path("events"), EVENT)
    longer = await ways.manager.put(path, ways.world.silence_of(ends_at=instant(minutes=14)), rev=1)
    await ways.world.advance(minutes=11)
    assert await ways.world.paged() == []
    await ways.manager.put(
        path, ways.world.silence_of(starts_at=instant(), ends_at=instant(minutes=12)), rev=longer["rev"]
    )
    await ways.world.advance(minutes=1, seconds=10)
    assert await ways.world.paged() == ["Ana"]


async def test_a_silence_made_narrower_lets_through_what_it_no_longer_covers(ways: Ways) -> None:
    made = await ways.world.add_silence()
    await ways.send(ways.path("alertmanager"), notification(alert("A", "db-1"), alert("B", "web-1")))
    await ways.world.settle()
    narrower = ways.world.silence_of(conditions=[[{"key": "labels.instance", "values": ["db-*"]}]])
    await ways.manager.put(f"/api/v1/silences/{made.id}", narrower, rev=1)
    await ways.world.settle()
    assert [item["title"] for item in await ways.incidents()] == ["B on web-1"]
    await ways.world.advance(minutes=11)
    assert sorted(item["title"] for item in await ways.incidents()) == ["A on db-1", "B on web-1"]


async def test_of_two_silences_the_later_end_counts(ways: Ways) -> None:
    await ways.world.add_silence(ends_at=instant(minutes=5))
    await ways.send(ways.path("events"), EVENT)
    await ways.world.settle()
    await ways.world.add_silence(ends_at=instant(minutes=9))
    await ways.world.advance(minutes=6)
    assert await ways.world.paged() == []
    await ways.world.advance(minutes=4)
    assert await ways.world.paged() == ["Ana"]


async def test_the_end_lets_through_hundreds_of_several_integrations_one_of_them_gone(ways: Ways) -> None:
    await ways.world.add_silence()
    await ways.send(ways.path("alertmanager"), notification(*(alert("A", f"i{n}") for n in range(450))))
    await ways.send(ways.path("events"), EVENT)
    await ways.send(ways.path("pagerduty"), {
        "event_action": "trigger",
        "payload": {"summary": "from a way in that is removed", "source": "x", "severity": "info"},
    })  # fmt: skip
    await ways.world.settle()
    gone = f"/api/v1/integrations/{ways.integrations['pagerduty'].id}"
    assert (await ways.manager.send("DELETE", gone, headers={"if-match": "1"})).status_code == 204
    await ways.world.advance(minutes=11)
    items = await ways.incidents()
    expected = [("A on i0", 450), (EVENT["title"], 1), ("from a way in that is removed", 1)]
    assert sorted((item["title"], item["alert_count"]) for item in items) == expected


async def test_the_end_lets_through_what_came_on_several_ways(ways: Ways) -> None:
    await ways.world.add_silence()
    await ways.send(ways.path("events"), EVENT)
    await ways.world.settle()
    await ways.send(ways.path("alertmanager"), notification(alert("A", "db-1")))
    await ways.world.advance(minutes=11)
    assert sorted(item["title"] for item in await ways.incidents()) == ["A on db-1", EVENT["title"]]


@pytest.mark.store
async def test_an_acknowledgement_by_the_source_counts_when_the_silence_ends(ways: Ways) -> None:
    await ways.world.add_silence()
    await ways.send(ways.path("events"), EVENT)
    await ways.send(ways.path("events"), {**EVENT, "action": "acknowledge"})
    await ways.world.advance(minutes=11)
    [item] = await ways.incidents()
    assert (item["state"], item["acknowledged_by"]) == ("acknowledged", None)
    assert await ways.world.db.values("SELECT state FROM escalation_run") == [("stopped",)]
    assert await ways.world.paged() == []
    ana = await ways.world.sign_in("Ana")
    await ana.post(f"/api/v1/incidents/{item['id']}/unacknowledge")
    await ways.world.settle()
    assert await ways.world.paged() == ["Ana"]


async def test_one_alert_that_nobody_is_at_pages_beside_one_that_is_acknowledged(ways: Ways) -> None:
    await ways.world.add_silence()
    for key in ("one", "two"):
        await ways.send(ways.path("events"), {**EVENT, "dedup_key": key, "check": "disk"})
    await ways.send(ways.path("events"), {**EVENT, "dedup_key": "one", "action": "acknowledge"})
    await ways.world.advance(minutes=11)
    assert await ways.world.paged() == ["Ana"]


async def test_what_nobody_is_at_pages_beside_what_a_silence_covers_no_more(ways: Ways) -> None:
    await ways.world.add_silence(conditions=[[{"key": "severity", "values": ["warning"]}]])
    await ways.send(ways.path("events"), {**EVENT, "severity": "warning", "dedup_key": "one", "check": "disk"})
    await ways.send(ways.path("events"), {**EVENT, "dedup_key": "one", "action": "acknowledge"})
    await ways.world.settle()
    for key in ("one", "two"):
        await ways.send(ways.path("events"), {**EVENT, "dedup_key": key, "check": "disk"})
    [item] = await ways.incidents()
    assert (item["state"], item["alert_count"]) == ("triggered", 2)
    assert await ways.world.paged() == ["Ana"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"ends_at": instant(minutes=-1)}, "ends_at"),
        ({"ends_at": instant()}, "ends_at"),
        ({"starts_at": "2026-11-21T03:12:00"}, "starts_at"),
        ({"starts_at": "soon"}, "starts_at"),
        ({"team_id": "nobody"}, "team_id"),
        ({"service_id": "nothing"}, "service_id"),
        ({"conditions": [[{"key": "x", "values": ["y"]}]]}, "conditions[0][0].key"),
    ],
)
async def test_a_wrong_silence_names_the_field(ways: Ways, change: Any, field: str) -> None:
    answer = await ways.manager.send("POST", "/api/v1/silences", ways.world.silence_of(**change))
    assert answer.status_code == 400, answer.text
    assert answer.json()["errors"][0]["field"] == field
    assert (await ways.manager.get("/api/v1/silences"))["items"] == []
