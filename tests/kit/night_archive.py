"""What was received in the night that `night` tells: alerts with every outcome, events in every state."""

from typing import Any, cast

from shared.domain.alerts import Action, Link, Severity
from shared.domain.pipeline.alert_changes import Change
from shared.wire.alerts import AlertDetail, IncidentRef
from shared.wire.events import EventDetail, EventPart, EventState
from shared.wire.lists import Ref
from tests.kit.night import GRAFANA, ago

CHECKOUT, PG, RELAY = Ref("svc-checkout", "checkout-api"), Ref("svc-pg", "postgres"), Ref("svc-relay", "webhook-relay")
PROM = Ref("i-prom", "Alertmanager ams")


def found_alerts() -> list[AlertDetail]:
    """One that paged, one silenced, one dropped, one over."""
    told: list[tuple[str, str, str, Ref, Ref, float, dict[str, Any]]] = [
        (
            "a-1",
            "Error ratio, POST /checkout",
            "critical",
            CHECKOUT,
            GRAFANA,
            2,
            {"incident": IncidentRef("inc-4821", 4821)},
        ),
        (
            "a-4",
            "Disk 91 % full on pg-payments-2",
            "warning",
            PG,
            PROM,
            41,
            {"incident": IncidentRef("inc-4818", 4818)},
        ),
        (
            "a-5",
            "Backup of pg-payments-2 runs long",
            "info",
            PG,
            PROM,
            64,
            {"silence": Ref("sil-1", "Nightly backups")},
        ),
        (
            "a-6",
            "Probe from the staging network failed",
            "warning",
            RELAY,
            PROM,
            95,
            {"dropped_by": Ref("r-2", "Drop staging")},
        ),
        (
            "a-7",
            "Replication lag above 30 s",
            "critical",
            PG,
            PROM,
            380,
            {"incident": IncidentRef("inc-4790", 4790), "closed_at": ago(352)},
        ),
    ]
    return [_found(*each) for each in told]


def _found(
    id: str, title: str, severity: Any, service: Ref, integration: Ref, minutes: float, given: dict[str, Any]
) -> AlertDetail:
    outcome = "silenced" if "silence" in given else "dropped" if "dropped_by" in given else "incident"
    plain: dict[str, Any] = {"closed_at": None, "incident": None, "dropped_by": None, "silence": None}
    return AlertDetail(
        id=id,
        title=title,
        severity=severity,
        outcome=outcome,
        service=service,
        integration=integration,
        source="grafana" if integration == GRAFANA else "alertmanager",
        labels={"region": "eu-west-1", "env": "prod"},
        count=6,
        received_at=ago(minutes),
        last_at=ago(0.5),
        description="8.2 % of requests failed in the last 5 minutes; the limit is 5 %." if id == "a-1" else "",
        dedup_key=f"{service.name}-{id}",
        check=title.split(",", maxsplit=1)[0],
        origin="prometheus-2",
        starts_at=ago(minutes),
        links=[Link(text="Runbook", href="https://wiki.nordwind.example/checkout")],
        details={},
        rules=[Ref("r-1", "Name the region")],
        first_event_id="ev-1",
        last_event_id="ev-2",
        changes=[
            Change(at=ago(minutes / 2), field="severity", was="warning", now="critical"),
            Change(at=ago(minutes / 2), field="labels.ratio", was="6.1", now="8.2"),
        ],
        **{**plain, **given},
    )


def received_events() -> list[EventDetail]:
    """One understood, one that pages nobody, one that could not be read."""
    body = '{"status": "firing", "alerts": [{"labels": {"alertname": "Error ratio", "region": "eu-west-1"}}]}'
    told: list[tuple[str, str, Ref, float, str | None, str]] = [
        ("ev-1", "done", GRAFANA, 2, None, body),
        ("ev-2", "dropped", PROM, 95, None, body),
        ("ev-3", "failed", PROM, 130, "line 1, column 2: this is not JSON", "<html>502 Bad Gateway</html>"),
    ]
    return [
        EventDetail(
            id=id,
            integration=integration,
            source="grafana" if integration == GRAFANA else "alertmanager",
            received_at=ago(minutes),
            state=cast(EventState, state),
            bytes=len(text),
            alerts=0 if error else 1,
            dropped=1 if state == "dropped" else 0,
            error=error,
            headers={"content-type": "application/json", "user-agent": "Grafana/11"},
            body=text,
            body_base64=None,
            news=[]
            if error
            else [
                EventPart(
                    action=Action.TRIGGER,
                    dedup_key="checkout-errors",
                    title="Error ratio, POST /checkout",
                    severity=Severity.CRITICAL,
                    alert_id="a-1" if state == "done" else None,
                    dropped="rule" if state == "dropped" else None,
                    rule=Ref("r-2", "Drop staging") if state == "dropped" else None,
                )
            ],
        )
        for id, state, integration, minutes, error, text in told
    ]
