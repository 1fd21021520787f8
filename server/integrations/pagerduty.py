"""PagerDuty's Events API, version 2 and the older version 1, answered in PagerDuty's own words."""

import re
from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import Any, cast

import msgspec
from msgspec import Struct

from server.integrations import clean
from server.integrations.base import (
    INTEGRATIONS,
    KIB,
    SAMPLE_KEY,
    SAMPLE_TITLE,
    Accepted,
    Answer,
    BadEvent,
    Envelope,
    Integration,
)
from shared.domain.alerts import Action, Event, Link, Severity

Body = dict[str, Any]
V1, V2 = "v1", "v2"
ACTIONS = ("trigger", "acknowledge", "resolve")
SEVERITIES = ("critical", "error", "warning", "info")
STATUSES = {
    400: ("invalid event", "Event object is invalid"),
    404: ("invalid key", "No integration has this key"),
    413: ("invalid event", "Event object is too large"),
    429: ("throttle exceeded", "Events for this key arrive too quickly; retry later"),
}


LIKELY = 4
_LIKELY = re.compile(rb'_key"\s{0,8}:\s{0,8}"(?P<key>[^"\\]{1,64})"')


class _Keys(Struct):
    routing_key: str | None = None
    service_key: str | None = None


@INTEGRATIONS.member
class PagerDuty(Integration):
    slug = "pagerduty"
    title = {"en": "PagerDuty events (v1 and v2)", "zh": "PagerDuty 事件（v1 与 v2）"}
    max_body_bytes = 512 * KIB
    has_body_key = True
    setup = {
        "en": (
            "For any tool that can send to PagerDuty: replace the address of PagerDuty's Events API "
            "(https://events.pagerduty.com) by this server's, and use this integration's key as routing key "
            "or service key. Tools that take a whole address get {ingest_url}."
        ),
        "zh": (
            "适用于任何支持 PagerDuty 的工具：将 PagerDuty Events API 的地址（https://events.pagerduty.com）"
            "替换为本服务器的地址，并把此集成的密钥填为 routing key 或 service key。"
            "若工具需要完整地址，请填写 {ingest_url}。"
        ),
    }

    def body_key(self, body: bytes) -> str | None:
        clean.refuse_unwieldy(body)
        keys = clean.read_json(body, _Keys)
        return keys.routing_key or keys.service_key

    def likely_keys(self, body: bytes) -> Iterator[str]:
        for found in islice(_LIKELY.finditer(body), LIKELY):
            yield found["key"].decode("latin-1")

    def check(self, envelope: Envelope) -> Accepted:
        clean.refuse_unwieldy(envelope.body)
        body = clean.read_json(envelope.body, Body)
        event = _read(body, envelope.event_id)
        return Accepted(dedup_key=event.dedup_key, dialect=_dialect(body))

    def parse(self, envelope: Envelope) -> list[Event]:
        return [_read(clean.read_json(envelope.body, Body), envelope.event_id)]

    def sample(self, at: datetime, *, is_over: bool) -> bytes:
        about = {"source": "dogwatch", "severity": "info", "custom_details": {"test": True}}
        payload = {"summary": SAMPLE_TITLE, "timestamp": at.isoformat(), **about}
        action = "resolve" if is_over else "trigger"
        return msgspec.json.encode({"event_action": action, "dedup_key": SAMPLE_KEY, "payload": payload})

    def accepted(self, envelope: Envelope, accepted: Accepted) -> Answer:
        del envelope
        key = {"incident_key" if accepted.dialect == V1 else "dedup_key": accepted.dedup_key}
        status = 200 if accepted.dialect == V1 else 202
        return Answer(status=status, body={"status": "success", "message": "Event processed", **key})

    def refused(self, problem: dict[str, Any]) -> Answer:
        status = int(problem["status"])
        word, message = STATUSES.get(status, ("error", str(problem.get("title") or "Event was not processed")))
        errors = [str(each["message"]) for each in _objects(problem.get("errors")) if "message" in each]
        body = {"status": word, "message": message, "errors": errors or [problem.get("detail") or message]}
        return Answer(status=status, body=body)


def _dialect(body: Body) -> str:
    is_v1 = "event_type" in body or ("service_key" in body and "event_action" not in body)
    return V1 if is_v1 else V2


def _read(body: Body, event_id: str) -> Event:
    return _read_v1(body, event_id) if _dialect(body) == V1 else _read_v2(body, event_id)


def _read_v2(body: Body, event_id: str) -> Event:
    action = _one_of(body.get("event_action"), "event_action", ACTIONS)
    key = _key(body, "dedup_key", action, event_id)
    payload = _object(body.get("payload"), "payload", required=action == Action.TRIGGER)
    if action == Action.TRIGGER:
        for field in ("summary", "source", "severity"):
            _required(payload.get(field), f"payload.{field}")
        _one_of(payload["severity"], "payload.severity", SEVERITIES)
    labels, _ = clean.label_map({n: payload[n] for n in ("component", "group", "class") if payload.get(n)})
    return Event(
        action=Action(action),
        dedup_key=key,
        title=clean.text(payload.get("summary"), clean.MAX_TITLE).strip(),
        severity=clean.severity(payload.get("severity")) or Severity.WARNING,
        check=clean.text(payload.get("class"), clean.MAX_NAME),
        source=clean.text(payload.get("source"), clean.MAX_NAME),
        labels=labels,
        details=clean.detail_map(payload.get("custom_details")),
        links=_links(body, "links", "images"),
        starts_at=clean.moment(payload.get("timestamp")),
    )


def _read_v1(body: Body, event_id: str) -> Event:
    action = _one_of(body.get("event_type"), "event_type", ACTIONS)
    key = _key(body, "incident_key", action, event_id)
    if action == Action.TRIGGER:
        _required(body.get("description"), "description")
    details = clean.detail_map(body.get("details"))
    return Event(
        action=Action(action),
        dedup_key=key,
        title=clean.text(body.get("description"), clean.MAX_TITLE).strip(),
        severity=clean.severity(details.get("severity")) or Severity.CRITICAL,
        source=clean.text(body.get("client"), clean.MAX_NAME),
        details=details,
        links=_links(body, "contexts"),
    )


def _required(value: object, field: str) -> None:
    if not isinstance(value, str) or not value.replace("\x00", "").strip():
        raise BadEvent(field, "required", f"'{field}' is missing or blank")


def _one_of(value: object, field: str, allowed: tuple[str, ...]) -> str:
    _required(value, field)
    word = str(value).lower()
    if word not in allowed:
        raise BadEvent(field, "unknown_value", f"'{field}' is invalid (must be one of: {', '.join(allowed)})")
    return word


def _object(value: object, field: str, *, required: bool) -> Body:
    if isinstance(value, dict):
        return cast(Body, value)
    if required:
        raise BadEvent(field, "required", f"'{field}' is missing or not an object")
    return {}


def _key(body: Body, field: str, action: str, event_id: str) -> str:
    """PagerDuty gives a trigger without a key a new one, and refuses everything else without one."""
    key = clean.alert_key(body.get(field))
    if not key and action != Action.TRIGGER:
        raise BadEvent(field, "required", f"'{field}' is missing or blank")
    return key or event_id


def _links(body: Body, *fields: str) -> tuple[Link, ...]:
    found: list[Link | None] = [clean.web_link(body.get("client"), body.get("client_url"))]
    for field in fields:
        found += [
            clean.web_link(item.get("text") or item.get("alt"), item.get("href") or item.get("src"))
            for item in _objects(body.get(field))
        ]
    return tuple(link for link in found if link)[: clean.MAX_LINKS]


def _objects(value: object) -> Iterator[Body]:
    for item in cast(list[object], value) if isinstance(value, list) else ():
        if isinstance(item, dict):
            yield cast(Body, item)
