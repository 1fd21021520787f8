"""Publish, change and take back events."""

from datetime import datetime

import msgspec

from server.accounts.access.actors import Actor
from server.accounts.access.permissions import STATUS_EVENTS_EDIT
from server.accounts.audit.trail import About, audit
from server.kernel.database import Database, Writes
from server.kernel.due import disarm
from server.kernel.errors import Conflict, FieldError, Invalid
from server.kernel.ids import new_id
from server.kernel.refusals import require_rev
from server.status_pages.components import component_ids
from server.status_pages.event_checks import event_flaws, hours_flaws, instants_of, link_flaws
from server.status_pages.pages import owned_page, unsaid
from server.status_pages.read import EventRow, LoadedEvent, load_event
from server.status_pages.revisions import touch_page
from server.status_pages.subscribers.notify import notify_of
from server.status_pages.timers import TURN, arm_timer
from server.status_pages.write import NewUpdate, change_event, follows, insert_update
from server.tables.status_pages import StatusEvent, StatusEventLink, StatusUpdate
from shared.wire import status_pages as wire


async def make_event(
    db: Database, actor: Actor, page_id: str, data: wire.StatusEventInput, *, now: datetime
) -> tuple[Writes, wire.StatusEvent]:
    """Publish an event, now or later, or tell of one that is over. Raises Invalid naming each wrong field."""
    page = await owned_page(db, actor, page_id, permission=STATUS_EVENTS_EDIT)
    if flaws := await event_flaws_of(db, page, data, now):
        raise Invalid(flaws)
    writes = Writes()
    made = (await publish(db, writes, page_id, data, by=actor.user_id, now=now)).as_wire(now)
    audit(writes, actor, _about(page, made), after=made, verb="published", now=now)
    return writes, made


async def publish(
    db: Database,
    writes: Writes,
    page_id: str,
    data: wire.StatusEventInput,
    *,
    by: str,
    number: int | None = None,
    now: datetime,
) -> LoadedEvent:
    """Write an event that was looked at; where one commit has several of a page, with numbers from the next on."""
    said = new_updates(data, now)
    number = number if number is not None else await next_number(db, page_id)
    is_later = data.publish_at is not None and data.publish_at > now
    row = EventRow(
        id=new_id(now),
        page_id=page_id,
        number=number,
        kind=data.kind,
        title=data.title,
        **follows(data.kind, said),
        starts_at=data.starts_at,
        ends_at=data.ends_at,
        is_by_time=data.kind == "maintenance" and data.is_by_time and not data.is_past,
        publish_at=data.publish_at,
        published_at=None if is_later else now,
        rev=1,
    )
    values = {name: getattr(row, name) for name in row.__struct_fields__}
    writes.insert(StatusEvent, created_by=by, created_at=now, **values)
    for each in said:
        insert_update(writes, page_id, row.id, each)
    _link(writes, page_id, row.id, data.linked_event_ids)
    arm_timer(writes, row, now=now)
    touch_page(writes, page_id)
    if not is_later:
        notify_of(writes, said[-1:], now=now)
    return LoadedEvent(row, tuple(each.of(row.id) for each in said), tuple(sorted(data.linked_event_ids)))


async def next_number(db: Database, page_id: str) -> int:
    return await db.value("SELECT COALESCE(MAX(number), 0) + 1 FROM status_event WHERE page_id = :page", page=page_id)


async def event_flaws_of(
    db: Database, page: wire.StatusPage, data: wire.StatusEventInput, now: datetime
) -> list[FieldError]:
    """Everything that is wrong with a new event of this page."""
    if flaws := instants_of(data):
        return flaws
    components = await component_ids(db, page.id)
    flaws = event_flaws(data, new_updates(data, now), language=page.language, components=components, now=now)
    return flaws + await link_flaws(db, page.id, data.linked_event_ids)


def new_updates(data: wire.StatusEventInput, now: datetime) -> list[NewUpdate]:
    """Updates with ids in their order; what names no time is said when it is published."""
    return [
        NewUpdate(
            id=new_id(now),
            at=each.at or data.publish_at or now,
            status=each.status,
            body=each.body,
            changes=each.changes,
            next_update_at=each.next_update_at,
            is_notified=not data.is_past if each.notify is None else each.notify,
        )
        for each in data.updates
    ]


async def edit_event(
    db: Database, actor: Actor, page_id: str, event_id: str, data: wire.StatusEventChange, *, rev: int, now: datetime
) -> tuple[Writes, wire.StatusEvent]:
    """Title, hours, links, and when it is published; what was said of it are updates."""
    page = await owned_page(db, actor, page_id, permission=STATUS_EVENTS_EDIT)
    loaded = await load_event(db, page_id, event_id)
    row = loaded.row
    require_rev(row.rev, rev)
    is_over = row.closed_at is not None
    flaws = instants_of(data)
    flaws = flaws or unsaid("title", data.title, page.language) + hours_flaws(row.kind, data, is_past=is_over)
    flaws += await link_flaws(db, page_id, data.linked_event_ids, own=event_id)
    if flaws:
        raise Invalid(flaws)
    if row.published_at is not None and data.publish_at not in (None, row.publish_at):
        raise Conflict("it is published already", code="published_already")
    writes = Writes()
    updates = list(loaded.updates)
    values = {
        "title": data.title,
        "starts_at": data.starts_at,
        "ends_at": data.ends_at,
        "is_by_time": row.kind == "maintenance" and data.is_by_time and not is_over,
    }
    if row.published_at is None:
        at = max(data.publish_at or now, now)
        values |= {"publish_at": data.publish_at, "published_at": None if at > now else now}
        updates = [msgspec.structs.replace(each, at=at) for each in updates]
        writes.update(StatusUpdate, {"event_id": event_id}, at=at)
        if at == now:
            notify_of(writes, updates[-1:], now=now)
    after = change_event(writes, row, updates, **values)
    _link(writes, page_id, event_id, data.linked_event_ids)
    arm_timer(writes, after, now=now)
    changed = LoadedEvent(after, tuple(updates), tuple(sorted(data.linked_event_ids))).as_wire(now)
    audit(writes, actor, _about(page, changed), before=loaded.as_wire(now), after=changed, now=now)
    return writes, changed


async def remove_event(db: Database, actor: Actor, page_id: str, event_id: str, *, rev: int, now: datetime) -> Writes:
    """It is shown no more and counts in no uptime; the trail keeps what it was."""
    page = await owned_page(db, actor, page_id, permission=STATUS_EVENTS_EDIT)
    loaded = await load_event(db, page_id, event_id)
    require_rev(loaded.row.rev, rev)
    writes = Writes().update(StatusEvent, {"id": event_id, "rev": rev}, archived_at=now, rev=rev + 1)
    writes.sql("DELETE FROM status_event_link WHERE event_id = :id OR other_id = :id", id=event_id)
    disarm(writes, TURN, event_id)
    touch_page(writes, page_id)
    before = loaded.as_wire(now)
    audit(writes, actor, _about(page, before), before=before, now=now)
    return writes


def _link(writes: Writes, page_id: str, event_id: str, others: tuple[str, ...]) -> None:
    """The event names these from now on, and no others; whichever side said it first."""
    writes.sql("DELETE FROM status_event_link WHERE event_id = :id OR other_id = :id", id=event_id)
    writes.insert_many(
        StatusEventLink,
        [
            {"id": f"{event_id} {other}", "page_id": page_id, "event_id": event_id, "other_id": other}
            for other in sorted(others)
        ],
    )


def _about(page: wire.StatusPage, event: wire.StatusEvent) -> About:
    return about_event(page, event.id, event.title)


def about_event(page: wire.StatusPage, event_id: str, title: wire.Phrase) -> About:
    return About("status_event", event_id, title.said(page.language, page.language) or page.name, page.team_id)
