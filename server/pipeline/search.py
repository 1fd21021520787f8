"""Find alerts among everything that ever came in, and show one with all that happened to it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct

from server.accounts.access.actors import Actor
from server.incidents.lists.filtering import words_match
from server.kernel.clock import to_us
from server.kernel.database import Database
from server.kernel.errors import NotFound
from server.kernel.http import cut, decode_cursor
from shared.domain.alerts import Link, Severity
from shared.domain.pipeline.alert_changes import Change
from shared.domain.pipeline.searching import SERVICE_LABEL, Word, label_word, wanted_words
from shared.wire import alerts as wire
from shared.wire.lists import Page, Ref

COLUMNS = (
    "alert.seq, alert.id, alert.title, alert.severity, alert.service_id, service.name AS service_name,"
    " service.team_id, alert.integration_id, integration.name AS integration_name, integration.source AS kind,"
    " alert.labels, alert.count, alert.received_at, alert.last_at, alert.closed_at, alert.silenced_by,"
    " alert.dropped_by, alert.incident_id, incident.number"
)
JOINS = (
    " LEFT JOIN service ON service.id = alert.service_id LEFT JOIN integration ON integration.id = alert.integration_id"
    " LEFT JOIN incident ON incident.id = alert.incident_id"
)
ONE = f"SELECT {COLUMNS} FROM alert{JOINS} WHERE alert.id = :id"  # noqa: S608 constants only
OUTCOMES = {
    "incident": "alert.incident_id IS NOT NULL",
    "silenced": "alert.silenced_by IS NOT NULL AND alert.incident_id IS NULL",
    "dropped": "alert.dropped_by IS NOT NULL",
}
CONCURRENT = 5_000
"""How far numbers may be out of the order of time: what several processes write at one moment."""


class WantedAlerts(Struct, frozen=True, kw_only=True):
    """What a search narrows to; received in [since, until), `labels` as `name=value`."""

    text: str = ""
    since: datetime | None = None
    until: datetime | None = None
    integration_ids: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    service_ids: tuple[str, ...] = ()
    severities: tuple[Severity, ...] = ()
    outcomes: tuple[wire.Outcome, ...] = ()
    is_open: bool | None = None
    labels: tuple[tuple[str, str], ...] = ()


class _AlertRow(Struct, frozen=True, kw_only=True):
    seq: int
    id: str
    title: str
    severity: Severity
    service_id: str
    service_name: str
    team_id: str
    integration_id: str
    integration_name: str
    kind: str
    labels: dict[str, str]
    count: int
    received_at: datetime
    last_at: datetime
    closed_at: datetime | None
    silenced_by: str | None
    dropped_by: str | None
    incident_id: str | None
    number: int | None


class _Rest(Struct, frozen=True, kw_only=True):
    description: str
    dedup_key: str
    check_name: str
    source: str
    starts_at: datetime
    links: list[Link]
    details: dict[str, object]
    rule_ids: tuple[str, ...]
    first_event_id: str
    last_event_id: str
    changes: list[Change]


async def search_alerts(
    db: Database, actor: Actor, wanted: WantedAlerts, *, limit: int, cursor: str | None
) -> Page[wire.FoundAlert]:
    """The last received first; words and label pairs are looked up in the full text index, newest first."""
    where, args = await _where(db, actor, wanted)
    words = [*wanted_words(wanted.text), *(Word(label_word(*pair), is_prefix=False) for pair in wanted.labels)]
    if wanted.text.strip() and not words:
        return Page(items=[])
    tables = " FROM alert"
    if words and len(wanted.service_ids) == 1:
        words.append(Word(label_word(SERVICE_LABEL, wanted.service_ids[0]), is_prefix=False))
    seq = "alert.seq"
    if words:
        table, seq, clause, args["words"] = words_match(db, words)
        where.append(clause)
        tables = f" FROM {table}" if table == "alert" else f" FROM {table} JOIN alert ON alert.seq = {seq}"
    if cursor is not None:
        args["before"] = decode_cursor(cursor, int)[0]
        where.append(f"{seq} < :before")
    where += await _bounds(db, wanted, args, seq)
    statement = (
        f"SELECT {COLUMNS}{tables}{JOINS} WHERE {' AND '.join(where or ['1 = 1'])} ORDER BY {seq} DESC LIMIT :limit"
    )
    rows = await db.rows(_AlertRow, statement, limit=limit + 1, **args)
    shown, more = cut(rows, limit, lambda row: (row.seq,))
    return Page(items=[wire.FoundAlert(**_found(row)) for row in shown], next_cursor=more)


async def _where(db: Database, actor: Actor, wanted: WantedAlerts) -> tuple[list[str], dict[str, Any]]:
    where: list[str] = []
    args: dict[str, Any] = {}
    for column, values in (
        ("alert.service_id", await _services(db, actor, wanted)),
        ("alert.integration_id", await _integrations(db, wanted)),
        ("alert.severity", wanted.severities or None),
    ):
        if values is not None:
            name = column.removeprefix("alert.")
            args[name] = tuple(values)
            where.append(f"{_walked(column, len(values))} IN :{name}")
    if wanted.outcomes:
        where.append(f"({' OR '.join(f'({OUTCOMES[each]})' for each in wanted.outcomes)})")
    if wanted.is_open is not None:
        where.append("alert.closed_at IS NULL" if wanted.is_open else "alert.closed_at IS NOT NULL")
    return where, args


def _walked(column: str, values: int) -> str:
    """An index serves one value newest first; of several it would fetch all rows and sort them, so walk instead."""
    return column if values == 1 else f"({column} || '')"


async def _services(db: Database, actor: Actor, wanted: WantedAlerts) -> Sequence[str] | None:
    """The services whose alerts are wanted and seen; None when that is all of them."""
    rows = await db.values("SELECT id, team_id FROM service")
    seen = [id for id, team_id in rows if team_id in actor.visible_ids]
    if wanted.service_ids:
        return [id for id in seen if id in wanted.service_ids]
    return None if len(seen) == len(rows) else seen


async def _integrations(db: Database, wanted: WantedAlerts) -> Sequence[str] | None:
    if not wanted.sources:
        return wanted.integration_ids or None
    rows = await db.values("SELECT id FROM integration WHERE source IN :sources", sources=wanted.sources)
    return [id for (id,) in rows if not wanted.integration_ids or id in wanted.integration_ids]


async def _bounds(db: Database, wanted: WantedAlerts, args: dict[str, Any], number: str) -> list[str]:
    """The window of time as a range of numbers too, so that a window long ago needs no walk through all since."""
    where: list[str] = []
    if wanted.since is not None:
        args["since"] = to_us(wanted.since)
        where.append("alert.received_at >= :since")
        text = "SELECT seq FROM alert WHERE received_at >= :at ORDER BY received_at LIMIT 1"
        if (first := await db.value(text, at=args["since"])) is not None:
            args["first"] = first - CONCURRENT
            where.append(f"{number} >= :first")
    if wanted.until is not None:
        args["until"] = to_us(wanted.until)
        where.append("alert.received_at < :until")
        text = "SELECT seq FROM alert WHERE received_at < :at ORDER BY received_at DESC LIMIT 1"
        if (last := await db.value(text, at=args["until"])) is not None:
            args["last"] = last + CONCURRENT
            where.append(f"{number} <= :last")
    return where


async def read_alert(db: Database, actor: Actor, id: str) -> wire.AlertDetail:
    """Raises NotFound for what isn't there or can't be seen."""
    row = await db.row(_AlertRow, ONE, id=id)
    if row is None:
        raise NotFound
    actor.require_visible(row.team_id)
    rest = await db.row(_Rest, "SELECT <fields> FROM alert WHERE id = :id", id=id)
    if rest is None:
        raise NotFound
    names = await _rule_names(db, {*rest.rule_ids, *([row.dropped_by] if row.dropped_by else [])})
    comment = await db.value("SELECT comment FROM silence WHERE id = :id", id=row.silenced_by or "")
    values = {name: getattr(rest, name) for name in rest.__struct_fields__}
    origin, check, touched = values.pop("source"), values.pop("check_name"), values.pop("rule_ids")
    return wire.AlertDetail(
        **_found(row),
        **values,
        origin=origin,
        check=check,
        rules=[Ref(id, names.get(id, "")) for id in touched],
        dropped_by=Ref(row.dropped_by, names.get(row.dropped_by, "")) if row.dropped_by else None,
        silence=Ref(row.silenced_by, comment or "") if row.silenced_by else None,
    )


async def _rule_names(db: Database, ids: set[str]) -> dict[str, str]:
    return dict(await db.values("SELECT id, name FROM rule WHERE id IN :ids", ids=tuple(ids)))


def _found(row: _AlertRow) -> dict[str, Any]:
    incident = wire.IncidentRef(row.incident_id, row.number or 0) if row.incident_id else None
    return {
        "id": row.id,
        "title": row.title,
        "severity": row.severity,
        "outcome": _outcome(row),
        "service": Ref(row.service_id, row.service_name),
        "integration": Ref(row.integration_id, row.integration_name),
        "source": row.kind,
        "labels": row.labels,
        "count": row.count,
        "received_at": row.received_at,
        "last_at": row.last_at,
        "closed_at": row.closed_at,
        "incident": incident,
    }


def _outcome(row: _AlertRow) -> wire.Outcome:
    if row.incident_id is not None:
        return "incident"
    return "dropped" if row.dropped_by is not None else "silenced"
