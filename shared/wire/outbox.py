"""The demo's outbox: what would have left the machine."""

from datetime import datetime
from typing import Literal

from msgspec import Struct

from shared.wire.actions import Button
from shared.wire.incidents import Severity


class OutboxItem(Struct, frozen=True, kw_only=True):
    """One message as its receiver would have seen it; `action_token` works at POST /api/v1/actions."""

    id: str
    channel: Literal["push", "email", "webhook"]
    to: str
    person: str
    at: datetime
    state: str
    kind: str
    title: str
    body: str
    severity: Severity | None
    incident_id: str | None
    incident_number: int | None
    verbs: list[Button]
    action_token: str | None
    raw: str
