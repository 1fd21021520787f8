"""Incidents as lists and screens need them."""

from datetime import datetime
from typing import Any, Literal

import msgspec
from msgspec import Struct

from shared.wire.lists import Ref

State = Literal["triggered", "acknowledged", "resolved"]
Severity = Literal["critical", "warning", "info"]
Verb = Literal["acknowledge", "resolve", "escalate", "undo"]
Scope = Literal["mine", "teams", "all"]


class NextPage(Struct, frozen=True, kw_only=True):
    """Who is paged next, and when, if nobody answers."""

    at: datetime
    level: int
    names: list[str]


class IncidentItem(Struct, frozen=True, kw_only=True):
    """One row of the list."""

    id: str
    number: int
    title: str
    severity: Severity
    state: State
    service: Ref
    team: Ref | None
    triggered_at: datetime
    acknowledged_at: datetime | None = None
    resolved_at: datetime | None = None
    acknowledged_by: Ref | None = None
    alert_count: int
    open_alert_count: int
    paging: list[Ref] = msgspec.field(default_factory=list[Ref])
    next: NextPage | None = None
    waits_for_me: bool = False
    rev: int


class EscalationTarget(Struct, frozen=True, kw_only=True):
    """A target of a level and the people it means at the level's time."""

    kind: Literal["user", "team", "schedule", "fallback"]
    id: str
    name: str
    people: list[Ref]


class EscalationStep(Struct, frozen=True, kw_only=True):
    """One level of the run: done, running now, skipped with a reason, or to come at `at`."""

    level: int
    state: Literal["done", "now", "next", "skipped"]
    at: datetime | None
    targets: list[EscalationTarget]


class Escalation(Struct, frozen=True, kw_only=True):
    """What happens next."""

    policy: Ref | None
    state: Literal["running", "stopped", "exhausted", "none"]
    level: int
    levels: int
    next_at: datetime | None
    steps: list[EscalationStep]


class Why(Struct, frozen=True, kw_only=True):
    """What put this incident on the reader."""

    level: int
    policy: Ref | None = None
    schedule: Ref | None = None
    team: Ref | None = None
    until: datetime | None = None


class Incident(IncidentItem, frozen=True, kw_only=True):
    """Everything about one incident but its alerts and its timeline."""

    integration: Ref | None
    source: str | None
    escalation: Escalation
    why: list[Why]
    can: list[Verb]
    undo_until: datetime | None = None
    resolution: str | None = None


class IncidentCounts(Struct, frozen=True, kw_only=True):
    """Open incidents per segment."""

    mine: int
    teams: int
    all: int
    waiting_for_me: int


class Link(Struct, frozen=True, kw_only=True):
    text: str
    href: str


class Alert(Struct, frozen=True, kw_only=True):
    """One normalised alert of an incident."""

    id: str
    title: str
    severity: Severity
    description: str
    dedup_key: str
    labels: dict[str, str]
    links: list[Link]
    count: int
    starts_at: datetime
    last_at: datetime
    closed_at: datetime | None
    silenced: bool
    integration: Ref


class Actor(Struct, frozen=True, kw_only=True):
    kind: Literal["user", "api_key", "integration", "system"]
    id: str | None
    name: str


class TimelineEntry(Struct, frozen=True, kw_only=True):
    """What happened: `kind` and `args` are rendered by the reader's catalogue."""

    n: int
    at: datetime
    actor: Actor
    kind: str
    args: dict[str, Any]


class Resolve(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    resolution: str | None = None


class Escalate(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Without a level: the next one."""

    level: int | None = None
