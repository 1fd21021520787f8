"""Which events are about which incidents, and what an incident's timeline says of them."""

from collections.abc import Sequence
from datetime import datetime

from server.accounts.access.actors import Actor
from server.kernel.database import Database, Priority, Writes
from server.kernel.due import Kind, arm
from server.status_pages.read import EventRow
from server.tables.status_pages import StatusPublication
from server.timeline.append import append
from shared.domain.incidents.timeline import SYSTEM, Entry, Who
from shared.wire import status_pages as wire

FOLLOW = Kind("status.follow", Priority.BULK)
ALL = "all"


def link(
    writes: Writes,
    page: wire.StatusPage,
    event: EventRow,
    incident_ids: Sequence[str],
    *,
    by: str,
    rule: str | None = None,
    now: datetime,
) -> None:
    """The event is about these incidents from now on, and somebody looks when they are over."""
    for id in incident_ids:
        writes.insert(
            StatusPublication,
            id=f"{event.id} {id}",
            page_id=page.id,
            event_id=event.id,
            incident_id=id,
            rule_id=rule,
            published_by=by,
            is_told=False,
        )
    arm(writes, FOLLOW, ALL, at=now, now=now)


def record_publication(
    writes: Writes,
    page: wire.StatusPage,
    event: EventRow,
    incident_ids: Sequence[str],
    *,
    by: Who = SYSTEM,
    rule: str | None = None,
    now: datetime,
) -> None:
    """On the timelines of the incidents that it is about; without a person by the rule of this name."""
    args = {"page": page.name, "title": _title(page, event), "status": event.status, "rule": rule}
    for id in incident_ids:
        append(writes, id, [Entry("status_published", args, by)], now=now)


def record_joined(writes: Writes, page: wire.StatusPage, event: EventRow, incident_id: str, *, now: datetime) -> None:
    """What the page says already is about this incident too."""
    args = {"page": page.name, "title": _title(page, event)}
    append(writes, incident_id, [Entry("status_joined", args)], now=now)


async def record_update(
    db: Database, writes: Writes, page: wire.StatusPage, event: EventRow, *, by: Who = SYSTEM, now: datetime
) -> None:
    """That the page says something new, on the timelines of the incidents that it is about."""
    args = {"page": page.name, "title": _title(page, event), "status": event.status}
    for id in await incidents_of(db, event.id):
        append(writes, id, [Entry("status_updated", args, by)], now=now)


async def incidents_of(db: Database, event_id: str) -> list[str]:
    rows = await db.values("SELECT incident_id FROM status_publication WHERE event_id = :id ORDER BY id", id=event_id)
    return [id for (id,) in rows]


def who(actor: Actor) -> Who:
    return Who(actor.kind, actor.user_id)


def _title(page: wire.StatusPage, event: EventRow) -> str:
    return event.title.said(page.language, page.language)
