"""Handlers of what became of messages."""

from datetime import datetime
from typing import Annotated

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery, QueryParameter

from server.accounts.access.actors import Actor
from server.accounts.access.needs import needs
from server.accounts.access.permissions import READ
from server.kernel.database import Database, Writes
from server.kernel.http import Given, Once, path
from server.paging_health.messages import (
    Narrowed,
    Segment,
    discard,
    list_dead_letters,
    list_notifications,
    read_notification,
    retry,
)
from shared.wire import notifications as wire
from shared.wire import routes
from shared.wire.lists import Page

TAGS = ["notifications"]
Limit = Annotated[int, QueryParameter(ge=1, le=200)]


@get(path(routes.NOTIFICATIONS), operation_id="listNotifications", opt=needs(READ), tags=TAGS)
async def notifications(
    actor: Given[Actor],
    db: Given[Database],
    segment: Annotated[Segment, QueryParameter(name="scope")] = "mine",
    incident_id: FromQuery[str | None] = None,
    states: Annotated[list[wire.DeliveryState] | None, QueryParameter(name="state")] = None,
    limit: Limit = 50,
    cursor: FromQuery[str | None] = None,
) -> Page[wire.NotificationItem]:
    wanted = Narrowed(segment=segment, incident_id=incident_id, states=tuple(states or ()))
    return await list_notifications(db, actor, wanted, limit=limit, cursor=cursor)


@get(path(routes.NOTIFICATION), operation_id="readNotification", opt=needs(READ), tags=TAGS)
async def notification(
    notification_id: FromPath[str], actor: Given[Actor], db: Given[Database]
) -> wire.NotificationItem:
    """How far one message got, as it stands this moment."""
    return await read_notification(db, actor, notification_id)


@get(path(routes.DEAD_LETTERS), operation_id="listDeadLetters", opt=needs(READ), tags=TAGS)
async def dead_letters(
    actor: Given[Actor], db: Given[Database], limit: Limit = 50, cursor: FromQuery[str | None] = None
) -> Page[wire.DeadLetter]:
    return await list_dead_letters(db, actor, limit=limit, cursor=cursor)


@post(path(routes.DEAD_LETTER_RETRY), operation_id="retryDeadLetter", opt=needs(READ), status_code=204, tags=TAGS)
async def retry_dead_letter(
    notification_id: FromPath[str],
    actor: Given[Actor],
    db: Given[Database],
    now: Given[datetime],
    once: Given[Once],
) -> Response[None]:
    async def decide() -> tuple[Writes, None]:
        return await retry(db, actor, notification_id, now=now), None

    return await once.carry_out(decide, status=204)


@post(path(routes.DEAD_LETTER_DISCARD), operation_id="discardDeadLetter", opt=needs(READ), status_code=204, tags=TAGS)
async def discard_dead_letter(
    notification_id: FromPath[str],
    actor: Given[Actor],
    db: Given[Database],
    now: Given[datetime],
    once: Given[Once],
) -> Response[None]:
    async def decide() -> tuple[Writes, None]:
        return await discard(db, actor, notification_id, now=now), None

    return await once.carry_out(decide, status=204)


HANDLERS = [notifications, notification, dead_letters, retry_dead_letter, discard_dead_letter]
