"""Handlers that only the demo has."""

from litestar import get

from server.accounts.access.call import Call
from server.accounts.access.needs import needs
from server.accounts.access.permissions import READ
from server.configuration.outbox import read_outbox
from server.kernel.errors import Forbidden
from server.kernel.http import Given, Handlers
from shared.wire import routes
from shared.wire.lists import Page
from shared.wire.outbox import OutboxItem


class Outbox(Handlers):
    tags = ["demo"]
    opt = needs(READ)

    @get(routes.OUTBOX, operation_id="readOutbox")
    async def outbox(self, call: Given[Call]) -> Page[OutboxItem]:
        """It shows everybody's buttons and codes: where others reach the demo it is the administrator's."""
        if not call.settings.is_for_this_machine and not call.actor.is_admin:
            raise Forbidden("only administrators see everybody's messages", code="role")
        return Page(items=await read_outbox(call.db, call.secrets))
