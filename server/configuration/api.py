"""Handlers that only the demo has."""

from litestar import get

from server.accounts.guard import needs
from server.accounts.permissions import READ
from server.configuration.outbox import read_outbox
from server.kernel.database import Database
from server.kernel.http import Given, path
from server.kernel.secrets import Secrets
from shared.wire import routes
from shared.wire.lists import Page
from shared.wire.outbox import OutboxItem


@get(path(routes.OUTBOX), operation_id="readOutbox", opt=needs(READ), tags=["demo"])
async def outbox(db: Given[Database], secrets: Given[Secrets]) -> Page[OutboxItem]:
    return Page(items=await read_outbox(db, secrets))


DEMO_HANDLERS = [outbox]
