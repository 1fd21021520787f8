"""Whatever is wrong with a request in meaning is said at once, each field by its name."""

from typing import Any
from urllib.parse import parse_qs

import pytest

from tests.ingest.ways import Ways, make_ways
from tests.kit.world import World


@pytest.fixture
async def ways(world: World) -> Ways:
    return await make_ways(world)


LOCAL = "2026-03-01T08:00:00"
CASES: list[tuple[str, str, Any, set[str]]] = [
    ("POST", "/incidents", {"title": " ", "service_id": "x", "policy_id": "y"}, {"title", "service_id", "policy_id"}),
    ("POST", "/incidents", {"title": " ", "team_id": "x", "policy_id": "y"}, {"title", "team_id", "policy_id"}),
    ("POST", "/incidents", {"title": " ", "user_ids": ["x", "MIA"]}, {"title", "user_ids[0]"}),
    ("POST", "/incidents/bulk", {"verb": "snooze", "ids": [], "args": {}}, {"ids", "args.seconds"}),
    ("POST", "/incidents/bulk", {"verb": "merge", "ids": [], "args": {"into": "x"}}, {"ids", "args.into"}),
    ("POST", "/integrations", {"name": "n", "source": "x", "service_id": "y"}, {"source", "service_id"}),
    (
        "POST",
        "/integrations",
        {"name": "n", "source": "events", "service_id": "y", "config": {"z": 1}},
        {"service_id", "config.z"},
    ),
    ("PATCH", "/me", {"name": " ", "time_zone": "Mars"}, {"name", "time_zone"}),
    ("PUT", "/me/devices/a b", {"name": "p", "platform": "android", "value": "v" * 20, "time_zone": "Mars"},
     {"installation_id", "time_zone"}),
    ("POST", "/me/saved-filters", {"name": "n", "query": {"label": ["a=b", "c", "=d"]}},
     {"query.label[1]", "query.label[2]"}),
    ("GET", "/incidents", {"since": LOCAL, "until": LOCAL}, {"since", "until"}),
    ("GET", "/alerts", {"from": LOCAL, "to": LOCAL}, {"from", "to"}),
    ("GET", "/events", {"from": LOCAL, "to": LOCAL}, {"from", "to"}),
    (
        "POST",
        "/cover-requests",
        {"schedule_id": "x", "start": LOCAL, "end": LOCAL, "asked": ["y"]},
        {"schedule_id", "start", "end"},
    ),
    (
        "POST",
        "/silences",
        {
            "team_id": "x",
            "service_id": "y",
            "conditions": [[{"key": "k", "values": []}]],
            "starts_at": "2026-03-02T08:00:00Z",
            "ends_at": "2026-03-01T08:00:00Z",
        },
        {"team_id", "service_id", "ends_at", "conditions[0][0].key", "conditions[0][0].values"},
    ),
]  # fmt: skip


@pytest.mark.parametrize(("method", "path", "body", "fields"), CASES, ids=[f"{case[0]} {case[1]}" for case in CASES])
async def test_every_wrong_field_is_named(ways: Ways, method: str, path: str, body: Any, fields: set[str]) -> None:
    ids = {"MIA": ways.world.users["Mia"]}
    if isinstance(body, dict) and "user_ids" in body:
        body = {**body, "user_ids": [ids.get(each, each) for each in body["user_ids"]]}
    headers = {"if-match": "1"} if method == "PATCH" else {}
    if method == "GET":
        answer = await ways.manager.send(method, f"/api/v1{path}", **body)
    else:
        answer = await ways.manager.send(method, f"/api/v1{path}", body, headers=headers)
    assert answer.status_code == 400, answer.text
    assert {each["field"] for each in answer.json()["errors"]} == fields


async def test_a_change_of_an_incident_says_all_that_contradicts(ways: Ways) -> None:
    made = await ways.manager.post("/api/v1/incidents", {"title": "x", "service_id": ways.service.id})
    body = {"title": " ", "severity": "info", "severity_pinned": False}
    headers = {"if-match": str(made["rev"])}
    answer = await ways.manager.send("PATCH", f"/api/v1/incidents/{made['id']}", body, headers=headers)
    assert [each["field"] for each in answer.json()["errors"]] == ["title", "severity_pinned"]


async def test_a_person_says_all_that_is_wrong_with_them(world: World) -> None:
    await world.add_person("Olga", role="admin")
    body = {"name": "Ana", "email": "nowhere", "password": "short", "time_zone": "Mars", "team_ids": ["x"]}
    answer = await (await world.sign_in("Olga")).send("POST", "/api/v1/users", body)
    assert [each["field"] for each in answer.json()["errors"]] == ["password", "email", "time_zone", "team_ids[0]"]


async def test_a_cover_request_for_nobody_says_what_else_is_wrong(ways: Ways) -> None:
    schedule = await ways.world.add_schedule("Nights", ways.world.layer_of("Mia", start="2026-11-01T00:00"))
    times = {"start": "2026-12-02T00:00:00Z", "end": "2026-12-01T00:00:00Z"}
    wanted = {"schedule_id": schedule.id, "user_id": "x", "asked": ["y"], **times}
    answer = await ways.manager.send("POST", "/api/v1/cover-requests", wanted)
    assert {each["field"] for each in answer.json()["errors"]} == {"user_id", "asked[0]", "end"}


async def test_a_role_says_all_that_is_wrong_with_it(world: World) -> None:
    await world.add_person("Root", role="owner")
    root = await world.sign_in("Root")
    grant = {"role_id": "x", "scope": {"kind": "team", "id": "y"}}
    answer = await root.send("POST", f"/api/v1/users/{world.users['Root']}/grants", grant)
    assert [each["field"] for each in answer.json()["errors"]] == ["role_id", "scope.id"]


TOGETHER: list[tuple[str, str, dict[str, str], Any, set[str]]] = [
    ("GET", "/incidents?state=x&limit=0&since=y&until=2026-03-01T08:00:00&nobody=1", {}, None,
     {"state", "limit", "since", "until", "nobody"}),
    ("GET", "/alerts?from=x&severity=odd&open=perhaps&limit=9999&Q=1", {}, None,
     {"from", "severity", "open", "limit", "Q"}),
    ("GET", "/audit?from=x&to=y&limit=z", {}, None, {"from", "to", "limit"}),
    ("PATCH", "/me?really=1", {"if-match": "first"}, {"name": 5, "x": 1},
     {"really", "If-Match", "name", "x"}),
    ("PATCH", "/me", {}, {"name": 5}, {"If-Match", "name"}),
    ("POST", "/services?dry=1", {}, {"name": "", "team_id": 5}, {"dry", "name", "team_id"}),
    ("POST", "/services?dry=1", {}, b"{", {"dry", ""}),
    ("POST", "/silences", {}, {"team_id": 5, "starts_at": "soon"}, {"team_id", "starts_at", "ends_at"}),
]  # fmt: skip


@pytest.mark.parametrize(("method", "path", "headers", "body", "fields"), TOGETHER)
async def test_parameters_body_and_rev_are_checked_together(
    ways: Ways, method: str, path: str, headers: dict[str, str], body: Any, fields: set[str]
) -> None:
    answer = await asked(ways, method, path, body, headers)
    assert answer.status_code == 400, answer.text
    assert {each["field"] for each in answer.json()["errors"]} == fields


async def asked(ways: Ways, method: str, path: str, body: Any, headers: dict[str, str] | None = None) -> Any:
    """`path` with its query, which is sent as it is written here."""
    plain, _, query = path.partition("?")
    given = {name: values if len(values) > 1 else values[0] for name, values in parse_qs(query).items()}
    return await ways.manager.send(method, f"/api/v1{plain}", body, headers=headers or {}, **given)


async def test_of_a_parameter_that_comes_twice_the_value_that_is_checked_is_the_one_that_is_read(ways: Ways) -> None:
    for limits, status in ((["0", "5"], 200), (["5", "0"], 400)):
        answer = await ways.manager.send("GET", "/api/v1/incidents", limit=limits)
        assert answer.status_code == status, answer.text


async def test_a_missing_rev_alone_is_what_it_was(ways: Ways) -> None:
    answer = await ways.manager.send("PATCH", "/api/v1/me", {"name": "x"})
    assert (answer.status_code, answer.json()["code"]) == (428, "if_match_required")


@pytest.mark.parametrize(
    ("method", "path", "body", "field"),
    [
        ("GET", "/incidents?service_id=%00", None, "service_id"),
        ("GET", "/alerts?label=a%3Db&label=%00", None, "label"),
        ("GET", "/audit?q=a%00", None, "q"),
        ("GET", "/events?cursor=%00", None, "cursor"),
        ("GET", "/incidents/%00", None, "incident_id"),
        ("DELETE", "/silences/a%00", None, "silence_id"),
        ("POST", "/services", {"name": "a\0", "team_id": "x"}, "name"),
        ("POST", "/integrations", {"name": "n", "source": "events", "service_id": "a\0"}, "service_id"),
    ],
)
async def test_nul_is_refused_where_it_stands(ways: Ways, method: str, path: str, body: Any, field: str) -> None:
    answer = await asked(ways, method, path, body, {"if-match": "1"})
    assert (answer.status_code, [(each["field"], each["code"]) for each in answer.json()["errors"]]) == (
        400,
        [(field, "nul")],
    )
