"""Handlers of overrides."""

from datetime import datetime

from litestar import Response, delete, get, post
from litestar.params import FromPath, JSONBody

from server.accounts.access.actors import Actor
from server.accounts.access.needs import needs
from server.accounts.access.permissions import READ, SCHEDULES_EDIT
from server.kernel.database import Database
from server.kernel.http import Given, Once, path
from server.schedules.known import visible_schedule
from server.schedules.overrides import as_wire, cancel_override, make_override
from server.schedules.rotas import OverrideRow
from shared.wire import routes
from shared.wire import schedules as wire
from shared.wire.lists import Page

TAGS = ["schedules"]
EDIT = needs(SCHEDULES_EDIT)


@get(path(routes.SCHEDULE_OVERRIDES), operation_id="listOverrides", opt=needs(READ), tags=TAGS)
async def overrides(
    schedule_id: FromPath[str],
    actor: Given[Actor],
    db: Given[Database],
    now: Given[datetime],
) -> Page[wire.Override]:
    await visible_schedule(db, actor, schedule_id, since=now, archived=True)
    text = "SELECT <fields> FROM override WHERE schedule_id = :id ORDER BY start_at DESC, id LIMIT 500"
    rows = await db.rows(OverrideRow, text, id=schedule_id)
    return Page(items=[as_wire(row) for row in rows])


@post(path(routes.SCHEDULE_OVERRIDES), operation_id="makeOverride", opt=EDIT, tags=TAGS)
async def add_override(
    schedule_id: FromPath[str],
    data: JSONBody[wire.OverrideInput],
    actor: Given[Actor],
    db: Given[Database],
    now: Given[datetime],
    once: Given[Once],
) -> Response[wire.Override]:
    return await once.carry_out(lambda: make_override(db, actor, schedule_id, data, now=now), status=201)


@delete(path(routes.SCHEDULE_OVERRIDE), operation_id="cancelOverride", opt=EDIT, tags=TAGS)
async def remove_override(
    schedule_id: FromPath[str],
    override_id: FromPath[str],
    actor: Given[Actor],
    db: Given[Database],
    now: Given[datetime],
) -> None:
    await db.apply(await cancel_override(db, actor, schedule_id, override_id, now=now))


HANDLERS = [overrides, add_override, remove_override]
