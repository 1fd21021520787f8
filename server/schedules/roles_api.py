"""Handlers of on-call roles."""

from datetime import datetime

from litestar import Response, delete, get, post, put
from litestar.params import FromPath, JSONBody

from server.accounts.access.actors import Actor
from server.accounts.access.needs import needs
from server.accounts.access.permissions import READ, SCHEDULES_EDIT
from server.kernel.database import Database
from server.kernel.http import Given, Once, path
from server.schedules.roles import list_roles, remove_role, save_role
from shared.wire import on_call_roles as wire
from shared.wire import routes
from shared.wire.lists import Page

TAGS = ["schedules"]
EDIT = needs(SCHEDULES_EDIT)


@get(path(routes.ON_CALL_ROLES), operation_id="listOnCallRoles", opt=needs(READ), tags=TAGS)
async def roles(db: Given[Database]) -> Page[wire.OnCallRole]:
    return Page(items=await list_roles(db))


@post(path(routes.ON_CALL_ROLES), operation_id="makeOnCallRole", opt=EDIT, tags=TAGS)
async def add_role(
    data: JSONBody[wire.OnCallRoleInput],
    actor: Given[Actor],
    db: Given[Database],
    now: Given[datetime],
    once: Given[Once],
) -> Response[wire.OnCallRole]:
    return await once.carry_out(lambda: save_role(db, actor, data, id=None, rev=None, now=now), status=201)


@put(path(routes.ON_CALL_ROLE), operation_id="changeOnCallRole", opt=EDIT, tags=TAGS)
async def change_role(
    role_id: FromPath[str],
    data: JSONBody[wire.OnCallRoleInput],
    actor: Given[Actor],
    db: Given[Database],
    now: Given[datetime],
    rev: Given[int],
    once: Given[Once],
) -> Response[wire.OnCallRole]:
    return await once.carry_out(lambda: save_role(db, actor, data, id=role_id, rev=rev, now=now))


@delete(path(routes.ON_CALL_ROLE), operation_id="removeOnCallRole", opt=EDIT, tags=TAGS)
async def delete_role(
    role_id: FromPath[str],
    actor: Given[Actor],
    db: Given[Database],
    now: Given[datetime],
    rev: Given[int],
) -> None:
    await db.apply(await remove_role(db, actor, role_id, rev=rev, now=now))


HANDLERS = [roles, add_role, change_role, delete_role]
