"""What can't be read pages once for each integration, is counted, and is over when readable events come again."""

import json
from typing import Any

import pytest

from tests.ingest.ways import Ways, alert, notification

pytestmark = pytest.mark.store
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
    await send(ways, notification(alert("A", "1")))
    states = {each["id"]: each["state"] for each in await ways.incidents()}
    assert (len(states), states.pop(item["id"]), set(states.values())) == (2, "resolved", {"triggered"})
    assert await ways.world.db.value("SELECT COUNT(*) FROM event WHERE parsed_at IS NULL") == 0


async def test_order_holds_within_one_backlog(ways: Ways) -> None:
    await send(ways, LEGACY[0], notification(alert("A", "1")), LEGACY[0], LEGACY[1])
    found = [(each["title"], each["state"]) for each in await ways.incidents()]
    unreadable = "alertmanager: an event could not be read"
    assert sorted(found) == [
        ("A on 1", "triggered"),
        (unreadable, "resolved"),
        (unreadable, "triggered"),
    ]


async def test_each_integration_has_its_own(ways: Ways) -> None:
    new = {"name": "second", "source": "alertmanager", "service_id": ways.service_id}
    second = await ways.manager.post("/api/v1/integrations", new)
    await send(ways, LEGACY[0])
    await send(ways, LEGACY[0], path=f"/ingest/alertmanager/{second['key']}")
    assert len(await ways.incidents()) == 2
    await send(ways, notification(), path=f"/ingest/alertmanager/{second['key']}")
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
    assert titles == {"A on 1", "B on 2", "Unreadable alert from Alertmanager"}
