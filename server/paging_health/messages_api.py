"""Handlers of what became of messages."""

from typing import Annotated

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery, QueryParameter

from server.accounts.access.call import Call
from server.accounts.access.needs import needs
from server.accounts.access.permissions import READ
from server.kernel.http import Given, Handlers, Limit
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


class Notifications(Handlers):
    tags = ["notifications"]
    opt = needs(READ)

    @get(routes.NOTIFICATIONS, operation_id="listNotifications")
    async def notifications(
        self,
        call: Given[Call],
        segment: Annotated[Segment, QueryParameter(name="scope")] = "mine",
        incident_id: FromQuery[str | None] = None,
        states: Annotated[list[wire.DeliveryState] | None, QueryParameter(name="state")] = None,
        limit: Limit = 50,
        cursor: FromQuery[str | None] = None,
    ) -> Page[wire.NotificationItem]:
        wanted = Narrowed(segment=segment, incident_id=incident_id, states=tuple(states or ()))
        return await list_notifications(call.db, call.actor, wanted, limit=limit, cursor=cursor)

    @get(routes.NOTIFICATION, operation_id="readNotification")
    async def notification(self, call: Given[Call], notification_id: FromPath[str]) -> wire.NotificationItem:
        """How far one message got, as it stands this moment."""
        return await read_notification(call.db, call.actor, notification_id)

    @get(routes.DEAD_LETTERS, operation_id="listDeadLetters")
    async def dead_letters(
        self, call: Given[Call], limit: Limit = 50, cursor: FromQuery[str | None] = None
    ) -> Page[wire.DeadLetter]:
        return await list_dead_letters(call.db, call.actor, limit=limit, cursor=cursor)

    @post(routes.DEAD_LETTER_RETRY, operation_id="retryDeadLetter", status_code=204)
    async def retry_dead_letter(self, call: Given[Call], notification_id: FromPath[str]) -> Response[None]:
        return await call.done(lambda: retry(call.db, call.actor, notification_id, now=call.now))

    @post(routes.DEAD_LETTER_DISCARD, operation_id="discardDeadLetter", status_code=204)
    async def discard_dead_letter(self, call: Given[Call], notification_id: FromPath[str]) -> Response[None]:
        return await call.done(lambda: discard(call.db, call.actor, notification_id, now=call.now))
