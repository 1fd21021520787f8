"""Handler of how a service is doing now."""

from litestar import get
from litestar.params import FromPath

from server.accounts.access.call import Call
from server.accounts.access.needs import needs
from server.accounts.access.permissions import READ
from server.incidents.lists.service_now import read_service_now
from server.kernel.http import Given, Handlers
from shared.wire import routes
from shared.wire.services import ServiceNow


class ServiceNowOf(Handlers):
    tags = ["services"]
    opt = needs(READ)

    @get(routes.SERVICE_NOW, operation_id="readServiceNow")
    async def service_now(self, call: Given[Call], service_id: FromPath[str]) -> ServiceNow:
        return await read_service_now(call.db, call.actor, service_id, now=call.now)
