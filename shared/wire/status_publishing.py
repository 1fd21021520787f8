"""Incidents of on call on status pages: published by people, by rules, and with a person's approval."""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

from shared.domain.alerts import Severity
from shared.domain.status.events import ComponentImpact, EventStatus
from shared.domain.status.publishing import WantedLabel
from shared.domain.visible import Written
from shared.wire.lists import Ref
from shared.wire.names import Name
from shared.wire.status_pages import Changes, Passage, Phrase, StatusEvent, UpdateInput

LabelText = Annotated[str, Meta(min_length=1, max_length=255)]


class PublishInput(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a page is to say of an incident; what is left out is the template's."""

    status_page_id: str
    template_id: str | None = None
    title: Phrase | None = None
    status: EventStatus = "investigating"
    body: Passage | None = None
    changes: Changes | None = None
    next_update_at: datetime | None = None
    notify: bool | None = None


class Publication(Struct, frozen=True, kw_only=True):
    """An event that is about an incident; `proposed` is what could be said of it next, null where it is over."""

    status_page: Ref
    event: StatusEvent
    rule_name: str | None
    proposed: UpdateInput | None


class LabelInput(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    label: LabelText
    value: LabelText


class StatusRuleInput(Written, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Incidents of these services, or of the page's team with these labels, are published in the template's words.

    They must be at least as grave as `severity`. With approvers one of those who may publish has to approve, and
    these are asked. Without `changes` components become what the template says. With `resolves_by_itself` the event
    ends when all its incidents are resolved.
    """

    name: Name
    service_ids: Annotated[tuple[str, ...], Meta(max_length=50)] = ()
    labels: Annotated[tuple[LabelInput, ...], Meta(max_length=10)] = ()
    severity: Severity = Severity.INFO
    template_id: str
    changes: Changes = ()
    approver_ids: Annotated[tuple[str, ...], Meta(max_length=10)] = ()
    resolves_by_itself: bool = False
    is_active: bool = True


class StatusRule(Struct, frozen=True, kw_only=True):
    id: str
    name: str
    service_ids: tuple[str, ...]
    labels: tuple[WantedLabel, ...]
    severity: Severity
    template_id: str
    changes: tuple[ComponentImpact, ...]
    approver_ids: tuple[str, ...]
    resolves_by_itself: bool
    is_active: bool
    rev: int


class ProposalAnswer(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is left out is said as the rule says it."""

    title: Phrase | None = None
    status: EventStatus = "investigating"
    body: Passage | None = None
    changes: Changes | None = None
    notify: bool | None = None


ProposalState = Literal["asked", "published", "declined", "over"]


class StatusProposal(Struct, frozen=True, kw_only=True):
    """What a rule would publish of an incident, which is null for whoever doesn't see it."""

    id: str
    rule_name: str | None
    incident: Ref | None
    state: ProposalState
    title: Phrase
    body: Passage
    changes: tuple[ComponentImpact, ...]
    event_id: str | None
    made_at: datetime
    decided_at: datetime | None
    decided_by_name: str | None
