"""The demo's outbox: every message as its receiver would have seen it."""

from datetime import datetime
from typing import Literal

import msgspec
from msgspec import Struct

from server.channels.base import Message
from server.delivery.send import action_token, buttons_end, code_of
from server.kernel.database import Database
from server.kernel.secrets import Secrets
from shared.wire.outbox import OutboxItem

NEWEST = 100


class _Sent(Struct, frozen=True, kw_only=True):
    id: str
    channel: Literal["push", "email", "webhook"]
    label: str
    person: str
    message: Message
    state: str
    created_at: datetime
    accepted_at: datetime | None
    incident_state: str | None


async def read_outbox(db: Database, secrets: Secrets) -> list[OutboxItem]:
    """The newest messages that were taken, of everybody."""
    rows = await db.rows(
        _Sent,
        "SELECT delivery.id, delivery.channel, address.label, user_account.name AS person, delivery.message,"
        " delivery.state, delivery.created_at, delivery.accepted_at, incident.state AS incident_state FROM delivery"
        " JOIN address ON address.id = delivery.address_id JOIN user_account ON user_account.id = address.user_id"
        " LEFT JOIN notification ON notification.id = delivery.id"
        " LEFT JOIN incident ON incident.id = notification.incident_id"
        " WHERE delivery.accepted_at IS NOT NULL"
        " ORDER BY delivery.created_at DESC LIMIT :limit",
        limit=2 * NEWEST,
    )
    # What takes a page off a phone again is nothing to look at; each page has at most one.
    shown = [row for row in rows if row.message.kind != "cleared"][:NEWEST]
    return [
        _item(row, secrets) for row in sorted(shown, key=lambda row: row.accepted_at or row.created_at, reverse=True)
    ]


def _item(row: _Sent, secrets: Secrets) -> OutboxItem:
    message, subject = row.message, row.message.subject
    verbs = message.verbs if row.incident_state != "resolved" else ()
    token = action_token(secrets, row.id, message.verbs, buttons_end(message, row.created_at)) if verbs else None
    return OutboxItem(
        id=row.id,
        channel=row.channel,
        to=row.label,
        person=row.person,
        at=row.accepted_at or row.created_at,
        state=row.state,
        kind=message.kind,
        title=message.title,
        body=message.body.replace("{code}", code_of(secrets, row.id)) if message.has_code else message.body,
        severity=subject.severity if subject else None,
        incident_id=subject.incident_id if subject else None,
        incident_number=subject.number if subject else None,
        verbs=list(verbs),
        action_token=token,
        raw=msgspec.json.format(msgspec.json.encode(message), indent=2).decode(),
    )
