"""What the sheets that publish fill in: the wire's structs, with what only a sheet knows; and what is sent of them."""

from datetime import datetime, timedelta
from typing import Final

from msgspec.structs import replace

from phone.base.places import place
from shared.domain.status.events import STATUSES, ComponentImpact, EventKind, EventStatus, Impact, is_closed, may_follow
from shared.domain.status.publishing import NEXT
from shared.wire.status_pages import (
    Passage,
    Phrase,
    StatusEvent,
    StatusEventChange,
    StatusEventInput,
    StatusTemplate,
    StatusUpdate,
    UpdateInput,
)
from shared.wire.status_publishing import PublishInput

PROMISES: Final = (0, 30, 60, 120)
"""Minutes until the next update that may be promised; 0 promises none."""
FIRST_LENGTH: Final = timedelta(hours=1)


class UpdateDraft(UpdateInput, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The next update is promised so many minutes from when it is sent."""

    promise_min: int = 0


class EventDraft(StatusEventInput, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Of one page; its only update is `first`."""

    page_id: str = ""
    template_id: str | None = None
    first: UpdateDraft = UpdateDraft(status="investigating")
    ended: Passage = Passage()
    is_later: bool = False


TITLE: Final = place(EventDraft, lambda event: event.title)
FIRST: Final = place(EventDraft, lambda event: event.first)
ENDED: Final = place(EventDraft, lambda event: event.ended)
STARTS: Final = place(EventDraft, lambda event: event.starts_at)
ENDS: Final = place(EventDraft, lambda event: event.ends_at)
BY_TIME: Final = place(EventDraft, lambda event: event.is_by_time)
PUBLISH_AT: Final = place(EventDraft, lambda event: event.publish_at)
STATUS: Final = place(UpdateDraft, lambda update: update.status)
BODY: Final = place(UpdateDraft, lambda update: update.body)
AT: Final = place(UpdateDraft, lambda update: update.at)
CHANGES: Final = place(UpdateDraft, lambda update: update.changes)
PROMISE: Final = place(UpdateDraft, lambda update: update.promise_min)
NOTIFY: Final = place(UpdateDraft, lambda update: update.notify)


def blank(
    page_id: str,
    kind: EventKind,
    *,
    now: datetime,
    neutral: Phrase,
    templates: tuple[StatusTemplate, ...] = (),
) -> EventDraft:
    """A new event: the page's first template for a whole event of this kind, else words that give nothing away."""
    is_planned = kind == "maintenance"
    starts = now.replace(minute=0, second=0, microsecond=0) + FIRST_LENGTH
    draft = EventDraft(
        kind=kind,
        title=neutral,
        updates=(),
        page_id=page_id,
        first=UpdateDraft(status=STATUSES[kind][0]),
        starts_at=starts if is_planned else None,
        ends_at=starts + FIRST_LENGTH if is_planned else None,
    )
    template = next((each for each in templates if each.kind == kind and each.status is None), None)
    return with_template(draft, template) if template is not None else draft


def with_template(draft: EventDraft, template: StatusTemplate) -> EventDraft:
    """In a template's words; what was chosen of components stays where it says nothing of them."""
    first = replace(draft.first, body=template.body, changes=template.changes or draft.first.changes)
    return replace(draft, title=template.title, template_id=template.id, first=first)


def with_impact(changes: tuple[ComponentImpact, ...], component_id: str, impact: Impact) -> tuple[ComponentImpact, ...]:
    """With this said of a component, instead of what was."""
    change = ComponentImpact(component_id=component_id, impact=impact)
    if any(each.component_id == component_id for each in changes):
        return tuple(change if each.component_id == component_id else each for each in changes)
    return (*changes, change)


def without_impact(changes: tuple[ComponentImpact, ...], component_id: str) -> tuple[ComponentImpact, ...]:
    """With nothing said of a component."""
    return tuple(each for each in changes if each.component_id != component_id)


def next_update(
    event: StatusEvent, templates: tuple[StatusTemplate, ...], proposed: UpdateInput | None = None
) -> UpdateDraft:
    """What is most likely said next, or is proposed, in the template's words for it."""
    if proposed is not None:
        draft = UpdateDraft(status=proposed.status, body=proposed.body)
        return in_words(draft, event.kind, proposed.status, templates)
    if event.kind == "incident":
        status = NEXT.get(event.status, event.status)
    else:
        order = STATUSES["maintenance"]
        status = order[min(order.index(event.status) + 1, len(order) - 1)]
    return in_words(UpdateDraft(status=status), event.kind, status, templates)


def in_words(
    draft: UpdateDraft, kind: EventKind, status: EventStatus, templates: tuple[StatusTemplate, ...]
) -> UpdateDraft:
    """With another status: its template's words where nothing else was written, and nothing of parts where it ends."""
    found = next((each.body for each in templates if (each.kind, each.status) == (kind, status)), None)
    before = [each.body for each in templates if each.kind == kind and each.status is not None]
    body = draft.body
    if body == Passage() or body in before:
        body = found or Passage()
    changes = () if is_closed(kind, status) else draft.changes
    promise = 0 if is_closed(kind, status) else draft.promise_min
    return replace(draft, status=status, body=body, changes=changes, promise_min=promise)


def allowed_next(event: StatusEvent) -> tuple[EventStatus, ...]:
    """Where an event may go from where it stands."""
    return tuple(each for each in STATUSES[event.kind] if may_follow(event.kind, event.status, each))


def edited(update: StatusUpdate) -> UpdateDraft:
    """An update as it stands, to be said otherwise."""
    return UpdateDraft(
        status=update.status,
        body=update.body,
        at=update.at,
        changes=update.changes,
        next_update_at=update.next_update_at,
        notify=False,
    )


def changed(event: StatusEvent) -> StatusEventChange:
    """An event's own fields as they stand."""
    return StatusEventChange(
        title=event.title,
        starts_at=event.starts_at,
        ends_at=event.ends_at,
        is_by_time=event.is_by_time,
        publish_at=event.publish_at if event.published_at is None else None,
        linked_event_ids=event.linked_event_ids,
    )


def sent_update(draft: UpdateDraft, *, now: datetime) -> UpdateInput:
    """What is sent of an update."""
    promised = now + timedelta(minutes=draft.promise_min) if draft.promise_min else draft.next_update_at
    return UpdateInput(
        status=draft.status,
        body=draft.body,
        at=draft.at,
        changes=draft.changes,
        next_update_at=promised,
        notify=draft.notify,
    )


def sent_event(draft: EventDraft, *, now: datetime) -> StatusEventInput:
    """What is sent of a new event; one that is over says how it began and how it ended."""
    updates = (sent_update(draft.first, now=now),)
    is_planned = draft.kind == "maintenance"
    if draft.is_past:
        first: EventStatus = "investigating" if draft.kind == "incident" else "in_progress"
        last: EventStatus = "resolved" if draft.kind == "incident" else "completed"
        updates = (
            UpdateInput(status=first, body=draft.first.body, at=draft.starts_at, changes=draft.first.changes),
            UpdateInput(status=last, body=draft.ended, at=draft.ends_at),
        )
    return StatusEventInput(
        kind=draft.kind,
        title=draft.title,
        updates=updates,
        is_past=draft.is_past,
        is_by_time=draft.is_by_time,
        publish_at=draft.publish_at if draft.is_later and not draft.is_past else None,
        starts_at=draft.starts_at if is_planned else None,
        ends_at=draft.ends_at if is_planned else None,
    )


def sent_of_incident(draft: EventDraft, *, now: datetime) -> PublishInput:
    """What is sent where the event is about an incident of on call."""
    said = sent_update(draft.first, now=now)
    return PublishInput(
        status_page_id=draft.page_id,
        title=draft.title,
        status=said.status,
        body=said.body,
        changes=said.changes,
        next_update_at=said.next_update_at,
        notify=said.notify,
    )
