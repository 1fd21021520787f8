"""Handlers that only the demo has."""

from litestar import get

from server.accounts.access.actors import Actor
from server.accounts.access.needs import needs
from server.accounts.access.permissions import READ
from server.configuration.outbox import read_outbox
from server.kernel.database import Database
from server.kernel.errors import Forbidden
from server.kernel.http import Given, path
from server.kernel.secrets import Secrets
from server.kernel.settings import Settings
from shared.wire import routes
from shared.wire.lists import Page
from shared.wire.outbox import OutboxItem


@get(path(routes.OUTBOX), operation_id="readOutbox", opt=needs(READ), tags=["demo"])
async def outbox(
    actor: Given[Actor], db: Given[Database], secrets: Given[Secrets], settings: Given[Settings]
) -> Page[OutboxItem]:
    """It shows everybody's buttons and codes: where others reach the demo it is the administrator's."""
    if not settings.is_for_this_machine and not actor.is_admin:
        raise Forbidden("only administrators see everybody's messages", code="role")
    return Page(items=await read_outbox(db, secrets))


DEMO_HANDLERS = [outbox]
