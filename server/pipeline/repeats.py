"""What events say of alerts that are open already: repeats are counted, and what they say anew is what people read."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct

from server.incidents.alerts import change_alert
from server.incidents.workspace import Workspace
from server.pipeline.stages import Item
from shared.domain.alerts import Action, Event, Link, Severity
from shared.domain.pipeline.alert_changes import (
    AlertText,
    Change,
    changes,
    completed,
    content_of,
    has_text,
    latest,
    newest,
)
from shared.domain.pipeline.searching import SERVICE_LABEL, indexed_words


class KnownAlert(Struct, frozen=True, kw_only=True):
    """An open alert as it stands."""

    id: str
    dedup_key: str
    service_id: str
    incident_id: str | None
    severity: Severity
    title: str
    description: str
    check_name: str
    source: str
    labels: dict[str, str]
    links: tuple[Link, ...]
    details: dict[str, Any]
    changes: list[Change]

    @property
    def text(self) -> AlertText:
        return AlertText(
            title=self.title,
            severity=self.severity,
            description=self.description,
            source=self.source,
            labels=self.labels,
            links=self.links,
            details=self.details,
        )


def words_of(event: Event | KnownAlert, check: str, labels: Mapping[str, str], service_id: str) -> str:
    """What an alert is found by."""
    texts = (event.title, check, event.source, event.dedup_key, event.description)
    return indexed_words(texts, {**labels, SERVICE_LABEL: service_id}, event.details)


def graded(item: Item) -> Severity:
    """How grave the alert is from now on: a repeat that says nothing of it changes nothing."""
    is_unsaid = item.known is not None and not item.event.says_severity
    return item.known.severity if item.known is not None and is_unsaid else item.event.severity


async def load_known(work: Workspace, items: Sequence[Item]) -> dict[str, KnownAlert]:
    """The alerts of those items that have something new to say, by id."""
    ids = [item.known.id for item in items if item.known is not None and _has_more_text(item)]
    if not ids:
        return {}
    rows = await work.db.rows(KnownAlert, "SELECT <fields> FROM alert WHERE id IN :ids", ids=tuple(ids))
    return {row.id: row for row in rows}


def _has_more_text(item: Item) -> bool:
    known, event = item.known, item.event
    if known is None or event.action is Action.ACKNOWLEDGE or not has_text(event):
        return False
    is_graded = event.action is Action.TRIGGER and known.severity != graded(item)
    return is_graded or known.content != content_of(event)


async def count(work: Workspace, item: Item, known: Mapping[str, KnownAlert], incident_id: str | None) -> None:
    """Count a repeat, take over what it says, and give it the incident that a silence or a rule had kept it from."""
    found = item.known
    assert found is not None
    change_alert(
        work.writes,
        found.id,
        rev=found.rev,
        count=found.count + 1,
        last_at=work.now,
        last_event_id=item.event_id,
        severity=graded(item),
        incident_id=found.incident_id or incident_id,
        silenced_by=item.silence.id if item.silence else None,
        dropped_by=item.dropped_by.id if item.dropped_by else None,
        **_anew(known.get(found.id), item, work.now),
    )
    if found.incident_id is not None and found.severity != graded(item):
        await work.load([found.incident_id])
        work.grade(found.incident_id, opened=graded(item), closed=found.severity)


def close(work: Workspace, item: Item, known: Mapping[str, KnownAlert]) -> None:
    """It recovered; what the recovery adds is kept."""
    assert item.known is not None
    change_alert(
        work.writes,
        item.known.id,
        rev=item.known.rev,
        closed_at=work.now,
        last_at=work.now,
        last_event_id=item.event_id,
        **_anew(known.get(item.known.id), item, work.now),
    )


def _anew(known: KnownAlert | None, item: Item, now: datetime) -> dict[str, Any]:
    """The columns that change with what is said."""
    if known is None:
        return {}
    event, before = item.event, known.text
    after = completed(before, event) if event.action is Action.RESOLVE else newest(before, event)
    said = changes(before, after, now=now)
    if not said:
        return {"content": content_of(event)}
    shown = Event(action=event.action, dedup_key=known.dedup_key, title=after.title, description=after.description,
                  source=after.source, details=dict(after.details))  # fmt: skip
    columns: dict[str, Any] = {
        "title": after.title,
        "description": after.description,
        "source": after.source,
        "labels": dict(after.labels),
        "links": after.links,
        "details": dict(after.details),
        "content": content_of(event),
        "changes": latest(known.changes, said),
        "rule_ids": item.rule_ids,
    }
    words = words_of(shown, known.check_name, after.labels, known.service_id)
    if words != words_of(known, known.check_name, known.labels, known.service_id):
        columns["words"] = words
    return columns
