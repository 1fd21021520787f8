"""Handlers of who I am."""

from datetime import datetime

from litestar import get, patch
from litestar.params import JSONBody

from server.accounts.access.actors import Actor
from server.accounts.access.needs import needs
from server.accounts.access.permissions import READ
from server.accounts.people.me import change_me, read_me
from server.kernel.database import Database
from server.kernel.http import Given, path
from server.kernel.settings import Settings
from shared.wire import routes
from shared.wire.sessions import Me, MeChange


@get(path(routes.ME), operation_id="readMe", opt=needs(READ), tags=["me"])
async def me(actor: Given[Actor], db: Given[Database], settings: Given[Settings]) -> Me:
    return await read_me(db, actor, settings)


@patch(path(routes.ME), operation_id="changeMe", opt=needs(READ), tags=["me"])
async def patch_me(
    data: JSONBody[MeChange],
    actor: Given[Actor],
    db: Given[Database],
    settings: Given[Settings],
    now: Given[datetime],
    rev: Given[int],
) -> Me:
    await change_me(db, actor, data, rev=rev, now=now)
    return await read_me(db, actor, settings)


HANDLERS = [me, patch_me]
