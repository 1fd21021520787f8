"""What an integration makes of a payload: events about alerts, capped and cleaned."""

import hashlib
from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec
from msgspec import Struct


class Action(StrEnum):
    TRIGGER = "trigger"
    ACKNOWLEDGE = "acknowledge"
    RESOLVE = "resolve"


class Severity(StrEnum):
    """From worst to mildest; `rank` grows with urgency."""

    CRITICAL = "critical"
    WARNING = "warning"
    INFO = "info"

    @property
    def rank(self) -> int:
        return {"critical": 3, "warning": 2, "info": 1}[self.value]


class Link(Struct, frozen=True):
    text: str
    href: str


class Event(Struct, frozen=True, kw_only=True):
    """One alert's news. `dedup_key` names the alert within its integration; `check` is what grouping goes by.

    With `is_unreadable` something stands there that no alert could be made of; `description` is what it was.
    """

    action: Action
    dedup_key: str
    title: str = ""
    severity: Severity = Severity.WARNING
    says_severity: bool = True
    description: str = ""
    check: str = ""
    source: str = ""
    labels: dict[str, str] = msgspec.field(default_factory=dict[str, str])
    details: dict[str, Any] = msgspec.field(default_factory=dict[str, Any])
    links: tuple[Link, ...] = ()
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    is_unreadable: bool = False


def key_hash_of(dedup_key: str) -> str:
    """How a key of any length is found."""
    return hashlib.sha256(dedup_key.encode("utf-8", "replace")).hexdigest()


def unreadable_key(integration_id: str) -> str:
    """The key of the one alert that stands for all that an integration sent and nobody could read."""
    return f"unreadable {integration_id}"
