"""Alerts as they are searched: everything that came in, also what was silenced or dropped."""

from datetime import datetime
from typing import Literal

import msgspec
from msgspec import Struct

from shared.domain.alerts import Link, Severity
from shared.domain.pipeline.alert_changes import Change
from shared.wire.lists import Ref

Outcome = Literal["incident", "silenced", "dropped"]
"""What became of an alert: it is part of an incident, a silence kept it, or a rule dropped it."""


class IncidentRef(Struct, frozen=True):
    """The incident of an alert, by the number that people say aloud."""

    id: str
    number: int


class FoundAlert(Struct, frozen=True, kw_only=True):
    """One line of a search."""

    id: str
    title: str
    severity: Severity
    outcome: Outcome
    service: Ref
    integration: Ref
    source: str
    labels: dict[str, str]
    count: int
    received_at: datetime
    last_at: datetime
    closed_at: datetime | None
    incident: IncidentRef | None


class AlertDetail(FoundAlert, frozen=True, kw_only=True):
    """One alert with everything known of it.

    `rules` touched it, in order; `dropped_by` or `silence` says why nobody was paged; the events are what was received
    first and last under its key. `changes` are what it said otherwise before, each field once.
    """

    description: str
    dedup_key: str
    check: str
    origin: str
    starts_at: datetime
    links: list[Link]
    details: dict[str, object]
    rules: list[Ref]
    dropped_by: Ref | None
    silence: Ref | None
    first_event_id: str
    last_event_id: str
    changes: list[Change] = msgspec.field(default_factory=list[Change])
