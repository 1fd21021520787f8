"""Handlers of overrides."""

from typing import Annotated

from litestar import Response, delete, get, post
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from server.accounts.access.call import Call
from server.accounts.access.needs import needs
from server.accounts.access.permissions import READ, SCHEDULES_EDIT
from server.kernel.http import Given, Handlers
from server.schedules.overrides import cancel_override, list_overrides, make_override
from shared.wire import routes
from shared.wire import schedules as wire
from shared.wire.lists import Page

EDIT = needs(SCHEDULES_EDIT)
MostOverrides = Annotated[int, QueryParameter(ge=1, le=500)]


class Overrides(Handlers):
    tags = ["schedules"]
    opt = needs(READ)

    @get(routes.SCHEDULE_OVERRIDES, operation_id="listOverrides")
    async def overrides(
        self,
        call: Given[Call],
        schedule_id: FromPath[str],
        limit: MostOverrides = 500,
        cursor: FromQuery[str | None] = None,
    ) -> Page[wire.Override]:
        """Those that begin last first; as many as may be in force or to come are one page."""
        return await list_overrides(call.db, call.actor, schedule_id, limit=limit, cursor=cursor, now=call.now)

    @post(routes.SCHEDULE_OVERRIDES, operation_id="makeOverride", opt=EDIT)
    async def add_override(
        self, call: Given[Call], schedule_id: FromPath[str], data: JSONBody[wire.OverrideInput]
    ) -> Response[wire.Override]:
        return await call.once(lambda: make_override(call.db, call.actor, schedule_id, data, now=call.now), status=201)

    @delete(routes.SCHEDULE_OVERRIDE, operation_id="cancelOverride", opt=EDIT)
    async def remove_override(self, call: Given[Call], schedule_id: FromPath[str], override_id: FromPath[str]) -> None:
        await call.db.apply(await cancel_override(call.db, call.actor, schedule_id, override_id, now=call.now))
