"""Whatever is sent: never a 5xx, and what was accepted is worked through and visible."""

import copy
import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.ingest.ways import EVENT, PAGERDUTY_V1_BODY, PAGERDUTY_V2_BODY, Ways, alert, notification

ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=20),
    st.sampled_from(["", "\0", "\ud800", "x" * 5000, "resolved", "9999-12-31T23:59:59Z", "0000-00-00", "1e999", "{{"]),
    st.lists(st.integers(), max_size=3),
    st.dictionaries(st.text(max_size=5), st.integers(), max_size=3),
    st.just([[[[]]]]),
)
WHOLE: dict[str, Any] = {
    "events": {
        **EVENT,
        "action": "trigger",
        "labels": {"a": "b"},
        "links": [{"text": "t", "href": "http://x.example"}],
        "details": {"a": [1]},
        "starts_at": "2026-11-21T03:10:00Z",
    },
    "pagerduty": {
        **PAGERDUTY_V2_BODY,
        "links": [{"href": "http://x.example", "text": "t"}],
        "client": "c",
        "client_url": "http://x.example",
    },
    "pagerduty v1": {**PAGERDUTY_V1_BODY, "details": {"a": 1}, "contexts": [{"type": "link", "href": "http://x"}]},
    "alertmanager": notification(alert("A", "1"), alert("B", "2", status="resolved")),
}


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The path of every value inside."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path] * bool(path) + [place for key, inner in items for place in places(inner, (*path, key))]


@st.composite
def mutants(draw: st.DrawFn) -> tuple[str, bytes]:
    name = draw(st.sampled_from(sorted(WHOLE)))
    body = json.loads(json.dumps(WHOLE[name]))
    for _ in range(draw(st.integers(1, 3))):
        found = places(body)
        if not found:
            break
        path = draw(st.sampled_from(found))
        parent = body
        for key in path[:-1]:
            parent = parent[key]
        if draw(st.booleans()):
            parent[path[-1]] = copy.deepcopy(draw(ODD))
        else:
            del parent[path[-1]]
    raw = json.dumps(body).encode()
    if draw(st.integers(0, 4)) == 0:
        at = draw(st.integers(0, len(raw) - 1))
        raw = raw[:at] + draw(st.binary(max_size=4)) + raw[at + draw(st.integers(0, 3)) :]
    return name.split()[0], raw


async def test_no_mutant_is_a_server_error_and_every_accepted_one_is_worked_through(ways: Ways) -> None:
    seen: dict[int, int] = {}
    cases: list[tuple[str, bytes]] = []

    every: Any = list(HealthCheck)

    @settings(max_examples=400, deadline=None, suppress_health_check=every, database=None)
    @given(mutants())
    def collect(mutant: tuple[str, bytes]) -> None:
        cases.append(mutant)

    collect()
    for source, raw in cases:
        answer = await ways.send(ways.path(source), raw)
        assert answer.status_code in (200, 202, 400, 413), (answer.status_code, source, raw)
        seen[answer.status_code] = seen.get(answer.status_code, 0) + 1
    await ways.world.settle()
    assert seen.get(202, 0) > 50
    assert seen.get(400, 0) > 20
    assert await ways.world.db.value("SELECT COUNT(*) FROM event WHERE parsed_at IS NULL") == 0
    assert len(await ways.incidents()) > 0
