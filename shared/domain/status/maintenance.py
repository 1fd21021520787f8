"""A maintenance by time: when it begins and ends by itself, as long as nobody has set it by hand."""

from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct

from shared.domain.flaws import Flaw, flaw
from shared.domain.status.events import EventStatus

LONGEST: Final = timedelta(days=30)
SHORTEST: Final = timedelta(minutes=1)


class Turn(Struct, frozen=True):
    """What a maintenance becomes by itself, and when."""

    status: EventStatus
    at: datetime


def next_turn(status: EventStatus, *, starts_at: datetime, ends_at: datetime, is_by_time: bool) -> Turn | None:
    """None when nothing happens by itself any more: it is over, or somebody has set it by hand."""
    if not is_by_time:
        return None
    if status == "scheduled":
        return Turn("in_progress", starts_at)
    return Turn("completed", ends_at) if status == "in_progress" else None


def window_flaws(starts_at: datetime | None, ends_at: datetime | None) -> list[Flaw]:
    """What is wrong with the hours of a maintenance."""
    missing = [name for name, at in (("starts_at", starts_at), ("ends_at", ends_at)) if at is None]
    if starts_at is None or ends_at is None:
        return [flaw(name, "missing", "a maintenance has a beginning and an end") for name in missing]
    if ends_at - starts_at < SHORTEST:
        return [flaw("ends_at", "not_after_start", "must be at least a minute after starts_at")]
    if ends_at - starts_at > LONGEST:
        return [flaw("ends_at", "too_long", f"at most {LONGEST.days} days", max_days=LONGEST.days)]
    return []
