"""Write events and their updates: alone in this room, with what follows for the event from its updates."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct

from server.kernel.database import Writes
from server.status_pages.read import EventRow, LoadedEvent, UpdateRow
from server.status_pages.revisions import touch_page
from server.tables.status_pages import StatusEvent, StatusUpdate
from shared.domain.status.events import ComponentImpact, EventKind, EventStatus, is_closed
from shared.wire import status_pages as wire


class NewUpdate(Struct, frozen=True, kw_only=True):
    """What is to be said of an event."""

    id: str
    at: datetime
    status: EventStatus
    body: wire.Passage
    changes: tuple[ComponentImpact, ...] = ()
    next_update_at: datetime | None = None
    edited_at: datetime | None = None
    is_notified: bool = False

    def of(self, event_id: str) -> UpdateRow:
        return UpdateRow(event_id=event_id, **{name: getattr(self, name) for name in self.__struct_fields__})


def insert_update(writes: Writes, page_id: str, event_id: str, said: NewUpdate) -> None:
    values = {name: getattr(said, name) for name in said.__struct_fields__}
    writes.insert(StatusUpdate, page_id=page_id, event_id=event_id, **values)


def put_update(writes: Writes, loaded: LoadedEvent, said: NewUpdate, **event: Any) -> LoadedEvent:
    """Add an update, or replace the one with its id; `event` are further columns of the event."""
    row = loaded.row
    if any(each.id == said.id for each in loaded.updates):
        values = {name: getattr(said, name) for name in said.__struct_fields__ if name != "id"}
        writes.update(StatusUpdate, {"id": said.id, "event_id": row.id}, **values)
    else:
        insert_update(writes, row.page_id, row.id, said)
    others = [each for each in loaded.updates if each.id != said.id]
    return _with(writes, loaded, [*others, said.of(row.id)], **event)


def take_update(writes: Writes, loaded: LoadedEvent, update_id: str) -> LoadedEvent:
    """The event without one of its updates."""
    writes.sql("DELETE FROM status_update WHERE id = :id", expect=1, id=update_id)
    return _with(writes, loaded, [each for each in loaded.updates if each.id != update_id])


def _with(writes: Writes, loaded: LoadedEvent, updates: list[UpdateRow], **event: Any) -> LoadedEvent:
    updates.sort(key=lambda each: (each.at, each.id))
    return LoadedEvent(change_event(writes, loaded.row, updates, **event), tuple(updates), loaded.linked)


def change_event(writes: Writes, row: EventRow, updates: Sequence[UpdateRow], **values: Any) -> EventRow:
    """The event with these columns and what its updates make of it, on the condition that it is still at its rev."""
    changed = values | follows(row.kind, updates)
    after = msgspec.structs.replace(row, **changed, rev=row.rev + 1)
    writes.update(StatusEvent, {"id": row.id, "rev": row.rev}, **changed, rev=after.rev)
    touch_page(writes, row.page_id)
    return after


def follows(kind: EventKind, updates: Sequence[UpdateRow | NewUpdate]) -> dict[str, Any]:
    """Status, beginning and end, as the updates say; it was over when an update first closed it."""
    said = sorted(updates, key=lambda each: (each.at, each.id))
    closed = next((each.at for each in said if is_closed(kind, each.status)), None)
    return {"status": said[-1].status, "began_at": said[0].at, "closed_at": closed}
