"""The account whose night `night` tells: its services, ways in, policies, teams and people."""

from datetime import timedelta
from typing import Any

from shared.domain.alerts import Severity
from shared.domain.differences import Difference
from shared.domain.paging.escalation import Level, Target
from shared.domain.pipeline.conditions import AlertCondition
from shared.domain.pipeline.grouping import Grouping
from shared.wire.audit import AuditEntry
from shared.wire.channels import Channel
from shared.wire.escalation_policies import EscalationPolicy
from shared.wire.events import EventDetail, ReceivedEvent
from shared.wire.lists import Ref
from shared.wire.notifications import NotificationItem
from shared.wire.people import Member, Team, User
from shared.wire.search import Found
from shared.wire.services import (
    Integration,
    LevelNow,
    RecentIncident,
    Refusal,
    Service,
    ServiceNow,
    Silence,
    Source,
    WayHealth,
)
from tests.kit.night import ANA, BO, DATA, JONAS, MEI, NOW, PAYMENTS, PLATFORM, PRIMARY, SECONDARY, ago, incidents

ADDRESS = "https://dogwatch.nordwind.example/ingest"
SETUP = (
    "Add a receiver to alertmanager.yml and point a route at it:\n\n"
    "    receivers:\n      - name: dogwatch\n        webhook_configs:\n"
    "          - url: {}\n            send_resolved: true"
)


def service(id: str, name: str, team: Ref, **given: Any) -> Service:
    fields: dict[str, Any] = {
        "policy_id": "p-pay",
        "description": "",
        "runbook_url": "",
        "grouping": Grouping(),
        "rev": 3,
    }
    return Service(id=id, name=name, team_id=team.id, **{**fields, **given})


def services() -> list[Service]:
    return [
        service(
            "svc-checkout",
            "checkout-api",
            PAYMENTS,
            description="Takes orders and money.",
            runbook_url="https://wiki.nordwind.example/checkout",
        ),
        service("svc-relay", "webhook-relay", PAYMENTS, grouping=Grouping(by="labels", labels=("region",))),
        service("svc-pg", "postgres", PAYMENTS),
        service("svc-net", "network", PLATFORM, policy_id="p-plat"),
        service("svc-edge", "edge", PLATFORM, policy_id=None),
    ]


def integration(id: str, name: str, source: str, service_id: str, minutes: float | None, **given: Any) -> Integration:
    url = f"{ADDRESS}/{source}/gf-7K4M2Q9XW3"
    fields: dict[str, Any] = {
        "key": "gf-7K4M2Q9XW3",
        "ingest_url": url,
        "setup": SETUP.format(url),
        "config": {},
        "rev": 2,
    }
    last = None if minutes is None else ago(minutes)
    return Integration(
        id=id, name=name, source=source, service_id=service_id, last_event_at=last, **{**fields, **given}
    )


def refusals() -> WayHealth:
    """Of a script that sends an empty title now and then, always under the same Idempotency-Key."""
    told = [("invalid", 400, "title is required to trigger"), ("too_large", 413, "at most 262144 bytes")]
    reasons = [
        Refusal(at=ago(12 + n), status=status, code=code, message=message)
        for n, (code, status, message) in enumerate(told)
    ]
    return WayHealth(refused=14, since=ago(90), last_at=ago(12), reasons=reasons, reused_keys=3, unreadable=2)


def integrations() -> list[Integration]:
    return [
        integration(
            "i-grafana", "Grafana eu-west", "grafana", "svc-checkout", 2, config={"severity_label": "severity"}
        ),
        integration("i-am", "Alertmanager prod", "alertmanager", "svc-pg", 3),
        integration("i-pingdom", "Pingdom", "events", "svc-edge", 41),
        integration("i-backup", "Backup script", "events", "svc-pg", 60 * 26, health=refusals()),
        integration("i-zabbix", "Zabbix warehouse", "events", "svc-net", None),
    ]


def sources() -> list[Source]:
    schema = {
        "type": "object",
        "required": ["severity_label"],
        "properties": {
            "severity_label": {
                "type": "string",
                "default": "severity",
                "x-title": {"en": "Severity label", "zh": "严重程度标签"},
                "x-description": {
                    "en": "Which label decides how loud an alert is.",
                    "zh": "由哪个标签决定告警的级别。",
                },
            },
            "unknown": {
                "enum": ["critical", "warning", "info"],
                "default": "warning",
                "x-title": {"en": "A missing one means", "zh": "没有标签时视为"},
            },
            "close": {
                "type": "boolean",
                "default": True,
                "x-title": {"en": "Close with Grafana", "zh": "随 Grafana 关闭"},
                "x-description": {
                    "en": "Resolve the incident when all its alerts are resolved.",
                    "zh": "全部告警恢复后，故障随之解决。",
                },
            },
        },
    }
    plain: dict[str, Any] = {"type": "object", "properties": {}}
    return [
        Source(source="alertmanager", title=_both("Prometheus Alertmanager"), setup={}, schema=plain),
        Source(
            source="events", title={"en": "Any script, with curl", "zh": "任意脚本（curl）"}, setup={}, schema=plain
        ),
        Source(source="grafana", title=_both("Grafana"), setup={}, schema=schema),
        Source(source="pagerduty", title=_both("PagerDuty Events API"), setup={}, schema=plain),
    ]


def _both(title: str) -> dict[str, str]:
    return {"en": title, "zh": title}


def policies() -> list[EscalationPolicy]:
    return [
        EscalationPolicy(
            id="p-pay",
            name="Payments 24×7",
            team_id=PAYMENTS.id,
            levels=(
                Level(targets=(Target(kind="schedule", id=PRIMARY.id),), delay_s=300),
                Level(targets=(Target(kind="schedule", id=SECONDARY.id), Target(kind="user", id=BO.id)), delay_s=420),
                Level(targets=(Target(kind="team", id=PAYMENTS.id),), delay_s=600),
            ),
            rounds=2,
            rev=4,
        ),
        EscalationPolicy(
            id="p-plat",
            name="Platform working hours",
            team_id=PLATFORM.id,
            levels=(Level(targets=(Target(kind="user", id=MEI.id),), delay_s=900),),
            rounds=1,
            rev=1,
        ),
    ]


def teams() -> list[Team]:
    return [
        Team(id=PAYMENTS.id, name=PAYMENTS.name, is_private=False, rev=1, members=3, may_edit_members=True),
        Team(id=PLATFORM.id, name=PLATFORM.name, is_private=False, rev=1, members=1, may_edit_members=True),
        Team(id=DATA.id, name=DATA.name, is_private=True, rev=2, may_edit_members=True),
    ]


def members() -> dict[str, list[Member]]:
    def member(ref: Ref, *, is_manager: bool = False) -> Member:
        return Member(user_id=ref.id, name=ref.name, is_manager=is_manager)

    return {
        PAYMENTS.id: [member(JONAS), member(BO), member(ANA, is_manager=True)],
        PLATFORM.id: [member(MEI, is_manager=True)],
        DATA.id: [],
    }


def users() -> list[User]:
    def user(ref: Ref, email: str, role: Any, **given: Any) -> User:
        fields: dict[str, Any] = {"language": "en", "time_zone": "Europe/Berlin", "deactivated_at": None, "rev": 1}
        return User(id=ref.id, name=ref.name, email=email, role=role, **{**fields, **given})

    return [
        user(ANA, "ana@nordwind.example", "admin", teams=[PAYMENTS]),
        user(JONAS, "responder@example.com", "responder", teams=[PAYMENTS]),
        user(BO, "bo@nordwind.example", "manager", has_totp=True, teams=[PAYMENTS]),
        user(MEI, "mei@nordwind.example", "responder", language="zh", teams=[PLATFORM]),
        user(Ref("u-tom", "Tom Okafor"), "tom@nordwind.example", "viewer", deactivated_at=NOW - timedelta(days=40)),
    ]


def service_now() -> ServiceNow:
    return ServiceNow(
        triggered=1,
        acknowledged=0,
        severity=Severity.CRITICAL,
        policy=Ref("p-pay", "Payments 24×7"),
        levels=[
            LevelNow(level=1, delay_s=300, targets=[PRIMARY], people=[JONAS]),
            LevelNow(level=2, delay_s=420, targets=[SECONDARY, BO], people=[BO]),
            LevelNow(level=3, delay_s=600, targets=[PAYMENTS], people=[]),
        ],
        integrations=[Ref("i-grafana", "Grafana eu-west")],
        recent=[
            recent(4821, "Checkout errors above 5 % in eu-west", "triggered", 2),
            recent(4790, "Checkout latency p99 above 2 s", "resolved", 60 * 26),
        ],
        last_alert_at=ago(2),
    )


def recent(number: int, title: str, state: str, minutes: float) -> RecentIncident:
    return RecentIncident(
        id=f"inc-{number}",
        number=number,
        title=title,
        severity=Severity.CRITICAL,
        state=state,
        triggered_at=ago(minutes),
        resolved_at=ago(minutes - 30) if state == "resolved" else None,
    )


def received() -> list[ReceivedEvent]:
    def event(id: str, minutes: float, state: Any, **given: Any) -> ReceivedEvent:
        fields: dict[str, Any] = {"bytes": 1204, "alerts": 1, "dropped": 0, "error": None}
        ref = Ref("i-grafana", "Grafana eu-west")
        return ReceivedEvent(
            id=id, integration=ref, source="grafana", received_at=ago(minutes), state=state, **{**fields, **given}
        )

    return [
        event("e-3", 2, "done", alerts=3, bytes=3120),
        event("e-2", 31, "failed", alerts=0, bytes=212, error="alerts: expected an array, got a string"),
        event("e-1", 60 * 5, "dropped", alerts=0),
    ]


def payload(event: ReceivedEvent) -> EventDetail:
    fields = {name: getattr(event, name) for name in ReceivedEvent.__struct_fields__}
    body = '{"alerts": [{"status": "firing", "labels": {"alertname": "CheckoutErrors", "severity": "critical"}}]}'
    headers = {"content-type": "application/json", "user-agent": "Grafana"}
    return EventDetail(**fields, headers=headers, body=body, body_base64=None, news=[])


def channels() -> list[Channel]:
    host = {"type": "string", "x-title": {"en": "Email server", "zh": "邮件服务器"}}
    password = {"type": "string", "writeOnly": True, "x-title": {"en": "Password", "zh": "密码"}}
    schema = {"type": "object", "required": ["host"], "properties": {"host": host, "password": password}}
    fields: dict[str, Any] = {"config": {}, "has": [], "config_schema": {}, "last_failure_at": None, "rev": 0}
    fields |= {"last_failure_reason": None, "last_success_at": ago(4), "is_configured": True, "source": "environment"}
    mail: dict[str, Any] = {
        "source": "here",
        "config": {"host": "mail.nordwind.example"},
        "has": ["password"],
        "config_schema": schema,
        "rev": 3,
    }
    return [
        Channel(slug="email", title={"en": "Email", "zh": "邮件"}, **(fields | mail)),
        Channel(slug="push", title={"en": "Push", "zh": "推送"}, **fields),
    ]


def notification(state: Any) -> NotificationItem:
    """A test message as far as it got."""
    fields: dict[str, Any] = dict.fromkeys(NotificationItem.__struct_fields__)
    fields |= {
        "id": "n-1",
        "kind": "test",
        "state": state,
        "channel": "email",
        "label": "a…@example.com",
        "user": JONAS,
    }
    fields |= {"attempts": 1, "created_at": NOW, "due_at": NOW}
    return NotificationItem(**fields)


def found(text: str) -> list[Found]:
    """What a search for the text shows."""
    every = [
        *(
            Found(
                kind="incident",
                id=each.id,
                name=each.title,
                note=each.service.name if each.service is not None else "",
                number=each.number,
                severity=each.severity,
                state=each.state,
                triggered_at=each.triggered_at,
            )
            for each in incidents()
        ),
        *(Found(kind="service", id=each.id, name=each.name, note="Payments") for each in services()),
        *(Found(kind="integration", id=each.id, name=each.name) for each in integrations()),
        *(Found(kind="escalation_policy", id=each.id, name=each.name) for each in policies()),
        *(Found(kind="team", id=each.id, name=each.name) for each in teams()),
        *(Found(kind="user", id=each.id, name=each.name, note=each.email) for each in users()),
    ]
    return [each for each in every if text.lower() in f"{each.name} {each.number or ''}".lower()]


def entry(id: str, days: float, actor: Ref, verb: str, about: tuple[str, str, str], *diff: Difference) -> AuditEntry:
    kind, ident, name = about
    return AuditEntry(
        id=id,
        at=NOW - timedelta(days=days),
        actor_kind="user",
        actor_id=actor.id,
        actor_name=actor.name,
        verb=verb,
        object_kind=kind,
        object_id=ident,
        object_name=name,
        team_id=PAYMENTS.id,
        differences=list(diff),
    )


def audit() -> list[AuditEntry]:
    checkout, policy = ("service", "svc-checkout", "checkout-api"), ("escalation_policy", "p-pay", "Payments 24×7")
    grafana = ("integration", "i-grafana", "Grafana eu-west")
    return [
        entry(
            "a-6", 0.4, ANA, "changed", policy, Difference("levels[0].delay_s", 600, 300), Difference("rounds", 1, 2)
        ),
        entry("a-5", 3, JONAS, "changed", checkout, Difference("policy_id", None, "p-pay")),
        entry("a-4", 6, ANA, "changed", grafana, Difference("config.severity_label", "level", "severity")),
        entry("a-3", 18, ANA, "made", grafana, Difference("", None, {"name": "Grafana eu-west", "source": "grafana"})),
        entry("a-2", 19, ANA, "made", checkout, Difference("", None, {"name": "checkout-api", "team_id": PAYMENTS.id})),
        entry("a-1", 20, ANA, "made", policy, Difference("", None, {"name": "Payments 24×7", "rounds": 1})),
    ]


def silences() -> list[Silence]:
    """One for the nightly backup of Payments."""
    conditions = ((AlertCondition(key="labels.job", values=("backup",)),),)
    return [
        Silence(
            id="sil-backup",
            team_id=PAYMENTS.id,
            service_id=None,
            comment="Nightly backup",
            conditions=conditions,
            starts_at=NOW - timedelta(hours=1),
            ends_at=NOW + timedelta(hours=3),
            created_by=ANA.id,
            rev=1,
        )
    ]
