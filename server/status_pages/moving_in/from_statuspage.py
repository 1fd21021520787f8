"""Move in from Atlassian Statuspage: components, what is over, subscribers; done again, it adds what is missing."""

from collections.abc import Mapping
from datetime import datetime

import msgspec
from msgspec import Struct

from server.accounts.access.actors import Actor
from server.accounts.access.permissions import STATUS_EVENTS_EDIT, STATUS_PAGES_EDIT
from server.accounts.audit.trail import audit
from server.kernel.database import Database, Writes
from server.kernel.errors import Conflict, Invalid
from server.kernel.ids import new_id
from server.kernel.settings import Settings
from server.status_pages.components import load_components, load_groups
from server.status_pages.event_checks import event_flaws, instants_of
from server.status_pages.events import new_updates, next_number, publish
from server.status_pages.moving_in.statuspage_export import (
    Export,
    ExportedComponent,
    ExportedEvent,
    event_of,
    phrase_of,
    read_export,
    since_of,
)
from server.status_pages.pages import about, owned_page
from server.status_pages.read import load_published
from server.status_pages.revisions import touch_page
from server.status_pages.subscribers.rows import (
    NewSubscriber,
    count_confirmed,
    emails_of,
    insert_subscriber,
    normal,
)
from server.tables.status_pages import StatusComponent, StatusGroup, StatusPage
from shared.domain.mail_address import is_mail_address
from shared.domain.status.events import EventKind
from shared.domain.status.subscribing import Scope
from shared.wire import status_pages as wire
from shared.wire.status_moving_in import SkippedEvent, StatuspageExport, StatuspageImported


class Moved(Struct, frozen=True):
    """What the trail keeps."""

    components: int
    events: int
    subscribers: int


async def import_statuspage(
    db: Database, actor: Actor, settings: Settings, page_id: str, data: StatuspageExport, *, now: datetime
) -> tuple[Writes, StatuspageImported]:
    """Nobody is told of what is over. Raises Invalid for what is no export, Conflict where there may be no more."""
    page = await owned_page(db, actor, page_id, permission=STATUS_PAGES_EDIT)
    await owned_page(db, actor, page_id, permission=STATUS_EVENTS_EDIT)
    try:
        export = read_export(data.content)
    except msgspec.DecodeError as error:
        raise Invalid.one("content", "not_an_export", f"is no export of Statuspage: {error}"[:300]) from None
    writes = Writes()
    ids, made = await _structure(db, writes, settings, page, export, now)
    events, skipped = await _events(db, page, export, ids, now)
    subscribers = await _subscribers(db, settings, page, export)
    found = StatuspageImported(
        components=made, events=len(events), subscribers=len(subscribers), skipped=tuple(skipped)
    )
    if data.dry_run:
        return Writes(), found
    number = await next_number(db, page_id)
    for n, event in enumerate(events):
        await publish(db, writes, page_id, event, by=actor.user_id, number=number + n, now=now)
    for each in subscribers:
        insert_subscriber(writes, each, now=now)
    audit(writes, actor, about(page), after=Moved(made, len(events), len(subscribers)), verb="moved_in", now=now)
    return writes, found


async def _structure(
    db: Database, writes: Writes, settings: Settings, page: wire.StatusPage, export: Export, now: datetime
) -> tuple[dict[str, str], int]:
    """Our components by Statuspage's ids, and how many of them are new; those that have the same name are the same."""
    living = [row for row in await load_components(db, page.id) if row.removed_at is None]
    groups = await load_groups(db, page.id)
    named = {name.casefold(): row.id for row in living for name in (row.name.en, row.name.zh) if name}
    headed = {name.casefold(): row.id for row in groups if row.name for name in (row.name.en, row.name.zh) if name}
    headings = {each.id: each.name for each in export.components if each.group}
    ids: dict[str, str] = {}
    fresh: list[ExportedComponent] = []
    for each in export.components:
        known = named.get(each.name.strip().casefold())
        if known is not None and not each.group:
            ids[each.id] = known
        elif not each.group and each.name.strip():
            fresh.append(each)
    most = settings.status_components
    if most and len(living) + len(fresh) > most and fresh:
        raise Conflict(f"a status page may have {most} components", code="too_many_components")
    for n, each in enumerate(fresh):
        heading = headings.get(each.group_id or "", "").strip()
        group = headed.get(heading.casefold())
        if group is None:
            group = headed[heading.casefold()] = new_id(now)
            name = phrase_of(page.language, heading) if heading else None
            place = len(groups) + len(headed)
            writes.insert(StatusGroup, id=group, page_id=page.id, name=name, position=place, is_uptime_hidden=False)
        ids[each.id] = new_id(now)
        writes.insert(
            StatusComponent,
            id=ids[each.id],
            page_id=page.id,
            group_id=group,
            name=phrase_of(page.language, each.name),
            description=phrase_of(page.language, each.description or ""),
            position=len(living) + n,
            available_since_at=since_of(each, now),
            is_uptime_hidden=False,
            created_at=now,
            removed_at=None,
        )
    if fresh:
        writes.update(StatusPage, {"id": page.id, "rev": page.rev}, rev=page.rev + 1)
        touch_page(writes, page.id)
    return ids, len(fresh)


async def _events(
    db: Database, page: wire.StatusPage, export: Export, ids: Mapping[str, str], now: datetime
) -> tuple[list[wire.StatusEventInput], list[SkippedEvent]]:
    known = {(each.row.title, each.row.began_at) for each in await load_published(db, page.id)}
    lists: list[tuple[EventKind, list[ExportedEvent]]] = [
        ("incident", export.incidents),
        ("maintenance", export.scheduled_maintenances),
    ]
    taken: list[wire.StatusEventInput] = []
    skipped: list[SkippedEvent] = []
    components = frozenset(ids.values())
    for kind, exported in lists:
        for each in exported:
            event = event_of(kind, each, ids, page.language)
            if event is None:
                skipped.append(SkippedEvent(name=each.name[:200], code="not_closed"))
                continue
            began = min(said.at for said in event.updates if said.at is not None)
            said = new_updates(event, now)
            flaws = instants_of(event) or event_flaws(
                event, said, language=page.language, components=components, now=now
            )
            if (event.title, began) in known or flaws:
                code = flaws[0].code if flaws else "known"
                skipped.append(SkippedEvent(name=each.name[:200], code=code))
            else:
                taken.append(event)
    return sorted(taken, key=lambda event: event.updates[0].at or now), skipped


async def _subscribers(db: Database, settings: Settings, page: wire.StatusPage, export: Export) -> list[NewSubscriber]:
    """Addresses that are new here; they said elsewhere that they want to hear."""
    known = await emails_of(db, page.id)
    emails = dict.fromkeys(normal(each.email) for each in export.subscribers if each.email)
    fresh = [email for email in emails if email not in known and email.isascii() and is_mail_address(email)]
    most = settings.status_subscribers
    if most and fresh and await count_confirmed(db, page.id) + len(fresh) > most:
        raise Conflict(f"a status page may have {most} subscribers", code="too_many_subscribers")
    return [
        NewSubscriber(
            page_id=page.id, scope=Scope(), language=page.language, email=email, is_confirmed=True, is_imported=True
        )
        for email in fresh
    ]
