"""Handler of how a service is doing now."""

from datetime import datetime

from litestar import get
from litestar.params import FromPath

from server.accounts.access.actors import Actor
from server.accounts.access.needs import needs
from server.accounts.access.permissions import READ
from server.incidents.lists.service_now import read_service_now
from server.kernel.database import Database
from server.kernel.http import Given, path
from shared.wire import routes
from shared.wire.services import ServiceNow


@get(path(routes.SERVICE_NOW), operation_id="readServiceNow", opt=needs(READ), tags=["services"])
async def service_now(
    service_id: FromPath[str],
    actor: Given[Actor],
    db: Given[Database],
    now: Given[datetime],
) -> ServiceNow:
    return await read_service_now(db, actor, service_id, now=now)


HANDLERS = [service_now]
