"""Handlers of saved filters."""

from datetime import datetime

from litestar import Response, delete, get, post, put
from litestar.params import FromPath, JSONBody

from server.accounts.access.actors import Actor
from server.accounts.access.needs import needs
from server.accounts.access.permissions import READ
from server.incidents.lists.saved_filters import (
    change_saved_filter,
    list_saved_filters,
    make_saved_filter,
    remove_saved_filter,
)
from server.kernel.database import Database
from server.kernel.http import Given, Once, path
from shared.wire import incidents as wire
from shared.wire import routes
from shared.wire.lists import Page

TAGS = ["me"]


@get(path(routes.MY_SAVED_FILTERS), operation_id="listMySavedFilters", opt=needs(READ), tags=TAGS)
async def saved_filters(actor: Given[Actor], db: Given[Database]) -> Page[wire.SavedFilter]:
    return Page(items=await list_saved_filters(db, actor))


@post(path(routes.MY_SAVED_FILTERS), operation_id="saveMyFilter", opt=needs(READ), tags=TAGS)
async def save_filter(
    data: JSONBody[wire.SavedFilterInput],
    actor: Given[Actor],
    db: Given[Database],
    now: Given[datetime],
    once: Given[Once],
) -> Response[wire.SavedFilter]:
    return await once.carry_out(lambda: make_saved_filter(db, actor, data, now=now), status=201)


@put(path(routes.MY_SAVED_FILTER), operation_id="changeMySavedFilter", opt=needs(READ), tags=TAGS)
async def change_filter(
    saved_filter_id: FromPath[str],
    data: JSONBody[wire.SavedFilterInput],
    actor: Given[Actor],
    db: Given[Database],
    now: Given[datetime],
    rev: Given[int],
    once: Given[Once],
) -> Response[wire.SavedFilter]:
    return await once.carry_out(lambda: change_saved_filter(db, actor, saved_filter_id, data, rev=rev, now=now))


@delete(path(routes.MY_SAVED_FILTER), operation_id="removeMySavedFilter", opt=needs(READ), tags=TAGS)
async def remove_filter(
    saved_filter_id: FromPath[str],
    actor: Given[Actor],
    db: Given[Database],
    now: Given[datetime],
    rev: Given[int],
) -> None:
    await db.apply(await remove_saved_filter(db, actor, saved_filter_id, rev=rev, now=now))


HANDLERS = [saved_filters, save_filter, change_filter, remove_filter]
