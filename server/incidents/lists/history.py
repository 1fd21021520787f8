"""An incident's timeline and alerts, page by page."""

from datetime import datetime
from typing import Any, Literal

from msgspec import Struct

from server.kernel.clock import from_us, to_us
from server.kernel.database import Database
from server.kernel.http import cut, decode_cursor
from shared.domain.pipeline.alert_changes import Change
from shared.domain.pipeline.searching import wanted_words
from shared.wire import incidents as wire
from shared.wire.lists import Page, Ref


class _EntryRow(Struct, frozen=True, kw_only=True):
    n: int
    at: datetime
    actor_kind: Literal["user", "api_key", "integration", "system"]
    actor_id: str | None
    user_name: str | None
    integration_name: str | None
    key_name: str | None
    kind: str
    args: dict[str, Any]


class _AlertRow(Struct, frozen=True, kw_only=True):
    id: str
    title: str
    severity: wire.Severity
    description: str
    dedup_key: str
    labels: dict[str, str]
    links: list[wire.Link]
    count: int
    starts_at: datetime
    last_at: datetime
    closed_at: datetime | None
    silenced_by: str | None
    integration_id: str
    integration_name: str | None
    changes: list[Change]


async def read_timeline(db: Database, incident_id: str, *, limit: int, cursor: str | None) -> Page[wire.TimelineEntry]:
    """In the order in which it happened."""
    after = decode_cursor(cursor, int)[0] if cursor else 0
    rows = await db.rows(
        _EntryRow,
        "SELECT n, timeline.at, actor_kind, actor_id, user_account.name AS user_name,"
        " integration.name AS integration_name, api_key.name AS key_name, kind, args FROM timeline"
        " LEFT JOIN user_account ON user_account.id = actor_id LEFT JOIN integration ON integration.id = actor_id"
        " LEFT JOIN api_key ON api_key.id = actor_id"
        " WHERE incident_id = :id AND n > :after ORDER BY n LIMIT :limit",
        id=incident_id,
        after=after,
        limit=limit + 1,
    )
    shown, more = cut(rows, limit, lambda row: (row.n,))
    return Page(items=[_entry(row) for row in shown], next_cursor=more)


def _entry(row: _EntryRow) -> wire.TimelineEntry:
    name = row.user_name or row.integration_name or row.key_name or "Dogwatch"
    actor = wire.Actor(kind=row.actor_kind, id=row.actor_id, name=name)
    return wire.TimelineEntry(n=row.n, at=row.at, actor=actor, kind=row.kind, args=row.args)


async def read_alerts(
    db: Database, incident_id: str, *, text: str = "", is_open: bool | None = None, limit: int, cursor: str | None
) -> Page[wire.Alert]:
    """The newest first; `is_open` narrows to those that still fire or are over, `text` to those with all its words.

    Words are looked for in the incident's own alerts, not in the index of all: what is common there costs nothing here.
    """
    words = wanted_words(text)
    if text.strip() and not words:
        return Page(items=[])
    where, args = "incident_id = :incident", dict[str, Any]()
    for number, word in enumerate(words):
        where += f" AND (alert.words LIKE :first{number} OR alert.words LIKE :later{number})"
        args |= {f"first{number}": f"{word.text}%", f"later{number}": f"% {word.text}%"}
    if is_open is not None:
        where += f" AND closed_at IS {'' if is_open else 'NOT '}NULL"
    if cursor:
        at_us, id = decode_cursor(cursor, int, str)
        where += " AND (alert.starts_at < :at OR (alert.starts_at = :at AND alert.id < :id))"
        args |= {"at": from_us(at_us), "id": id}
    rows = await db.rows(
        _AlertRow,
        "SELECT alert.id, title, severity, description, dedup_key, labels, links, count, starts_at, last_at,"  # noqa: S608 fixed
        " closed_at, silenced_by, changes, integration_id, integration.name AS integration_name FROM alert"
        f" LEFT JOIN integration ON integration.id = integration_id WHERE {where}"
        " ORDER BY alert.starts_at DESC, alert.id DESC LIMIT :limit",
        incident=incident_id,
        limit=limit + 1,
        **args,
    )
    shown, more = cut(rows, limit, lambda row: (to_us(row.starts_at), row.id))
    return Page(items=[_alert(row) for row in shown], next_cursor=more)


def _alert(row: _AlertRow) -> wire.Alert:
    return wire.Alert(
        id=row.id,
        title=row.title,
        severity=row.severity,
        description=row.description,
        dedup_key=row.dedup_key,
        labels=row.labels,
        links=row.links,
        count=row.count,
        starts_at=row.starts_at,
        last_at=row.last_at,
        closed_at=row.closed_at,
        silenced=row.silenced_by is not None,
        integration=Ref(row.integration_id, row.integration_name or ""),
        changes=row.changes,
    )
