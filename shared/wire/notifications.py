"""How a person is told, what became of each message, and what devices say about it."""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

from shared.domain.paging.notification import RuleFlaw, Turn
from shared.wire.incidents import Severity
from shared.wire.lists import Ref

Steps = Annotated[tuple[Turn, ...], Meta(min_length=1, max_length=15)]
Instant = Annotated[datetime, Meta(tz=True)]
LockScreen = Literal["full", "minimal", "id"]
DeliveryState = Literal[
    "queued", "accepted", "received", "displayed", "opened", "acted", "failed", "cancelled", "discarded"
]


class NotificationRulesInput(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What happens when a page of each severity reaches me, replaced as a whole."""

    critical: Steps
    warning: Steps
    info: Steps


class NotificationRules(Struct, frozen=True, kw_only=True):
    """`warnings` say which steps reach nothing now; `rev` is 0 while the default rule holds."""

    critical: tuple[Turn, ...]
    warning: tuple[Turn, ...]
    info: tuple[Turn, ...]
    is_default: bool
    warnings: list[RuleFlaw]
    rev: int


class RulePreviewInput(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Without `at`: now. Without `steps`: the rule that is kept."""

    severity: Severity = "critical"
    at: Instant | None = None
    steps: Steps | None = None


class RulePreviewLine(Struct, frozen=True, kw_only=True):
    """One address at one time, unless somebody acknowledges before; `after_s` counts from the page."""

    at: datetime
    after_s: int
    channel: str
    contact_method_id: str
    name: str
    label: str


class RulePreview(Struct, frozen=True, kw_only=True):
    """`is_last_resort`: no step reaches anything, so every address that works is used at once."""

    severity: Severity
    lines: list[RulePreviewLine]
    is_last_resort: bool
    warnings: list[RuleFlaw]


class NotificationItem(Struct, frozen=True, kw_only=True):
    """One message to one address, and how far it got; `reason` is a code, as of channels' failures."""

    id: str
    kind: str
    state: DeliveryState
    reason: str | None
    channel: str
    label: str
    user: Ref
    severity: Severity | None
    incident_id: str | None
    incident_number: int | None
    attempts: int
    created_at: datetime
    due_at: datetime
    accepted_at: datetime | None
    received_at: datetime | None
    displayed_at: datetime | None
    opened_at: datetime | None
    acted_at: datetime | None
    failed_at: datetime | None
    cancelled_at: datetime | None


class DeadLetter(NotificationItem, frozen=True, kw_only=True):
    """A message that was given up; `can_retry` is false for a page whose incident nobody waits on any more."""

    can_retry: bool


class ReceiptInput(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`token` is the message's `receipt_token`; `at` is the device's clock when it happened."""

    token: Annotated[str, Meta(min_length=1, max_length=200)]
    state: Literal["received", "displayed", "opened"]
    at: Instant


class ReceiptsInput(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`sent_at` is the device's clock at sending: the difference to ours corrects every `at`."""

    sent_at: Instant
    receipts: Annotated[tuple[ReceiptInput, ...], Meta(min_length=1, max_length=100)]


class ReceiptsResult(Struct, frozen=True, kw_only=True):
    """For each receipt, in order: kept, or not of a message we know (never send it again)."""

    results: list[Literal["recorded", "unknown"]]


class TestNotificationInput(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    contact_method_id: str
    severity: Severity = "critical"


class TestNotification(Struct, frozen=True, kw_only=True):
    """Read GET /notifications/{notification_id} to see how far it got."""

    notification_id: str


class TestPageInput(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    severity: Severity = "critical"


class TestPage(Struct, frozen=True, kw_only=True):
    """A real incident that pages me alone, by my rules; it resolves itself at `ends_at`."""

    incident_id: str
    number: int
    ends_at: datetime


class NotificationSettingsInput(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What messages may say in the clear, for the whole account."""

    lock_screen: LockScreen


class NotificationSettings(Struct, frozen=True, kw_only=True):
    lock_screen: LockScreen
    rev: int
