"""Handlers of the handover from one watch to the next."""

from litestar import Response, get, post
from litestar.params import FromPath, JSONBody

from server.accounts.access.call import Call
from server.accounts.access.needs import needs
from server.accounts.access.permissions import INCIDENTS_ACT, READ
from server.kernel.http import Given, Handlers
from server.schedules.known import visible_schedule
from server.shift_notices.handover import read_handover
from server.shift_notices.remarks import leave_remark
from shared.wire import handovers as wire
from shared.wire import routes


class Handover(Handlers):
    tags = ["schedules"]
    opt = needs(READ)

    @get(routes.SCHEDULE_HANDOVER, operation_id="readHandover")
    async def handover(self, call: Given[Call], schedule_id: FromPath[str]) -> wire.Handover:
        """What whoever comes on call should know, as far as the reader sees it."""
        loaded = await visible_schedule(call.db, call.actor, schedule_id, since=call.now)
        return await read_handover(call.db, loaded, call.actor.visible_ids, call.now)

    @post(routes.SCHEDULE_REMARK, operation_id="leaveRemark", opt=needs(INCIDENTS_ACT))
    async def remark(
        self, call: Given[Call], schedule_id: FromPath[str], data: JSONBody[wire.RemarkInput]
    ) -> Response[wire.Remark]:
        return await call.once(lambda: leave_remark(call.db, call.actor, schedule_id, data, now=call.now), status=201)
