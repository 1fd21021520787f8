"""Say something of an event, and edit or take back what was said; nothing that was replaced is lost."""

from datetime import datetime
from typing import Final

from server.accounts.access.actors import Actor
from server.accounts.access.permissions import STATUS_EVENTS_EDIT
from server.accounts.audit.trail import audit
from server.kernel.clock import to_us
from server.kernel.database import Database, Writes
from server.kernel.errors import Conflict, Invalid
from server.kernel.http import cut, decode_cursor
from server.kernel.ids import new_id
from server.kernel.refusals import require_rev
from server.status_pages.components import load_components
from server.status_pages.event_checks import as_field_errors, as_update, local_instants, promise_flaws
from server.status_pages.events import about_event
from server.status_pages.from_incidents.links import record_update, who
from server.status_pages.pages import owned_page
from server.status_pages.read import LoadedEvent, UpdateRow, load_event
from server.status_pages.subscribers.notify import notify_of
from server.status_pages.timers import arm_timer
from server.status_pages.write import NewUpdate, put_update, take_update
from server.tables.status_pages import StatusUpdateVersion
from shared.domain.status.events import update_flaws
from shared.wire import status_pages as wire
from shared.wire.lists import Page

INSTANTS: Final = ("at", "next_update_at")


async def add_update(
    db: Database, actor: Actor, page_id: str, event_id: str, data: wire.UpdateInput, *, now: datetime
) -> tuple[Writes, wire.StatusEvent]:
    """A status set by hand stops what a maintenance would have become by itself."""
    page = await owned_page(db, actor, page_id, permission=STATUS_EVENTS_EDIT)
    loaded = await _published(db, page_id, event_id)
    said = _new(data, id=new_id(now), at=data.at or now, is_notified=data.notify is not False)
    await _check(db, loaded, data, said, now=now)
    writes = Writes()
    after = put_update(writes, loaded, said, is_by_time=_is_still_by_time(loaded, said))
    arm_timer(writes, after.row, now=now)
    await record_update(db, writes, page, after.row, by=who(actor), now=now)
    notify_of(writes, [said], now=now)
    about = about_event(page, event_id, loaded.row.title)
    audit(writes, actor, about, after=after.update(said.id).as_wire(), verb="updated", now=now)
    return writes, after.as_wire(now)


async def edit_update(
    db: Database,
    actor: Actor,
    page_id: str,
    event_id: str,
    update_id: str,
    data: wire.UpdateInput,
    *,
    rev: int,
    now: datetime,
) -> tuple[Writes, wire.StatusEvent]:
    """What it said before stays in the history; `rev` is the event's."""
    page = await owned_page(db, actor, page_id, permission=STATUS_EVENTS_EDIT)
    loaded, before = await _update(db, page_id, event_id, update_id, rev)
    said = _new(data, id=update_id, at=data.at or before.at, is_notified=before.is_notified, edited_at=now)
    await _check(db, loaded, data, said, now=now)
    writes = Writes()
    _keep(writes, actor, before, is_removed=False, now=now)
    after = put_update(writes, loaded, said, is_by_time=_is_still_by_time(loaded, said))
    arm_timer(writes, after.row, now=now)
    about = about_event(page, event_id, loaded.row.title)
    audit(writes, actor, about, before=before.as_wire(), after=after.update(update_id).as_wire(), now=now)
    return writes, after.as_wire(now)


async def remove_update(
    db: Database, actor: Actor, page_id: str, event_id: str, update_id: str, *, rev: int, now: datetime
) -> Writes:
    """Raises Conflict for the only one: then the event is to be removed."""
    page = await owned_page(db, actor, page_id, permission=STATUS_EVENTS_EDIT)
    loaded, before = await _update(db, page_id, event_id, update_id, rev)
    if len(loaded.updates) == 1:
        raise Conflict("it is all that was said; remove the event", code="only_update")
    writes = Writes()
    _keep(writes, actor, before, is_removed=True, now=now)
    after = take_update(writes, loaded, update_id)
    arm_timer(writes, after.row, now=now)
    about = about_event(page, event_id, loaded.row.title)
    audit(writes, actor, about, before=before.as_wire(), verb="update_removed", now=now)
    return writes


async def list_versions(
    db: Database, actor: Actor, page_id: str, event_id: str, *, limit: int, cursor: str | None
) -> Page[wire.UpdateVersion]:
    """What updates said before they were edited or removed, newest first, for those who publish."""
    await owned_page(db, actor, page_id, permission=STATUS_EVENTS_EDIT)
    await load_event(db, page_id, event_id)
    changed, id = decode_cursor(cursor, int, str) if cursor is not None else (1 << 62, "")
    rows = await db.rows(
        wire.UpdateVersion,
        "SELECT <fields> FROM status_update_version WHERE event_id = :event"
        " AND (changed_at < :changed OR (changed_at = :changed AND id < :id))"
        " ORDER BY changed_at DESC, id DESC LIMIT :limit",
        event=event_id,
        changed=changed,
        id=id,
        limit=limit + 1,
    )
    shown, more = cut(rows, limit, lambda row: (to_us(row.changed_at), row.id))
    return Page(items=shown, next_cursor=more)


async def _published(db: Database, page_id: str, event_id: str) -> LoadedEvent:
    """Raises Conflict for what nobody has seen yet."""
    loaded = await load_event(db, page_id, event_id)
    if loaded.row.published_at is None:
        raise Conflict("it is not published yet", code="not_published")
    return loaded


async def _update(db: Database, page_id: str, event_id: str, update_id: str, rev: int) -> tuple[LoadedEvent, UpdateRow]:
    loaded = await load_event(db, page_id, event_id)
    found = loaded.update(update_id)
    require_rev(loaded.row.rev, rev)
    return loaded, found


async def _check(db: Database, loaded: LoadedEvent, data: wire.UpdateInput, said: NewUpdate, *, now: datetime) -> None:
    """Raises Invalid for what doesn't fit where it would stand; components that are gone stay where they are named."""
    flaws = local_instants(data, INSTANTS)
    if flaws:
        raise Invalid(flaws)
    others = [each for each in loaded.updates if each.id != said.id]
    place = (said.at, said.id)
    before = [each for each in others if (each.at, each.id) < place]
    after = [each for each in others if (each.at, each.id) > place]
    rows = await load_components(db, loaded.row.page_id)
    named = {change.component_id for each in loaded.updates for change in each.changes}
    components = frozenset(row.id for row in rows if row.removed_at is None or row.id in named)
    is_unpublished = loaded.row.published_at is None
    flaws = as_field_errors(
        update_flaws(
            loaded.row.kind,
            as_update(said),
            before=before[-1].status if before else None,
            after=after[0].status if after else None,
            components=components,
            now=max(now, said.at) if is_unpublished else now,
        )
    )
    flaws += promise_flaws(said)
    if flaws:
        raise Invalid(flaws)


def _new(
    data: wire.UpdateInput, *, id: str, at: datetime, is_notified: bool, edited_at: datetime | None = None
) -> NewUpdate:
    return NewUpdate(
        id=id,
        at=at,
        status=data.status,
        body=data.body,
        changes=data.changes,
        next_update_at=data.next_update_at,
        edited_at=edited_at,
        is_notified=is_notified,
    )


def _is_still_by_time(loaded: LoadedEvent, said: NewUpdate) -> bool:
    """As long as nobody has set another status than it had."""
    return loaded.row.is_by_time and said.status == loaded.row.status


def _keep(writes: Writes, actor: Actor, before: UpdateRow, *, is_removed: bool, now: datetime) -> None:
    writes.insert(
        StatusUpdateVersion,
        id=new_id(now),
        event_id=before.event_id,
        update_id=before.id,
        was=before.as_wire(),
        is_removed=is_removed,
        changed_by=actor.user_id,
        changed_by_name=actor.name,
        changed_at=now,
    )
