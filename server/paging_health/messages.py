"""What became of each message: lists, one message, and those that were given up."""

from datetime import datetime, timedelta
from typing import Any, Literal

import msgspec
from msgspec import Struct

from server.accounts.access.actors import Actor
from server.accounts.audit.trail import About, audit
from server.channels.base import Message
from server.delivery import enqueue
from server.delivery.enqueue import send_again
from server.kernel.clock import from_us, to_us
from server.kernel.database import Database, Priority, Writes
from server.kernel.errors import Conflict, NotFound
from server.kernel.http import cut, decode_cursor
from shared.domain.incidents.allowed_verbs import State
from shared.wire import notifications as wire
from shared.wire.lists import Page, Ref

Segment = Literal["mine", "all"]
AGAIN_FOR = timedelta(minutes=5)
SELECT = (
    "SELECT delivery.id, delivery.priority, delivery.channel, delivery.message, delivery.state, delivery.attempts,"
    " delivery.reason, delivery.created_at, delivery.due_at, delivery.cancelled_at, delivery.accepted_at,"
    " delivery.received_at, delivery.displayed_at, delivery.opened_at, delivery.failed_at, delivery.acted_at,"
    " COALESCE(address.label, '') AS label, COALESCE(notification.user_id, address.user_id) AS user_id,"
    " user_account.name AS person, incident.id AS incident_id, incident.team_id, incident.state AS incident_state,"
    " incident.cycle = notification.cycle AS is_current FROM delivery"
    " LEFT JOIN address ON address.id = delivery.address_id"
    " LEFT JOIN notification ON notification.id = delivery.id"
    " LEFT JOIN incident ON incident.id = notification.incident_id"
    " JOIN user_account ON user_account.id = COALESCE(notification.user_id, address.user_id)"
)
MINE = (
    "(delivery.address_id IN (SELECT id FROM address WHERE user_id = :me)"
    " OR delivery.id IN (SELECT id FROM notification WHERE user_id = :me))"
)


class _MessageRow(Struct, frozen=True, kw_only=True):
    id: str
    priority: int
    channel: str
    message: Message
    state: str
    attempts: int
    reason: str | None
    created_at: datetime
    due_at: datetime
    cancelled_at: datetime | None
    accepted_at: datetime | None
    received_at: datetime | None
    displayed_at: datetime | None
    opened_at: datetime | None
    failed_at: datetime | None
    acted_at: datetime | None
    label: str
    user_id: str
    person: str
    incident_id: str | None
    team_id: str | None
    incident_state: State | None
    is_current: bool | None

    @property
    def can_retry(self) -> bool:
        return self.incident_id is None or (self.incident_state == "triggered" and bool(self.is_current))


class Narrowed(Struct, frozen=True, kw_only=True):
    """What a list of messages is narrowed to."""

    segment: Segment = "mine"
    incident_id: str | None = None
    states: tuple[wire.DeliveryState, ...] = ()


async def list_notifications(
    db: Database, actor: Actor, wanted: Narrowed, *, limit: int, cursor: str | None
) -> Page[wire.NotificationItem]:
    """The newest first: mine; or those of an incident that I see; or, for administrators, everybody's."""
    where, args = _where(actor, wanted)
    rows, more = await _page(db, where, args, limit=limit, cursor=cursor)
    return Page(items=[wire.NotificationItem(**_facts(row)) for row in rows], next_cursor=more)


async def list_dead_letters(db: Database, actor: Actor, *, limit: int, cursor: str | None) -> Page[wire.DeadLetter]:
    """What was given up and neither retried nor discarded: mine, or everybody's for administrators."""
    wanted = Narrowed(segment="all" if actor.is_admin else "mine", states=("failed",))
    where, args = _where(actor, wanted)
    rows, more = await _page(db, where, args, limit=limit, cursor=cursor)
    return Page(items=[wire.DeadLetter(**_facts(row), can_retry=row.can_retry) for row in rows], next_cursor=more)


def _where(actor: Actor, wanted: Narrowed) -> tuple[list[str], dict[str, Any]]:
    where: list[str] = []
    args: dict[str, Any] = {}
    if wanted.incident_id is not None:
        where.append("notification.incident_id = :incident AND incident.team_id IN :teams")
        args |= {"incident": wanted.incident_id, "teams": tuple(actor.visible_ids)}
    elif wanted.segment == "mine" or not actor.is_admin:
        where.append(MINE)
        args["me"] = actor.user_id
    if wanted.states:
        clauses = [_state_clause(state) for state in wanted.states]
        where.append(f"({' OR '.join(clauses)})")
    return where, args


FURTHER = ("acted", "opened", "displayed", "received")


def _state_clause(state: wire.DeliveryState) -> str:
    """The clause of a state as people see it: what a device said outdoes what the provider did."""
    if state not in (*FURTHER, "accepted"):
        return f"delivery.state = '{state}'"
    beyond = FURTHER[: FURTHER.index(state)] if state in FURTHER else FURTHER
    parts = [f"delivery.{each}_at IS NULL" for each in beyond]
    parts.append(f"delivery.{state}_at IS NOT NULL" if state in FURTHER else "delivery.state = 'accepted'")
    return f"({' AND '.join(parts)})"


async def _page(
    db: Database, where: list[str], args: dict[str, Any], *, limit: int, cursor: str | None
) -> tuple[list[_MessageRow], str | None]:
    if cursor is not None:
        at_us, id = decode_cursor(cursor, int, str)
        where = [*where, "(delivery.created_at < :at OR (delivery.created_at = :at AND delivery.id < :id))"]
        args = args | {"at": from_us(at_us), "id": id}
    rows = await db.rows(
        _MessageRow,
        f"{SELECT} WHERE {' AND '.join(where or ['1 = 1'])}"
        " ORDER BY delivery.created_at DESC, delivery.id DESC LIMIT :limit",
        limit=limit + 1,
        **args,
    )
    return cut(rows, limit, lambda row: (to_us(row.created_at), row.id))


async def read_notification(db: Database, actor: Actor, id: str) -> wire.NotificationItem:
    """Raises NotFound unless it is mine, of an incident that I see, or I am an administrator."""
    row = await db.row(_MessageRow, f"{SELECT} WHERE delivery.id = :id", id=id)
    if row is None:
        raise NotFound
    is_seen = row.team_id is not None and row.team_id in actor.visible_ids
    if not (row.user_id == actor.user_id or is_seen or actor.is_admin):
        raise NotFound
    return wire.NotificationItem(**_facts(row))


async def retry(db: Database, actor: Actor, id: str, *, now: datetime) -> Writes:
    """Send a dead letter once more, for five minutes; a page only while its incident still waits for somebody."""
    row = await _dead(db, actor, id)
    if not row.can_retry:
        raise Conflict("nobody waits for this page any more", code="not_awaited")
    again = msgspec.structs.replace(row.message, expires_at=now + AGAIN_FOR)
    writes = Writes()
    send_again(writes, again, priority=Priority(row.priority), expires_at=now + AGAIN_FOR, now=now)
    audit(writes, actor, _about(row), now=now, verb="retried")
    return writes


async def discard(db: Database, actor: Actor, id: str, *, now: datetime) -> Writes:
    """Take it off the list; its reason stays readable."""
    row = await _dead(db, actor, id)
    writes = Writes()
    enqueue.discard(writes, id)
    audit(writes, actor, _about(row), now=now, verb="discarded")
    return writes


async def _dead(db: Database, actor: Actor, id: str) -> _MessageRow:
    row = await db.row(_MessageRow, f"{SELECT} WHERE delivery.id = :id", id=id)
    if row is None or not (row.user_id == actor.user_id or actor.is_admin):
        raise NotFound
    if row.state != "failed":
        raise Conflict("it was not given up", code="not_dead")
    return row


def _about(row: _MessageRow) -> About:
    return About("notification", row.id, f"{row.channel} {row.label}", row.team_id)


def _facts(row: _MessageRow) -> dict[str, Any]:
    subject = row.message.subject
    facts: dict[str, Any] = {
        name: getattr(row, name)
        for name in wire.NotificationItem.__struct_fields__
        if name in _MessageRow.__struct_fields__ and name != "state"
    }
    return facts | {
        "kind": row.message.kind,
        "state": next((state for state in FURTHER if getattr(row, f"{state}_at") is not None), row.state),
        "user": Ref(row.user_id, row.person),
        "severity": subject.severity if subject else row.message.severity,
        "incident_number": subject.number if subject else None,
    }
