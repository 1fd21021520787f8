"""Events and updates as they are kept, for whoever changes them and whoever shows them."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from msgspec import Struct

from server.accounts.access.actors import Actor
from server.kernel.clock import to_us
from server.kernel.database import Database
from server.kernel.errors import NotFound
from server.kernel.http import cut, decode_cursor
from server.status_pages.pages import visible_page
from shared.domain.status import events as domain
from shared.domain.status.events import (
    ComponentImpact,
    EventKind,
    EventStatus,
    Impact,
    ImpactSpan,
    impact_spans,
    is_closed,
    standing,
    worst,
)
from shared.wire import status_pages as wire
from shared.wire.lists import Page


class EventRow(Struct, frozen=True, kw_only=True):
    id: str
    page_id: str
    number: int
    kind: EventKind
    title: wire.Phrase
    status: EventStatus
    began_at: datetime
    closed_at: datetime | None
    starts_at: datetime | None
    ends_at: datetime | None
    is_by_time: bool
    publish_at: datetime | None
    published_at: datetime | None
    rev: int


class UpdateRow(Struct, frozen=True, kw_only=True):
    id: str
    event_id: str
    at: datetime
    status: EventStatus
    body: wire.Passage
    changes: tuple[ComponentImpact, ...]
    next_update_at: datetime | None
    edited_at: datetime | None
    is_notified: bool

    @property
    def as_update(self) -> domain.Update:
        return domain.Update(id=self.id, at=self.at, status=self.status, changes=self.changes)

    def as_wire(self) -> wire.StatusUpdate:
        return wire.StatusUpdate(**{name: getattr(self, name) for name in wire.StatusUpdate.__struct_fields__})


class LoadedEvent(Struct, frozen=True):
    """An event with its updates, oldest first, and those of its page that it names or that name it."""

    row: EventRow
    updates: tuple[UpdateRow, ...]
    linked: tuple[str, ...] = ()

    @property
    def event(self) -> domain.StatusEvent:
        said = tuple(each.as_update for each in self.updates)
        return domain.StatusEvent(id=self.row.id, kind=self.row.kind, updates=said)

    def update(self, id: str) -> UpdateRow:
        """Raises NotFound for what isn't this event's."""
        found = next((each for each in self.updates if each.id == id), None)
        if found is None:
            raise NotFound
        return found

    def impacts(self, now: datetime) -> dict[str, Impact]:
        """What its components are because of it; nothing until it is published."""
        stands = standing(self.event, at=now) if self.row.published_at is not None else None
        return stands.impacts if stands is not None else {}

    def as_wire(self, now: datetime) -> wire.StatusEvent:
        row = self.row
        return wire.StatusEvent(
            id=row.id,
            number=row.number,
            kind=row.kind,
            title=row.title,
            status=row.status,
            is_open=not is_closed(row.kind, row.status),
            began_at=row.began_at,
            closed_at=row.closed_at,
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            is_by_time=row.is_by_time,
            publish_at=row.publish_at,
            published_at=row.published_at,
            impacts=tuple(
                ComponentImpact(component_id=id, impact=impact) for id, impact in sorted(self.impacts(now).items())
            ),
            linked_event_ids=self.linked,
            updates=tuple(each.as_wire() for each in reversed(self.updates)),
            rev=row.rev,
        )


_EVENTS: Final = "SELECT <fields> FROM status_event WHERE page_id = :page AND archived_at IS NULL"


class EventFilter(Struct, frozen=True, kw_only=True):
    """Which events of a page are listed: of one kind, open or not."""

    kind: EventKind | None = None
    is_open: bool | None = None


async def list_events(
    db: Database, actor: Actor, page_id: str, wanted: EventFilter, *, limit: int, cursor: str | None, now: datetime
) -> Page[wire.StatusEvent]:
    """What began last comes first."""
    await visible_page(db, actor, page_id)
    began, id = decode_cursor(cursor, int, str) if cursor is not None else (1 << 62, "")
    rows = await db.rows(
        EventRow,
        _EVENTS + " AND (began_at < :began OR (began_at = :began AND id < :id))"
        " AND (:kind = '' OR kind = :kind) AND (:either OR (closed_at IS NULL) = :is_open)"
        " ORDER BY began_at DESC, id DESC LIMIT :limit",
        page=page_id,
        began=began,
        id=id,
        kind=wanted.kind or "",
        either=wanted.is_open is None,
        is_open=bool(wanted.is_open),
        limit=limit + 1,
    )
    shown, more = cut(rows, limit, lambda row: (to_us(row.began_at), row.id))
    return Page(items=[each.as_wire(now) for each in await _loaded(db, shown)], next_cursor=more)


async def read_event(db: Database, actor: Actor, page_id: str, event_id: str, now: datetime) -> wire.StatusEvent:
    await visible_page(db, actor, page_id)
    return (await load_event(db, page_id, event_id)).as_wire(now)


async def load_event(db: Database, page_id: str, event_id: str) -> LoadedEvent:
    """Raises NotFound for an event that isn't the page's."""
    row = await db.row(EventRow, _EVENTS + " AND id = :id", page=page_id, id=event_id)
    if row is None:
        raise NotFound
    return (await _loaded(db, [row]))[0]


async def load_published(db: Database, page_id: str) -> list[LoadedEvent]:
    """Everything that a page shows, what began last first."""
    rows = await db.rows(
        EventRow,
        _EVENTS + " AND published_at IS NOT NULL ORDER BY began_at DESC, number DESC",
        page=page_id,
    )
    return await _loaded(db, rows)


async def _loaded(db: Database, rows: Sequence[EventRow]) -> list[LoadedEvent]:
    ids = tuple(row.id for row in rows)
    if not ids:
        return []
    updates = await db.rows(
        UpdateRow, "SELECT <fields> FROM status_update WHERE event_id IN :ids ORDER BY at, id", ids=ids
    )
    links = await db.values(
        "SELECT event_id, other_id FROM status_event_link WHERE event_id IN :ids"
        " UNION SELECT other_id, event_id FROM status_event_link WHERE other_id IN :ids ORDER BY 1, 2",
        ids=ids,
    )
    by_event: dict[str, list[UpdateRow]] = {}
    for each in updates:
        by_event.setdefault(each.event_id, []).append(each)
    linked: dict[str, list[str]] = {}
    for one, other in links:
        linked.setdefault(one, []).append(other)
    return [LoadedEvent(row, tuple(by_event.get(row.id, ())), tuple(linked.get(row.id, ()))) for row in rows]


def current_impacts(events: Iterable[LoadedEvent], now: datetime) -> dict[str, Impact]:
    """What each component is now, the gravest of what events say; those left out are operational."""
    found: dict[str, Impact] = {}
    for each in events:
        for id, impact in each.impacts(now).items():
            found[id] = worst((impact, found.get(id, "operational")))
    return found


def spans_of(events: Iterable[LoadedEvent]) -> list[ImpactSpan]:
    return [span for each in events for span in impact_spans(each.event)]
