"""Handlers of saved filters."""

from datetime import datetime

from litestar import Response, delete, get, post, put
from litestar.params import FromPath, JSONBody

from server.accounts.actors import Actor
from server.accounts.guard import needs
from server.accounts.permissions import READ
from server.incidents.saved_filters import (
    change_saved_filter,
    list_saved_filters,
    make_saved_filter,
    remove_saved_filter,
)
from server.kernel.database import Database, Writes
from server.kernel.http import AnyRequest, Given, Once, path, required_rev
from shared.wire import incidents as wire
from shared.wire import routes
from shared.wire.lists import Page

TAGS = ["me"]


@get(path(routes.MY_SAVED_FILTERS), operation_id="listMySavedFilters", opt=needs(READ), tags=TAGS)
async def saved_filters(actor: Given[Actor], db: Given[Database]) -> Page[wire.SavedFilter]:
    return Page(items=await list_saved_filters(db, actor))


@post(path(routes.MY_SAVED_FILTERS), operation_id="saveMyFilter", opt=needs(READ), tags=TAGS)
async def save_filter(
    request: AnyRequest,
    data: JSONBody[wire.SavedFilterInput],
    actor: Given[Actor],
    db: Given[Database],
    now: Given[datetime],
) -> Response[wire.SavedFilter]:
    async def decide() -> tuple[Writes, wire.SavedFilter]:
        return await make_saved_filter(db, actor, data, now=now)

    return await Once(db, request, actor.user_id, now).carry_out(decide, status=201)


@put(path(routes.MY_SAVED_FILTER), operation_id="changeMySavedFilter", opt=needs(READ), tags=TAGS)
async def change_filter(
    request: AnyRequest,
    saved_filter_id: FromPath[str],
    data: JSONBody[wire.SavedFilterInput],
    actor: Given[Actor],
    db: Given[Database],
    now: Given[datetime],
) -> Response[wire.SavedFilter]:
    rev = required_rev(request.headers.get("if-match"))

    async def decide() -> tuple[Writes, wire.SavedFilter]:
        return await change_saved_filter(db, actor, saved_filter_id, data, rev=rev, now=now)

    return await Once(db, request, actor.user_id, now).carry_out(decide)


@delete(path(routes.MY_SAVED_FILTER), operation_id="removeMySavedFilter", opt=needs(READ), tags=TAGS)
async def remove_filter(
    request: AnyRequest,
    saved_filter_id: FromPath[str],
    actor: Given[Actor],
    db: Given[Database],
    now: Given[datetime],
) -> None:
    rev = required_rev(request.headers.get("if-match"))
    await db.apply(await remove_saved_filter(db, actor, saved_filter_id, rev=rev, now=now))


HANDLERS = [saved_filters, save_filter, change_filter, remove_filter]
