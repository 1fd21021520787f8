"""Handlers of what is published on status pages."""

from litestar import Response, delete, get, post, put
from litestar.params import FromPath, FromQuery, JSONBody

from server.accounts.access.call import Call, Edit
from server.accounts.access.needs import needs
from server.accounts.access.permissions import READ, STATUS_EVENTS_EDIT
from server.kernel.http import Given, Handlers, Limit
from server.status_pages.events import edit_event, make_event, remove_event
from server.status_pages.read import EventFilter, list_events, read_event
from server.status_pages.updates import add_update, edit_update, list_versions, remove_update
from shared.domain.status.events import EventKind
from shared.wire import routes
from shared.wire import status_pages as wire
from shared.wire.lists import Page

EDIT = needs(STATUS_EVENTS_EDIT)


class StatusEvents(Handlers):
    tags = ["status events"]
    opt = needs(READ)

    @get(routes.STATUS_EVENTS, operation_id="listStatusEvents")
    async def events(
        self,
        call: Given[Call],
        status_page_id: FromPath[str],
        kind: FromQuery[EventKind | None] = None,
        is_open: FromQuery[bool | None] = None,
        limit: Limit = 50,
        cursor: FromQuery[str | None] = None,
    ) -> Page[wire.StatusEvent]:
        """What began last comes first; what is not published yet stands among them."""
        wanted = EventFilter(kind=kind, is_open=is_open)
        return await list_events(call.db, call.actor, status_page_id, wanted, limit=limit, cursor=cursor, now=call.now)

    @get(routes.STATUS_EVENT, operation_id="readStatusEvent")
    async def event(
        self, call: Given[Call], status_page_id: FromPath[str], status_event_id: FromPath[str]
    ) -> wire.StatusEvent:
        return await read_event(call.db, call.actor, status_page_id, status_event_id, call.now)

    @post(routes.STATUS_EVENTS, operation_id="publishStatusEvent", opt=EDIT)
    async def add_event(
        self, call: Given[Call], status_page_id: FromPath[str], data: JSONBody[wire.StatusEventInput]
    ) -> Response[wire.StatusEvent]:
        return await call.once(lambda: make_event(call.db, call.actor, status_page_id, data, now=call.now), status=201)

    @put(routes.STATUS_EVENT, operation_id="changeStatusEvent", opt=EDIT)
    async def change_event(
        self,
        edit: Given[Edit],
        status_page_id: FromPath[str],
        status_event_id: FromPath[str],
        data: JSONBody[wire.StatusEventChange],
    ) -> Response[wire.StatusEvent]:
        return await edit.once(
            lambda: edit_event(edit.db, edit.actor, status_page_id, status_event_id, data, rev=edit.rev, now=edit.now)
        )

    @delete(routes.STATUS_EVENT, operation_id="removeStatusEvent", opt=EDIT)
    async def delete_event(
        self, edit: Given[Edit], status_page_id: FromPath[str], status_event_id: FromPath[str]
    ) -> None:
        await edit.db.apply(
            await remove_event(edit.db, edit.actor, status_page_id, status_event_id, rev=edit.rev, now=edit.now)
        )


class StatusUpdates(Handlers):
    """If-Match is the event's rev: what was said is part of it."""

    tags = ["status events"]
    opt = EDIT

    @post(routes.STATUS_UPDATES, operation_id="addStatusUpdate")
    async def add(
        self,
        call: Given[Call],
        status_page_id: FromPath[str],
        status_event_id: FromPath[str],
        data: JSONBody[wire.UpdateInput],
    ) -> Response[wire.StatusEvent]:
        return await call.once(
            lambda: add_update(call.db, call.actor, status_page_id, status_event_id, data, now=call.now), status=201
        )

    @put(routes.STATUS_UPDATE, operation_id="changeStatusUpdate")
    async def change(
        self,
        edit: Given[Edit],
        status_page_id: FromPath[str],
        status_event_id: FromPath[str],
        status_update_id: FromPath[str],
        data: JSONBody[wire.UpdateInput],
    ) -> Response[wire.StatusEvent]:
        return await edit.once(
            lambda: edit_update(
                edit.db,
                edit.actor,
                status_page_id,
                status_event_id,
                status_update_id,
                data,
                rev=edit.rev,
                now=edit.now,
            )
        )

    @delete(routes.STATUS_UPDATE, operation_id="removeStatusUpdate")
    async def remove(
        self,
        edit: Given[Edit],
        status_page_id: FromPath[str],
        status_event_id: FromPath[str],
        status_update_id: FromPath[str],
    ) -> None:
        await edit.db.apply(
            await remove_update(
                edit.db,
                edit.actor,
                status_page_id,
                status_event_id,
                status_update_id,
                rev=edit.rev,
                now=edit.now,
            )
        )

    @get(routes.STATUS_EVENT_HISTORY, operation_id="listStatusUpdateVersions")
    async def versions(
        self,
        call: Given[Call],
        status_page_id: FromPath[str],
        status_event_id: FromPath[str],
        limit: Limit = 50,
        cursor: FromQuery[str | None] = None,
    ) -> Page[wire.UpdateVersion]:
        """What updates said before they were edited or removed, newest first."""
        return await list_versions(call.db, call.actor, status_page_id, status_event_id, limit=limit, cursor=cursor)
