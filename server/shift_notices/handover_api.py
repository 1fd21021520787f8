"""Handlers of the handover from one watch to the next."""

from datetime import datetime

from litestar import Response, get, post
from litestar.params import FromPath, JSONBody

from server.accounts.access.actors import Actor
from server.accounts.access.needs import needs
from server.accounts.access.permissions import INCIDENTS_ACT, READ
from server.kernel.database import Database
from server.kernel.http import Given, Once, path
from server.schedules.known import visible_schedule
from server.shift_notices.handover import read_handover
from server.shift_notices.remarks import leave_remark
from shared.wire import handovers as wire
from shared.wire import routes

TAGS = ["schedules"]


@get(path(routes.SCHEDULE_HANDOVER), operation_id="readHandover", opt=needs(READ), tags=TAGS)
async def handover(
    schedule_id: FromPath[str], actor: Given[Actor], db: Given[Database], now: Given[datetime]
) -> wire.Handover:
    """What whoever comes on call should know, as far as the reader sees it."""
    loaded = await visible_schedule(db, actor, schedule_id, since=now)
    return await read_handover(db, loaded, actor.visible_ids, now)


@post(path(routes.SCHEDULE_REMARK), operation_id="leaveRemark", opt=needs(INCIDENTS_ACT), tags=TAGS)
async def remark(
    schedule_id: FromPath[str],
    data: JSONBody[wire.RemarkInput],
    actor: Given[Actor],
    db: Given[Database],
    now: Given[datetime],
    once: Given[Once],
) -> Response[wire.Remark]:
    return await once.carry_out(lambda: leave_remark(db, actor, schedule_id, data, now=now), status=201)


HANDLERS = [handover, remark]
