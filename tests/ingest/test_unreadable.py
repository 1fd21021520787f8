"""What can't be read pages once for each integration, is counted, and is over when readable events come again."""

import json
from typing import Any

import pytest

from tests.ingest.ways import Ways, alert, notification

pytestmark = pytest.mark.store
UNREADABLE = "alertmanager: an event could not be read"
LEGACY: tuple[Any, ...] = (
    {"ruleName": "legacy grafana", "state": "alerting"},
    {"state": "ok"},
    {**notification(), "alerts": "none"},
    b'{"alerts": 7, "n": ' + b"9" * 5000 + b"}",
)


async def send(ways: Ways, *bodies: Any, path: str | None = None) -> None:
    for body in bodies:
        assert (await ways.send(path or ways.path("alertmanager"), body)).status_code == 202


async def test_thirty_bodies_are_one_incident_that_a_readable_one_ends(ways: Ways) -> None:
    await send(ways, *(LEGACY[n % len(LEGACY)] for n in range(30)))
    [item] = await ways.incidents()
    assert (item["state"], item["alert_count"]) == ("triggered", 1)
    assert len(await ways.world.pages()) == 1
    [found] = (await ways.manager.get(f"/api/v1/incidents/{item['id']}/alerts"))["items"]
    assert found["count"] == 30
    await ways.world.advance(minutes=6)
    await send(ways, notification(alert("A", "1")))
    states = {each["id"]: each["state"] for each in await ways.incidents()}
    assert (len(states), states.pop(item["id"]), set(states.values())) == (2, "resolved", {"triggered"})
    assert await ways.world.db.value("SELECT COUNT(*) FROM event WHERE parsed_at IS NULL") == 0


async def test_readable_bodies_among_others_page_once_and_end_nothing(ways: Ways) -> None:
    for _ in range(6):
        await send(ways, LEGACY[0], notification(alert("A", "1")))
        await ways.world.advance(minutes=1)
    [item] = [each for each in await ways.incidents() if each["title"] == UNREADABLE]
    [found] = (await ways.manager.get(f"/api/v1/incidents/{item['id']}/alerts"))["items"]
    assert (item["state"], found["count"]) == ("triggered", 6)
    pages = await ways.world.db.values(
        "SELECT DISTINCT incident_id, cycle FROM notification WHERE incident_id = :id", id=item["id"]
    )
    assert len(pages) == 1


async def test_it_ends_with_a_readable_body_once_none_was_unreadable_for_five_minutes(ways: Ways) -> None:
    await send(ways, LEGACY[0])
    for minutes, titles in ((4, [UNREADABLE]), (2, [])):
        await ways.world.advance(minutes=minutes)
        await send(ways, notification(alert("A", "1", status="resolved")))
        assert await open_titles(ways) == titles
    await send(ways, LEGACY[1])
    assert await open_titles(ways) == [UNREADABLE], "what comes after that is news"


async def test_a_repeat_begins_the_five_minutes_anew(ways: Ways) -> None:
    await send(ways, LEGACY[0])
    await ways.world.advance(minutes=4)
    await send(ways, LEGACY[1])
    await ways.world.advance(minutes=4)
    await send(ways, notification(alert("A", "1", status="resolved")))
    assert await open_titles(ways) == [UNREADABLE]


async def test_each_integration_has_its_own(ways: Ways) -> None:
    second = await ways.world.add_integration(ways.service, "alertmanager", name="second")
    await send(ways, LEGACY[0])
    await send(ways, LEGACY[0], path=f"/ingest/alertmanager/{second.key}")
    assert len(await ways.incidents()) == 2
    await ways.world.advance(minutes=6)
    await send(ways, notification(), path=f"/ingest/alertmanager/{second.key}")
    states = {each["title"].split(":")[0]: each["state"] for each in await ways.incidents()}
    assert states == {"alertmanager": "triggered", "second": "resolved"}


async def test_one_odd_value_costs_itself_alone(ways: Ways) -> None:
    odd = alert("A", "1")
    odd["annotations"]["number"] = 0
    good, status = alert("B", "2"), alert("C", "3", status="RESOLVED")
    body: dict[str, Any] = notification(odd, good, status, {"labels": 5})
    body["alerts"].append(7)
    await send(ways, json.dumps(body).replace('"number": 0', '"number": ' + "9" * 5000).encode())
    titles = {each["title"] for each in await ways.incidents()}
    assert titles == {"A on 1", "B on 2", UNREADABLE}


ODD: tuple[Any, ...] = (5, None, "disk full", [1], {}, {"labels": 7}, {"status": "resolved", "annotations": {"x": "y"}})


async def open_titles(ways: Ways) -> list[str]:
    return sorted(each["title"] for each in await ways.incidents() if each["state"] == "triggered")


async def health(ways: Ways) -> int:
    found = await ways.manager.get(f"/api/v1/integrations/{ways.integrations['alertmanager'].id}")
    return found["health"]["unreadable"]


@pytest.mark.parametrize("by", ["check", "labels", "none"])
async def test_odd_alerts_beside_good_ones_are_the_integrations_one_incident(ways: Ways, by: str) -> None:
    service = await ways.manager.get(f"/api/v1/services/{ways.service.id}")
    change = {name: service[name] for name in ("name", "team_id", "policy_id")}
    change["grouping"] = {"by": by, "labels": ["severity"] if by == "labels" else []}
    rev = {"if-match": str(service["rev"])}
    answer = await ways.manager.send("PUT", f"/api/v1/services/{ways.service.id}", change, headers=rev)
    assert answer.status_code == 200, answer.text
    await ways.world.parts.directory.refresh()
    for odd in ODD:
        body = notification(alert("A", "1"))
        body["alerts"] = [odd, *body["alerts"], odd]
        await send(ways, body)
    assert await open_titles(ways) == ["A on 1", UNREADABLE], "and it never ended in between"
    assert len(await ways.world.pages()) == 2
    assert await health(ways) == len(ODD)
    events = (await ways.manager.get("/api/v1/events"))["items"]
    assert {(each["state"], each["error"]) for each in events} == {
        ("failed", "2 of its alerts could not be read, the others were taken")
    }
    await ways.world.advance(minutes=6)
    await send(ways, notification(alert("A", "1", status="resolved")))
    assert await open_titles(ways) == []
    assert await health(ways) == 0


async def test_what_the_odd_alert_was_is_there_to_read(ways: Ways) -> None:
    await send(ways, {**notification(alert("A", "1")), "alerts": [{"labels": [["x"]], "note": "odd one"}]})
    [item] = await ways.incidents()
    [found] = (await ways.manager.get(f"/api/v1/incidents/{item['id']}/alerts"))["items"]
    assert found["description"] == '{"labels":[["x"]],"note":"odd one"}'


async def test_order_holds_between_odd_and_good_bodies_of_one_backlog(ways: Ways) -> None:
    mixed = notification(alert("A", "1"))
    mixed["alerts"] = [7, *mixed["alerts"]]
    good = notification(alert("B", "2"))
    await send(ways, good, mixed, good, mixed, mixed)
    states = [each["state"] for each in await ways.incidents() if each["title"] == UNREADABLE]
    assert (states, await health(ways)) == (["triggered"], 3), "and nobody was paged again for each"
    await send(ways, mixed)
    await ways.world.advance(minutes=6)
    await send(ways, good)
    assert UNREADABLE not in await open_titles(ways)
    assert await health(ways) == 0


async def test_an_alert_that_a_key_names_has_an_end_of_its_own(ways: Ways) -> None:
    body = {**notification(), "alerts": [{"status": "firing", "fingerprint": "f-1"}]}
    await send(ways, body)
    assert await open_titles(ways) == ["f-1"]
    body["alerts"][0]["status"] = "resolved"
    await send(ways, body)
    assert await open_titles(ways) == []


async def test_an_odd_alert_among_good_ones_ends_nothing_however_long_after_the_last(ways: Ways) -> None:
    body = notification(alert("A", "1"))
    body["alerts"].append(7)
    await send(ways, body)
    await ways.world.advance(minutes=6)
    await send(ways, body)
    assert await open_titles(ways) == ["A on 1", UNREADABLE]
    assert await health(ways) == 2
    assert [each["state"] for each in await ways.incidents()] == ["triggered", "triggered"]


async def test_no_rule_brings_it_together_with_what_can_be_read(ways: Ways) -> None:
    await ways.world.add_rule(ways.integrations["alertmanager"], {"kind": "rewrite", "check": "everything"})
    await send(ways, notification(alert("A", "1"), alert("B", "2")), LEGACY[0])
    assert await open_titles(ways) == ["A on 1", UNREADABLE]
