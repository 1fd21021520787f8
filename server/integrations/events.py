"""Our own events API: one JSON object, one alert."""

from datetime import datetime
from typing import Any, cast

import msgspec

from server.integrations import clean
from server.integrations.base import INTEGRATIONS, SAMPLE_KEY, SAMPLE_TITLE, Accepted, BadEvent, Envelope, Integration
from shared.domain.alerts import Action, Event, Severity
from shared.domain.flaws import Flaw

Body = dict[str, Any]
MOST_LINKS = clean.MAX_DETAIL_ITEMS


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
        return Accepted(dedup_key=_read(envelope).dedup_key)

    def parse(self, envelope: Envelope) -> list[Event]:
        return [_read(envelope)]

    def sample(self, at: datetime, *, is_over: bool) -> bytes:
        action = Action.RESOLVE if is_over else Action.TRIGGER
        about = {"title": SAMPLE_TITLE, "severity": "info", "source": "dogwatch", "labels": {"test": "true"}}
        return msgspec.json.encode({"action": action, "dedup_key": SAMPLE_KEY, "starts_at": at.isoformat(), **about})


def _read(envelope: Envelope) -> Event:
    """Raises BadEvent with all that is wrong."""
    fields = _Fields(clean.read_json(envelope.body, Body), envelope.received_at)
    action = fields.action()
    is_trigger = action is Action.TRIGGER
    links, others = clean.links_of(fields.links())
    event = Event(
        action=action,
        dedup_key=fields.key(envelope.event_id if is_trigger else None),
        title=fields.title(is_required=is_trigger),
        severity=fields.severity(),
        says_severity=fields.text("severity") is not None,
        description=clean.text(fields.text("description"), clean.MAX_DESCRIPTION),
        source=clean.text(fields.text("source"), clean.MAX_NAME),
        check=clean.text(fields.text("check"), clean.MAX_NAME),
        labels=clean.label_map(fields.mapping("labels")),
        details=clean.with_links(clean.detail_map(fields.mapping("details")), others),
        links=links,
        starts_at=fields.moment("starts_at"),
    )
    if fields.flaws:
        raise BadEvent.of(fields.flaws)
    return event


class _Fields:
    """The fields of a body, and what is wrong with those read so far; a wrong one reads as absent."""

    def __init__(self, body: Body, received_at: datetime) -> None:
        self.flaws: list[Flaw] = []
        self._body = body
        self._received_at = received_at

    def text(self, field: str) -> str | None:
        value = self._body.get(field)
        if value is None or isinstance(value, str):
            return value
        return self._wrong(field, "type", f"{field} must be a string")

    def mapping(self, field: str) -> Body | None:
        value = self._body.get(field)
        if value is None or isinstance(value, dict):
            return cast(Body | None, value)
        return self._wrong(field, "type", f"{field} must be an object")

    def action(self) -> Action:
        word = (self.text("action") or Action.TRIGGER).strip().lower()
        if word not in list(Action):
            self._wrong("action", "unknown_value", "action must be trigger, acknowledge or resolve")
            return Action.TRIGGER
        return Action(word)

    def key(self, otherwise: str | None) -> str:
        key = clean.alert_key(self.text("dedup_key")) or otherwise
        if not key and not self._is_flawed("dedup_key"):
            self._wrong("dedup_key", "required", "dedup_key is required to acknowledge or resolve")
        return key or ""

    def title(self, *, is_required: bool) -> str:
        title = clean.text(self.text("title"), clean.MAX_TITLE).strip()
        if is_required and not title and not self._is_flawed("title"):
            self._wrong("title", "required", "title is required to trigger")
        return title

    def severity(self) -> Severity:
        given = self.text("severity")
        if given is None:
            return Severity.WARNING
        found = clean.severity(given)
        if found is None:
            self._wrong("severity", "unknown_value", "severity must be critical, warning or info")
        return found or Severity.WARNING

    def moment(self, field: str) -> datetime | None:
        given = self.text(field)
        instant = clean.moment(given, self._received_at)
        if given and instant is None:
            self._wrong(field, "invalid_time", f"{field} must be an RFC 3339 time such as 2026-03-01T08:00:00Z")
        return instant

    def links(self) -> list[tuple[object, object]]:
        given = self._body.get("links")
        if given is not None and not isinstance(given, list):
            self._wrong("links", "type", "links must be an array")
        pairs: list[tuple[object, object]] = []
        for n, item in enumerate(cast(list[object], given)[:MOST_LINKS] if isinstance(given, list) else ()):
            pair = cast(Body, item) if isinstance(item, dict) else None
            if pair is None:
                self._wrong(f"links[{n}]", "type", f"links[{n}] must be an object with text and href")
            elif not clean.is_web_address(pair.get("href")):
                self._wrong(f"links[{n}].href", "invalid_url", f"links[{n}].href must be an http or https address")
            else:
                pairs.append((pair.get("text"), pair.get("href")))
        return pairs

    def _is_flawed(self, field: str) -> bool:
        return any(flaw.field == field for flaw in self.flaws)

    def _wrong(self, field: str, code: str, message: str) -> None:
        self.flaws.append(Flaw(field=field, code=code, message=message))
