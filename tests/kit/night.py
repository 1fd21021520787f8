"""One night on call, told in the API's structs: what the fake server answers with."""

from datetime import UTC, datetime, timedelta
from typing import Any

from shared.domain.alerts import Link as ChangeLink
from shared.domain.incidents.allowed_verbs import Situation, legal_verbs
from shared.wire.incidents import (
    Actor,
    Alert,
    Escalation,
    EscalationStep,
    EscalationTarget,
    Incident,
    Link,
    NextPage,
    Responder,
    SimilarIncident,
    TimelineEntry,
    Why,
)
from shared.wire.lists import Ref
from shared.wire.on_call import MyOnCall, MyWatch, NextWatch, OnCallNow, OnCallPerson
from shared.wire.outbox import OutboxItem
from shared.wire.services import ServiceChange

NOW = datetime(2026, 11, 21, 2, 12, 20, tzinfo=UTC)

JONAS = Ref("u-jonas", "Jonas Keller")
BO = Ref("u-bo", "Bo Lindqvist")
ANA = Ref("u-ana", "Ana Ruiz")
MEI = Ref("u-mei", "Mei Chen")
PAYMENTS = Ref("t-pay", "Payments")
PLATFORM = Ref("t-plat", "Platform")
DATA = Ref("t-data", "Data")
PRIMARY = Ref("s-pay-1", "Payments primary")
SECONDARY = Ref("s-pay-2", "Payments secondary")
POLICY = Ref("p-pay", "Payments 24×7")
GRAFANA = Ref("i-grafana", "Grafana eu-west")


def ago(minutes: float) -> datetime:
    return NOW - timedelta(minutes=minutes)


def ahead(minutes: float) -> datetime:
    return NOW + timedelta(minutes=minutes)


def escalation(*, running: bool) -> Escalation:
    """Three levels of the payments policy, the first running."""
    who = [[JONAS], [BO], [ANA, MEI]]
    targets = [PRIMARY, SECONDARY, Ref("t-leads", "Payments leads")]
    steps = [
        EscalationStep(
            level=i + 1,
            state="now" if i == 0 and running else "done" if i == 0 else "next",
            at=ago(2) if i == 0 else ahead(4.17 + 5 * (i - 1)),
            targets=[EscalationTarget(kind="schedule", id=targets[i].id, name=targets[i].name, people=who[i])],
        )
        for i in range(3)
    ]
    return Escalation(
        policy=POLICY,
        state="running" if running else "stopped",
        level=1,
        levels=3,
        next_at=ahead(4.17) if running else None,
        steps=steps,
    )


def incident(number: int, title: str, **given: Any) -> Incident:
    """An incident with what most of them have."""
    state = given.get("state", "triggered")
    triggered = state == "triggered"
    fields: dict[str, Any] = {
        "id": f"inc-{number}",
        "number": number,
        "title": title,
        "severity": "critical",
        "state": "triggered",
        "service": Ref("svc-checkout", "checkout-api"),
        "team": PAYMENTS,
        "triggered_at": ago(2),
        "alert_count": 1,
        "open_alert_count": 1,
        "rev": 3,
        "integration": GRAFANA,
        "source": "grafana",
        "escalation": escalation(running=triggered),
        "why": [],
    }
    fields["can"] = legal_verbs(Situation(state=state), now=NOW)
    return Incident(**{**fields, **given})


def incidents() -> list[Incident]:
    """One that waits for Jonas, and what can wait."""
    return [
        incident(
            4821,
            "Checkout errors above 5 % in eu-west",
            alert_count=3,
            open_alert_count=3,
            paging=[JONAS],
            next=NextPage(at=ahead(4.17), level=2, names=[BO.name], people=[BO]),
            waits_for_me=True,
            why=[Why(level=1, policy=POLICY, schedule=PRIMARY, team=PAYMENTS, until=ahead(348))],
            responders=[Responder(user=JONAS, state="paged", at=ago(1.9))],
            followers=[MEI],
        ),
        incident(
            4820,
            "Payment webhooks delayed by 11 min",
            service=Ref("svc-relay", "webhook-relay"),
            state="acknowledged",
            triggered_at=ago(18),
            acknowledged_at=ago(14),
            acknowledged_by=ANA,
            responders=[
                Responder(user=ANA, state="acknowledged", at=ago(14)),
                Responder(user=BO, state="unreachable", at=ago(12), asked_by=ANA),
            ],
            alert_count=2,
            open_alert_count=2,
        ),
        incident(
            4818,
            "Disk 91 % full on pg-payments-2",
            severity="warning",
            service=Ref("svc-pg", "postgres"),
            triggered_at=ago(41),
            paging=[MEI],
        ),
        incident(
            4815,
            "Uplink lost at sw-ams-2, 41 hosts unreachable from the monitoring network",
            service=Ref("svc-net", "network"),
            team=PLATFORM,
            state="acknowledged",
            triggered_at=ago(66),
            acknowledged_at=ago(60),
            acknowledged_by=MEI,
            alert_count=214,
            open_alert_count=120,
        ),
        incident(
            4809,
            "Certificate pay.nordwind.example expires in 13 days",
            severity="info",
            service=Ref("svc-edge", "edge"),
            triggered_at=ago(190),
            escalation=Escalation(policy=None, state="none", level=0, levels=0, next_at=None, steps=[]),
        ),
    ]


def similar() -> list[SimilarIncident]:
    """One that was solved and told, one of which nobody wrote."""
    return [
        SimilarIncident(
            id="inc-4410",
            number=4410,
            title="Checkout errors above 5 % in eu-west",
            severity="critical",
            triggered_at=ago(60 * 24 * 50),
            resolved_at=ago(60 * 24 * 50 - 23),
            resolved_by=ANA,
            method="Rolled back the release.",
            lessons="The release label had changed then too.",
        ),
        SimilarIncident(
            id="inc-4102",
            number=4102,
            title="Checkout errors above 5 % in eu-west",
            severity="warning",
            triggered_at=ago(60 * 24 * 93),
            resolved_at=ago(60 * 24 * 93 - 8),
        ),
    ]


def changes() -> list[ServiceChange]:
    """A deployment a little before the checkout incident."""
    return [
        ServiceChange(
            id="chg-1",
            summary="checkout-api 4.2 deployed to eu-west",
            source="Nordwind CI",
            details={"build": 42},
            links=[ChangeLink("Build 42", "https://ci.nordwind.example/builds/42")],
            happened_at=ago(26),
            integration=Ref("i-ci", "CI"),
        )
    ]


def alerts() -> list[Alert]:
    """Three alerts of the checkout incident."""
    base: dict[str, Any] = {
        "severity": "critical",
        "last_at": ago(0.5),
        "closed_at": None,
        "silenced": False,
        "integration": GRAFANA,
    }
    return [
        Alert(
            id="a-1",
            title="Error ratio, POST /checkout",
            description="8.2 % of requests failed in the last 5 minutes; the limit is 5 %.",
            dedup_key="checkout-errors",
            labels={"region": "eu-west-1", "env": "prod", "release": "2026.11.20-4"},
            links=[
                Link(text="Runbook", href="https://wiki.nordwind.example/checkout"),
                Link(text="Graph", href="https://grafana.nordwind.example/d/1"),
            ],
            count=6,
            starts_at=ago(2),
            **base,
        ),
        Alert(
            id="a-2",
            title="p99 latency above 2 s",
            description="",
            dedup_key="p99",
            labels={"region": "eu-west-1"},
            links=[],
            count=2,
            starts_at=ago(1.6),
            **base,
        ),
        Alert(
            id="a-3",
            title="Cart 5xx",
            description="",
            dedup_key="cart",
            labels={},
            links=[],
            count=1,
            starts_at=ago(1.2),
            **base,
        ),
    ]


def timeline() -> list[TimelineEntry]:
    """What happened to the checkout incident."""
    system, grafana = (
        Actor(kind="system", id=None, name="Dogwatch"),
        Actor(kind="integration", id=GRAFANA.id, name=GRAFANA.name),
    )
    leveled = ago(2 - 2 * 0.2).isoformat().replace("+00:00", "Z")
    told: list[tuple[Actor, str, dict[str, Any]]] = [
        (grafana, "opened", {"title": "Error ratio", "source": "grafana", "integration": "eu-west"}),
        (grafana, "alerts_joined", {"count": 2, "title": "p99 latency above 2 s"}),
        (
            system,
            "level_paged",
            {"level": 1, "levels": 3, "people": ["Jonas Keller"], "targets": ["Payments primary"]},
        ),
        (
            system,
            "page_accepted",
            {"person": "Jonas Keller", "channel": "push", "label": "Pixel 9", "took_ms": 1830, "paged_at": leveled},
        ),
        (
            system,
            "page_failed",
            {
                "person": "Jonas Keller",
                "channel": "email",
                "label": "j…@nordwind.example",
                "reason": "timeout",
                "permanent": False,
                "paged_at": leveled,
            },
        ),
        (Actor(kind="user", id=BO.id, name=BO.name), "escalated", {"level": 2, "levels": 3}),
    ]
    return [
        TimelineEntry(n=i + 1, at=ago(2 - i * 0.2), actor=actor, kind=kind, args=args)
        for i, (actor, kind, args) in enumerate(told)
    ]


def outbox() -> list[OutboxItem]:
    """A push to each of two phones and a mail."""
    title, body = (
        "Checkout errors above 5 % in eu-west",
        "checkout-api · 3 alerts · Bo is paged in 5 min",
    )
    about: dict[str, Any] = {
        "kind": "page",
        "title": title,
        "severity": "critical",
        "incident_id": "inc-4821",
        "incident_number": 4821,
    }
    earlier: dict[str, Any] = about | {
        "title": "Payment webhooks delayed by 11 min",
        "incident_id": "inc-4820",
        "incident_number": 4820,
    }
    return [
        OutboxItem(
            id="o-1",
            channel="push",
            to="Pixel 9",
            person="Jonas Keller",
            at=ago(2),
            state="accepted",
            body=body,
            verbs=["acknowledge", "escalate"],
            action_token="tok-1",
            raw='{"message": {"token": "…"}}',
            **about,
        ),
        OutboxItem(
            id="o-2",
            channel="push",
            to="iPhone 17",
            person="Bo Lindqvist",
            at=ago(18),
            state="accepted",
            body="webhook-relay · 2 alerts",
            verbs=["acknowledge"],
            action_token="tok-2",
            raw="{}",
            **earlier,
        ),
        OutboxItem(
            id="o-3",
            channel="email",
            to="jonas@nordwind.example",
            person="Jonas Keller",
            at=ago(1),
            state="accepted",
            body=f"{title}\n\nAcknowledge: https://…",
            verbs=[],
            action_token=None,
            raw=f"Subject: {title}\n\ncheckout-api, 3 alerts",
            **about,
        ),
        OutboxItem(
            id="o-4",
            channel="webhook",
            to="https://hooks.nordwind.example/pager",
            person="Payments",
            at=ago(1),
            state="failed",
            body="incident.triggered",
            verbs=[],
            action_token=None,
            raw='{"event": "incident.triggered", "number": 4821}',
            **about,
        ),
    ]


def my_on_call() -> MyOnCall:
    """Jonas holds the primary until nine."""
    watch = MyWatch(schedule=PRIMARY, team=PAYMENTS, role="primary", since=ago(1092), until=ahead(347.67), then=[ANA])
    return MyOnCall(
        watches=[watch],
        next=NextWatch(schedule=SECONDARY, start=ahead(3227.67), end=ahead(6107.67)),
        unreachable=None,
    )


def on_call_now() -> list[OnCallNow]:
    """Three schedules held, one with a gap."""
    return [
        OnCallNow(
            schedule=PRIMARY,
            team=PAYMENTS,
            people=[OnCallPerson(user=JONAS, role="primary", until=ahead(347.67))],
            gap_until=None,
        ),
        OnCallNow(
            schedule=SECONDARY,
            team=PAYMENTS,
            people=[OnCallPerson(user=BO, role="secondary", until=ahead(3227.67))],
            gap_until=None,
        ),
        OnCallNow(
            schedule=Ref("s-plat", "Platform"),
            team=PLATFORM,
            people=[OnCallPerson(user=MEI, role=None, until=ahead(287.67))],
            gap_until=None,
        ),
        OnCallNow(schedule=Ref("s-data", "Data nights"), team=DATA, people=[], gap_until=ahead(3227.67)),
    ]
