"""Our own events API: one JSON object, one alert."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, cast

import msgspec

from server.integrations import clean
from server.integrations.base import INTEGRATIONS, SAMPLE_KEY, SAMPLE_TITLE, Accepted, BadEvent, Envelope, Integration
from shared.domain.alerts import Action, Event, Severity
from shared.domain.flaws import Flaw

Body = dict[str, Any]
MOST_LINKS = clean.MAX_DETAIL_ITEMS
_WORDS = {
    Action.TRIGGER: "trigger triggered firing",
    Action.ACKNOWLEDGE: "acknowledge acknowledged ack",
    Action.RESOLVE: "resolve resolved recovered recovery ok close closed",
}
ACTIONS = {word: action for action, words in _WORDS.items() for word in words.split()}


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
        event, odd = _read(envelope)
        return Accepted(dedup_key=event.dedup_key, odd=odd)

    def parse(self, envelope: Envelope) -> list[Event]:
        return [_read(envelope)[0]]

    def sample(self, at: datetime, *, is_over: bool) -> bytes:
        action = Action.RESOLVE if is_over else Action.TRIGGER
        about = {"title": SAMPLE_TITLE, "severity": "info", "source": "dogwatch", "labels": {"test": "true"}}
        return msgspec.json.encode({"action": action, "dedup_key": SAMPLE_KEY, "starts_at": at.isoformat(), **about})


def _read(envelope: Envelope) -> tuple[Event, tuple[Flaw, ...]]:
    """The event, and what is odd about it; raises BadEvent with all that is wrong when it names no alert."""
    fields = _Fields(clean.read_json(envelope.body, Body), envelope.received_at)
    action = fields.action()
    is_trigger = action is Action.TRIGGER
    links, others = clean.links_of(fields.links())
    labels = clean.label_map(fields.mapping("labels"))
    description, source, check = fields.text("description"), fields.text("source"), fields.text("check")
    key = clean.alert_key(fields.text("dedup_key"))
    named = (check, description.strip().partition("\n")[0], key, source, *map("=".join, labels.items()))
    event = Event(
        action=action,
        dedup_key=key or (envelope.event_id if is_trigger else ""),
        title=fields.title(named) if is_trigger else clean.text(fields.text("title"), clean.MAX_TITLE).strip(),
        severity=fields.severity(),
        says_severity=bool(fields.text("severity")),
        description=clean.text(description, clean.MAX_DESCRIPTION),
        source=clean.text(source, clean.MAX_NAME),
        check=clean.text(check, clean.MAX_NAME),
        labels=labels,
        starts_at=fields.moment("starts_at"),
        details=clean.with_links(clean.detail_map(fields.given("details")), others),
        links=links,
    )
    if not event.dedup_key:
        fields.wrong("dedup_key", "required", "dedup_key is required to acknowledge or resolve")
    if not event.dedup_key or (is_trigger and not event.title):
        raise BadEvent.of(fields.flaws)
    details = clean.with_oddities(event.details, fields.odd)
    return msgspec.structs.replace(event, details=details), tuple(fields.flaws)


class _Fields:
    """The fields of a body, and what is wrong with those read so far.

    What can't be read reads as absent and stands in `odd` as it came; a number, a truth or a structure where a text
    should be is a text.
    """

    def __init__(self, body: Body, received_at: datetime) -> None:
        self.flaws: list[Flaw] = []
        self.odd: dict[str, object] = {}
        self._body = body
        self._received_at = received_at

    def given(self, field: str) -> object:
        return self._body.get(field)

    def text(self, field: str) -> str:
        value = self._body.get(field)
        if isinstance(value, str):
            return value
        return "" if value is None or value in ([], {}) else clean.text(value, clean.WHOLE)

    def mapping(self, field: str) -> Body | None:
        value = self._body.get(field)
        if value is None or isinstance(value, dict):
            return cast(Body | None, value)
        return self._not_understood(field, "type", f"{field} must be an object")

    def action(self) -> Action:
        """In doubt it is a fault."""
        word = self.text("action").strip().lower()
        if word and word not in ACTIONS:
            self._not_understood("action", "unknown_value", "action must be trigger, acknowledge or resolve")
        return ACTIONS.get(word, Action.TRIGGER)

    def title(self, otherwise: Iterable[str]) -> str:
        """Where there is none, the first of what else names the alert."""
        title = clean.text(self.text("title"), clean.MAX_TITLE).strip()
        if not title:
            self.wrong("title", "required", "title is required to trigger")
            title = next(filter(None, (clean.text(each, clean.MAX_TITLE).strip() for each in otherwise)), "")
        return title

    def severity(self) -> Severity:
        given = self.text("severity")
        found = clean.severity(given)
        if given and found is None:
            self._not_understood("severity", "unknown_value", "severity must be critical, warning or info")
        return found or Severity.WARNING

    def moment(self, field: str) -> datetime | None:
        given = self._body.get(field)
        if clean.is_odd_moment(given, self._received_at):
            message = f"{field} must be an RFC 3339 time such as 2026-03-01T08:00:00Z, at most a day ahead"
            self._not_understood(field, "invalid_time", message)
        return clean.moment(given, self._received_at)

    def links(self) -> list[tuple[object, object]]:
        """Words and addresses; what is no list is its one item, and an item without words its address."""
        given = self._body.get("links")
        items = cast(list[object], given) if isinstance(given, list) else [] if given is None else [given]
        pairs: list[tuple[object, object]] = []
        for n, item in enumerate(items[:MOST_LINKS]):
            link = cast(Body, item) if isinstance(item, dict) else {"href": item}
            if not clean.is_web_address(link.get("href")):
                name = f"links[{n}].href" if isinstance(item, dict) else f"links[{n}]"
                self.wrong(name, "invalid_url", f"{name} must be an http or https address")
            pairs.append((link.get("text"), link.get("href") or link))
        return pairs

    def _not_understood(self, field: str, code: str, message: str) -> None:
        self.odd[field] = self._body[field]
        self.wrong(field, code, message)

    def wrong(self, field: str, code: str, message: str) -> None:
        self.flaws.append(Flaw(field=field, code=code, message=message))
