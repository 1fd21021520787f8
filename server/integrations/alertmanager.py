"""Alertmanager's webhook, version 4: every alert of a notification on its own."""

from datetime import datetime
from typing import Any, cast

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
from shared.domain.alerts import Action, Event, Link, Severity

Labels = dict[str, Any]
SEVERITY_LABELS = ("severity", "priority", "level")
TITLE_ANNOTATIONS = ("summary", "title", "message")
WHERE_LABELS = ("instance", "pod", "host", "hostname", "node", "container", "deployment", "job")
LINK_ANNOTATIONS = (
    ("Runbook", ("runbook_url", "runbook")),
    ("Dashboard", ("dashboard_url", "dashboardURL", "dashboard")),
)
UNREADABLE = "Unreadable alert from Alertmanager"


class _Notification(Struct):
    """The frame; alerts stay bytes until they are parsed."""

    alerts: Raw = Raw()
    status: Any = None
    receiver: Any = None
    groupKey: Any = None
    externalURL: Any = None
    truncatedAlerts: Any = None


class _Alert(Struct):
    labels: Labels | None = None
    annotations: Labels | None = None
    status: str | None = None
    startsAt: str | None = None
    endsAt: str | None = None
    generatorURL: str | None = None
    fingerprint: str | None = None


_ALERTS = msgspec.json.Decoder(list[_Alert])


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
            "          - url: {ingest_url}\n            send_resolved: true\n            max_alerts: 0"
        ),
        "zh": (
            "在 alertmanager.yml 中添加一个接收器，并让路由指向它：\n\n"
            "    receivers:\n      - name: dogwatch\n        webhook_configs:\n"
            "          - url: {ingest_url}\n            send_resolved: true\n            max_alerts: 0"
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
        clean.read_json(envelope.body, _Notification)
        return Accepted()

    def parse(self, envelope: Envelope) -> list[Event]:
        frame = clean.read_json(envelope.body, _Notification)
        if not bytes(frame.alerts):
            raise BadEvent("alerts", "required", "alerts is missing")
        shared = _shared_details(frame)
        return [_event(alert, shared, frame) for alert in _alerts(frame)]


def _alerts(frame: _Notification) -> list[_Alert]:
    """All alerts, or, when one of them is odd, each as far as it can be read."""
    try:
        return _ALERTS.decode(frame.alerts)
    except ValueError:
        return [_lenient(item) for item in clean.read_json(bytes(frame.alerts), list[Any])]


def _lenient(item: object) -> _Alert:
    given = cast(dict[str, Any], item) if isinstance(item, dict) else {}
    readable: dict[str, Any] = {}
    for field in msgspec.structs.fields(_Alert):
        try:
            readable[field.name] = msgspec.convert(given.get(field.name), field.type)
        except ValueError:
            continue
    return _Alert(**readable)


def _shared_details(frame: _Notification) -> dict[str, Any]:
    """What the frame says about each of its alerts."""
    details: dict[str, Any] = {}
    if frame.groupKey:
        details["group_key"] = clean.text(frame.groupKey, clean.MAX_DETAIL_TEXT)
    if frame.receiver:
        details["receiver"] = clean.text(frame.receiver, clean.MAX_NAME)
    if frame.truncatedAlerts:
        details["truncated_alerts"] = clean.text(frame.truncatedAlerts, clean.MAX_NAME)
    return details


def _event(alert: _Alert, shared: dict[str, Any], frame: _Notification) -> Event:
    labels, dropped = clean.label_map(alert.labels)
    annotations = alert.annotations or {}
    details = shared | {"annotations": clean.detail_map(annotations)} if annotations else dict(shared)
    if dropped:
        details["labels_dropped"] = dropped
    is_resolved = (alert.status or frame.status) == "resolved"
    check = labels.get("alertname", "")
    source = next((labels[name] for name in WHERE_LABELS if name in labels), "")
    return Event(
        action=Action.RESOLVE if is_resolved else Action.TRIGGER,
        dedup_key=clean.alert_key(alert.fingerprint) or clean.key_of_labels(labels),
        title=_title(annotations, check, source),
        severity=_severity(labels),
        description=clean.text(annotations.get("description"), clean.MAX_DESCRIPTION),
        check=check[: clean.MAX_NAME],
        source=source[: clean.MAX_NAME],
        labels=labels,
        details=details,
        links=_links(alert.generatorURL, annotations, frame.externalURL),
        starts_at=clean.moment(alert.startsAt),
        ends_at=clean.moment(alert.endsAt) if is_resolved else None,
    )


def _title(annotations: Labels, check: str, source: str) -> str:
    for name in TITLE_ANNOTATIONS:
        title = clean.text(annotations.get(name), clean.MAX_TITLE).strip()
        if title:
            return title
    named = f"{check} ({source})" if check and source else check or source
    return clean.text(named, clean.MAX_TITLE) or UNREADABLE


def _severity(labels: dict[str, str]) -> Severity:
    """The first label that we can read; a word that nobody knows is info, no word at all is warning."""
    given = [labels[name] for name in SEVERITY_LABELS if labels.get(name)]
    known = next((found for found in map(clean.severity, given) if found), None)
    return known or (Severity.INFO if given else Severity.WARNING)


def _links(generator: str | None, annotations: Labels, external: Any) -> tuple[Link, ...]:
    found = [clean.web_link("Source", generator)]
    for words, names in LINK_ANNOTATIONS:
        found.append(next((link for name in names if (link := clean.web_link(words, annotations.get(name)))), None))
    found.append(clean.web_link("Alertmanager", external))
    return tuple(link for link in found if link)
