"""Subscribers for those who manage a page, one's own subscription, and what became of letters."""

from dataclasses import replace
from datetime import datetime

from msgspec import Struct

from server.accounts.access.actors import Actor
from server.accounts.access.permissions import STATUS_EVENTS_EDIT, STATUS_PAGES_EDIT
from server.accounts.audit.trail import audit
from server.accounts.sign_in.api_keys import require_person
from server.kernel.database import Database, Writes
from server.kernel.errors import FieldError, Invalid, NotFound
from server.kernel.http import cut, decode_cursor
from server.status_pages.components import component_ids
from server.status_pages.event_checks import link_flaws
from server.status_pages.pages import about, owned_page, visible_page
from server.status_pages.read import load_event
from server.status_pages.subscribers.rows import (
    NewSubscriber,
    by_member,
    change_subscriber,
    find_subscriber,
    insert_subscriber,
    remove,
)
from shared.domain.status.subscribing import Scope
from shared.wire.lists import Page
from shared.wire.status_subscribers import (
    NotifiedUpdate,
    StatusLetter,
    StatusSubscriber,
    Subscription,
    SubscriptionInput,
)


class Removed(Struct, frozen=True):
    """What the trail keeps."""

    subscriber: str


async def list_subscribers(
    db: Database, actor: Actor, page_id: str, *, q: str, limit: int, cursor: str | None
) -> Page[StatusSubscriber]:
    """By when they came; `q` is the beginning of an address."""
    await owned_page(db, actor, page_id, permission=STATUS_PAGES_EDIT)
    wanted = q.strip().lower()
    rows = await db.rows(
        StatusSubscriber,
        "SELECT status_subscriber.id, status_subscriber.email, user_account.name AS user_name,"
        " status_subscriber.language, is_for_all, component_ids, event_ids, asked_at, confirmed_at, is_imported,"
        " failed_for FROM status_subscriber LEFT JOIN user_account ON user_account.id = user_id"
        " WHERE page_id = :page AND status_subscriber.id > :after"
        " AND (:q = '' OR SUBSTR(status_subscriber.email, 1, :length) = :q) ORDER BY status_subscriber.id LIMIT :limit",
        page=page_id,
        after=decode_cursor(cursor, str)[0] if cursor is not None else "",
        q=wanted,
        length=len(wanted),
        limit=limit + 1,
    )
    shown, more = cut(rows, limit, lambda row: (row.id,))
    return Page(items=shown, next_cursor=more)


async def remove_subscriber(db: Database, actor: Actor, page_id: str, subscriber_id: str, *, now: datetime) -> Writes:
    page = await owned_page(db, actor, page_id, permission=STATUS_PAGES_EDIT)
    found = await find_subscriber(db, subscriber_id)
    if found is None or found.page_id != page_id:
        raise NotFound
    writes = Writes()
    remove(writes, [found.id])
    gone = Removed(found.email or found.user_id or "")
    audit(writes, actor, about(page), before=gone, verb="subscriber_removed", now=now)
    return writes


async def read_subscription(db: Database, actor: Actor, page_id: str) -> Subscription:
    """One's own; raises NotFound where there is none."""
    await visible_page(db, actor, page_id)
    require_person(actor)
    found = await by_member(db, page_id, actor.user_id)
    if found is None:
        raise NotFound
    return _as_wire(found.scope)


async def subscribe(
    db: Database, actor: Actor, page_id: str, data: SubscriptionInput, *, now: datetime
) -> tuple[Writes, Subscription]:
    """Hear of the page by one's own ways, as of an incident that one follows."""
    page = await visible_page(db, actor, page_id)
    require_person(actor)
    known = await component_ids(db, page_id)
    flaws = [
        FieldError(f"component_ids[{n}]", "unknown", "there is no such component")
        for n, id in enumerate(data.component_ids)
        if id not in known
    ]
    linked = await link_flaws(db, page_id, data.event_ids)
    flaws += [replace(each, field=each.field.removeprefix("linked_")) for each in linked]
    scope = Scope(is_for_all=data.is_for_all, component_ids=data.component_ids, event_ids=data.event_ids)
    if scope.is_empty:
        flaws.append(FieldError("component_ids", "empty", "choose something, or all"))
    if flaws:
        raise Invalid(flaws)
    writes, found = Writes(), await by_member(db, page_id, actor.user_id)
    if found is None:
        insert_subscriber(
            writes,
            NewSubscriber(
                page_id=page_id, scope=scope, language=actor.language, user_id=actor.user_id, is_confirmed=True
            ),
            now=now,
        )
    else:
        change_subscriber(writes, found.id, scope, language=actor.language)
    saved = _as_wire(scope)
    before = _as_wire(found.scope) if found is not None else None
    audit(writes, actor, about(page), before=before, after=saved, verb="subscribed", now=now)
    return writes, saved


async def unsubscribe(db: Database, actor: Actor, page_id: str, *, now: datetime) -> Writes:
    page = await visible_page(db, actor, page_id)
    require_person(actor)
    found = await by_member(db, page_id, actor.user_id)
    writes = Writes()
    if found is None:
        raise NotFound
    remove(writes, [found.id])
    audit(writes, actor, about(page), before=_as_wire(found.scope), verb="unsubscribed", now=now)
    return writes


def _as_wire(scope: Scope) -> Subscription:
    return Subscription(is_for_all=scope.is_for_all, component_ids=scope.component_ids, event_ids=scope.event_ids)


class _Listed(StatusLetter, frozen=True, kw_only=True):
    id: str


async def list_letters(
    db: Database, actor: Actor, page_id: str, event_id: str, *, limit: int, cursor: str | None
) -> Page[StatusLetter]:
    """What became of each letter about an event, for those who publish; the last update first."""
    await owned_page(db, actor, page_id, permission=STATUS_EVENTS_EDIT)
    await load_event(db, page_id, event_id)
    rows = await db.rows(
        _Listed,
        "SELECT <fields> FROM status_letter WHERE event_id = :event AND id < :before ORDER BY id DESC LIMIT :limit",
        event=event_id,
        before=decode_cursor(cursor, str)[0] if cursor is not None else "~",
        limit=limit + 1,
    )
    shown, more = cut(rows, limit, lambda row: (row.id,))
    names = StatusLetter.__struct_fields__
    return Page(items=[StatusLetter(**{name: getattr(row, name) for name in names}) for row in shown], next_cursor=more)


async def count_letters(db: Database, actor: Actor, page_id: str, event_id: str) -> list[NotifiedUpdate]:
    """Of each update that subscribers heard of, the last first."""
    await owned_page(db, actor, page_id, permission=STATUS_EVENTS_EDIT)
    await load_event(db, page_id, event_id)
    return await db.rows(
        NotifiedUpdate,
        "SELECT update_id, SUM(CASE WHEN state = 'queued' THEN 1 ELSE 0 END) AS queued,"
        " SUM(CASE WHEN state = 'held' THEN 1 ELSE 0 END) AS held,"
        " SUM(CASE WHEN state = 'sent' THEN 1 ELSE 0 END) AS sent,"
        " SUM(CASE WHEN state = 'failed' THEN 1 ELSE 0 END) AS failed"
        " FROM status_letter WHERE event_id = :event GROUP BY update_id ORDER BY update_id DESC",
        event=event_id,
    )
