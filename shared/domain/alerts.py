"""What an integration makes of a payload: events about alerts, capped and cleaned."""

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
    """One alert's news. `dedup_key` names the alert within its integration; `check` is what grouping goes by."""

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
