"""Handlers of people, and of the permission sets they are granted."""

from datetime import datetime
from typing import Annotated

from litestar import Response, delete, get, patch, post, put
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from server.accounts.access.actors import Actor
from server.accounts.access.needs import needs
from server.accounts.access.permissions import PEOPLE_EDIT, READ
from server.accounts.people.change import add_person, change_person, reactivate, take_totp_off
from server.accounts.people.find import State, list_people, read_person
from server.accounts.people.grants import grant, list_grants, list_roles, read_role, remove_role, save_role, withdraw
from server.kernel.database import Database
from server.kernel.http import Given, Once, path
from shared.wire import people as wire
from shared.wire import roles as role_wire
from shared.wire import routes
from shared.wire.lists import Page

EDIT = needs(PEOPLE_EDIT)
LASTING = needs(PEOPLE_EDIT, fresh=True)


@get(path(routes.USERS), operation_id="listUsers", opt=needs(READ), tags=["people"])
async def users(
    actor: Given[Actor],
    db: Given[Database],
    q: FromQuery[str | None] = None,
    team_id: FromQuery[str | None] = None,
    wanted: Annotated[State | None, QueryParameter(name="state")] = None,
    limit: Annotated[int, QueryParameter(ge=1, le=200)] = 50,
    cursor: FromQuery[str | None] = None,
) -> Page[wire.User]:
    return await list_people(db, actor, q=q or "", team_id=team_id, state=wanted, limit=limit, cursor=cursor)


@get(path(routes.USER), operation_id="readUser", opt=needs(READ), tags=["people"])
async def user(user_id: FromPath[str], actor: Given[Actor], db: Given[Database]) -> wire.User:
    return await read_person(db, actor, user_id)


@post(path(routes.USERS), operation_id="makeUser", opt=LASTING, tags=["people"])
async def add_user(
    data: JSONBody[wire.NewUser],
    actor: Given[Actor],
    db: Given[Database],
    now: Given[datetime],
    once: Given[Once],
) -> Response[wire.User]:
    return await once.carry_out(lambda: add_person(db, actor, data, now=now), status=201)


@patch(path(routes.USER), operation_id="changeUser", opt=LASTING, tags=["people"])
async def change_user(
    user_id: FromPath[str],
    data: JSONBody[wire.UserChange],
    actor: Given[Actor],
    db: Given[Database],
    now: Given[datetime],
    rev: Given[int],
    once: Given[Once],
) -> Response[wire.User]:
    return await once.carry_out(lambda: change_person(db, actor, user_id, data, rev=rev, now=now))


@post(path(routes.USER_REACTIVATE), operation_id="reactivateUser", opt=LASTING, status_code=200, tags=["people"])
async def reactivate_user(
    user_id: FromPath[str],
    actor: Given[Actor],
    db: Given[Database],
    now: Given[datetime],
    once: Given[Once],
) -> Response[wire.User]:
    return await once.carry_out(lambda: reactivate(db, actor, user_id, now=now), status=200)


@delete(path(routes.USER_TOTP), operation_id="takeSecondFactorOff", opt=LASTING, tags=["people"])
async def take_off_totp(
    user_id: FromPath[str],
    actor: Given[Actor],
    db: Given[Database],
    now: Given[datetime],
) -> None:
    await db.apply(await take_totp_off(db, actor, user_id, now=now))


@get(path(routes.ROLES), operation_id="listRoles", opt=needs(READ), tags=["roles"])
async def roles(db: Given[Database]) -> Page[role_wire.PermissionSet]:
    return Page(items=await list_roles(db))


@get(path(routes.ROLE), operation_id="readRole", opt=needs(READ), tags=["roles"])
async def role(role_id: FromPath[str], db: Given[Database]) -> role_wire.PermissionSet:
    return await read_role(db, role_id)


@post(path(routes.ROLES), operation_id="makeRole", opt=EDIT, tags=["roles"])
async def add_role(
    data: JSONBody[role_wire.RoleInput],
    actor: Given[Actor],
    db: Given[Database],
    now: Given[datetime],
    once: Given[Once],
) -> Response[role_wire.PermissionSet]:
    return await once.carry_out(lambda: save_role(db, actor, data, id=None, rev=None, now=now), status=201)


@put(path(routes.ROLE), operation_id="changeRole", opt=LASTING, tags=["roles"])
async def change_role(
    role_id: FromPath[str],
    data: JSONBody[role_wire.RoleInput],
    actor: Given[Actor],
    db: Given[Database],
    now: Given[datetime],
    rev: Given[int],
    once: Given[Once],
) -> Response[role_wire.PermissionSet]:
    return await once.carry_out(lambda: save_role(db, actor, data, id=role_id, rev=rev, now=now))


@delete(path(routes.ROLE), operation_id="removeRole", opt=EDIT, tags=["roles"])
async def delete_role(
    role_id: FromPath[str],
    actor: Given[Actor],
    db: Given[Database],
    now: Given[datetime],
    rev: Given[int],
) -> None:
    await db.apply(await remove_role(db, actor, role_id, rev=rev, now=now))


@get(path(routes.USER_GRANTS), operation_id="listGrants", opt=needs(READ), tags=["roles"])
async def grants(user_id: FromPath[str], actor: Given[Actor], db: Given[Database]) -> Page[role_wire.Grant]:
    return Page(items=await list_grants(db, actor, user_id))


@post(path(routes.USER_GRANTS), operation_id="grantRole", opt=LASTING, tags=["roles"])
async def grant_role(
    user_id: FromPath[str],
    data: JSONBody[role_wire.NewGrant],
    actor: Given[Actor],
    db: Given[Database],
    now: Given[datetime],
    once: Given[Once],
) -> Response[role_wire.Grant]:
    return await once.carry_out(lambda: grant(db, actor, user_id, data, now=now), status=201)


@delete(path(routes.USER_GRANT), operation_id="withdrawGrant", opt=EDIT, tags=["roles"])
async def withdraw_grant(
    user_id: FromPath[str],
    grant_id: FromPath[str],
    actor: Given[Actor],
    db: Given[Database],
    now: Given[datetime],
) -> None:
    await db.apply(await withdraw(db, actor, user_id, grant_id, now=now))


HANDLERS = [
    users,
    user,
    add_user,
    change_user,
    reactivate_user,
    take_off_totp,
    roles,
    role,
    add_role,
    change_role,
    delete_role,
    grants,
    grant_role,
    withdraw_grant,
]
