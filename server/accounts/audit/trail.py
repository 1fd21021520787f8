"""The audit trail: one row for each change, in the change's own transaction, and how it is read."""

from datetime import datetime
from typing import Any, cast

import msgspec
from msgspec import Struct

from server.accounts.access.actors import Actor
from server.accounts.access.changed import refresh_person
from server.kernel.clock import to_us
from server.kernel.database import Database, Writes
from server.kernel.database.text import containing
from server.kernel.http import cut, decode_cursor
from server.kernel.ids import new_id
from server.tables.audits import Audit
from shared.domain.differences import Difference, differences
from shared.wire.audit import AuditEntry
from shared.wire.lists import Page

HIDDEN = "•••"
SECRET_WORDS = ("password", "secret", "token", "credential", "private_key", "recovery")
UNTOLD = frozenset({"id", "rev", "key", "ingest_url", "setup", "created_at", "warnings"})
OWN = frozenset({"contact_method", "device", "notification_rules"})
"""What nobody but its owner changes."""
LONGEST_NAME = 300


class About(Struct, frozen=True):
    """What was changed; without a team only administrators read of it."""

    kind: str
    id: str
    name: str
    team_id: str | None = None


def audit(
    writes: Writes,
    actor: Actor,
    about: About,
    *,
    now: datetime,
    before: Struct | None = None,
    after: Struct | None = None,
    verb: str | None = None,
) -> None:
    """Say in `writes` who did it; without a `verb` it is made, changed or removed, as before and after tell."""
    writes.insert(
        Audit,
        id=new_id(now),
        at=now,
        actor_kind=actor.kind,
        actor_id=actor.user_id,
        actor_name=actor.name,
        verb=verb or _verb(before, after),
        object_kind=about.kind,
        object_id=about.id,
        object_name=about.name[:LONGEST_NAME],
        team_id=about.team_id,
        differences=differences(_kept(before), _kept(after)),
    )
    if about.kind == "user":
        refresh_person(writes, about.id, now=now)
    elif about.kind in OWN:
        refresh_person(writes, actor.user_id, now=now)


def _verb(before: Struct | None, after: Struct | None) -> str:
    if before is None:
        return "made"
    return "changed" if after is not None else "removed"


def _kept(state: Struct | None) -> Any:
    return None if state is None else _without_secrets(msgspec.to_builtins(state), top=True)


def _without_secrets(value: Any, *, top: bool = False) -> Any:
    """Plain JSON with dots for every secret; of the object itself, what nobody chose is left out."""
    if isinstance(value, list):
        return [_without_secrets(each) for each in cast("list[Any]", value)]
    if not isinstance(value, dict):
        return value
    return {
        name: HIDDEN if each and any(word in name for word in SECRET_WORDS) else _without_secrets(each)
        for name, each in cast("dict[str, Any]", value).items()
        if not (top and name in UNTOLD)
    }


class AuditFilter(Struct, frozen=True, kw_only=True):
    """What the query narrows the trail to; instants half open, [since, until). Without `sessions` no sign-ins."""

    object_kind: str | None = None
    object_id: str | None = None
    actor_id: str | None = None
    verb: str | None = None
    text: str = ""
    sessions: bool = True
    since: datetime | None = None
    until: datetime | None = None


class AuditHead(Struct, frozen=True, kw_only=True):
    """One entry, but for what differs."""

    seq: int
    id: str
    at: datetime
    actor_kind: str
    actor_id: str | None
    actor_name: str
    verb: str
    object_kind: str
    object_id: str
    object_name: str
    team_id: str | None


class _AuditRow(AuditHead, frozen=True, kw_only=True):
    differences: list[Difference]


async def list_audit(
    db: Database, actor: Actor, wanted: AuditFilter, *, limit: int, cursor: str | None
) -> Page[AuditEntry]:
    """Newest first. Administrators read everything, others what their teams own and what they did themselves."""
    where, args = _where(wanted)
    if not actor.is_admin:
        where.append("(team_id IN :teams OR actor_id = :me)")
        args |= {"teams": tuple(actor.team_ids), "me": actor.user_id}
    if cursor is not None:
        where.append("seq < :before")
        args["before"] = decode_cursor(cursor, int)[0]
    rows = await db.rows(
        _AuditRow,
        f"SELECT <fields> FROM audit WHERE {' AND '.join(where or ['1 = 1'])} ORDER BY seq DESC LIMIT :limit",  # noqa: S608 (clauses are constants)
        limit=limit + 1,
        **args,
    )
    shown, more = cut(rows, limit, lambda row: (row.seq,))
    return Page(items=[_as_wire(row) for row in shown], next_cursor=more)


def _where(wanted: AuditFilter) -> tuple[list[str], dict[str, Any]]:
    where: list[str] = []
    args: dict[str, Any] = {}
    for name in ("object_kind", "object_id", "actor_id", "verb"):
        if (value := getattr(wanted, name)) is not None:
            where.append(f"{name} = :{name}")
            args[name] = value
    if wanted.text:
        where.append("LOWER(object_name || ' ' || actor_name) LIKE :text ESCAPE '!'")
        args["text"] = containing(wanted.text)
    if not wanted.sessions:
        where.append("object_kind <> 'session'")
    if wanted.since is not None:
        where.append("at >= :since")
        args["since"] = to_us(wanted.since)
    if wanted.until is not None:
        where.append("at < :until")
        args["until"] = to_us(wanted.until)
    return where, args


def _as_wire(row: _AuditRow) -> AuditEntry:
    values = {name: getattr(row, name) for name in row.__struct_fields__ if name != "seq"}
    return AuditEntry(**values)
