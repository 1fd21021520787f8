"""What a sender is told: accepted or refused, in its own vendor's shape."""

import json
from datetime import timedelta
from typing import Any

import pytest

from tests.ingest.ways import EVENT, PAGERDUTY_V1_BODY, PAGERDUTY_V2_BODY, Ways, alert, notification

V2, V1 = "/v2/enqueue", "/generic/2010-04-15/create_event.json"
PROBLEM = "application/problem+json"


async def test_an_event_is_answered_with_its_id_and_key(ways: Ways) -> None:
    answer = await ways.send(ways.path("events"), EVENT)
    assert answer.status_code == 202
    body = answer.json()
    assert set(body) == {"status", "event_id", "dedup_key"}
    assert (body["status"], body["dedup_key"]) == ("accepted", "disk-db-1")
    stored = await ways.world.db.value("SELECT id FROM event")
    assert body["event_id"] == stored


async def test_an_event_without_a_key_is_told_the_one_it_got(ways: Ways) -> None:
    body = (await ways.send(ways.path("events"), {"title": "Oops"})).json()
    assert body["dedup_key"] == body["event_id"]
    await ways.world.settle()
    resolve = {"action": "resolve", "dedup_key": body["dedup_key"]}
    assert (await ways.send(ways.path("events"), resolve)).status_code == 202
    assert [item["state"] for item in await ways.incidents()] == ["resolved"]


async def test_the_key_may_stand_in_the_path_or_in_either_header(ways: Ways) -> None:
    key = ways.integrations["events"].key
    for path, headers in (
        (f"/ingest/events/{key}", {}),
        ("/ingest/events", {"Authorization": f"Bearer {key}"}),
        ("/ingest/events", {"X_Dogwatch_Key": key}),
    ):
        assert (await ways.send(path, EVENT, **headers)).status_code == 202
    assert await ways.events() == 3


@pytest.mark.parametrize("source", ["events", "alertmanager"])
async def test_an_unknown_key_is_404_and_a_missing_one_401(ways: Ways, source: str) -> None:
    body = EVENT if source == "events" else notification(alert("A", "i"))
    for path in (f"/ingest/{source}/nonsense", f"/ingest/{source}/{ways.integrations['pagerduty'].key}"):
        answer = await ways.send(path, body)
        assert (answer.status_code, answer.headers["content-type"]) == (404, PROBLEM)
        assert answer.json()["code"] == "unknown_key"
    answer = await ways.send(f"/ingest/{source}", body)
    assert (answer.status_code, answer.json()["code"]) == (401, "key_missing")
    assert await ways.events() == 0


async def test_an_unknown_way_in_is_404_and_another_method_405(ways: Ways) -> None:
    assert (await ways.send("/ingest/nagios/x", EVENT)).status_code == 404
    assert (await ways.send("/ingest/", EVENT)).status_code == 404
    assert (await ways.send(ways.path("events") + "/more", EVENT)).status_code == 404
    for method in ("GET", "PUT", "DELETE"):
        answer = await ways.world.nobody.send(method, ways.path("events"))
        assert answer.status_code == 405, method
        assert answer.headers["allow"] == "POST"
    for path in (V1, V2):
        assert (await ways.world.nobody.send("GET", path)).status_code == 405


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "title"),
        ({"title": "   "}, "title"),
        ({"severity": "critical", "details": {"a": 1}}, "title"),
        ({"action": "resolve"}, "dedup_key"),
        ({"action": "acknowledge", "title": "x"}, "dedup_key"),
    ],
)
async def test_what_names_no_alert_is_refused_and_told_the_field(ways: Ways, body: Any, field: str) -> None:
    answer = await ways.send(ways.path("events"), body)
    assert (answer.status_code, answer.headers["content-type"]) == (400, PROBLEM)
    assert answer.json()["errors"][0]["field"] == field
    assert await ways.events() == 0


@pytest.mark.parametrize(
    ("odd", "field"),
    [
        ({"title": None, "check": "disk"}, "title"),
        ({"severity": "purple"}, "severity"),
        ({"action": "explode"}, "action"),
        ({"labels": ["a"]}, "labels"),
        ({"starts_at": "yesterday"}, "starts_at"),
        ({"starts_at": 1764391234}, "starts_at"),
        ({"links": [{"text": "t", "href": "javascript:alert(1)"}]}, "links[0].href"),
        ({"links": [5]}, "links[0]"),
    ],
)
async def test_an_odd_field_is_told_in_the_answer_and_pages(ways: Ways, odd: Any, field: str) -> None:
    answer = await ways.send(ways.path("events"), {"title": "x"} | odd)
    assert answer.status_code == 202
    [warning] = answer.json()["warnings"]
    assert (warning["field"], bool(warning["code"]), bool(warning["message"])) == (field, True, True)
    assert [item["state"] for item in await ways.incidents()] == ["triggered"]


@pytest.mark.parametrize("body", [b"", b"[]", b"3", b"{", b"\xff\xfe", b'{"title": NaN', b"null", b'"x"'])
@pytest.mark.parametrize("source", ["events", "pagerduty", "alertmanager"])
async def test_what_is_no_json_object_is_400(ways: Ways, source: str, body: bytes) -> None:
    answer = await ways.send(ways.path(source), body)
    assert answer.status_code == 400
    assert await ways.events() == 0


@pytest.mark.parametrize(("source", "limit"), [("events", 256), ("pagerduty", 512), ("alertmanager", 16 * 1024)])
async def test_limits_count_bytes_before_decoding(ways: Ways, source: str, limit: int) -> None:
    whole = {
        "events": EVENT,
        "pagerduty": PAGERDUTY_V2_BODY,
        "alertmanager": notification(alert("A", "i")),
    }[source]
    text = json.dumps(whole).encode()
    fits = text[:-1] + b" " * (limit * 1024 - len(text)) + text[-1:]
    assert len(fits) == limit * 1024
    assert (await ways.send(ways.path(source), fits)).status_code == 202
    answer = await ways.send(ways.path(source), fits + b" ")
    assert answer.status_code == 413


async def test_depth_is_limited_but_a_deep_string_is_not_depth(ways: Ways) -> None:
    def nested(depth: int) -> bytes:
        return b'{"title": "x", "details": ' + b'{"a":' * depth + b"1" + b"}" * depth + b"}"

    assert (await ways.send(ways.path("events"), nested(60))).status_code == 202
    assert (await ways.send(ways.path("events"), nested(40_000))).status_code == 202, "what is too deep is cut out"
    whole = json.dumps(notification(alert("A", "1"))).encode()
    large = whole[:-1] + b', "x": ' + b"[" * 70 + b"]" * 70 + b" " * (1 << 20) + b"}"
    answer = await ways.send(ways.path("alertmanager"), large)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["code"] == "too_deep"
    for way in ("events", "pagerduty", "alertmanager"):
        assert (await ways.send(ways.path(way), b"[" * 100_000)).status_code == 400
        assert (await ways.send(ways.path(way), b'{"a":' * 40_000)).status_code == 400
    assert (await ways.send(V2, b'{"a":' * 50_000)).status_code == 400
    assert (await ways.send(ways.path("events"), {"title": "[{" * 500})).status_code == 202


@pytest.mark.store
async def test_nul_and_lone_surrogates_are_kept_out_of_the_store_and_the_alert_in(ways: Ways) -> None:
    for n, odd in enumerate(("a\\u0000b", "a\\ud800b", "a\\udfff", "\\u0000")):
        body = (
            f'{{"title": "odd {odd}", "dedup_key": "k{n}{odd}", "source": "{odd}", "check": "c{n}{odd}",'
            f' "description": "{odd}", "labels": {{"{odd}": "{odd}"}}, "details": {{"{odd}": ["{odd}"]}}}}'
        ).encode()
        assert (await ways.send(ways.path("events"), body)).status_code == 202
        odd_alert = json.dumps(notification(alert("A", f"i{n}"))).replace(f"i{n}", f"i{n}{odd}").encode()
        assert (await ways.send(ways.path("alertmanager"), odd_alert)).status_code == 202
        v2 = json.dumps(PAGERDUTY_V2_BODY).replace("db-1", f"db{n}{odd}").encode()
        assert (await ways.send(ways.path("pagerduty"), v2)).status_code == 202
    await ways.world.settle()
    alerts = await ways.world.db.values("SELECT title, dedup_key, source FROM alert")
    assert len(alerts) == 12
    assert all("\0" not in "".join(row) for row in alerts)
    assert await ways.world.db.value("SELECT COUNT(*) FROM event WHERE parsed_at IS NULL") == 0


def invalid_event(*errors: str) -> dict[str, Any]:
    return {"status": "invalid event", "message": "Event object is invalid", "errors": list(errors)}


async def test_pagerduty_v2_answers_as_pagerduty_does(ways: Ways) -> None:
    key = ways.integrations["pagerduty"].key
    answer = await ways.send(V2, {"routing_key": key, **PAGERDUTY_V2_BODY})
    assert answer.status_code == 202
    assert answer.json() == {"status": "success", "message": "Event processed", "dedup_key": "disk-db-1"}
    answer = await ways.send(ways.path("pagerduty"), PAGERDUTY_V2_BODY)
    assert answer.status_code == 202
    answer = await ways.send(V2, {"routing_key": key, **PAGERDUTY_V2_BODY, "event_action": "explode"})
    assert answer.status_code == 400
    body = answer.json()
    assert (body["status"], body["message"]) == ("invalid event", "Event object is invalid")
    assert "event_action" in body["errors"][0]
    no_summary = {"routing_key": key, "event_action": "trigger", "payload": {"source": "x", "severity": "info"}}
    assert "payload.summary" in (await ways.send(V2, no_summary)).json()["errors"][0]
    assert await ways.events() == 2


async def test_pagerduty_v1_answers_as_pagerduty_did(ways: Ways) -> None:
    key = ways.integrations["pagerduty"].key
    answer = await ways.send(V1, {"service_key": key, **PAGERDUTY_V1_BODY})
    assert answer.status_code == 200
    assert answer.json() == {"status": "success", "message": "Event processed", "incident_key": "disk-db-1"}
    answer = await ways.send(V1, {"service_key": key, "event_type": "resolve"})
    assert answer.status_code == 400
    assert "incident_key" in answer.json()["errors"][0]


async def test_an_unknown_pagerduty_key_is_404_in_pagerdutys_shape(ways: Ways) -> None:
    for path, field, body in (
        (V2, "routing_key", PAGERDUTY_V2_BODY),
        (V1, "service_key", PAGERDUTY_V1_BODY),
    ):
        answer = await ways.send(path, {field: "nonsense", **body})
        assert answer.status_code == 404
        assert answer.json()["status"] == "invalid key"
        missing = await ways.send(path, body)
        assert (missing.status_code, missing.json()) == (400, invalid_event(f"'{field}' is missing or blank"))
        assert (await ways.send(path, b"{ not json")).status_code == 400


async def test_alertmanager_is_answered_without_a_key_because_there_are_many(ways: Ways) -> None:
    answer = await ways.send(ways.path("alertmanager"), notification(alert("A", "1"), alert("A", "2")))
    assert answer.status_code == 202
    assert answer.json()["dedup_key"] is None
    [item] = await ways.incidents()
    assert item["open_alert_count"] == 2


async def test_too_fast_is_503_with_retry_after_but_never_for_who_does_not_retry(ways: Ways) -> None:
    accept = ways.world.parts.accept
    accept.limit.burst, accept.limit.per_s = 3, 1.0
    answers = [await ways.send(ways.path("events"), EVENT) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [202, 202, 202, 503]
    assert int(answers[-1].headers["retry-after"]) >= 1
    assert answers[-1].headers["content-type"] == PROBLEM
    ways.world.clock.advance(timedelta(seconds=2))
    assert (await ways.send(ways.path("events"), EVENT)).status_code == 202
    for _ in range(6):
        answer = await ways.send(ways.path("alertmanager"), notification(alert("A", "1")))
        assert answer.status_code == 202
    answers = [await ways.send(ways.path("pagerduty"), PAGERDUTY_V2_BODY) for _ in range(4)]
    assert answers[-1].status_code == 503
    assert int(answers[-1].headers["retry-after"]) >= 1


async def test_a_broken_character_does_not_hide_pagerdutys_key(ways: Ways) -> None:
    body = json.dumps({"routing_key": ways.integrations["pagerduty"].key, **PAGERDUTY_V2_BODY}).encode()
    assert (await ways.send(V2, body.replace(b"Disk", b"Disk\xff"))).status_code == 202
    assert (await ways.send(V2, body.replace(b"Disk", b"Disk\\ud800"))).status_code == 202
    assert (await ways.send(V2, {"routing_key": 5, **PAGERDUTY_V2_BODY})).status_code == 400


@pytest.mark.parametrize("path", ["/ingest/events/x", V2, V1, "/v2/change/enqueue"])
async def test_a_socket_is_no_way_in(ways: Ways, path: str) -> None:
    said: list[str] = []

    async def receive() -> Any:
        return {"type": "websocket.connect"}

    async def send(message: Any) -> None:
        said.append(message["type"])

    scope: Any = {
        "type": "websocket", "path": path, "raw_path": path.encode(), "query_string": b"", "headers": [],
        "client": ("127.0.0.1", 1), "scheme": "ws", "root_path": "", "subprotocols": [],
    }  # fmt: skip
    await ways.world.app(scope, receive, send)
    assert said == ["websocket.close"]
