"""One bad field costs itself: every place of every source's body is damaged in turn, and what fired still fires."""

# pyright: basic

import copy
import json
from typing import Any

import pytest

import server.integrations
from server.integrations.base import INTEGRATIONS, BadEvent, Envelope
from shared.domain.alerts import Action, Event
from tests.integrations.test_contract import FIXTURES, assert_clean, envelope

INTEGRATIONS.load(server.integrations)
BODIES = (
    "events/trigger",
    "pagerduty/v1_trigger",
    "pagerduty/v2_trigger",
    "alertmanager/firing",
    "alertmanager/without_fingerprint",
    "grafana/firing_and_no_data",
)
REQUIRED = {
    "pagerduty/v1_trigger": {("event_type",), ("description",)},
    "pagerduty/v2_trigger": {("event_action",), ("payload",)}
    | {("payload", name) for name in ("summary", "source", "severity")},
}
"""What PagerDuty itself refuses an event for."""
GONE = object()
DEEP: Any = "bottom"
for _ in range(90):
    DEEP = [DEEP]
ODD: list[Any] = [
    GONE, None, True, 0, -1, 1e308, 10**30, "", " ", "\x00", "x" * 5000, "\ud83d", "💾" * 600, [], {}, [[]], [None],
    {"": ""}, [{"a": 1}, 5, "y"], "0000-00-00", "9999-12-31T23:59:59-14:00", "http://", "javascript:alert(1)",
    "data:text/html,x", {"a": {"b": [1, {"c": None}]}}, DEEP, 1764391234,
]  # fmt: skip


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The path of every value inside."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path] * bool(path) + [place for key, inner in items for place in places(inner, (*path, key))]


def damaged(body: Any, path: tuple[Any, ...], odd: Any) -> Any:
    body = copy.deepcopy(body)
    *way, last = path
    parent = body
    for key in way:
        parent = parent[key]
    if odd is GONE:
        del parent[last]
    else:
        parent[last] = odd
    return body


def refuses(read: Any, body: Envelope) -> bool:
    try:
        read(body)
    except BadEvent:
        return True
    return False


def firing(events: list[Event]) -> int:
    for event in events:
        assert_clean(event)
        assert event.title
    return sum(event.action is Action.TRIGGER for event in events)


@pytest.mark.parametrize("name", BODIES)
def test_what_fired_fires_whichever_field_is_damaged(name: str):
    slug = name.partition("/")[0]
    member, whole = INTEGRATIONS[slug](), json.loads((FIXTURES / f"{name}.json").read_text())
    before = firing(member.parse(envelope(json.dumps(whole).encode())))
    assert before > 0
    for path in places(whole):
        for odd in ODD:
            body = envelope(json.dumps(damaged(whole, path, odd)).encode())
            if refuses(member.check, body):
                assert path in REQUIRED.get(name, ()), (path, odd)
            elif path == ("alerts",):
                assert isinstance(odd, list) or refuses(member.parse, body), "the integration's unreadable alert"
            else:
                lost = path[0] == "alerts" and len(path) == 2 and odd is GONE
                assert firing(member.parse(body)) >= before - lost, (path, odd)


@pytest.mark.parametrize("odd", [odd for odd in ODD if odd is not GONE])
def test_the_own_api_takes_every_event_that_anything_names(odd: Any):
    member = INTEGRATIONS["events"]()
    for field in ("title", "check", "description", "dedup_key", "source"):
        [event] = member.parse(envelope(json.dumps({field: "disk full", "severity": odd, "labels": odd}).encode()))
        assert (event.action, event.title) == (Action.TRIGGER, "disk full")
