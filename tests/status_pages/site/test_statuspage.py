"""JSON in the shape of Statuspage's public API v2."""

import json
from typing import Any

import pytest

from server.status_pages.site.statuspage import StatuspageFiles
from shared.domain.status.events import Impact
from tests.kit.nordwind_status import NOW, event, nordwind, said, site, utc


def shown(content: Any) -> dict[str, Any]:
    return {path: json.loads(file.body) for path, file in StatuspageFiles(content, NOW).files()}


def test_all_files_that_widgets_read_are_there() -> None:
    made = shown(nordwind())
    assert set(made) == {
        "api/v2/summary.json",
        "api/v2/status.json",
        "api/v2/components.json",
        "api/v2/incidents.json",
        "api/v2/incidents/unresolved.json",
        "api/v2/scheduled-maintenances.json",
        "api/v2/scheduled-maintenances/upcoming.json",
        "api/v2/scheduled-maintenances/active.json",
    }
    assert all(
        each["page"]["name"] == "Nordwind" and each["page"]["time_zone"] == "Europe/Berlin" for each in made.values()
    )


def test_the_summary_has_what_is_open_and_what_comes() -> None:
    summary = shown(nordwind())["api/v2/summary.json"]
    assert summary["status"] == {"indicator": "major", "description": "Partial System Outage"}
    (incident,) = summary["incidents"]
    assert (incident["status"], incident["impact"], incident["resolved_at"]) == ("identified", "major", None)
    assert [each["status"] for each in incident["incident_updates"]] == ["identified", "investigating", "investigating"]
    first = incident["incident_updates"][-1]
    assert first["created_at"] == first["display_at"] == "2026-11-28T13:55:00.000Z"
    assert first["affected_components"] == [
        {"code": "checkout", "name": "Card checkout", "old_status": "operational", "new_status": "partial_outage"}
    ]
    assert [each["name"] for each in incident["components"]] == ["Card checkout", "Webhooks"]
    (planned,) = summary["scheduled_maintenances"]
    assert (planned["status"], planned["impact"]) == ("scheduled", "maintenance")
    assert (planned["scheduled_for"], planned["scheduled_until"]) == (
        "2026-12-02T04:00:00.000Z",
        "2026-12-02T05:30:00.000Z",
    )


def test_groups_hold_their_components_and_are_as_bad_as_the_worst_of_them() -> None:
    components = {each["name"]: each for each in shown(nordwind())["api/v2/components.json"]["components"]}
    payments = components["Payments"]
    assert (payments["group"], payments["status"]) == (True, "partial_outage")
    assert payments["components"] == ["checkout", "wallets", "payouts", "webhooks"]
    assert components["Card checkout"]["group_id"] == payments["id"]
    assert components["Card checkout"]["start_date"] == "2025-01-01"


@pytest.mark.parametrize(
    ("impact", "indicator", "status"),
    [
        ("operational", "minor", "operational"),
        ("degraded_performance", "minor", "degraded_performance"),
        ("partial_outage", "major", "partial_outage"),
        ("full_outage", "critical", "major_outage"),
    ],
)
def test_impacts_are_called_as_there(impact: Impact, indicator: str, status: str) -> None:
    made = shown(site(event(1, "x", said(utc(11, 28, 10), "identified", "x", api=impact))))
    assert made["api/v2/status.json"]["status"]["indicator"] == indicator
    components = {each["id"]: each["status"] for each in made["api/v2/components.json"]["components"]}
    assert components["api"] == status


def test_maintenance_is_an_indicator_of_its_own() -> None:
    hours = {"starts_at": utc(11, 28, 14), "ends_at": utc(11, 28, 15)}
    begun = said(utc(11, 28, 14), "in_progress", "", api="under_maintenance")
    made = shown(site(event(1, "x", begun, kind="maintenance", **hours)))
    assert made["api/v2/status.json"]["status"]["indicator"] == "maintenance"
    assert len(made["api/v2/scheduled-maintenances/active.json"]["scheduled_maintenances"]) == 1
    assert shown(site())["api/v2/status.json"]["status"] == {
        "indicator": "none",
        "description": "All Systems Operational",
    }
