"""The proof that somebody is reachable, or the instant at which nobody is."""

from datetime import datetime
from typing import Literal

import msgspec
from msgspec import Struct

from shared.domain.alerts import Severity
from shared.domain.paging.uncovered import WhyNot
from shared.wire.lists import Ref

Cause = Literal["no_policy", "nobody_meant", "nobody_on_call", "nobody_reachable"]


class Unreached(Struct, frozen=True, kw_only=True):
    """Somebody who is meant, and why a page would not reach them in time."""

    user: Ref
    why: WhyNot


class Stretch(Struct, frozen=True, kw_only=True):
    """From when to when."""

    start: datetime
    end: datetime


class Alone(Struct, frozen=True, kw_only=True):
    """When nobody stands behind one person, on any level."""

    user: Ref
    start: datetime
    end: datetime


class CoverageHole(Struct, frozen=True, kw_only=True):
    """The first time in which nobody is reachable, and how much of the window is like that.

    `again` has the times after the first, in order, at most 100.
    """

    start: datetime
    end: datetime
    cause: Cause
    unreached: list[Unreached]
    schedules: list[Ref]
    total_s: int
    again: list[Stretch] = msgspec.field(default_factory=list[Stretch])


class Coverage(Struct, frozen=True, kw_only=True):
    """One level of the policy of one service for one severity; proven when `hole` is null.

    `alone` is about all levels together and stands with the first, at most 100.
    """

    service: Ref
    team: Ref | None
    policy: Ref | None
    severity: Severity
    level: int
    hole: CoverageHole | None
    alone: list[Alone] = msgspec.field(default_factory=list[Alone])


class CoverageReport(Struct, frozen=True, kw_only=True):
    """What has holes comes first, the soonest before the others. `proven` counts all that have none, those of other
    pages too; `within_s` is how soon a page has to reach somebody.
    """

    start: datetime
    end: datetime
    within_s: int
    proven: int
    items: list[Coverage] = msgspec.field(default_factory=list[Coverage])
    next_cursor: str | None = None
