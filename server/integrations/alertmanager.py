"""Alertmanager's webhook, version 4: every alert of a notification on its own."""

from collections.abc import Iterator
from datetime import datetime
from functools import cache
from itertools import islice
from typing import Any, TypeVar, cast

import msgspec
from msgspec import Raw, Struct

from server.integrations import clean
from server.integrations.base import (
    INTEGRATIONS,
    MIB,
    SAMPLE_KEY,
    SAMPLE_TITLE,
    Accepted,
    BadEvent,
    Envelope,
    Integration,
)
from shared.domain.alerts import Action, Event, Severity

Labels = dict[str, Any]
SEVERITY_LABELS = ("severity", "priority", "level")
TITLE_ANNOTATIONS = ("summary", "title", "message")
WHERE_LABELS = ("instance", "pod", "host", "hostname", "node", "container", "deployment", "job")
LINK_ANNOTATIONS = (
    ("Runbook", ("runbook_url", "runbook")),
    ("Dashboard", ("dashboard_url", "dashboardURL", "dashboard")),
)
TITLE_LABELS = 4
MAX_ODD = 2_000
UNREADABLE = "Unreadable alert from Alertmanager"


class Notification(Struct):
    """The frame; alerts stay bytes until they are parsed."""

    alerts: Raw = Raw()
    status: Any = None
    receiver: Any = None
    groupKey: Any = None
    externalURL: Any = None
    truncatedAlerts: Any = None


class Alert(Struct):
    labels: Labels | None = None
    annotations: Labels | None = None
    status: str | None = None
    startsAt: str | None = None
    endsAt: str | None = None
    generatorURL: str | None = None
    fingerprint: Any = None
    odd: Any = msgspec.field(default=None, name="dogwatch.odd")
    """What it was, where it was no alert as Alertmanager writes it."""
    unread: dict[str, Any] = msgspec.field(default_factory=dict[str, Any], name="dogwatch.unread")
    """Its fields that are of another type than Alertmanager writes."""


@INTEGRATIONS.member
class Alertmanager(Integration):
    slug = "alertmanager"
    title = {"en": "Prometheus Alertmanager", "zh": "Prometheus Alertmanager"}
    max_body_bytes = 16 * MIB
    can_retry_4xx = False
    setup = {
        "en": (
            "Add a receiver to alertmanager.yml and point a route at it:\n\n"
            "    receivers:\n      - name: dogwatch\n        webhook_configs:\n"
            "          - url: {ingest_url}\n            send_resolved: true\n            max_alerts: 2000\n\n"
            "A body over 16 MiB is refused and Alertmanager does not send it again. max_alerts keeps bodies below "
            "that; what it cuts off is only counted, so let group_by make groups of fewer alerts than that."
        ),
        "zh": (
            "在 alertmanager.yml 中添加一个接收器，并让路由指向它：\n\n"
            "    receivers:\n      - name: dogwatch\n        webhook_configs:\n"
            "          - url: {ingest_url}\n            send_resolved: true\n            max_alerts: 2000\n\n"
            "超过 16 MiB 的请求会被拒绝，Alertmanager 也不会重发。max_alerts 可避免超限；被它截断的告警只计数，"
            "因此请用 group_by 让每组告警少于此数。"
        ),
    }

    def sample(self, at: datetime, *, is_over: bool) -> bytes:
        status = "resolved" if is_over else "firing"
        alert = {
            "status": status,
            "labels": {"alertname": "DogwatchTest", "severity": "info", "instance": "dogwatch"},
            "annotations": {"summary": SAMPLE_TITLE},
            "startsAt": at.isoformat(),
            "endsAt": at.isoformat() if is_over else "0001-01-01T00:00:00Z",
            "generatorURL": "",
            "fingerprint": SAMPLE_KEY,
        }
        frame = {"version": "4", "receiver": "dogwatch", "truncatedAlerts": 0, "groupKey": "{}"}
        return msgspec.json.encode({**frame, "status": status, "alerts": [alert]})

    def check(self, envelope: Envelope) -> Accepted:
        clean.refuse_unwieldy(envelope.body)
        clean.read_json(envelope.body, Notification)
        return Accepted()

    def parse(self, envelope: Envelope) -> list[Event]:
        frame = clean.read_json(envelope.body, Notification)
        if not bytes(frame.alerts):
            raise BadEvent("alerts", "required", "alerts is missing")
        shared = shared_details(frame)
        return [event_of(alert, shared, frame, envelope.received_at) for alert in alerts_of(frame, Alert)]


A = TypeVar("A", bound=Alert)


def alerts_of(frame: Notification, shape: type[A]) -> list[A]:
    """All alerts, or, when one of them is odd, each as far as it can be read."""
    try:
        return _decoder(shape).decode(frame.alerts)
    except ValueError:
        return [_lenient(item, shape) for item in clean.read_json(bytes(frame.alerts), list[Any])]


def unreadable(alert: Alert) -> Event:
    """What stands for an alert that nothing names."""
    given = {name: value for name, value in msgspec.structs.asdict(alert).items() if value}
    return Event(
        action=Action.TRIGGER,
        dedup_key=UNREADABLE,
        title=UNREADABLE,
        description=clean.text(alert.odd if alert.odd is not None else given, MAX_ODD),
        is_unreadable=True,
    )


@cache
def _decoder(shape: type[A]) -> msgspec.json.Decoder[list[A]]:
    return msgspec.json.Decoder(list[shape])


def _lenient(item: object, shape: type[A]) -> A:
    given = cast(dict[str, Any], item) if isinstance(item, dict) else {}
    readable: dict[str, Any] = {}
    unread: dict[str, Any] = {}
    for field in msgspec.structs.fields(shape):
        if field.name in given and field.name == field.encode_name:
            try:
                readable[field.name] = msgspec.convert(given[field.name], field.type)
            except ValueError:
                unread[field.name] = given[field.name]
    return shape(**readable, odd=item, unread=unread)


def shared_details(frame: Notification) -> dict[str, Any]:
    """What the frame says about each of its alerts."""
    details: dict[str, Any] = {}
    if frame.groupKey:
        details["group_key"] = clean.text(frame.groupKey, clean.MAX_DETAIL_TEXT)
    if frame.receiver:
        details["receiver"] = clean.text(frame.receiver, clean.MAX_NAME)
    if frame.truncatedAlerts:
        details["truncated_alerts"] = clean.text(frame.truncatedAlerts, clean.MAX_NAME)
    return details


def event_of(alert: Alert, shared: dict[str, Any], frame: Notification, received_at: datetime) -> Event:
    labels = clean.label_map(alert.labels)
    annotations = alert.annotations or {}
    details = shared | {"annotations": clean.detail_map(annotations)} if annotations else dict(shared)
    is_resolved = _is_resolved(alert.status) if alert.status else _is_resolved(frame.status)
    check = labels.get("alertname", "")
    source = next((labels[name] for name in WHERE_LABELS if name in labels), "")
    title = title_of(annotations, labels, check, source) or clean.text(alert.fingerprint, clean.MAX_TITLE)
    if not title:
        return unreadable(alert)
    links, others = clean.links_of(_links(alert.generatorURL, annotations, frame.externalURL))
    starts_at = clean.moment(alert.startsAt, received_at)
    if alert.unread or starts_at in (None, received_at):
        details = clean.with_oddities(details, _odd(alert, received_at))
    return Event(
        action=Action.RESOLVE if is_resolved else Action.TRIGGER,
        dedup_key=clean.alert_key(alert.fingerprint) or clean.key_of_labels(alert.labels or {"": title}),
        title=title,
        severity=severity_of(labels),
        says_severity=any(labels.get(name) for name in SEVERITY_LABELS),
        description=clean.text(annotations.get("description"), clean.MAX_DESCRIPTION),
        check=check[: clean.MAX_NAME],
        source=source[: clean.MAX_NAME],
        labels=labels,
        details=clean.with_links(details, others),
        links=links,
        starts_at=starts_at,
        ends_at=clean.moment(alert.endsAt, received_at) if is_resolved else None,
    )


def _odd(alert: Alert, received_at: datetime) -> dict[str, Any]:
    if not clean.is_odd_moment(alert.startsAt, received_at):
        return alert.unread
    return {**alert.unread, "startsAt": alert.startsAt}


def _is_resolved(status: object) -> bool:
    return isinstance(status, str) and status.strip().lower() == "resolved"


def title_of(annotations: Labels, labels: dict[str, str], check: str, source: str) -> str:
    """What somebody wrote about it, or else what it is called, or else its labels; empty when nothing names it."""
    for name in TITLE_ANNOTATIONS:
        title = clean.text(annotations.get(name), clean.MAX_TITLE).strip()
        if title:
            return title
    named = f"{check} ({source})" if check and source else check or source
    named = named.strip() or ", ".join(f"{name}={value}" for name, value in islice(labels.items(), TITLE_LABELS))
    return clean.text(named, clean.MAX_TITLE)


def severity_of(labels: dict[str, str]) -> Severity:
    """The first label that we can read; a word that nobody knows, as no word at all, is warning."""
    given = (labels[name] for name in SEVERITY_LABELS if labels.get(name))
    return next((found for found in map(clean.severity, given) if found), Severity.WARNING)


def _links(generator: object, annotations: Labels, external: object) -> Iterator[tuple[str, object]]:
    yield "Source", generator
    for words, names in LINK_ANNOTATIONS:
        yield words, next((href for name in names if clean.is_web_address(href := annotations.get(name))), None)
    yield "Alertmanager", external
