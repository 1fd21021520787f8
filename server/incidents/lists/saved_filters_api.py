"""Handlers of saved filters."""

from litestar import Response, delete, get, post, put
from litestar.params import FromPath, JSONBody

from server.accounts.access.call import Call, Edit
from server.accounts.access.needs import needs
from server.accounts.access.permissions import READ
from server.incidents.lists.saved_filters import (
    change_saved_filter,
    list_saved_filters,
    make_saved_filter,
    remove_saved_filter,
)
from server.kernel.http import Given, Handlers
from shared.wire import incidents as wire
from shared.wire import routes
from shared.wire.lists import Page


class SavedFilters(Handlers):
    tags = ["me"]
    opt = needs(READ)

    @get(routes.MY_SAVED_FILTERS, operation_id="listMySavedFilters")
    async def saved_filters(self, call: Given[Call]) -> Page[wire.SavedFilter]:
        return Page(items=await list_saved_filters(call.db, call.actor))

    @post(routes.MY_SAVED_FILTERS, operation_id="saveMyFilter")
    async def save_filter(self, call: Given[Call], data: JSONBody[wire.SavedFilterInput]) -> Response[wire.SavedFilter]:
        return await call.once(lambda: make_saved_filter(call.db, call.actor, data, now=call.now), status=201)

    @put(routes.MY_SAVED_FILTER, operation_id="changeMySavedFilter")
    async def change_filter(
        self, edit: Given[Edit], saved_filter_id: FromPath[str], data: JSONBody[wire.SavedFilterInput]
    ) -> Response[wire.SavedFilter]:
        return await edit.once(
            lambda: change_saved_filter(edit.db, edit.actor, saved_filter_id, data, rev=edit.rev, now=edit.now)
        )

    @delete(routes.MY_SAVED_FILTER, operation_id="removeMySavedFilter")
    async def remove_filter(self, edit: Given[Edit], saved_filter_id: FromPath[str]) -> None:
        await edit.db.apply(await remove_saved_filter(edit.db, edit.actor, saved_filter_id, rev=edit.rev, now=edit.now))
