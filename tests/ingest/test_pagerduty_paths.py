"""PagerDuty's own paths answer as PagerDuty does, whatever proxies add on the way; changes stand beside incidents."""

from typing import Any

import pytest

from tests.ingest.ways import EVENT, PAGERDUTY_V1_BODY, PAGERDUTY_V2_BODY, Ways

V2, V1, CHANGE = "/v2/enqueue", "/generic/2010-04-15/create_event.json", "/v2/change/enqueue"
ONE_OF = "is invalid (must be one of the following:"


def refused(*errors: str) -> dict[str, Any]:
    return {"status": "invalid event", "message": "Event object is invalid", "errors": list(errors)}


@pytest.mark.parametrize("header", ["Bearer proxy-token", "Basic YTpi", "Token token=x"])
async def test_the_key_in_the_body_wins_over_a_header_for_a_proxy(ways: Ways, header: str) -> None:
    key = ways.integrations["pagerduty"].key
    for path, body, status in (
        (V2, {"routing_key": key, **PAGERDUTY_V2_BODY}, 202),
        (V1, {"service_key": key, **PAGERDUTY_V1_BODY}, 200),
        (CHANGE, {"routing_key": key, "payload": {"summary": "x"}}, 202),
        (ways.path("pagerduty"), PAGERDUTY_V2_BODY, 202),
    ):
        answer = await ways.send(path, body, Authorization=header, X_Dogwatch_Key="of another hop")
        assert answer.status_code == status, answer.text


async def test_the_key_in_the_body_wins_over_another_integrations_in_a_header(ways: Ways) -> None:
    other = (await ways.world.add_integration(ways.service, "pagerduty", name="second")).key
    for headers in ({"Authorization": f"Bearer {other}"}, {"X_Dogwatch_Key": other}):
        body = {"routing_key": ways.integrations["pagerduty"].key, **PAGERDUTY_V2_BODY}
        assert (await ways.send(V2, body, **headers)).status_code == 202
    assert set(await ways.world.db.values("SELECT integration_id FROM event")) == {(ways.integrations["pagerduty"].id,)}


async def test_our_own_header_wins_over_a_bearer(ways: Ways) -> None:
    other = (await ways.world.add_integration(ways.service, "events", name="second")).key
    for bearer in (other, "of a proxy"):
        headers = {"Authorization": f"Bearer {bearer}", "X_Dogwatch_Key": ways.integrations["events"].key}
        assert (await ways.send("/ingest/events", EVENT, **headers)).status_code == 202
    assert set(await ways.world.db.values("SELECT integration_id FROM event")) == {(ways.integrations["events"].id,)}


async def test_a_header_that_we_know_does_without_one_in_the_body(ways: Ways) -> None:
    known = f"Bearer {ways.integrations['pagerduty'].key}"
    for more in ({}, {"routing_key": "nonsense"}):
        assert (await ways.send(V2, PAGERDUTY_V2_BODY | more, Authorization=known)).status_code == 202
    answer = await ways.send(V2, PAGERDUTY_V2_BODY, Authorization="Bearer nonsense")
    assert (answer.status_code, answer.json()) == (400, refused("'routing_key' is missing or blank"))
    assert (await ways.send(V2, {"routing_key": "nonsense", **PAGERDUTY_V2_BODY})).status_code == 404


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        (
            {},
            [
                "'routing_key' is missing or blank",
                "'event_action' is missing or blank",
                "'payload' is missing or blank",
            ],
        ),
        (
            {"routing_key": None, "event_action": "trigger", "payload": {}},
            [
                "'routing_key' is missing or blank",
                "'payload.summary' is missing or blank",
                "'payload.source' is missing or blank",
                "'payload.severity' is missing or blank",
            ],
        ),
        (
            {"routing_key": 5, "event_action": 1, "payload": {"summary": ["x"], "source": " ", "severity": 3}},
            [
                "'routing_key' is invalid (must be a string)",
                "'event_action' is invalid (must be a string)",
                "'payload.summary' is invalid (must be a string)",
                "'payload.source' is missing or blank",
                "'payload.severity' is invalid (must be a string)",
            ],
        ),
        (
            {"routing_key": "KEY", "event_action": "explode", "payload": "x"},
            [
                f"'event_action' {ONE_OF} 'trigger', 'acknowledge' or 'resolve')",
                "'payload' is invalid (must be an object)",
            ],
        ),
        (
            {"routing_key": "KEY", "event_action": "Trigger", "payload": {"summary": "s", "severity": "urgent"}},
            [
                "'payload.source' is missing or blank",
                f"'payload.severity' {ONE_OF} 'critical', 'error', 'warning' or 'info')",
            ],
        ),
        ({"routing_key": "KEY", "event_action": "resolve"}, ["'dedup_key' is missing or blank"]),
        ({"service_key": "KEY", "event_type": "trigger"}, ["'description' is missing or blank"]),
        (
            {"service_key": "", "event_type": "resolve"},
            ["'service_key' is missing or blank", "'incident_key' is missing or blank"],
        ),
    ],
)
async def test_every_error_is_listed_in_pagerdutys_words(ways: Ways, body: Any, errors: list[str]) -> None:
    given = {name: ways.integrations["pagerduty"].key if value == "KEY" else value for name, value in body.items()}
    answer = await ways.send(V1 if "service_key" in body else V2, given)
    assert (answer.status_code, answer.json()) == (400, refused(*errors))


OLDER = ["'service_key' is missing or blank", "'event_type' is missing or blank", "'description' is missing or blank"]


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ({}, OLDER),
        ({"incident_key": "x", "details": {}}, OLDER),
        ({"description": "x", "service_key": None}, OLDER[:2]),
        ({"description": 5}, [*OLDER[:2], "'description' is invalid (must be a string)"]),
    ],
)
async def test_the_older_path_names_the_older_fields(ways: Ways, body: Any, errors: list[str]) -> None:
    answer = await ways.send(V1, body)
    assert (answer.status_code, answer.json()) == (400, refused(*errors))
    answer = await ways.send(V1, body, Authorization=f"Bearer {ways.integrations['pagerduty'].key}")
    assert (answer.status_code, answer.json()) == (400, refused(*errors[1:]))


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"7", b"\xff", b'{"routing_key": "KEY", "payload": }'])
async def test_no_answer_has_words_of_our_libraries(ways: Ways, body: bytes) -> None:
    for path in (V2, V1, CHANGE, ways.path("pagerduty"), ways.path("events"), ways.path("alertmanager")):
        answer = await ways.send(path, body.replace(b"KEY", ways.integrations["pagerduty"].key.encode()))
        assert answer.status_code == 400
        words = answer.text
        assert not any(
            each in words for each in ("Expected", "$", "msgspec", "codec", "Input data", "malformed", "NoneType")
        )


async def test_a_change_is_kept_and_stands_beside_the_services_incidents(ways: Ways) -> None:
    key = ways.integrations["pagerduty"].key
    deployed = {
        "summary": "checkout 4.2 deployed",
        "source": "ci",
        "timestamp": "2026-11-21T03:00:00+00:00",
        "custom_details": {"build": 42},
    }
    link = {"href": "https://ci.example.com/42", "text": "Build 42"}
    answer = await ways.send(CHANGE, {"routing_key": key, "payload": deployed, "links": [link]})
    assert (answer.status_code, answer.json()) == (202, {"status": "success", "message": "Change event processed"})
    old = {"summary": "old", "timestamp": "2026-11-19T03:00:00Z"}
    assert (await ways.send(CHANGE, {"routing_key": key, "payload": old})).status_code == 202
    assert await ways.incidents() == [], "a change pages nobody"
    await ways.send(ways.path("events"), EVENT)
    [item] = await ways.incidents()
    await ways.world.advance(minutes=5)
    assert (await ways.send(CHANGE, {"routing_key": key, "payload": {"summary": "rolled back"}})).status_code == 202
    found = (await ways.manager.get(f"/api/v1/incidents/{item['id']}/changes"))["items"]
    assert [each["summary"] for each in found] == ["rolled back", "checkout 4.2 deployed"]
    assert found[1] | {"id": ""} == {
        "id": "",
        "summary": "checkout 4.2 deployed",
        "source": "ci",
        "details": {"build": 42},
        "links": [link],
        "happened_at": "2026-11-21T03:00:00Z",
        "integration": {"id": ways.integrations["pagerduty"].id, "name": "pagerduty"},
    }
    assert (await ways.manager.get(f"/api/v1/services/{ways.service.id}/changes"))["items"] == found
    await ways.manager.post(f"/api/v1/incidents/{item['id']}/resolve", {})
    await ways.world.advance(minutes=5)
    assert (await ways.send(CHANGE, {"routing_key": key, "payload": {"summary": "much later"}})).status_code == 202
    assert (await ways.manager.get(f"/api/v1/incidents/{item['id']}/changes"))["items"] == found
    latest = (await ways.manager.get(f"/api/v1/services/{ways.service.id}/changes"))["items"]
    assert [each["summary"] for each in latest] == ["much later", "rolled back", "checkout 4.2 deployed"]


async def test_changes_are_seen_with_their_service_alone(ways: Ways) -> None:
    key = ways.integrations["pagerduty"].key
    await ways.send(CHANGE, {"routing_key": key, "payload": {"summary": "x"}})
    await ways.send(ways.path("events"), EVENT)
    [item] = await ways.incidents()
    await ways.world.add_team("Hidden", is_private=True)
    await ways.world.add_person("Zoe", team="Hidden", role="manager")
    zoe = await ways.world.sign_in("Zoe")
    service = await ways.world.add_service("vault", team="Hidden")
    for path in (f"/api/v1/services/{service.id}/changes", "/api/v1/incidents/none/changes"):
        assert (await ways.manager.send("GET", path)).status_code == 404
    assert (await zoe.get(f"/api/v1/services/{service.id}/changes"))["items"] == []
    assert len((await ways.manager.get(f"/api/v1/incidents/{item['id']}/changes"))["items"]) == 1


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ({"routing_key": "KEY"}, ["'payload' is missing or blank"]),
        ({"routing_key": "KEY", "payload": {"summary": 3}}, ["'payload.summary' is invalid (must be a string)"]),
        ({"payload": {"summary": "x"}}, ["'routing_key' is missing or blank"]),
    ],
)
async def test_a_wrong_change_is_refused_as_events_are(ways: Ways, body: Any, errors: list[str]) -> None:
    given = {name: ways.integrations["pagerduty"].key if value == "KEY" else value for name, value in body.items()}
    answer = await ways.send(CHANGE, given)
    assert (answer.status_code, answer.json()) == (400, refused(*errors))
    assert (await ways.world.nobody.send("GET", CHANGE)).status_code == 405


@pytest.mark.parametrize("path", [V2, V1, CHANGE])
async def test_below_its_paths_pagerduty_refuses_in_its_shape_too(ways: Ways, path: str) -> None:
    answer = await ways.send(f"{path}/more", {"routing_key": ways.integrations["pagerduty"].key, **PAGERDUTY_V2_BODY})
    assert (answer.status_code, set(answer.json())) == (404, {"status", "message", "errors"})
    known = {"routing_key": ways.integrations["pagerduty"].key, "payload": {"summary": "x"}, **PAGERDUTY_V1_BODY}
    answer = await ways.send(f"{path}/", {**known, **(PAGERDUTY_V2_BODY if path == V2 else {})})
    assert answer.status_code in (200, 202), "a slash at its end is no other path"
