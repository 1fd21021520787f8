"""A valid body with one field damaged still pages, or is seen as an event that could not be read."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.ingest.test_mutants import WHOLE
from tests.ingest.ways import Ways, alert, notification
from tests.integrations.test_one_bad_field import GONE, ODD, REQUIRED, damaged, places

CASES = 150
BODIES: dict[str, Any] = WHOLE | {
    "alertmanager": notification(alert("A", "1"), alert("B", "2")),
    "grafana": notification({**alert("A", "1"), "panelURL": "http://g.example", "values": {"B": 1}}, alert("B", "2")),
}
PAGERDUTY = REQUIRED["pagerduty/v1_trigger"] | REQUIRED["pagerduty/v2_trigger"]


def named(body: Any, n: int) -> Any:
    """The body about alerts that no other case is about."""
    words = json.dumps(body)
    for known in ("disk-db-1", "Disk full on db-1", '"1"', '"2"', "A-1", "B-2"):
        words = words.replace(known, known.replace("1", f"1-{n}").replace("2", f"2-{n}"))
    return json.loads(words)


@st.composite
def cases(draw: st.DrawFn) -> tuple[str, tuple[Any, ...], Any]:
    name = draw(st.sampled_from(sorted(BODIES)))
    return name, draw(st.sampled_from(places(BODIES[name]))), draw(st.sampled_from(ODD))


async def test_one_damaged_field_pages_all_the_same(ways: Ways) -> None:
    ways.integrations["grafana"] = await ways.world.add_integration(ways.service, "grafana")
    drawn: list[tuple[str, tuple[Any, ...], Any]] = []
    every: Any = list(HealthCheck)

    @settings(max_examples=CASES, deadline=None, suppress_health_check=every, database=None)
    @given(cases())
    def collect(case: tuple[str, tuple[Any, ...], Any]) -> None:
        drawn.append(case)

    collect()
    refused = 0
    for n, (name, path, odd) in enumerate(drawn):
        source = name.split()[0]
        body = json.dumps(damaged(named(BODIES[name], n), path, odd)).encode()
        answer = await ways.send(ways.path(source), body)
        if answer.status_code == 400:
            assert (source, path in PAGERDUTY) == ("pagerduty", True), (path, odd, answer.text)
            refused += 1
            continue
        assert answer.status_code in (200, 202), (path, odd, answer.text)
        await ways.world.settle()
        if path == ("alerts",) and isinstance(odd, list):
            continue
        alerts = await ways.world.db.values(
            "SELECT incident.state FROM alert JOIN incident ON incident.id = alert.incident_id"
            " WHERE alert.closed_at IS NULL AND alert.last_event_id = (SELECT MAX(id) FROM event)"
        )
        wanted = 2 if source in ("alertmanager", "grafana") and path != ("alerts",) else 1
        wanted -= len(path) == 2 and path[0] == "alerts" and odd is GONE
        assert [state for (state,) in alerts] == ["triggered"] * wanted, (name, path, odd)
    await ways.world.parts.refusals.write()
    found = await ways.manager.get(f"/api/v1/integrations/{ways.integrations['pagerduty'].id}")
    assert found["health"]["refused"] == refused, "and what PagerDuty refuses is seen"


@pytest.mark.parametrize("source", ["events", "pagerduty"])
async def test_a_blank_key_is_none_so_that_two_faults_are_two(ways: Ways, source: str) -> None:
    payload = {"summary": "Disk full", "source": "db-1", "severity": "critical"}
    about = {"events": {"title": "Disk full"}, "pagerduty": {"event_action": "trigger", "payload": payload}}[source]
    for key in (" ", "\t", " "):
        assert (await ways.send(ways.path(source), {**about, "dedup_key": key})).status_code == 202
    await ways.world.settle()
    assert await ways.world.db.value("SELECT COUNT(*) FROM alert") == 3
