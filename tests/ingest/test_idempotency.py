"""An Idempotency-Key belongs to its body: the same gets the first answer for 72 h, another body is another event."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from tests.ingest.ways import EVENT, PAGERDUTY_V2_BODY, Ways, alert, notification

pytestmark = pytest.mark.store
KEY = "alert-1"


async def answers(ways: Ways, source: str, *bodies: Any, key: str = KEY) -> list[Any]:
    sent = [await ways.send(ways.path(source), body, Idempotency_Key=key) for body in bodies]
    assert {answer.status_code for answer in sent} == {202}
    return [answer.json() for answer in sent]


async def health(ways: Ways, source: str = "events") -> Any:
    await ways.world.parts.refusals.write()
    manager = await ways.world.sign_in("Mia")
    return (await manager.get(f"/api/v1/integrations/{ways.integrations[source].id}"))["health"]


async def test_other_bodies_under_a_used_key_are_events_of_their_own(ways: Ways) -> None:
    resolve, other = {"action": "resolve", "dedup_key": "disk-db-1"}, {"title": "other", "dedup_key": "other"}
    sent = await answers(ways, "events", EVENT, resolve, other)
    assert len({each["event_id"] for each in sent}) == 3
    assert [each["dedup_key"] for each in sent] == ["disk-db-1", "disk-db-1", "other"]
    assert sorted((item["title"], item["state"]) for item in await ways.incidents()) == [
        ("Disk full on db-1", "resolved"),
        ("other", "triggered"),
    ]
    assert await answers(ways, "events", EVENT, resolve, other) == sent, "each gets its first answer"
    assert await ways.events() == 3
    assert (await health(ways))["reused_keys"] == 2


async def test_on_every_way_in_and_for_keys_of_any_length(ways: Ways) -> None:
    long = "k" * 300
    for source, one, two in (
        ("alertmanager", notification(alert("A", "1")), notification(alert("A", "1", status="resolved"))),
        ("pagerduty", PAGERDUTY_V2_BODY, {**PAGERDUTY_V2_BODY, "event_action": "resolve"}),
    ):
        await answers(ways, source, one, two, one, key=f"{long}a")
        await answers(ways, source, one, key=f"{long}b")
        assert (await health(ways, source))["reused_keys"] == 1, "keys that begin alike are others"
    assert await ways.events() == 6


async def test_after_72_hours_the_same_request_is_another_event(ways: Ways) -> None:
    [first] = await answers(ways, "events", EVENT)
    ways.world.clock.advance(timedelta(hours=71))
    assert await answers(ways, "events", EVENT) == [first]
    ways.world.clock.advance(timedelta(hours=1))
    [later] = await answers(ways, "events", EVENT)
    assert later["event_id"] != first["event_id"]
    assert await answers(ways, "events", EVENT) == [later]
    assert (await ways.events(), (await health(ways))["reused_keys"]) == (2, 0)


async def test_two_bodies_at_once_under_one_key_are_both_kept(ways: Ways) -> None:
    bodies = [{**EVENT, "dedup_key": str(n % 2)} for n in range(12)]
    sent = await asyncio.gather(*(ways.send(ways.path("events"), body, Idempotency_Key=KEY) for body in bodies))
    assert {answer.status_code for answer in sent} == {202}
    assert len({(answer.json()["event_id"], answer.json()["dedup_key"]) for answer in sent}) == 2
    assert await ways.events() == 2


async def test_on_the_api_another_request_under_a_used_key_is_409_for_72_hours(ways: Ways) -> None:
    path, one, two = "/api/v1/incidents", *({"title": each, "service_id": ways.service.id} for each in "ab")
    long = "k" * 300
    first = await ways.manager.post(path, one, Idempotency_Key=long + "a")
    assert await ways.manager.post(path, one, Idempotency_Key=long + "a") == first
    refused = await ways.manager.send("POST", path, two, headers={"idempotency-key": long + "a"})
    assert (refused.status_code, refused.json()["code"]) == (409, "idempotency_key_reused")
    other = await ways.manager.post(path, two, Idempotency_Key=long + "b")
    assert other["id"] != first["id"], "a key that begins alike is another"
    ways.world.clock.advance(timedelta(hours=73))
    manager = await ways.world.sign_in("Mia")
    assert (await manager.post(path, two, Idempotency_Key=long + "a"))["title"] == "b"


async def test_a_key_is_one_ways_in_alone(ways: Ways) -> None:
    second = await ways.world.add_integration(ways.service, "events", name="second")
    [first] = await answers(ways, "events", EVENT)
    other = await ways.send(f"/ingest/events/{second.key}", EVENT, Idempotency_Key=KEY)
    assert other.json()["event_id"] != first["event_id"]
    assert await ways.events() == 2


async def test_on_the_api_a_key_is_one_persons_and_one_paths(ways: Ways) -> None:
    path, body = "/api/v1/incidents", {"title": "a", "service_id": ways.service.id}
    mine = await ways.manager.post(path, body, Idempotency_Key=KEY)
    theirs = await (await ways.world.sign_in("Ana")).post(path, body, Idempotency_Key=KEY)
    assert mine["id"] != theirs["id"]
    await ways.manager.post(f"{path}/{mine['id']}/acknowledge", None, Idempotency_Key="verb")
    refused = await ways.manager.send("POST", f"{path}/{mine['id']}/unacknowledge", headers={"idempotency-key": "verb"})
    assert (refused.status_code, refused.json()["code"]) == (409, "idempotency_key_reused")
