"""Which alerts are one incident."""

import hashlib
from datetime import datetime, timedelta
from typing import Literal

from msgspec import Struct

from shared.domain.alerts import Event

LONGEST = timedelta(hours=24)
LONGEST_KEY = 255


class Grouping(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """By check name, by the values of some labels, or not at all."""

    by: Literal["check", "labels", "none"] = "check"
    labels: tuple[str, ...] = ()


def group_key(grouping: Grouping, event: Event) -> str:
    """Alerts of one service with equal keys share an incident; without anything to share, each is its own.

    What can't be read has nothing in common with what can, whatever a service groups by.
    """
    if event.is_unreadable:
        return event.dedup_key
    match grouping.by:
        case "check":
            shared = f"check {event.check}" if event.check else ""
        case "labels":
            values = [event.labels.get(label, "") for label in grouping.labels]
            shared = "labels " + "\x1f".join(values) if any(values) else ""
        case "none":
            shared = ""
    key = shared or f"alert {event.dedup_key}"
    return key if len(key) <= LONGEST_KEY else hashlib.sha256(key.encode()).hexdigest()


def may_join(triggered_at: datetime, now: datetime) -> bool:
    """Whether an open incident is young enough to take more alerts."""
    return now - triggered_at < LONGEST
