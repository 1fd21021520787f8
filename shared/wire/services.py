"""Services, ways in, the rules on the way, and silences."""

from datetime import datetime
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from shared.domain.alerts import Link, Severity
from shared.domain.pipeline.conditions import Conditions
from shared.domain.pipeline.grouping import Grouping
from shared.domain.pipeline.rules import Effect, Stage
from shared.domain.visible import TEXT, Written
from shared.wire.lists import Ref
from shared.wire.names import LongName


class ServiceInput(Written, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: LongName
    team_id: str
    policy_id: str | None = None
    description: Annotated[str, Meta(max_length=2000, extra=TEXT)] = ""
    runbook_url: Annotated[str, Meta(max_length=2000)] = ""
    grouping: Grouping = Grouping()


class Service(Struct, frozen=True, kw_only=True):
    id: str
    name: str
    team_id: str
    policy_id: str | None
    description: str
    runbook_url: str
    grouping: Grouping
    rev: int


class IntegrationInput(Written, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`config` has the fields that the source's `Config` describes."""

    name: LongName
    source: str
    service_id: str
    config: dict[str, Any] = msgspec.field(default_factory=dict[str, Any])


class IntegrationChange(Written, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: LongName
    service_id: str
    config: dict[str, Any] = msgspec.field(default_factory=dict[str, Any])


class Refusal(Struct, frozen=True, kw_only=True):
    """One request that its sender got back: the status, and what it was told."""

    at: datetime
    status: int
    code: str
    message: str


class WayHealth(Struct, frozen=True, kw_only=True):
    """What an integration refused since it was fine for a day, with the last three reasons, the last first.

    `reused_keys` counts events that were taken under an Idempotency-Key that another body had before, `unreadable`
    those since the last readable one that nobody could read, wholly or in part.
    """

    refused: int = 0
    since: datetime | None = None
    last_at: datetime | None = None
    reasons: list[Refusal] = msgspec.field(default_factory=list[Refusal])
    reused_keys: int = 0
    unreadable: int = 0


class Integration(Struct, frozen=True, kw_only=True):
    """`ingest_url` with its key is all that a sender needs; `setup` says how to use it."""

    id: str
    name: str
    source: str
    service_id: str | None
    key: str
    ingest_url: str
    setup: str
    config: dict[str, Any]
    last_event_at: datetime | None
    health: WayHealth = msgspec.field(default_factory=WayHealth)
    rev: int


class StraySender(Struct, frozen=True, kw_only=True):
    """Who sends with a key that no integration has: that of a removed one, which is named, or one that never was."""

    id: str
    name: str | None
    source: str | None
    removed_at: datetime | None
    health: WayHealth


class ServiceChange(Struct, frozen=True, kw_only=True):
    """What was done to a service, such as a deployment, as one of its tools reported it."""

    id: str
    summary: str
    source: str
    details: dict[str, object]
    links: list[Link]
    happened_at: datetime
    integration: Ref


class Source(Struct, frozen=True, kw_only=True):
    """A kind of integration. `schema` is the JSON Schema of its `config`: titles and descriptions by language stand
    in `x-title` and `x-description`.
    """

    source: str
    title: dict[str, str]
    setup: dict[str, str]
    schema: dict[str, Any]


class LevelNow(Struct, frozen=True, kw_only=True):
    """A level of the policy with the people it would page now."""

    level: int
    delay_s: int
    targets: list[Ref]
    people: list[Ref]


class RecentIncident(Struct, frozen=True, kw_only=True):
    id: str
    number: int
    title: str
    severity: Severity
    state: str
    triggered_at: datetime
    resolved_at: datetime | None


class ServiceNow(Struct, frozen=True, kw_only=True):
    """How a service is doing: its open incidents, who would be paged at each level, what happened lately."""

    triggered: int
    acknowledged: int
    severity: Severity | None
    policy: Ref | None
    levels: list[LevelNow]
    integrations: list[Ref]
    recent: list[RecentIncident]
    last_alert_at: datetime | None


class RuleInput(Written, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: LongName
    conditions: Conditions = ()
    effect: Effect
    position: Annotated[int, Meta(ge=0, le=10_000)] = 0
    is_enabled: bool = True


class Rule(Struct, frozen=True, kw_only=True):
    id: str
    integration_id: str
    stage: Stage
    position: int
    name: str
    conditions: Conditions
    effect: Effect
    is_enabled: bool
    rev: int


class SilenceInput(Written, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """In force in [starts_at, ends_at) for one service, or for all of the team's."""

    team_id: str
    service_id: str | None = None
    comment: Annotated[str, Meta(max_length=500, extra=TEXT)] = ""
    conditions: Conditions = ()
    starts_at: datetime
    ends_at: datetime


class Silence(Struct, frozen=True, kw_only=True):
    id: str
    team_id: str
    service_id: str | None
    comment: str
    conditions: Conditions
    starts_at: datetime
    ends_at: datetime
    created_by: str
    rev: int
