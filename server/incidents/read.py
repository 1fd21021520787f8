"""Read incidents as lists and screens show them, as far as the actor sees them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct

from server.accounts.actors import Actor
from server.escalation.outlook import (
    Outlook,
    as_escalation,
    load_outlooks,
    next_page,
    paging_now,
    why_me,
    with_fallback,
)
from server.incidents.verbs import Undo
from server.kernel.clock import from_us, to_us
from server.kernel.database import Database
from server.kernel.errors import NotFound
from server.kernel.http import decode_cursor, encode_cursor
from shared.domain.incidents import State, legal_verbs
from shared.wire import incidents as wire
from shared.wire.lists import Page, Ref

MINE = (
    "(incident.acknowledged_by = :me OR EXISTS (SELECT 1 FROM notification WHERE notification.user_id = :me"
    " AND notification.incident_id = incident.id AND notification.cycle = incident.cycle))"
)
COLUMNS = (
    "incident.id, incident.number, incident.title, incident.severity, incident.state, incident.cycle,"
    " incident.service_id, service.name AS service_name, incident.team_id, team.name AS team_name,"
    " incident.integration_id, incident.triggered_at, incident.acknowledged_at, incident.acknowledged_by,"
    " incident.resolved_at, incident.resolution, incident.undo, incident.alert_count, incident.open_alert_count,"
    " incident.rev, acker.name AS acknowledged_by_name, EXISTS (SELECT 1 FROM notification"
    " WHERE notification.user_id = :me AND notification.incident_id = incident.id"
    " AND notification.cycle = incident.cycle) AS is_paged"
)
TABLES = (
    " FROM incident JOIN service ON service.id = incident.service_id"
    " LEFT JOIN team ON team.id = incident.team_id"
    " LEFT JOIN user_account AS acker ON acker.id = incident.acknowledged_by"
)


class Row(Struct, frozen=True, kw_only=True):
    id: str
    number: int
    title: str
    severity: wire.Severity
    state: State
    cycle: int
    service_id: str
    service_name: str
    team_id: str
    team_name: str | None
    integration_id: str | None
    triggered_at: datetime
    acknowledged_at: datetime | None
    acknowledged_by: str | None
    resolved_at: datetime | None
    resolution: str | None
    undo: Undo | None
    alert_count: int
    open_alert_count: int
    rev: int
    acknowledged_by_name: str | None
    is_paged: bool


class Filter(Struct, frozen=True, kw_only=True):
    """What a list is narrowed to; empty means everything."""

    scope: wire.Scope = "all"
    states: tuple[str, ...] = ()
    severities: tuple[str, ...] = ()
    service_ids: tuple[str, ...] = ()
    team_ids: tuple[str, ...] = ()
    text: str = ""


async def list_incidents(
    db: Database, actor: Actor, wanted: Filter, *, limit: int, cursor: str | None, now: datetime
) -> Page[wire.IncidentItem]:
    """Newest first."""
    where, args = _where(actor, wanted)
    if cursor:
        at_us, id = decode_cursor(cursor, int, str)
        where.append("(incident.triggered_at < :at OR (incident.triggered_at = :at AND incident.id < :id))")
        args |= {"at": from_us(at_us), "id": id}
    text = f"SELECT {COLUMNS}{TABLES} WHERE {' AND '.join(where)}"
    text += " ORDER BY incident.triggered_at DESC, incident.id DESC LIMIT :limit"
    rows = await db.rows(Row, text, me=actor.user_id, limit=limit + 1, **args)
    items = await _items(db, rows[:limit], now)
    more = encode_cursor(to_us(rows[limit - 1].triggered_at), rows[limit - 1].id) if len(rows) > limit else None
    return Page(items=items, next_cursor=more)


def _where(actor: Actor, wanted: Filter) -> tuple[list[str], dict[str, Any]]:
    where = ["incident.team_id IN :visible"]
    args: dict[str, Any] = {"visible": tuple(actor.visible_ids)}
    narrow = {
        "incident.state IN :states": wanted.states,
        "incident.severity IN :severities": wanted.severities,
        "incident.service_id IN :services": wanted.service_ids,
        "incident.team_id IN :teams": wanted.team_ids,
    }
    for clause, values in narrow.items():
        if values:
            where.append(clause)
            args[clause.rpartition(":")[2]] = values
    if wanted.scope == "mine":
        where.append(MINE)
    if wanted.scope == "teams":
        where.append("incident.team_id IN :my_teams")
        args["my_teams"] = tuple(actor.team_ids)
    if wanted.text:
        where.append("(LOWER(incident.title) LIKE :text OR CAST(incident.number AS text) = :number)")
        args |= {"text": f"%{wanted.text.lower()}%", "number": wanted.text.lstrip("#")}
    return where, args


async def _items(db: Database, rows: Sequence[Row], now: datetime) -> list[wire.IncidentItem]:
    outlooks = await load_outlooks(db, [(row.id, row.cycle) for row in rows], now)
    return [wire.IncidentItem(**_item(row, outlooks[row.id])) for row in rows]


def _item(row: Row, outlook: Outlook) -> dict[str, Any]:
    acker = Ref(row.acknowledged_by, row.acknowledged_by_name or "") if row.acknowledged_by else None
    return {
        "id": row.id,
        "number": row.number,
        "title": row.title,
        "severity": row.severity,
        "state": row.state,
        "service": Ref(row.service_id, row.service_name),
        "team": Ref(row.team_id, row.team_name) if row.team_name is not None else None,
        "triggered_at": row.triggered_at,
        "acknowledged_at": row.acknowledged_at,
        "resolved_at": row.resolved_at,
        "acknowledged_by": acker,
        "alert_count": row.alert_count,
        "open_alert_count": row.open_alert_count,
        "paging": paging_now(outlook),
        "next": next_page(outlook),
        "waits_for_me": row.state == "triggered" and row.is_paged,
        "rev": row.rev,
    }


async def count_incidents(db: Database, actor: Actor) -> wire.IncidentCounts:
    """Open incidents per segment."""
    where = "incident.state <> 'resolved' AND incident.team_id IN :visible"
    args = {"me": actor.user_id, "visible": tuple(actor.visible_ids), "mine": tuple(actor.team_ids)}
    text = (
        f"SELECT COUNT(*), COALESCE(SUM(CASE WHEN {MINE} THEN 1 ELSE 0 END), 0),"  # noqa: S608 fixed parts only
        " COALESCE(SUM(CASE WHEN incident.team_id IN :mine THEN 1 ELSE 0 END), 0),"
        " COALESCE(SUM(CASE WHEN incident.state = 'triggered' AND EXISTS (SELECT 1 FROM notification"
        " WHERE notification.user_id = :me AND notification.incident_id = incident.id"
        " AND notification.cycle = incident.cycle) THEN 1 ELSE 0 END), 0)"
        f" FROM incident WHERE {where}"
    )
    everything, mine, teams, waiting = (await db.values(text, **args))[0]
    return wire.IncidentCounts(mine=mine, teams=teams, all=everything, waiting_for_me=waiting)


async def visible_row(db: Database, actor: Actor, incident_id: str) -> Row:
    """Raises NotFound for what isn't there or can't be seen."""
    text = f"SELECT {COLUMNS}{TABLES} WHERE incident.id = :id"
    row = await db.row(Row, text, me=actor.user_id, id=incident_id)
    if row is None:
        raise NotFound
    actor.require_visible(row.team_id)
    return row


async def read_incident(db: Database, actor: Actor, incident_id: str, *, now: datetime) -> wire.Incident:
    row = await visible_row(db, actor, incident_id)
    outlook = (await load_outlooks(db, [(row.id, row.cycle)], now))[row.id]
    outlook = await with_fallback(db, outlook, row.team_id)
    integration = await _integration(db, row.integration_id)
    undo_until = row.undo.until if row.undo and row.undo.by == actor.user_id else None
    may_act = actor.may_in("incidents:act", row.team_id)
    return wire.Incident(
        **_item(row, outlook),
        integration=Ref(integration[0], integration[1]) if integration else None,
        source=integration[2] if integration else None,
        escalation=as_escalation(outlook),
        why=why_me(outlook, actor.user_id),
        can=list(legal_verbs(row.state, undo_until=undo_until, now=now)) if may_act else [],
        undo_until=undo_until,
        resolution=row.resolution,
    )


async def _integration(db: Database, id: str | None) -> tuple[str, str, str] | None:
    rows = await db.values("SELECT id, name, source FROM integration WHERE id = :id", id=id)
    return rows[0] if rows else None
