"""Handlers of subscribers: those of a page, one's own subscription, and what became of what was sent."""

from litestar import Response, delete, get, post, put
from litestar.params import FromPath, FromQuery, JSONBody

from server.accounts.access.call import Call
from server.accounts.access.needs import needs
from server.accounts.access.permissions import READ, STATUS_EVENTS_EDIT, STATUS_PAGES_EDIT
from server.kernel.database import Priority
from server.kernel.http import Given, Handlers, Limit
from server.status_pages.subscribers.people import (
    count_letters,
    list_letters,
    list_subscribers,
    read_subscription,
    remove_subscriber,
    subscribe,
    unsubscribe,
)
from server.status_pages.subscribers.tables import export_subscribers, import_subscribers
from shared.wire import routes
from shared.wire import status_subscribers as wire
from shared.wire.lists import Page


class StatusSubscribers(Handlers):
    tags = ["status pages"]
    opt = needs(STATUS_PAGES_EDIT)

    @get(routes.STATUS_SUBSCRIBERS, operation_id="listStatusSubscribers")
    async def subscribers(
        self,
        call: Given[Call],
        status_page_id: FromPath[str],
        q: FromQuery[str] = "",
        limit: Limit = 50,
        cursor: FromQuery[str | None] = None,
    ) -> Page[wire.StatusSubscriber]:
        """`q` is the beginning of an address."""
        return await list_subscribers(call.db, call.actor, status_page_id, q=q, limit=limit, cursor=cursor)

    @get(routes.STATUS_SUBSCRIBERS_CSV, operation_id="exportStatusSubscribers")
    async def export(self, call: Given[Call], status_page_id: FromPath[str]) -> Response[str]:
        """All who have confirmed, as a table that can be imported."""
        made = await export_subscribers(call.db, call.actor, status_page_id)
        headers = {"content-disposition": 'attachment; filename="subscribers.csv"', "cache-control": "no-store"}
        return Response(made, media_type="text/csv; charset=utf-8", headers=headers)

    @post(
        routes.STATUS_SUBSCRIBERS_CSV,
        operation_id="importStatusSubscribers",
        opt=needs(STATUS_PAGES_EDIT, priority=Priority.BULK),
        status_code=200,
    )
    async def take(
        self, call: Given[Call], status_page_id: FromPath[str], data: JSONBody[wire.SubscribersTable]
    ) -> Response[wire.SubscribersImported]:
        """A table of addresses that are asked for no confirmation."""
        return await call.once(
            lambda: import_subscribers(call.db, call.actor, call.settings, status_page_id, data, now=call.now)
        )

    @delete(routes.STATUS_SUBSCRIBER, operation_id="removeStatusSubscriber")
    async def remove(self, call: Given[Call], status_page_id: FromPath[str], subscriber_id: FromPath[str]) -> None:
        await call.db.apply(await remove_subscriber(call.db, call.actor, status_page_id, subscriber_id, now=call.now))


class MySubscription(Handlers):
    tags = ["status pages"]
    opt = needs(READ)

    @get(routes.STATUS_SUBSCRIPTION, operation_id="readMyStatusSubscription")
    async def mine(self, call: Given[Call], status_page_id: FromPath[str]) -> wire.Subscription:
        return await read_subscription(call.db, call.actor, status_page_id)

    @put(routes.STATUS_SUBSCRIPTION, operation_id="subscribeToStatusPage")
    async def begin(
        self, call: Given[Call], status_page_id: FromPath[str], data: JSONBody[wire.SubscriptionInput]
    ) -> Response[wire.Subscription]:
        """By one's own ways, as notices come."""
        return await call.once(lambda: subscribe(call.db, call.actor, status_page_id, data, now=call.now))

    @delete(routes.STATUS_SUBSCRIPTION, operation_id="unsubscribeFromStatusPage")
    async def end(self, call: Given[Call], status_page_id: FromPath[str]) -> None:
        await call.db.apply(await unsubscribe(call.db, call.actor, status_page_id, now=call.now))


class StatusLetters(Handlers):
    tags = ["status events"]
    opt = needs(STATUS_EVENTS_EDIT)

    @get(routes.STATUS_LETTERS, operation_id="listStatusLetters")
    async def letters(
        self,
        call: Given[Call],
        status_page_id: FromPath[str],
        status_event_id: FromPath[str],
        limit: Limit = 50,
        cursor: FromQuery[str | None] = None,
    ) -> Page[wire.StatusLetter]:
        """What became of each, by subscriber."""
        return await list_letters(call.db, call.actor, status_page_id, status_event_id, limit=limit, cursor=cursor)

    @get(routes.STATUS_NOTIFIED, operation_id="countStatusLetters")
    async def counts(
        self, call: Given[Call], status_page_id: FromPath[str], status_event_id: FromPath[str]
    ) -> Page[wire.NotifiedUpdate]:
        return Page(items=await count_letters(call.db, call.actor, status_page_id, status_event_id))
