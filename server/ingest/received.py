"""What integrations received, and what became of it."""

import base64
from datetime import datetime
from typing import Any

from msgspec import Struct

from server.accounts.access.actors import Actor
from server.kernel.clock import to_us
from server.kernel.database import Database
from server.kernel.errors import NotFound
from server.kernel.http import cut, decode_cursor
from server.pipeline.bodies import unpack
from server.pipeline.parse import StoredEvent, parse
from server.pipeline.stages import Dropped
from server.services.directory import Directory
from shared.domain.alerts import Event, key_hash_of
from shared.wire import events as wire
from shared.wire.lists import Page, Ref

SHOWN = 200
COLUMNS = (
    "event.seq, event.id, event.integration_id, integration.name, integration.source, service.team_id,"
    " event.received_at, event.result, event.outcome, event.size"
)
TABLES = (
    " FROM event LEFT JOIN integration ON integration.id = event.integration_id"
    " LEFT JOIN service ON service.id = integration.service_id"
)
ONE = f"SELECT {COLUMNS}{TABLES} WHERE event.id = :id"
STATES: dict[wire.EventState, str] = {
    "waiting": "event.parsed_at IS NULL",
    "failed": "event.result = 'failed'",
    "dropped": "event.result = 'dropped'",
    "done": "event.result = 'done'",
}


class Received(Struct, frozen=True, kw_only=True):
    """What a list of events narrows to; received in [since, until)."""

    integration_ids: tuple[str, ...] = ()
    states: tuple[wire.EventState, ...] = ()
    since: datetime | None = None
    until: datetime | None = None


class _Outcome(Struct, frozen=True, kw_only=True):
    error: str | None
    alerts: int = 0
    dropped: tuple[Dropped, ...] = ()


class _EventRow(Struct, frozen=True, kw_only=True):
    seq: int
    id: str
    integration_id: str
    name: str | None
    source: str | None
    team_id: str | None
    received_at: datetime
    result: wire.EventState | None
    outcome: _Outcome | None
    size: int


class _Payload(Struct, frozen=True, kw_only=True):
    headers: dict[str, str]
    body: bytes
    size: int


async def list_received(
    db: Database, actor: Actor, wanted: Received, *, limit: int, cursor: str | None
) -> Page[wire.ReceivedEvent]:
    """The last received first, of the integrations that the actor sees.

    Those that wait have an index of their own; with the columns of others in sight no planner would choose it.
    """
    seen = await _seen(db, actor)
    ids = [id for id in seen if id in wanted.integration_ids] if wanted.integration_ids else seen
    is_waiting = wanted.states == ("waiting",)
    integration, order = (
        ("event.integration_id || ''", "event.seq + 0") if is_waiting else ("event.integration_id", "event.seq")
    )
    where, args = [f"{integration} IN :integrations"], dict[str, Any](integrations=tuple(ids))
    if wanted.states:
        where.append(f"({' OR '.join(f'({STATES[state]})' for state in wanted.states)})")
    if wanted.since is not None:
        where.append("event.received_at >= :since")
        args["since"] = to_us(wanted.since)
    if wanted.until is not None:
        where.append("event.received_at < :until")
        args["until"] = to_us(wanted.until)
    if cursor is not None:
        where.append("event.seq < :before")
        args["before"] = decode_cursor(cursor, int)[0]
    text = f"SELECT {COLUMNS}{TABLES} WHERE {' AND '.join(where)} ORDER BY {order} DESC LIMIT :limit"
    rows = await db.rows(_EventRow, text, limit=limit + 1, **args)
    shown, more = cut(rows, limit, lambda row: (row.seq,))
    return Page(items=[wire.ReceivedEvent(**_event(row)) for row in shown], next_cursor=more)


async def _seen(db: Database, actor: Actor) -> list[str]:
    rows = await db.values(
        "SELECT integration.id, service.team_id FROM integration"
        " LEFT JOIN service ON service.id = integration.service_id"
    )
    return [id for id, team_id in rows if team_id is None or team_id in actor.visible_ids]


async def read_received(db: Database, actor: Actor, directory: Directory, id: str) -> wire.EventDetail:
    """Raises NotFound for what isn't there or can't be seen."""
    row = await db.row(_EventRow, ONE, id=id)
    payload = await db.row(_Payload, "SELECT <fields> FROM event WHERE id = :id", id=id)
    if row is None or payload is None:
        raise NotFound
    actor.require_visible(row.team_id)
    body = unpack(payload.body, payload.size)
    text = _text(body)
    return wire.EventDetail(
        **_event(row),
        headers=payload.headers,
        body=text,
        body_base64=base64.b64encode(body).decode() if text is None else None,
        news=await _parts(db, directory, row, payload),
    )


def _text(body: bytes) -> str | None:
    try:
        return body.decode()
    except UnicodeDecodeError:
        return None


async def _parts(db: Database, directory: Directory, row: _EventRow, payload: _Payload) -> list[wire.EventPart]:
    """The payload read again, as the pipeline reads it."""
    integration = directory.integrations.get(row.integration_id)
    if integration is None:
        return []
    stored = StoredEvent(
        seq=row.seq,
        id=row.id,
        integration_id=row.integration_id,
        received_at=row.received_at,
        headers=payload.headers,
        body=payload.body,
        size=payload.size,
        done=0,
    )
    events = parse(integration, stored).events[:SHOWN]
    alerts = await _alerts(db, row, events)
    dropped = {each.dedup_key: each for each in row.outcome.dropped} if row.outcome else {}
    names = dict(
        await db.values("SELECT id, name FROM rule WHERE integration_id = :integration", integration=row.integration_id)
    )
    return [_one(event, alerts.get(key_hash_of(event.dedup_key)), dropped.get(event.dedup_key), names)
            for event in events]  # fmt: skip


def _one(event: Event, alert_id: str | None, dropped: Dropped | None, names: dict[str, str]) -> wire.EventPart:
    rule_id = dropped.rule_id if dropped else None
    return wire.EventPart(
        action=event.action,
        dedup_key=event.dedup_key,
        title=event.title,
        severity=event.severity,
        alert_id=alert_id,
        dropped=dropped.reason if dropped else None,
        rule=Ref(rule_id, names.get(rule_id, "")) if rule_id else None,
    )


async def _alerts(db: Database, row: _EventRow, events: list[Event]) -> dict[str, str]:
    """By key: the alerts that this event began, or else those open under its keys."""
    open_now = await db.values(
        "SELECT key_hash, id FROM alert WHERE closed_at IS NULL AND integration_id = :integration"
        " AND key_hash IN :keys",
        integration=row.integration_id,
        keys=tuple(key_hash_of(event.dedup_key) for event in events),
    )
    begun = await db.values("SELECT key_hash, id FROM alert WHERE first_event_id = :id", id=row.id)
    return dict(open_now) | dict(begun)


def _event(row: _EventRow) -> dict[str, Any]:
    outcome = row.outcome
    return {
        "id": row.id,
        "integration": Ref(row.integration_id, row.name or ""),
        "source": row.source or "",
        "received_at": row.received_at,
        "state": row.result or "waiting",
        "bytes": row.size,
        "alerts": outcome.alerts if outcome else 0,
        "dropped": len(outcome.dropped) if outcome else 0,
        "error": outcome.error if outcome else None,
    }
