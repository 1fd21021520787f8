"""A rule is right for what it names, and what follows on a page follows from the incidents behind it."""

import pytest

from shared.domain.alerts import Severity
from shared.domain.status.events import EventStatus
from shared.domain.status.publishing import (
    IncidentOnCall,
    IncidentState,
    WantedIncident,
    WantedLabel,
    is_wanted,
    next_status,
)

EU = WantedLabel(label="region", value="eu")
PROD = WantedLabel(label="env", value="prod")


def wanted(*labels: WantedLabel, services: tuple[str, ...] = (), severity: Severity = Severity.INFO) -> WantedIncident:
    return WantedIncident(team_id="payments", service_ids=services, labels=labels, severity=severity)


def incident(
    *labels: dict[str, str], service: str | None = "checkout", team: str = "payments", severity: str = "warning"
) -> IncidentOnCall:
    return IncidentOnCall(service_id=service, team_id=team, severity=Severity(severity), labels=labels)


def test_services_or_else_the_team_of_the_page() -> None:
    assert is_wanted(wanted(services=("checkout", "api")), incident(team="other"))
    assert not is_wanted(wanted(services=("api",)), incident())
    assert not is_wanted(wanted(services=("api",)), incident(service=None))
    assert is_wanted(wanted(EU), incident({"region": "eu"}))
    assert not is_wanted(wanted(EU), incident({"region": "eu"}, team="other")), "labels reach into no other team"


def test_one_alert_must_have_all_labels() -> None:
    assert is_wanted(wanted(EU, PROD), incident({"region": "us"}, {"region": "eu", "env": "prod", "more": "x"}))
    assert not is_wanted(wanted(EU, PROD), incident({"region": "eu"}, {"env": "prod"}))
    assert not is_wanted(wanted(EU), incident())


@pytest.mark.parametrize(
    ("least", "severity", "is_so"),
    [("critical", "critical", True), ("critical", "warning", False), ("warning", "critical", True)],
)
def test_it_must_be_grave_enough(least: str, severity: str, is_so: bool) -> None:
    found = is_wanted(wanted(services=("checkout",), severity=Severity(least)), incident(severity=severity))
    assert found == is_so


@pytest.mark.parametrize(
    ("status", "states", "following"),
    [
        ("investigating", ("triggered",), "identified"),
        ("identified", ("acknowledged",), "monitoring"),
        ("monitoring", ("acknowledged",), "resolved"),
        ("investigating", ("resolved", "resolved"), "resolved"),
        ("investigating", ("resolved", "triggered"), "identified"),
        ("investigating", (), "identified"),
        ("resolved", ("resolved",), None),
        ("completed", ("resolved",), None),
    ],
)
def test_what_follows(status: EventStatus, states: tuple[IncidentState, ...], following: EventStatus | None) -> None:
    assert next_status(status, states) == following
