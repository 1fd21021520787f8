"""Events: what integrations received, byte for byte, and what became of it."""

from datetime import datetime
from typing import Literal

from msgspec import Struct

from shared.domain.alerts import Action, Severity
from shared.wire.lists import Ref

EventState = Literal["waiting", "done", "dropped", "failed"]
"""Not worked through yet; all of it became or changed alerts; some of it pages nobody; it could not be read."""


class ReceivedEvent(Struct, frozen=True, kw_only=True):
    """One request of a monitoring system.

    `alerts` counts what was found in it, `error` says why it could not be read.
    """

    id: str
    integration: Ref
    source: str
    received_at: datetime
    state: EventState
    bytes: int
    alerts: int
    dropped: int
    error: str | None


class EventPart(Struct, frozen=True, kw_only=True):
    """What one part of the payload says, as the integration reads it today.

    `alert_id` is the alert that it began, or that is open under its key; `dropped` a reason code, `rule` the one that
    dropped it.
    """

    action: Action
    dedup_key: str
    title: str
    severity: Severity
    alert_id: str | None
    dropped: str | None
    rule: Ref | None


class EventDetail(ReceivedEvent, frozen=True, kw_only=True):
    """With its payload: `body` when it is text, else `body_base64`; of the news the first 200."""

    headers: dict[str, str]
    body: str | None
    body_base64: str | None
    news: list[EventPart]


class TestAlert(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A sample of the integration's own format is sent through it, or taken back."""

    action: Literal["trigger", "resolve"] = "trigger"


class TestSent(Struct, frozen=True, kw_only=True):
    """The event that stands for the test; `body` is what was sent."""

    event_id: str
    body: str
