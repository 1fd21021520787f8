"""What a way in refused: how often, why lately, and when the administrators are told."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

import msgspec
from msgspec import Struct

LAST: Final = 3
FINE: Final = timedelta(hours=24)
"""After so long without a refusal the next one is news."""


class Reason(Struct, frozen=True, kw_only=True):
    """One refusal: the status that its sender got, and what it was told."""

    at: datetime
    status: int
    code: str
    message: str


class Refusals(Struct, frozen=True, kw_only=True):
    """Those since it was fine for long, the last `reasons` first; `reused` counts events that came under an
    Idempotency-Key of another body and were taken all the same.
    """

    refused: int = 0
    since_at: datetime | None = None
    last_at: datetime | None = None
    reasons: tuple[Reason, ...] = ()
    told_at: datetime | None = None
    reused: int = 0
    rev: int = 0


def with_more(
    before: Refusals, refused: int, reused: int, reasons: Sequence[Reason], now: datetime
) -> tuple[Refusals, bool]:
    """With those that were noted by now (`reasons` in the order they came), and whether the administrators are told."""
    after = msgspec.structs.replace(before, reused=before.reused + reused, rev=before.rev + 1)
    if refused == 0:
        return after, False
    was_fine = before.last_at is None or now - before.last_at > FINE
    last = sorted((*reversed(reasons), *before.reasons), key=lambda reason: reason.at, reverse=True)[:LAST]
    after = msgspec.structs.replace(
        after,
        refused=refused if was_fine else before.refused + refused,
        since_at=now if was_fine else before.since_at,
        last_at=now,
        reasons=tuple(last),
        told_at=now if was_fine else before.told_at,
    )
    return after, was_fine
