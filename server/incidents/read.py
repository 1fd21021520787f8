"""Read incidents as lists and screens show them, as far as the actor sees them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct

from server.accounts.access.actors import Actor
from server.accounts.access.permissions import INCIDENTS_ACT
from server.escalation.outlook import (
    Outlook,
    as_escalation,
    load_outlooks,
    next_page,
    paging_now,
    why_me,
    with_fallback,
)
from server.incidents.followers import followers_of
from server.incidents.lists.filtering import PAGED, where_of
from server.incidents.responders import responders_of
from server.kernel.clock import from_us, to_us
from server.kernel.database import Database
from server.kernel.errors import NotFound
from server.kernel.http import cut, decode_cursor
from shared.domain.incidents.allowed_verbs import Situation, State, legal_verbs
from shared.domain.incidents.case import Undo
from shared.wire import incidents as wire
from shared.wire.lists import Page, Ref

COLUMNS = (
    "incident.id, incident.number, incident.title, incident.severity, incident.severity_pinned, incident.state,"
    " incident.cycle, incident.service_id, service.name AS service_name, incident.team_id, team.name AS team_name,"
    " incident.integration_id, incident.triggered_at, incident.acknowledged_at, incident.acknowledged_by,"
    " incident.snoozed_until, incident.silenced_until, incident.resolved_at, incident.undo, incident.alert_count,"
    " incident.open_alert_count,"
    " incident.rev, incident.merged_into, target.number AS merged_number, target.title AS merged_title,"
    " target.team_id AS merged_team_id, acker.name AS acknowledged_by_name,"
    " EXISTS (SELECT 1 FROM incident_responder WHERE incident_responder.incident_id = incident.id"
    " AND incident_responder.user_id = :me AND answered_at IS NULL) AS is_asked"
)
TABLES = (
    " FROM incident LEFT JOIN service ON service.id = incident.service_id"
    " LEFT JOIN team ON team.id = incident.team_id"
    " LEFT JOIN incident AS target ON target.id = incident.merged_into"
    " LEFT JOIN user_account AS acker ON acker.id = incident.acknowledged_by"
)


class IncidentItemRow(Struct, frozen=True, kw_only=True):
    id: str
    number: int
    title: str
    severity: wire.Severity
    severity_pinned: bool
    state: State
    cycle: int
    service_id: str | None
    service_name: str | None
    team_id: str
    team_name: str | None
    integration_id: str | None
    triggered_at: datetime
    acknowledged_at: datetime | None
    acknowledged_by: str | None
    snoozed_until: datetime | None
    silenced_until: datetime | None
    resolved_at: datetime | None
    undo: Undo | None
    alert_count: int
    open_alert_count: int
    rev: int
    merged_into: str | None
    merged_number: int | None
    merged_title: str | None
    merged_team_id: str | None
    acknowledged_by_name: str | None
    is_paged: bool
    is_asked: bool


class _Words(Struct, frozen=True, kw_only=True):
    """What people said about one incident."""

    description: str | None
    opened_by: str | None
    opened_by_name: str | None
    resolved_by: str | None
    resolved_by_name: str | None
    integration_id: str | None
    integration_name: str | None
    source: str | None
    impact: str | None
    root_cause: str | None
    method: str | None
    lessons: str | None


async def list_incidents(
    db: Database, actor: Actor, wanted: wire.IncidentFilter, *, limit: int, cursor: str | None, now: datetime
) -> Page[wire.IncidentItem]:
    """Newest first."""
    where, args = where_of(db, actor, wanted)
    if cursor:
        at_us, id = decode_cursor(cursor, int, str)
        where.append("(incident.triggered_at < :at OR (incident.triggered_at = :at AND incident.id < :id))")
        args |= {"at": from_us(at_us), "id": id}
    text = f"SELECT {COLUMNS}, {PAGED} AS is_paged{TABLES} WHERE {' AND '.join(where)}"
    text += " ORDER BY incident.triggered_at DESC, incident.id DESC LIMIT :limit"
    rows = await db.rows(IncidentItemRow, text, limit=limit + 1, **args)
    shown, more = cut(rows, limit, lambda row: (to_us(row.triggered_at), row.id))
    return Page(items=await _items(db, actor, shown, now), next_cursor=more)


async def matching_ids(
    db: Database, actor: Actor, wanted: wire.IncidentFilter, *, limit: int
) -> tuple[tuple[str, ...], int]:
    """Ids of the newest incidents that match, and how many more there are."""
    where, args = where_of(db, actor, wanted)
    matching = f" FROM incident WHERE {' AND '.join(where)}"
    rows = await db.values(
        f"SELECT incident.id{matching} ORDER BY incident.triggered_at DESC, incident.id DESC LIMIT :limit",
        limit=limit,
        **args,
    )
    everything = await db.value(f"SELECT COUNT(*){matching}", **args)
    return tuple(id for (id,) in rows), everything - len(rows)


async def _items(db: Database, actor: Actor, rows: Sequence[IncidentItemRow], now: datetime) -> list[wire.IncidentItem]:
    outlooks = await load_outlooks(db, [(row.id, row.team_id, row.cycle) for row in rows], now)
    return [wire.IncidentItem(**_item(row, outlooks[row.id], actor, now)) for row in rows]


def _item(row: IncidentItemRow, outlook: Outlook, actor: Actor, now: datetime) -> dict[str, Any]:
    found = Situation(
        state=row.state,
        is_snoozed=row.snoozed_until is not None,
        is_merged=row.merged_into is not None,
        is_asked=row.is_asked,
        undo_until=_undo_until(row, actor),
    )
    return {
        "id": row.id,
        "number": row.number,
        "title": row.title,
        "severity": row.severity,
        "severity_pinned": row.severity_pinned,
        "state": row.state,
        "service": _ref(row.service_id, row.service_name),
        "team": Ref(row.team_id, row.team_name) if row.team_name is not None else None,
        "triggered_at": row.triggered_at,
        "acknowledged_at": row.acknowledged_at,
        "resolved_at": row.resolved_at,
        "acknowledged_by": _ref(row.acknowledged_by, row.acknowledged_by_name),
        "snoozed_until": row.snoozed_until,
        "silenced_until": row.silenced_until,
        "merged_into": _merged_into(row, actor),
        "alert_count": row.alert_count,
        "open_alert_count": row.open_alert_count,
        "paging": paging_now(outlook),
        "next": next_page(outlook),
        "waits_for_me": row.state == "triggered" and row.silenced_until is None and row.is_paged,
        "can": legal_verbs(found, may_act=actor.may_in(INCIDENTS_ACT, row.team_id), now=now),
        "rev": row.rev,
    }


def _ref(id: str | None, name: str | None) -> Ref | None:
    return Ref(id, name or "") if id else None


def _undo_until(row: IncidentItemRow, actor: Actor) -> datetime | None:
    return row.undo.until if row.undo and row.undo.by == actor.user_id else None


def _merged_into(row: IncidentItemRow, actor: Actor) -> wire.MergedInto | None:
    if row.merged_into is None or row.merged_number is None:
        return None
    title = row.merged_title or "" if row.merged_team_id in actor.visible_ids else ""
    return wire.MergedInto(id=row.merged_into, number=row.merged_number, title=title)


async def visible_row(db: Database, actor: Actor, incident_id: str) -> IncidentItemRow:
    """Raises NotFound for what isn't there or can't be seen."""
    text = f"SELECT {COLUMNS}, {PAGED} AS is_paged{TABLES} WHERE incident.id = :id"
    row = await db.row(IncidentItemRow, text, me=actor.user_id, id=incident_id)
    if row is None:
        raise NotFound
    actor.require_visible(row.team_id)
    return row


async def read_incident(
    db: Database, actor: Actor, incident_id: str, *, pages_left: int = 0, now: datetime
) -> wire.Incident:
    row = await visible_row(db, actor, incident_id)
    outlook = (await load_outlooks(db, [(row.id, row.team_id, row.cycle)], now))[row.id]
    outlook = await with_fallback(db, outlook, row.team_id)
    words = await _words(db, incident_id)
    return wire.Incident(
        **_item(row, outlook, actor, now),
        description=words.description or "",
        opened_by=_ref(words.opened_by, words.opened_by_name),
        integration=_ref(words.integration_id, words.integration_name),
        source=words.source,
        escalation=as_escalation(outlook),
        why=why_me(outlook, actor.user_id),
        undo_until=_undo_until(row, actor),
        pages_left=pages_left,
        resolved_by=_ref(words.resolved_by, words.resolved_by_name),
        impact=words.impact,
        root_cause=words.root_cause,
        method=words.method,
        lessons=words.lessons,
        responders=await responders_of(db, row.id, row.cycle),
        followers=await followers_of(db, row.id),
    )


async def _words(db: Database, incident_id: str) -> _Words:
    found = await db.row(
        _Words,
        "SELECT incident.description, opened_by, opener.name AS opened_by_name, resolved_by,"
        " resolver.name AS resolved_by_name, integration_id, integration.name AS integration_name, integration.source,"
        " impact, root_cause, method, lessons FROM incident"
        " LEFT JOIN integration ON integration.id = incident.integration_id"
        " LEFT JOIN user_account AS opener ON opener.id = incident.opened_by"
        " LEFT JOIN user_account AS resolver ON resolver.id = incident.resolved_by WHERE incident.id = :id",
        id=incident_id,
    )
    if found is None:
        raise NotFound
    return found


async def pages_left_of(db: Database, incident_id: str) -> int:
    """How many messages had left before the last verb was undone."""
    args = await db.row(
        _Undone,
        "SELECT args FROM timeline WHERE incident_id = :id AND kind = 'undone' ORDER BY n DESC LIMIT 1",
        id=incident_id,
    )
    return int(args.args.get("left", 0)) if args is not None else 0


class _Undone(Struct, frozen=True):
    args: dict[str, Any]
