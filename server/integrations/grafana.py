"""Grafana's unified alerting: Alertmanager's webhook with Grafana's own links, values, and names of rules."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import msgspec

from server.integrations import clean
from server.integrations.alertmanager import (
    LINK_ANNOTATIONS,
    Alert,
    Alertmanager,
    Notification,
    alerts_of,
    event_of,
    shared_details,
)
from server.integrations.base import INTEGRATIONS, SAMPLE_KEY, SAMPLE_TITLE, BadEvent, Envelope
from shared.domain.alerts import Event

STATES = ("DatasourceNoData", "DatasourceError")
"""What Grafana calls alerts about a rule that it can't evaluate; the rule is the label `rulename`."""


class _Alert(Alert):
    silenceURL: Any = None
    dashboardURL: Any = None
    panelURL: Any = None
    imageURL: Any = None
    values: Any = None
    valueString: Any = None


@INTEGRATIONS.member
class Grafana(Alertmanager):
    slug = "grafana"
    title = {"en": "Grafana alerting", "zh": "Grafana 告警"}
    setup = {
        "en": (
            "In Grafana, under Alerting, Contact points, add a contact point of the type Webhook, with the URL "
            "{ingest_url} and the method POST, and point a notification policy at it. Leave Max alerts at 0, and let "
            "the policy group by what keeps groups small: a body over 16 MiB is refused and not sent again."
        ),
        "zh": (
            "在 Grafana 的 Alerting › Contact points 中添加类型为 Webhook 的联络点，URL 填 {ingest_url}，方法选 POST，"
            "再让通知策略指向它。Max alerts 保持 0，并让策略的分组足够小：超过 16 MiB 的请求会被拒绝，且不会重发。"
        ),
    }

    def sample(self, at: datetime, *, is_over: bool) -> bytes:
        status = "resolved" if is_over else "firing"
        alert = {
            "status": status,
            "labels": {"alertname": "DogwatchTest", "severity": "info", "grafana_folder": "Dogwatch"},
            "annotations": {"summary": SAMPLE_TITLE},
            "startsAt": at.isoformat(),
            "endsAt": at.isoformat() if is_over else "0001-01-01T00:00:00Z",
            "fingerprint": SAMPLE_KEY,
            "values": {"B": 1},
        }
        frame = {"version": "1", "orgId": 1, "receiver": "dogwatch", "truncatedAlerts": 0, "groupKey": "{}"}
        return msgspec.json.encode({**frame, "status": status, "state": "alerting", "alerts": [alert]})

    def parse(self, envelope: Envelope) -> list[Event]:
        frame = clean.read_json(envelope.body, Notification)
        if not bytes(frame.alerts):
            raise BadEvent("alerts", "required", "alerts is missing")
        shared = shared_details(frame)
        return [_event(alert, shared, frame, envelope.received_at) for alert in alerts_of(frame, _Alert)]


def _event(alert: _Alert, shared: dict[str, Any], frame: Notification, received_at: datetime) -> Event:
    event = event_of(alert, shared, frame, received_at)
    if event.is_unreadable:
        return event
    rule = event.labels.get("rulename", "") if event.check in STATES else ""
    links, others = clean.links_of(_links(alert, frame))
    values = alert.values or alert.valueString
    details = {name: content for name, content in event.details.items() if name != clean.MORE_LINKS}
    if values:
        details["values"] = clean.detail_map({"values": values})["values"]
    return msgspec.structs.replace(
        event,
        title=f"{event.check}: {rule}"[: clean.MAX_TITLE] if rule else event.title,
        check=rule[: clean.MAX_NAME] or event.check,
        links=links,
        details=clean.with_links(details, others),
    )


def _links(alert: _Alert, frame: Notification) -> Iterator[tuple[str, object]]:
    annotations = alert.annotations or {}
    yield "Panel", alert.panelURL
    yield "Dashboard", alert.dashboardURL
    for words, names in LINK_ANNOTATIONS:
        if words != "Dashboard" or not clean.is_web_address(alert.dashboardURL):
            yield words, next((href for name in names if clean.is_web_address(href := annotations.get(name))), None)
    yield "Rule", alert.generatorURL
    yield "Silence in Grafana", alert.silenceURL
    yield "Image", alert.imageURL
    yield "Grafana", frame.externalURL
