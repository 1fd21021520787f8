"""Events: what integrations received, byte for byte, and what became of it."""

from datetime import datetime
from typing import Literal

from msgspec import Struct

from shared.wire.lists import Ref

EventState = Literal["waiting", "done", "dropped", "failed"]
"""Not worked through yet; became alerts or changed them; became nothing, with a reason; could not be read."""


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


class DroppedNews(Struct, frozen=True, kw_only=True):
    """News that became nothing; `reason` is a code, `rule` the one that dropped it."""

    dedup_key: str
    reason: str
    rule: Ref | None


class EventDetail(ReceivedEvent, frozen=True, kw_only=True):
    """With its payload: `body` as text when it is text, else null and `body_base64`."""

    headers: dict[str, str]
    body: str | None
    body_base64: str | None
    dropped_news: list[DroppedNews]
    alert_ids: list[str]


class TestAlert(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A sample of the integration's own format is sent through it, or taken back."""

    action: Literal["trigger", "resolve"] = "trigger"


class TestSent(Struct, frozen=True, kw_only=True):
    """The event that stands for the test; `body` is what was sent."""

    event_id: str
    body: str
