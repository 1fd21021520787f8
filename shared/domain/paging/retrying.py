"""When a message that was not taken is tried again."""

from collections.abc import Mapping
from datetime import datetime, timedelta

PAUSES_S: Mapping[str, tuple[float, ...]] = {
    "push": (1, 2, 5, 10, 30),
    "email": (10, 30, 60, 300),
    "webhook": (1, 5, 30, 120),
}
OTHERWISE_S = (5.0, 30.0, 120.0)
TROUBLED_AFTER = 3
PATIENCE = timedelta(seconds=10)
SHORTEST_REST = timedelta(seconds=2)
LONGEST_REST = timedelta(seconds=60)
NO_WAIT = frozenset({"timeout", "rate_limited", "bad_credentials"})
"""Reasons that have used up the patience already, or that a few seconds don't mend."""


def retry_at(
    channel: str, attempts: int, *, retry_after_s: float | None, expires_at: datetime, now: datetime
) -> datetime | None:
    """The next try after `attempts` failed ones, None once it would come too late.

    A provider's Retry-After is honoured when it is longer than our own pause.
    """
    pauses = PAUSES_S.get(channel, OTHERWISE_S)
    pause_s = max(pauses[min(attempts, len(pauses)) - 1], retry_after_s or 0.0)
    at = now + timedelta(seconds=pause_s)
    return at if at < expires_at else None


def turn_at(*, due_at: datetime, expires_at: datetime, now: datetime, chance: float) -> datetime | None:
    """When a message that found no place at its slow receiver looks again, None once that would be too late.

    The longer it has waited, the longer it rests; `chance` (0 to 1) keeps those who wait from coming all at once.
    """
    rests = min(LONGEST_REST, max(SHORTEST_REST, now - due_at)) * (0.75 + chance / 2)
    return now + rests if now + rests < expires_at else None


def is_in_trouble(attempts: int, *, reason: str, again_at: datetime | None, due_at: datetime) -> bool:
    """Whether others should stop waiting for this message, which may still be tried again meanwhile.

    They should once it was given up, has failed three times, or won't be tried again within ten seconds.
    """
    if again_at is None or attempts >= TROUBLED_AFTER or reason in NO_WAIT:
        return True
    return again_at - due_at >= PATIENCE
