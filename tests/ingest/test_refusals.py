"""Whatever is refused and names its integration is counted, shown in its health, and told to administrators once."""

import json
from datetime import timedelta
from typing import Any

import pytest

from server.kernel.errors import Unavailable
from tests.ingest.ways import EVENT, PAGERDUTY_V2_BODY, Ways, alert, notification

pytestmark = pytest.mark.store
MIB = 1024 * 1024


async def health(ways: Ways, source: str) -> Any:
    await ways.world.parts.refusals.write()
    manager = await ways.world.sign_in("Mia")
    return (await manager.get(f"/api/v1/integrations/{ways.integrations[source].id}"))["health"]


async def statuses(ways: Ways, source: str) -> list[int]:
    return [each["status"] for each in (await health(ways, source))["reasons"]]


async def test_400_413_404_and_503_are_seen_with_the_last_three_reasons(ways: Ways) -> None:
    key = ways.integrations["alertmanager"].key
    assert (await ways.send(ways.path("alertmanager"), b"{")).status_code == 400
    assert (await ways.send(ways.path("alertmanager"), b" " * (16 * MIB + 1))).status_code == 413
    assert (await ways.send(f"/ingest/events/{key}", EVENT)).status_code == 404
    assert (await ways.send(f"/ingest/alertmanager/{key}/more", {})).status_code == 404
    assert (await ways.world.nobody.send("PUT", ways.path("alertmanager"), {})).status_code == 405
    assert (await ways.world.nobody.send("GET", ways.path("alertmanager"))).status_code == 405
    found = await health(ways, "alertmanager")
    assert found["refused"] == 5, "a look at the address is no event"
    assert [(each["status"], each["code"]) for each in found["reasons"]] == [
        (405, "method_not_allowed"),
        (404, "not_found"),
        (404, "unknown_key"),
    ]
    assert all(each["message"] for each in found["reasons"])
    ways.world.parts.accept.limit.burst, ways.world.parts.accept.limit.per_s = 1, 0.001
    assert [(await ways.send(ways.path("events"), EVENT)).status_code for _ in range(2)] == [202, 503]
    assert await statuses(ways, "events") == [503]
    assert (await ways.manager.get("/api/v1/integrations"))["items"][0]["health"]["refused"] >= 0


async def test_a_key_in_the_body_names_its_integration_too(ways: Ways) -> None:
    whole = json.dumps({"routing_key": ways.integrations["pagerduty"].key, **PAGERDUTY_V2_BODY}).encode()
    refused = [
        (b"{" + whole, 400),
        (whole.replace(b"trigger", b"explode"), 400),
        (whole[:-1] + b" " * (512 * 1024) + b"}", 413),
        (json.dumps({"routing_key": ways.integrations["events"].key, **PAGERDUTY_V2_BODY}).encode(), 404),
    ]
    for body, status in refused:
        assert (await ways.send("/v2/enqueue", body)).status_code == status
    assert await statuses(ways, "pagerduty") == [413, 400, 400]
    assert await statuses(ways, "events") == [404]
    ways.world.clock.advance(timedelta(minutes=1))
    assert (await ways.send(ways.path("pagerduty"), b"{")).status_code == 400
    assert await statuses(ways, "pagerduty") == [400, 413, 400], "the latest first"


async def test_metrics_know_integrations_by_id_alone(ways: Ways) -> None:
    await ways.send(ways.path("events"), {"title": ""})
    text = (await ways.world.nobody.send("GET", "/metrics")).text
    labels = f'{{code="invalid",integration="{ways.integrations["events"].id}",status="400"}} 1.0'
    assert f"dogwatch_integration_refused_total{labels}" in text


async def test_administrators_are_told_once_and_again_after_a_day_without_any(ways: Ways) -> None:
    world = ways.world
    await world.add_person("Root", role="admin")

    async def told() -> int:
        await world.parts.refusals.write()
        await world.settle()
        text = "SELECT message FROM delivery WHERE message LIKE '%had to refuse events%'"
        return len(await world.db.values(text))

    assert await told() == 0
    for _ in range(30):
        await ways.send(ways.path("events"), {"title": ""})
    assert await told() == 1
    for _ in range(5):
        world.clock.advance(timedelta(hours=20))
        await ways.send(ways.path("events"), {"title": ""})
        assert await told() == 1
    world.clock.advance(timedelta(hours=25))
    await ways.send(ways.path("events"), {"severity": "banana"})
    assert await told() == 2
    found = await health(ways, "events")
    assert (found["refused"], len(found["reasons"])) == (1, 3)


async def test_what_could_not_be_written_is_written_later(ways: Ways, monkeypatch: pytest.MonkeyPatch) -> None:
    log, apply = ways.world.parts.refusals, ways.world.db.apply

    async def fail(*_: Any) -> Any:
        raise Unavailable("the disk is full")

    await ways.send(ways.path("events"), {"title": ""})
    monkeypatch.setattr(ways.world.db, "apply", fail)
    with pytest.raises(Unavailable):
        await log.write()
    monkeypatch.setattr(ways.world.db, "apply", apply)
    await ways.send(ways.path("events"), {"title": ""})
    assert (await health(ways, "events"))["refused"] == 2


async def test_what_is_taken_leaves_the_health_alone(ways: Ways) -> None:
    await ways.send(ways.path("alertmanager"), notification(alert("A", "1")))
    found = await health(ways, "alertmanager")
    assert found == {"refused": 0, "since": None, "last_at": None, "reasons": [], "reused_keys": 0, "unreadable": 0}


async def test_a_sender_that_goes_away_was_not_refused(ways: Ways) -> None:
    sent: list[Any] = []

    async def gone() -> Any:
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    scope: Any = {"type": "http", "method": "POST", "headers": [], "client": ("203.0.113.9", 1)}
    await ways.world.parts.accept(f"events/{ways.integrations['events'].key}", scope, gone, send)
    assert sent[0]["status"] == 400
    assert (await health(ways, "events"))["refused"] == 0


async def told_of(ways: Ways, words: str) -> list[str]:
    await ways.world.parts.refusals.write()
    await ways.world.settle()
    return [message for (message,) in await ways.world.db.values("SELECT message FROM delivery") if words in message]


async def test_who_still_sends_to_a_removed_integration_is_named_to_the_administrators_once(ways: Ways) -> None:
    await ways.world.add_person("Root", role="admin")
    found = await ways.manager.get(f"/api/v1/integrations/{ways.integrations['events'].id}")
    path, rev = f"/api/v1/integrations/{ways.integrations['events'].id}", {"if-match": str(found["rev"])}
    assert (await ways.manager.send("DELETE", path, headers=rev)).is_success
    for _ in range(5):
        assert (await ways.send(ways.path("events"), EVENT)).status_code == 404
    assert len(await told_of(ways, "Events still come for events, which was removed")) == 1
    text = (await ways.world.nobody.send("GET", "/metrics")).text
    labels = f'{{code="unknown_key",integration="{ways.integrations["events"].id}",status="404"}} 5.0'
    assert f"dogwatch_integration_refused_total{labels}" in text
    await ways.send("/ingest/events/x", EVENT)
    assert len(await told_of(ways, "which was removed")) == 1


async def test_strangers_who_try_keys_make_one_row_and_one_notice(ways: Ways) -> None:
    await ways.world.add_person("Root", role="admin")
    for n in range(40):
        await ways.send(f"/ingest/{('events', 'alertmanager')[n % 2]}/guess-{n}", EVENT)
    assert (await ways.send("/v2/enqueue", {"routing_key": "R" * 32, **PAGERDUTY_V2_BODY})).status_code == 404
    assert len(await told_of(ways, "a key that no integration has")) == 1
    rows = await ways.world.db.values("SELECT integration_id, refused FROM integration_health")
    assert [tuple(row) for row in rows] == [("unknown", 41)]
    assert (await ways.send("/ingest/events", EVENT)).status_code == 401, "no key at all is nobody's sender"
    assert len(await told_of(ways, "a key that no integration has")) == 1


async def test_senders_without_an_integration_are_seen_by_administrators_with_their_reasons(ways: Ways) -> None:
    await ways.world.add_person("Root", role="admin")
    root = await ways.world.sign_in("Root")
    found = await ways.manager.get(f"/api/v1/integrations/{ways.integrations['events'].id}")
    path, rev = f"/api/v1/integrations/{ways.integrations['events'].id}", {"if-match": str(found["rev"])}
    assert (await ways.manager.send("DELETE", path, headers=rev)).is_success
    for _ in range(4):
        await ways.send(ways.path("events"), EVENT)
    await ways.world.parts.refusals.write()
    await ways.world.advance(minutes=1)
    await ways.send("/ingest/alertmanager/guess", EVENT)
    await ways.world.parts.refusals.write()
    strays = (await root.get("/api/v1/integrations/strays"))["items"]
    seen = [(each["id"], each["name"], each["source"], each["health"]["refused"]) for each in strays]
    assert seen == [("unknown", None, None, 1), (ways.integrations["events"].id, "events", "events", 4)]
    assert [each["removed_at"] is None for each in strays] == [True, False]
    assert [len(each["health"]["reasons"]) for each in strays] == [1, 3]
    assert strays[0]["health"]["reasons"][0]["message"] == "no alertmanager integration has this key"
    assert (await ways.manager.get("/api/v1/integrations/strays"))["items"] == []
    ways.world.clock.advance(timedelta(days=31))
    assert (await (await ways.world.sign_in("Root")).get("/api/v1/integrations/strays"))["items"] == []
