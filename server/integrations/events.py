"""Our own events API: one JSON object, one alert."""

from datetime import datetime
from typing import Any, cast

import msgspec

from server.integrations import clean
from server.integrations.base import INTEGRATIONS, SAMPLE_KEY, SAMPLE_TITLE, Accepted, BadEvent, Envelope, Integration
from shared.domain.alerts import Action, Event, Link, Severity

Body = dict[str, Any]


@INTEGRATIONS.member
class Events(Integration):
    slug = "events"
    title = {"en": "Events API", "zh": "事件 API"}
    setup = {
        "en": (
            "Send a POST with a JSON object to {ingest_url}:\n\n"
            '    curl {ingest_url} -d \'{"title": "Disk full on db-1", "severity": "critical", '
            '"dedup_key": "disk-db-1"}\'\n\n'
            'Send the same dedup_key with "action": "resolve" when it is over.'
        ),
        "zh": (
            "向 {ingest_url} 发送 POST 请求，内容为一个 JSON 对象：\n\n"
            '    curl {ingest_url} -d \'{"title": "db-1 磁盘已满", "severity": "critical", '
            '"dedup_key": "disk-db-1"}\'\n\n'
            '恢复时使用相同的 dedup_key，并加上 "action": "resolve"。'
        ),
    }

    def check(self, envelope: Envelope) -> Accepted:
        clean.refuse_unwieldy(envelope.body)
        event = self._read(envelope)
        idem_key = clean.alert_key(envelope.headers.get("idempotency-key")) or None
        return Accepted(dedup_key=event.dedup_key, idem_key=idem_key)

    def parse(self, envelope: Envelope) -> list[Event]:
        return [self._read(envelope)]

    def sample(self, at: datetime, *, is_over: bool) -> bytes:
        action = Action.RESOLVE if is_over else Action.TRIGGER
        about = {"title": SAMPLE_TITLE, "severity": "info", "source": "dogwatch", "labels": {"test": "true"}}
        return msgspec.json.encode({"action": action, "dedup_key": SAMPLE_KEY, "starts_at": at.isoformat(), **about})

    def _read(self, envelope: Envelope) -> Event:
        body = clean.read_json(envelope.body, Body)
        action = _action(body)
        is_trigger = action is Action.TRIGGER
        labels, dropped = clean.label_map(_typed(body, "labels", dict))
        details = clean.detail_map(_typed(body, "details", dict))
        if dropped:
            details["labels_dropped"] = dropped
        return Event(
            action=action,
            dedup_key=_key(body, envelope.event_id if is_trigger else None),
            title=_title(body, required=is_trigger),
            severity=_severity(body),
            description=clean.text(_typed(body, "description", str), clean.MAX_DESCRIPTION),
            source=clean.text(_typed(body, "source", str), clean.MAX_NAME),
            check=clean.text(_typed(body, "check", str), clean.MAX_NAME),
            labels=labels,
            details=details,
            links=_links(body),
            starts_at=_moment(body, "starts_at"),
        )


def _typed(body: Body, field: str, kind: type[Any]) -> Any:
    value = body.get(field)
    if value is not None and not isinstance(value, kind):
        names = {dict: "an object", str: "a string", list: "an array"}
        raise BadEvent(field, "type", f"{field} must be {names[kind]}")
    return value


def _action(body: Body) -> Action:
    value = _typed(body, "action", str) or Action.TRIGGER
    if value not in list(Action):
        raise BadEvent("action", "unknown_value", "action must be trigger, acknowledge or resolve")
    return Action(value)


def _key(body: Body, otherwise: str | None) -> str:
    key = clean.alert_key(_typed(body, "dedup_key", str)) or otherwise
    if not key:
        raise BadEvent("dedup_key", "required", "dedup_key is required to acknowledge or resolve")
    return key


def _title(body: Body, *, required: bool) -> str:
    title = clean.text(_typed(body, "title", str), clean.MAX_TITLE).strip()
    if required and not title:
        raise BadEvent("title", "required", "title is required to trigger")
    return title


def _severity(body: Body) -> Severity:
    given = _typed(body, "severity", str)
    if given is None:
        return Severity.WARNING
    found = clean.severity(given)
    if found is None:
        raise BadEvent("severity", "unknown_value", "severity must be critical, warning or info")
    return found


def _moment(body: Body, field: str) -> Any:
    given = _typed(body, field, str)
    instant = clean.moment(given)
    if given and instant is None:
        raise BadEvent(field, "invalid_time", f"{field} must be an RFC 3339 time such as 2026-03-01T08:00:00Z")
    return instant


def _links(body: Body) -> tuple[Link, ...]:
    links: list[Link] = []
    given: list[object] = _typed(body, "links", list) or []
    for n, item in enumerate(given[: clean.MAX_LINKS]):
        if not isinstance(item, dict):
            raise BadEvent(f"links[{n}]", "type", f"links[{n}] must be an object with text and href")
        pair = cast(Body, item)
        link = clean.web_link(pair.get("text"), pair.get("href"))
        if link is None:
            raise BadEvent(f"links[{n}].href", "invalid_url", f"links[{n}].href must be an http or https address")
        links.append(link)
    return tuple(links)
