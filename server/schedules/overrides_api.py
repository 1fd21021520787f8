"""Handlers of overrides."""

from litestar import Response, delete, get, post
from litestar.params import FromPath, JSONBody

from server.accounts.access.call import Call
from server.accounts.access.needs import needs
from server.accounts.access.permissions import READ, SCHEDULES_EDIT
from server.kernel.http import Given, Handlers
from server.schedules.overrides import cancel_override, list_overrides, make_override
from shared.wire import routes
from shared.wire import schedules as wire
from shared.wire.lists import Page

EDIT = needs(SCHEDULES_EDIT)


class Overrides(Handlers):
    tags = ["schedules"]
    opt = needs(READ)

    @get(routes.SCHEDULE_OVERRIDES, operation_id="listOverrides")
    async def overrides(self, call: Given[Call], schedule_id: FromPath[str]) -> Page[wire.Override]:
        return Page(items=await list_overrides(call.db, call.actor, schedule_id, now=call.now))

    @post(routes.SCHEDULE_OVERRIDES, operation_id="makeOverride", opt=EDIT)
    async def add_override(
        self, call: Given[Call], schedule_id: FromPath[str], data: JSONBody[wire.OverrideInput]
    ) -> Response[wire.Override]:
        return await call.once(lambda: make_override(call.db, call.actor, schedule_id, data, now=call.now), status=201)

    @delete(routes.SCHEDULE_OVERRIDE, operation_id="cancelOverride", opt=EDIT)
    async def remove_override(self, call: Given[Call], schedule_id: FromPath[str], override_id: FromPath[str]) -> None:
        await call.db.apply(await cancel_override(call.db, call.actor, schedule_id, override_id, now=call.now))
