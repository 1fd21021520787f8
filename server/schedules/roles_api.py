"""Handlers of on-call roles."""

from litestar import Response, delete, get, post, put
from litestar.params import FromPath, JSONBody

from server.accounts.access.call import Call, Edit
from server.accounts.access.needs import needs
from server.accounts.access.permissions import READ, SCHEDULES_EDIT
from server.kernel.http import Given, Handlers
from server.schedules.roles import list_roles, remove_role, save_role
from shared.wire import on_call_roles as wire
from shared.wire import routes
from shared.wire.lists import Page

EDIT = needs(SCHEDULES_EDIT)


class OnCallRoles(Handlers):
    tags = ["schedules"]
    opt = needs(READ)

    @get(routes.ON_CALL_ROLES, operation_id="listOnCallRoles")
    async def roles(self, call: Given[Call]) -> Page[wire.OnCallRole]:
        return Page(items=await list_roles(call.db))

    @post(routes.ON_CALL_ROLES, operation_id="makeOnCallRole", opt=EDIT)
    async def add_role(self, call: Given[Call], data: JSONBody[wire.OnCallRoleInput]) -> Response[wire.OnCallRole]:
        return await call.once(
            lambda: save_role(call.db, call.actor, data, id=None, rev=None, now=call.now), status=201
        )

    @put(routes.ON_CALL_ROLE, operation_id="changeOnCallRole", opt=EDIT)
    async def change_role(
        self, edit: Given[Edit], role_id: FromPath[str], data: JSONBody[wire.OnCallRoleInput]
    ) -> Response[wire.OnCallRole]:
        return await edit.once(lambda: save_role(edit.db, edit.actor, data, id=role_id, rev=edit.rev, now=edit.now))

    @delete(routes.ON_CALL_ROLE, operation_id="removeOnCallRole", opt=EDIT)
    async def delete_role(self, edit: Given[Edit], role_id: FromPath[str]) -> None:
        await edit.db.apply(await remove_role(edit.db, edit.actor, role_id, rev=edit.rev, now=edit.now))
