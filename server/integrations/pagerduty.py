"""PagerDuty's Events API, version 2 and the older version 1, answered in PagerDuty's own words."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from typing import Any, cast

import msgspec
from msgspec import Struct

from server.integrations import clean
from server.integrations.base import (
    CHANGES,
    INTEGRATIONS,
    KIB,
    SAMPLE_KEY,
    SAMPLE_TITLE,
    V1,
    Accepted,
    Answer,
    BadEvent,
    Change,
    Envelope,
    Integration,
)
from shared.domain.alerts import Action, Event, Severity
from shared.domain.flaws import Flaw

Body = dict[str, Any]
V2 = "v2"
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
    routing_key: Any = None
    service_key: Any = None


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
        given = [key.strip() for key in (keys.routing_key, keys.service_key) if isinstance(key, str)]
        return next(filter(None, given), None)

    def without_key(self, body: bytes, way: str) -> BadEvent:
        given, never = _Fields(clean.read_json(body, Body)), datetime.min.replace(tzinfo=UTC)
        if way == CHANGES:
            given.word("routing_key")
            _read_change(given, never)
        else:
            given.word("service_key" if _dialect(given.body, way) == V1 else "routing_key")
            _read(given, "", never, way)
        return BadEvent.of(given.flaws)

    def likely_keys(self, body: bytes) -> Iterator[str]:
        for found in islice(_LIKELY.finditer(body), LIKELY):
            yield found["key"].decode("latin-1")

    def check(self, envelope: Envelope) -> Accepted:
        clean.refuse_unwieldy(envelope.body)
        event, dialect = self._read(envelope)
        return Accepted(dedup_key=event.dedup_key, dialect=dialect)

    def parse(self, envelope: Envelope) -> list[Event]:
        return [self._read(envelope)[0]]

    def _read(self, envelope: Envelope) -> tuple[Event, str]:
        """Raises BadEvent with all that is wrong."""
        given = _Fields(clean.read_json(envelope.body, Body))
        event = _read(given, envelope.event_id, envelope.received_at, envelope.way)
        if given.flaws:
            raise BadEvent.of(given.flaws)
        return event, _dialect(given.body, envelope.way)

    def check_change(self, envelope: Envelope) -> Change:
        clean.refuse_unwieldy(envelope.body)
        given = _Fields(clean.read_json(envelope.body, Body))
        change = _read_change(given, envelope.received_at)
        if given.flaws:
            raise BadEvent.of(given.flaws)
        return change

    def accepted_change(self) -> Answer:
        return Answer(status=202, body={"status": "success", "message": "Change event processed"})

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


def _dialect(body: Body, way: str) -> str:
    """By what it says; a body that says nothing speaks the way's."""
    if "event_type" in body or ("service_key" in body and "event_action" not in body):
        return V1
    return V2 if way != V1 or any(name in body for name in ("event_action", "routing_key", "payload")) else V1


def _read(given: "_Fields", event_id: str, received_at: datetime, way: str) -> Event:
    """What is wrong stands in the fields' flaws afterwards."""
    return (_read_v1 if _dialect(given.body, way) == V1 else _read_v2)(given, event_id, received_at)


def _read_v2(given: "_Fields", event_id: str, received_at: datetime) -> Event:
    action = given.one_of("event_action", ACTIONS)
    key = given.key("dedup_key", action, event_id)
    fields = given.mapping("payload", is_required=action in ("", Action.TRIGGER))
    payload: Body = fields.body if fields is not None else {}
    if fields is not None and action in ("", Action.TRIGGER):
        fields.word("summary")
        fields.word("source")
        fields.one_of("severity", SEVERITIES)
    links, others = clean.links_of(_links(given.body, "links", "images"))
    return Event(
        action=Action(action or Action.TRIGGER),
        dedup_key=key,
        title=clean.text(payload.get("summary"), clean.MAX_TITLE).strip(),
        severity=clean.severity(payload.get("severity")) or Severity.WARNING,
        check=clean.text(payload.get("class"), clean.MAX_NAME),
        source=clean.text(payload.get("source"), clean.MAX_NAME),
        labels=clean.label_map({n: payload[n] for n in ("component", "group", "class") if payload.get(n)}),
        details=clean.with_oddities(
            clean.with_links(clean.detail_map(payload.get("custom_details")), others),
            _odd_times(payload, received_at),
        ),
        links=links,
        starts_at=clean.moment(payload.get("timestamp"), received_at),
    )


def _read_v1(given: "_Fields", event_id: str, received_at: datetime) -> Event:
    del received_at
    body = given.body
    action = given.one_of("event_type", ACTIONS)
    key = given.key("incident_key", action, event_id)
    if action in ("", Action.TRIGGER):
        given.word("description")
    details = cast(Body, body["details"]) if isinstance(body.get("details"), dict) else {}
    links, others = clean.links_of(_links(body, "contexts"))
    return Event(
        action=Action(action or Action.TRIGGER),
        dedup_key=key,
        title=clean.text(body.get("description"), clean.MAX_TITLE).strip(),
        severity=clean.severity(details.get("severity")) or Severity.CRITICAL,
        says_severity=clean.severity(details.get("severity")) is not None,
        source=clean.text(body.get("client"), clean.MAX_NAME),
        details=clean.with_links(clean.detail_map(body.get("details")), others),
        links=links,
    )


def _read_change(given: "_Fields", received_at: datetime) -> Change:
    fields = given.mapping("payload", is_required=True)
    payload: Body = fields.body if fields is not None else {}
    links, others = clean.links_of(_links(given.body, "links", "images"))
    return Change(
        summary=clean.text(fields.word("summary"), clean.MAX_TITLE) if fields is not None else "",
        source=clean.text(payload.get("source"), clean.MAX_NAME),
        details=clean.with_links(clean.detail_map(payload.get("custom_details")), others),
        links=links,
        happened_at=clean.moment(payload.get("timestamp"), received_at) or received_at,
    )


@dataclass
class _Fields:
    """An object of the body, and what is wrong with the fields read so far, in PagerDuty's words."""

    body: Body
    path: str = ""
    flaws: list[Flaw] = field(default_factory=list[Flaw])

    def word(self, name: str) -> str:
        """A text that must be there; empty when it is wrong."""
        value = self.body.get(name)
        if value is not None and not isinstance(value, str):
            return self._wrong(name, "type", "is invalid (must be a string)")
        word = (value or "").replace("\x00", "").strip()
        return word or self._wrong(name, "required", "is missing or blank")

    def one_of(self, name: str, allowed: tuple[str, ...]) -> str:
        """In small letters; empty when it is wrong."""
        word = self.word(name).lower()
        if not word or word in allowed:
            return word
        *most, last = (f"'{each}'" for each in allowed)
        return self._wrong(
            name, "unknown_value", f"is invalid (must be one of the following: {', '.join(most)} or {last})"
        )

    def mapping(self, name: str, *, is_required: bool) -> "_Fields | None":
        value = self.body.get(name)
        if isinstance(value, dict):
            return _Fields(cast(Body, value), f"{self.path}{name}.", self.flaws)
        if is_required:
            self._wrong(name, "required", "is missing or blank" if value is None else "is invalid (must be an object)")
        return None

    def key(self, name: str, action: str, event_id: str) -> str:
        """PagerDuty gives a trigger without a key a new one, and refuses everything else without one."""
        key = clean.alert_key(self.body.get(name))
        if not key and action not in ("", Action.TRIGGER):
            self._wrong(name, "required", "is missing or blank")
        return key or event_id

    def _wrong(self, name: str, code: str, message: str) -> str:
        self.flaws.append(Flaw(field=f"{self.path}{name}", code=code, message=f"'{self.path}{name}' {message}"))
        return ""


def _odd_times(payload: Body, received_at: datetime) -> Body:
    given = payload.get("timestamp")
    return {"payload.timestamp": given} if clean.is_odd_moment(given, received_at) else {}


def _links(body: Body, *fields: str) -> Iterator[tuple[object, object]]:
    """Words and addresses; what is no list is its one item, and an item that is no object an address."""
    yield body.get("client"), body.get("client_url")
    for name in fields:
        given = body.get(name)
        for item in cast(list[object], given) if isinstance(given, list) else [given]:
            link = cast(Body, item) if isinstance(item, dict) else {"href": item}
            yield link.get("text") or link.get("alt"), link.get("href") or link.get("src")


def _objects(value: object) -> Iterator[Body]:
    for item in cast(list[object], value) if isinstance(value, list) else ():
        if isinstance(item, dict):
            yield cast(Body, item)
