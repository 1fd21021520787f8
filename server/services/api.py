"""Handlers of services, integrations, rules and silences."""

import msgspec
from litestar import Response, delete, get, post, put
from litestar.params import FromPath, JSONBody
from msgspec import Struct

from server.accounts.access.call import Call, Edit
from server.accounts.access.needs import needs
from server.accounts.access.permissions import CONFIGURATION_EDIT, READ
from server.kernel.database import Writes
from server.kernel.http import Given, Handlers
from server.services.change import (
    archive_integration,
    archive_service,
    change_integration,
    make_integration,
    save_service,
)
from server.services.changes import BEFORE, list_changes
from server.services.read import (
    list_integrations,
    list_services,
    list_sources,
    list_strays,
    read_integration,
    read_service,
)
from shared.wire import routes
from shared.wire import services as wire
from shared.wire.lists import Page

EDIT = needs(CONFIGURATION_EDIT)


class Made(Struct, frozen=True):
    """What is remembered of an integration that was made: its key is read again each time."""

    id: str


class Services(Handlers):
    tags = ["services"]
    opt = needs(READ)

    @get(routes.SERVICES, operation_id="listServices")
    async def services(self, call: Given[Call]) -> Page[wire.Service]:
        return Page(items=await list_services(call.db, call.actor))

    @get(routes.SERVICE, operation_id="readService")
    async def service(self, call: Given[Call], service_id: FromPath[str]) -> wire.Service:
        return await read_service(call.db, call.actor, service_id)

    @get(routes.SERVICE_CHANGES, operation_id="listServiceChanges")
    async def changes(self, call: Given[Call], service_id: FromPath[str]) -> Page[wire.ServiceChange]:
        """Of the last 24 hours."""
        found = await read_service(call.db, call.actor, service_id)
        return await list_changes(call.db, found.id, call.now - BEFORE, call.now)

    @post(routes.SERVICES, operation_id="makeService", opt=EDIT)
    async def add_service(self, call: Given[Call], data: JSONBody[wire.ServiceInput]) -> Response[wire.Service]:
        return await call.once(
            lambda: save_service(call.db, call.actor, data, id=None, rev=None, now=call.now), status=201
        )

    @put(routes.SERVICE, operation_id="changeService", opt=EDIT)
    async def change_service(
        self, edit: Given[Edit], service_id: FromPath[str], data: JSONBody[wire.ServiceInput]
    ) -> Response[wire.Service]:
        return await edit.once(
            lambda: save_service(edit.db, edit.actor, data, id=service_id, rev=edit.rev, now=edit.now)
        )

    @delete(routes.SERVICE, operation_id="archiveService", opt=EDIT)
    async def remove_service(self, edit: Given[Edit], service_id: FromPath[str]) -> None:
        await edit.db.apply(await archive_service(edit.db, edit.actor, service_id, rev=edit.rev, now=edit.now))


class Integrations(Handlers):
    tags = ["integrations"]
    opt = needs(READ)

    @get(routes.INTEGRATIONS, operation_id="listIntegrations")
    async def integrations(self, call: Given[Call]) -> Page[wire.Integration]:
        return Page(items=await list_integrations(call.db, call.actor, call.secrets, call.settings))

    @get(routes.INTEGRATION_SOURCES, operation_id="listSources")
    async def sources(self) -> Page[wire.Source]:
        return Page(items=list_sources())

    @get(routes.INTEGRATION_STRAYS, operation_id="listStraySenders")
    async def strays(self, call: Given[Call]) -> Page[wire.StraySender]:
        """Who still sends with a key that no integration has; empty for all but administrators."""
        return Page(items=await list_strays(call.db, call.actor, call.now))

    @get(routes.INTEGRATION, operation_id="readIntegration")
    async def integration(self, call: Given[Call], integration_id: FromPath[str]) -> wire.Integration:
        return await read_integration(call.db, call.actor, integration_id, call.secrets, call.settings)

    @post(routes.INTEGRATIONS, operation_id="makeIntegration", opt=EDIT)
    async def add_integration(
        self, call: Given[Call], data: JSONBody[wire.IntegrationInput]
    ) -> Response[wire.Integration]:
        async def decide() -> tuple[Writes, Made]:
            writes, id = await make_integration(call.db, call.actor, data, secrets=call.secrets, now=call.now)
            return writes, Made(id)

        async def reveal(remembered: bytes) -> wire.Integration:
            id = msgspec.json.decode(remembered, type=Made).id
            return await read_integration(call.db, call.actor, id, call.secrets, call.settings)

        return await call.once(decide, status=201, reveal=reveal)

    @put(routes.INTEGRATION, operation_id="changeIntegration", opt=EDIT)
    async def put_integration(
        self, edit: Given[Edit], integration_id: FromPath[str], data: JSONBody[wire.IntegrationChange]
    ) -> Response[wire.Integration]:
        async def decide() -> tuple[Writes, Made]:
            writes = await change_integration(
                edit.db, edit.actor, integration_id, data, rev=edit.rev, secrets=edit.secrets, now=edit.now
            )
            return writes, Made(integration_id)

        async def reveal(_: bytes) -> wire.Integration:
            return await read_integration(edit.db, edit.actor, integration_id, edit.secrets, edit.settings)

        return await edit.once(decide, reveal=reveal)

    @delete(routes.INTEGRATION, operation_id="archiveIntegration", opt=EDIT)
    async def remove_integration(self, edit: Given[Edit], integration_id: FromPath[str]) -> None:
        await edit.db.apply(await archive_integration(edit.db, edit.actor, integration_id, rev=edit.rev, now=edit.now))
