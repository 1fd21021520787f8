"""Incidents as lists and screens need them."""

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from shared.domain.incidents.allowed_verbs import State, Verb
from shared.domain.pipeline.alert_changes import Change
from shared.domain.visible import LINE, TEXT, Written
from shared.wire.lists import Ref
from shared.wire.names import Name

__all__ = ["State", "Verb"]

Severity = Literal["critical", "warning", "info"]
Scope = Literal["mine", "teams", "all"]


class NextPage(Struct, frozen=True, kw_only=True):
    """Who is paged next, and when, if nobody answers; `names` are of targets where nobody of them is known."""

    at: datetime
    level: int
    names: list[str]
    people: list[Ref] = msgspec.field(default_factory=list[Ref])


class MergedInto(Struct, frozen=True, kw_only=True):
    """The incident that this one is part of now; the title is empty for who can't see it."""

    id: str
    number: int
    title: str


class IncidentItem(Struct, frozen=True, kw_only=True):
    """One row of the list; `can` are the verbs that this reader may use on it now.

    `silenced_until`: silences cover everything that is open, so nobody is paged until then.
    """

    id: str
    number: int
    title: str
    severity: Severity
    state: State
    service: Ref | None
    team: Ref | None
    triggered_at: datetime
    acknowledged_at: datetime | None = None
    resolved_at: datetime | None = None
    acknowledged_by: Ref | None = None
    snoozed_until: datetime | None = None
    silenced_until: datetime | None = None
    merged_into: MergedInto | None = None
    severity_pinned: bool = False
    alert_count: int
    open_alert_count: int
    paging: list[Ref] = msgspec.field(default_factory=list[Ref])
    next: NextPage | None = None
    waits_for_me: bool = False
    can: list[Verb] = msgspec.field(default_factory=list[Verb])
    rev: int


class EscalationTarget(Struct, frozen=True, kw_only=True):
    """A target of a level and the people it means at the level's time."""

    kind: Literal["user", "team", "schedule", "fallback"]
    id: str
    name: str
    people: list[Ref]


class EscalationStep(Struct, frozen=True, kw_only=True):
    """One level of the run: done, running now, skipped with a reason, or to come at `at`.

    A `level` above the policy's last is the fallback.
    """

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
    """What put this incident on the reader; a `level` above the policy's last is the fallback."""

    level: int
    policy: Ref | None = None
    schedule: Ref | None = None
    team: Ref | None = None
    until: datetime | None = None


class Responder(Struct, frozen=True, kw_only=True):
    """Somebody who was paged for the incident as it stands, by its run or because a colleague asked.

    `asked`: the page is planned; `paged`: a provider has taken one; `unreachable`: every page of theirs was given up.
    """

    user: Ref
    state: Literal["asked", "paged", "unreachable", "acknowledged"]
    at: datetime
    asked_by: Ref | None = None


class Incident(IncidentItem, frozen=True, kw_only=True):
    """Everything about one incident but its alerts and its timeline.

    `pages_left`: in the answer to undo, how many messages had left before they could be taken back.
    """

    description: str = ""
    opened_by: Ref | None = None
    integration: Ref | None
    source: str | None
    escalation: Escalation
    why: list[Why]
    undo_until: datetime | None = None
    pages_left: int = 0
    resolved_by: Ref | None = None
    impact: str | None = None
    root_cause: str | None = None
    method: str | None = None
    lessons: str | None = None
    responders: list[Responder] = msgspec.field(default_factory=list[Responder])
    followers: list[Ref] = msgspec.field(default_factory=list[Ref])


class SimilarIncident(Struct, frozen=True, kw_only=True):
    """An earlier incident of the same service with the same group key or title, and how it ended."""

    id: str
    number: int
    title: str
    severity: Severity
    triggered_at: datetime
    resolved_at: datetime
    resolved_by: Ref | None = None
    root_cause: str | None = None
    method: str | None = None
    lessons: str | None = None


class IncidentCounts(Struct, frozen=True, kw_only=True):
    """How many incidents match, merged ones left out; without a wanted state, open ones only."""

    mine: int
    teams: int
    all: int
    waiting_for_me: int
    by_state: dict[State, int] = msgspec.field(default_factory=dict[State, int])
    by_severity: dict[Severity, int] = msgspec.field(default_factory=dict[Severity, int])


class Link(Struct, frozen=True, kw_only=True):
    text: str
    href: str


class Alert(Struct, frozen=True, kw_only=True):
    """One normalised alert of an incident, as its newest event says it; `changes` are what it said otherwise before."""

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
    changes: list[Change] = msgspec.field(default_factory=list[Change])


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


Instant = Annotated[datetime, Meta(tz=True)]
Id = Annotated[str, Meta(min_length=1, max_length=36)]
Title = Annotated[str, Meta(min_length=1, max_length=1024, extra=LINE)]
Text = Annotated[str, Meta(max_length=10_000, extra=TEXT)]
People = Annotated[tuple[Id, ...], Meta(min_length=1, max_length=50)]
SHORTEST_SNOOZE_S = 60
LONGEST_SNOOZE_S = 7 * 24 * 3600
BULK_MOST = 1_000


class NewIncident(Written, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Page by hand: people if they are named, else a policy, else the service's, else the team's fallback.

    Without a service it is a team's: `team_id`, or the only team of whoever asks.
    """

    title: Title
    severity: Severity = "critical"
    service_id: Id | None = None
    team_id: Id | None = None
    user_ids: Annotated[tuple[Id, ...], Meta(max_length=50)] = ()
    policy_id: Id | None = None
    description: Text = ""


class ChangeIncident(Written, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is left out stays, an empty text takes one away. A severity that is named is pinned; `false` unpins it."""

    title: Title | None = None
    severity: Severity | None = None
    severity_pinned: bool | None = None
    description: Text | None = None
    impact: Text | None = None
    root_cause: Text | None = None
    method: Text | None = None
    lessons: Text | None = None


class Resolve(Written, frozen=True, kw_only=True, forbid_unknown_fields=True):
    impact: Text | None = None
    root_cause: Text | None = None
    method: Text | None = None
    lessons: Text | None = None


class Escalate(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Without a level: the next one."""

    level: int | None = None


class Snooze(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """For some seconds, or until an instant: one of the two."""

    seconds: Annotated[int, Meta(ge=SHORTEST_SNOOZE_S, le=LONGEST_SNOOZE_S)] | None = None
    until: Instant | None = None


class Reassign(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """To people or to a policy: one of the two."""

    user_ids: Annotated[tuple[Id, ...], Meta(max_length=50)] = ()
    policy_id: Id | None = None


class AddResponders(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    user_ids: People


class AddFollowers(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Nobody named: whoever asks."""

    user_ids: Annotated[tuple[Id, ...], Meta(max_length=50)] = ()


class Comment(Written, frozen=True, kw_only=True, forbid_unknown_fields=True):
    text: Annotated[str, Meta(min_length=1, max_length=4_000, extra=TEXT)]


class Merge(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Into another incident, or other incidents into this one: one of the two."""

    into: Id | None = None
    sources: Annotated[tuple[Id, ...], Meta(max_length=100)] = ()


class IncidentFilter(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What lists, counts, bulk verbs and saved filters narrow by; a label is `key=value`."""

    scope: Scope = "all"
    state: Annotated[tuple[State, ...], Meta(max_length=3)] = ()
    severity: Annotated[tuple[Severity, ...], Meta(max_length=3)] = ()
    service_id: Annotated[tuple[Id, ...], Meta(max_length=100)] = ()
    team_id: Annotated[tuple[Id, ...], Meta(max_length=100)] = ()
    responder_id: Annotated[tuple[Id, ...], Meta(max_length=100)] = ()
    label: Annotated[tuple[Annotated[str, Meta(max_length=400)], ...], Meta(max_length=20)] = ()
    since: Instant | None = None
    until: Instant | None = None
    q: Annotated[str, Meta(max_length=200)] = ""
    merged: bool = False


class BulkArguments(Written, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Those of the verb: `seconds` or `until` of snooze, `into` of merge, the words of resolve."""

    seconds: Annotated[int, Meta(ge=SHORTEST_SNOOZE_S, le=LONGEST_SNOOZE_S)] | None = None
    until: Instant | None = None
    into: Id | None = None
    impact: Text | None = None
    root_cause: Text | None = None
    method: Text | None = None
    lessons: Text | None = None


BulkVerb = Literal["acknowledge", "unacknowledge", "snooze", "unsnooze", "escalate", "resolve", "merge"]


class Bulk(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One verb on named incidents, or on the newest thousand that a filter finds: one of the two."""

    verb: BulkVerb
    ids: Annotated[tuple[Id, ...], Meta(max_length=BULK_MOST)] = ()
    filter: IncidentFilter | None = None
    args: BulkArguments = BulkArguments()


class BulkItem(Struct, frozen=True, kw_only=True):
    """`code` and `detail` say why not."""

    id: str
    done: bool
    code: str | None = None
    detail: str = ""


class BulkResult(Struct, frozen=True, kw_only=True):
    """`more`: how many further incidents the filter found."""

    done: int
    refused: int
    more: int = 0
    items: list[BulkItem]


class SavedFilterInput(Written, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`position` counts from 0; without one it is the last. The default one is what the app opens with."""

    name: Name
    query: IncidentFilter
    position: Annotated[int, Meta(ge=0, le=49)] | None = None
    is_default: bool = False


class SavedFilter(Struct, frozen=True, kw_only=True):
    id: str
    name: str
    query: IncidentFilter
    position: int
    is_default: bool
    rev: int
