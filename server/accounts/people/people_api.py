"""Handlers of people, and of the permission sets they are granted."""

from typing import Annotated

from litestar import Response, delete, get, patch, post, put
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from server.accounts.access.call import Call, Edit
from server.accounts.access.needs import needs
from server.accounts.access.permissions import PEOPLE_EDIT, READ
from server.accounts.people.change import add_person, change_person, take_totp_off
from server.accounts.people.find import State, list_people, read_person
from server.accounts.people.grants import grant, list_grants, list_roles, read_role, remove_role, save_role, withdraw
from server.kernel.http import Given, Handlers, Limit
from shared.wire import people as wire
from shared.wire import roles as role_wire
from shared.wire import routes
from shared.wire.lists import Page

EDIT = needs(PEOPLE_EDIT)
LASTING = needs(PEOPLE_EDIT, fresh=True)


class People(Handlers):
    tags = ["people"]
    opt = needs(READ)

    @get(routes.USERS, operation_id="listUsers")
    async def users(
        self,
        call: Given[Call],
        q: FromQuery[str | None] = None,
        team_id: FromQuery[str | None] = None,
        wanted: Annotated[State | None, QueryParameter(name="state")] = None,
        limit: Limit = 50,
        cursor: FromQuery[str | None] = None,
    ) -> Page[wire.User]:
        return await list_people(
            call.db, call.actor, q=q or "", team_id=team_id, state=wanted, limit=limit, cursor=cursor
        )

    @get(routes.USER, operation_id="readUser")
    async def user(self, call: Given[Call], user_id: FromPath[str]) -> wire.User:
        return await read_person(call.db, call.actor, user_id)

    @post(routes.USERS, operation_id="makeUser", opt=LASTING)
    async def add_user(self, call: Given[Call], data: JSONBody[wire.NewUser]) -> Response[wire.User]:
        return await call.once(lambda: add_person(call.db, call.actor, data, now=call.now), status=201)

    @patch(routes.USER, operation_id="changeUser", opt=LASTING)
    async def change_user(
        self, edit: Given[Edit], user_id: FromPath[str], data: JSONBody[wire.UserChange]
    ) -> Response[wire.User]:
        return await edit.once(lambda: change_person(edit.db, edit.actor, user_id, data, rev=edit.rev, now=edit.now))

    @delete(routes.USER_TOTP, operation_id="takeSecondFactorOff", opt=LASTING)
    async def take_off_totp(self, call: Given[Call], user_id: FromPath[str]) -> None:
        await call.db.apply(await take_totp_off(call.db, call.actor, user_id, now=call.now))


class Roles(Handlers):
    tags = ["roles"]
    opt = needs(READ)

    @get(routes.ROLES, operation_id="listRoles")
    async def roles(self, call: Given[Call]) -> Page[role_wire.PermissionSet]:
        return Page(items=await list_roles(call.db))

    @get(routes.ROLE, operation_id="readRole")
    async def role(self, call: Given[Call], role_id: FromPath[str]) -> role_wire.PermissionSet:
        return await read_role(call.db, role_id)

    @post(routes.ROLES, operation_id="makeRole", opt=EDIT)
    async def add_role(
        self, call: Given[Call], data: JSONBody[role_wire.RoleInput]
    ) -> Response[role_wire.PermissionSet]:
        return await call.once(
            lambda: save_role(call.db, call.actor, data, id=None, rev=None, now=call.now), status=201
        )

    @put(routes.ROLE, operation_id="changeRole", opt=LASTING)
    async def change_role(
        self, edit: Given[Edit], role_id: FromPath[str], data: JSONBody[role_wire.RoleInput]
    ) -> Response[role_wire.PermissionSet]:
        return await edit.once(lambda: save_role(edit.db, edit.actor, data, id=role_id, rev=edit.rev, now=edit.now))

    @delete(routes.ROLE, operation_id="removeRole", opt=EDIT)
    async def delete_role(self, edit: Given[Edit], role_id: FromPath[str]) -> None:
        await edit.db.apply(await remove_role(edit.db, edit.actor, role_id, rev=edit.rev, now=edit.now))

    @get(routes.USER_GRANTS, operation_id="listGrants")
    async def grants(self, call: Given[Call], user_id: FromPath[str]) -> Page[role_wire.Grant]:
        return Page(items=await list_grants(call.db, call.actor, user_id))

    @post(routes.USER_GRANTS, operation_id="grantRole", opt=LASTING)
    async def grant_role(
        self, call: Given[Call], user_id: FromPath[str], data: JSONBody[role_wire.NewGrant]
    ) -> Response[role_wire.Grant]:
        return await call.once(lambda: grant(call.db, call.actor, user_id, data, now=call.now), status=201)

    @delete(routes.USER_GRANT, operation_id="withdrawGrant", opt=EDIT)
    async def withdraw_grant(self, call: Given[Call], user_id: FromPath[str], grant_id: FromPath[str]) -> None:
        await call.db.apply(await withdraw(call.db, call.actor, user_id, grant_id, now=call.now))
