"""Handlers of who I am."""

from litestar import get, patch
from litestar.params import JSONBody

from server.accounts.access.call import Call, Edit
from server.accounts.access.needs import needs
from server.accounts.access.permissions import READ
from server.accounts.people.me import change_me, read_me
from server.kernel.http import Given, Handlers
from shared.wire import routes
from shared.wire.sessions import Me, MeChange


class Myself(Handlers):
    tags = ["me"]
    opt = needs(READ)

    @get(routes.ME, operation_id="readMe")
    async def me(self, call: Given[Call]) -> Me:
        return await read_me(call.db, call.actor, call.settings)

    @patch(routes.ME, operation_id="changeMe")
    async def patch_me(self, edit: Given[Edit], data: JSONBody[MeChange]) -> Me:
        await change_me(edit.db, edit.actor, data, rev=edit.rev, now=edit.now)
        return await read_me(edit.db, edit.actor, edit.settings)
