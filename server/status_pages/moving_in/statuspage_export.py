"""What Atlassian Statuspage exports, read leniently: what is odd costs itself."""

import html
import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any, Final

import msgspec
import nh3
from msgspec import Struct

from shared.domain.status.events import (
    IMPACTS,
    STATUSES,
    ComponentImpact,
    EventKind,
    EventStatus,
    Impact,
    is_closed,
)
from shared.domain.status.maintenance import window_flaws
from shared.domain.visible import in_lines, one_line
from shared.wire import status_pages as wire
from shared.wire.sessions import Language

LONGEST_TITLE: Final = 200
LONGEST_BODY: Final = 10_000
MOST_UPDATES: Final = 100
STATES: Final[Mapping[str, EventStatus]] = {"verifying": "in_progress"}
COMPONENT_STATES: Final[Mapping[str, Impact]] = {"major_outage": "full_outage"}
BY_IMPACT: Final[Mapping[str, Impact]] = {
    "minor": "degraded_performance",
    "major": "partial_outage",
    "critical": "full_outage",
}
Instant = Annotated[datetime, msgspec.Meta(tz=True)]
_BREAK = re.compile(r"<br\s*/?>|</p>", re.IGNORECASE)


class ExportedComponent(Struct, frozen=True, kw_only=True):
    id: str
    name: str
    description: str | None = None
    group: bool = False
    group_id: str | None = None
    created_at: Instant | None = None


class _Affected(Struct, frozen=True, kw_only=True):
    code: str = ""
    new_status: str = ""


class _Update(Struct, frozen=True, kw_only=True):
    status: str
    body: str | None = None
    display_at: Instant | None = None
    created_at: Instant | None = None
    affected_components: list[_Affected] | None = None


class _Named(Struct, frozen=True, kw_only=True):
    id: str


class ExportedEvent(Struct, frozen=True, kw_only=True):
    """An incident or a maintenance, with its updates in any order."""

    name: str
    created_at: Instant
    impact: str | None = None
    scheduled_for: Instant | None = None
    scheduled_until: Instant | None = None
    components: list[_Named] | None = None
    incident_updates: list[_Update] = msgspec.field(default_factory=list[_Update])


class ExportedSubscriber(Struct, frozen=True, kw_only=True):
    email: str | None = None


class Export(Struct, frozen=True, kw_only=True):
    """Any of Statuspage's lists, as its API gives them."""

    components: list[ExportedComponent] = msgspec.field(default_factory=list[ExportedComponent])
    incidents: list[ExportedEvent] = msgspec.field(default_factory=list[ExportedEvent])
    scheduled_maintenances: list[ExportedEvent] = msgspec.field(default_factory=list[ExportedEvent])
    subscribers: list[ExportedSubscriber] = msgspec.field(default_factory=list[ExportedSubscriber])


def read_export(text: str) -> Export:
    """Raises msgspec.ValidationError, which names the place, or DecodeError for what is no JSON."""
    return msgspec.json.decode(text, type=Export)


def event_of(
    kind: EventKind, event: ExportedEvent, ids: Mapping[str, str], language: Language
) -> wire.StatusEventInput | None:
    """As one of the past; None for what has not ended. `ids` are our components by Statuspage's ids."""
    said = list(_updates(kind, event, ids, language))
    if not said or not is_closed(kind, said[-1].status):
        return None
    if len(said) == 1:
        first: EventStatus = "investigating" if kind == "incident" else "in_progress"
        said.insert(0, wire.UpdateInput(status=first, at=min(event.created_at, said[0].at or event.created_at)))
    if kind == "incident" and not any(each.changes for each in said) and event.impact in BY_IMPACT:
        named = [ids[each.id] for each in event.components or () if each.id in ids]
        impact = BY_IMPACT[event.impact]
        changes = tuple(ComponentImpact(component_id=id, impact=impact) for id in dict.fromkeys(named))
        said[0] = msgspec.structs.replace(said[0], changes=changes)
    starts, ends = event.scheduled_for, event.scheduled_until
    has_hours = kind == "maintenance" and not window_flaws(starts, ends)
    return wire.StatusEventInput(
        kind=kind,
        title=phrase_of(language, event.name),
        updates=tuple(said[:MOST_UPDATES]),
        is_past=True,
        starts_at=starts if has_hours else None,
        ends_at=ends if has_hours else None,
    )


def _updates(
    kind: EventKind, event: ExportedEvent, ids: Mapping[str, str], language: Language
) -> Iterator[wire.UpdateInput]:
    """In their order, until the event ended; what is said afterwards, such as a postmortem, stays behind."""
    found = sorted(event.incident_updates, key=lambda each: each.display_at or each.created_at or event.created_at)
    for each in found:
        status = STATES.get(each.status, each.status)
        if status not in STATUSES[kind]:
            continue
        at = each.display_at or each.created_at or event.created_at
        body = wire.Passage(**{language: _words(each.body or "")[:LONGEST_BODY]})
        ended = is_closed(kind, status)
        changes = () if ended else tuple(_changes(kind, each, ids))
        yield wire.UpdateInput(status=status, body=body, at=at, changes=changes)
        if ended:
            return


def _changes(kind: EventKind, update: _Update, ids: Mapping[str, str]) -> Iterator[ComponentImpact]:
    seen: set[str] = set()
    for each in update.affected_components or ():
        impact: Any = COMPONENT_STATES.get(each.new_status, each.new_status)
        id = ids.get(each.code)
        if id is not None and id not in seen and impact in IMPACTS[kind]:
            seen.add(id)
            yield ComponentImpact(component_id=id, impact=impact)


def phrase_of(language: Language, text: str) -> wire.Phrase:
    return wire.Phrase(**{language: one_line(_words(text))[:LONGEST_TITLE]})


def _words(text: str) -> str:
    """Without the tags that Statuspage keeps in its texts."""
    return in_lines(html.unescape(nh3.clean(_BREAK.sub("\n", text.replace("\x00", "")), tags=set()))).strip()


def since_of(component: ExportedComponent, now: datetime) -> datetime:
    """Since when it is measured: not before there were pages, nor after now."""
    at = component.created_at
    if at is None or at > now:
        return now
    return max(at, now - timedelta(days=3650))
