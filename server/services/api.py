"""Handlers of services, integrations, rules and silences."""

from datetime import datetime

import msgspec
from litestar import Response, delete, get, post, put
from litestar.params import FromPath, JSONBody
from msgspec import Struct

from server.accounts.access.actors import Actor
from server.accounts.access.needs import needs
from server.accounts.access.permissions import CONFIGURATION_EDIT, READ
from server.kernel.database import Database, Writes
from server.kernel.http import Given, Once, path
from server.kernel.secrets import Secrets
from server.kernel.settings import Settings
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


@get(path(routes.SERVICES), operation_id="listServices", opt=needs(READ), tags=["services"])
async def services(actor: Given[Actor], db: Given[Database]) -> Page[wire.Service]:
    return Page(items=await list_services(db, actor))


@get(path(routes.SERVICE), operation_id="readService", opt=needs(READ), tags=["services"])
async def service(service_id: FromPath[str], actor: Given[Actor], db: Given[Database]) -> wire.Service:
    return await read_service(db, actor, service_id)


@get(path(routes.SERVICE_CHANGES), operation_id="listServiceChanges", opt=needs(READ), tags=["services"])
async def changes(
    service_id: FromPath[str], actor: Given[Actor], db: Given[Database], now: Given[datetime]
) -> Page[wire.ServiceChange]:
    """Of the last 24 hours."""
    found = await read_service(db, actor, service_id)
    return await list_changes(db, found.id, now - BEFORE, now)


@post(path(routes.SERVICES), operation_id="makeService", opt=EDIT, tags=["services"])
async def add_service(
    data: JSONBody[wire.ServiceInput],
    actor: Given[Actor],
    db: Given[Database],
    now: Given[datetime],
    once: Given[Once],
) -> Response[wire.Service]:
    return await once.carry_out(lambda: save_service(db, actor, data, id=None, rev=None, now=now), status=201)


@put(path(routes.SERVICE), operation_id="changeService", opt=EDIT, tags=["services"])
async def change_service(
    service_id: FromPath[str],
    data: JSONBody[wire.ServiceInput],
    actor: Given[Actor],
    db: Given[Database],
    now: Given[datetime],
    rev: Given[int],
    once: Given[Once],
) -> Response[wire.Service]:
    return await once.carry_out(lambda: save_service(db, actor, data, id=service_id, rev=rev, now=now))


@delete(path(routes.SERVICE), operation_id="archiveService", opt=EDIT, tags=["services"])
async def remove_service(
    service_id: FromPath[str],
    actor: Given[Actor],
    db: Given[Database],
    now: Given[datetime],
    rev: Given[int],
) -> None:
    await db.apply(await archive_service(db, actor, service_id, rev=rev, now=now))


@get(path(routes.INTEGRATIONS), operation_id="listIntegrations", opt=needs(READ), tags=["integrations"])
async def integrations(
    actor: Given[Actor],
    db: Given[Database],
    secrets: Given[Secrets],
    settings: Given[Settings],
) -> Page[wire.Integration]:
    return Page(items=await list_integrations(db, actor, secrets, settings))


@get(path(routes.INTEGRATION_SOURCES), operation_id="listSources", opt=needs(READ), tags=["integrations"])
async def sources() -> Page[wire.Source]:
    return Page(items=list_sources())


@get(path(routes.INTEGRATION_STRAYS), operation_id="listStraySenders", opt=needs(READ), tags=["integrations"])
async def strays(actor: Given[Actor], db: Given[Database], now: Given[datetime]) -> Page[wire.StraySender]:
    """Who still sends with a key that no integration has; empty for all but administrators."""
    return Page(items=await list_strays(db, actor, now))


@get(path(routes.INTEGRATION), operation_id="readIntegration", opt=needs(READ), tags=["integrations"])
async def integration(
    integration_id: FromPath[str],
    actor: Given[Actor],
    db: Given[Database],
    secrets: Given[Secrets],
    settings: Given[Settings],
) -> wire.Integration:
    return await read_integration(db, actor, integration_id, secrets, settings)


@post(path(routes.INTEGRATIONS), operation_id="makeIntegration", opt=EDIT, tags=["integrations"])
async def add_integration(
    data: JSONBody[wire.IntegrationInput],
    actor: Given[Actor],
    db: Given[Database],
    secrets: Given[Secrets],
    settings: Given[Settings],
    now: Given[datetime],
    once: Given[Once],
) -> Response[wire.Integration]:
    async def decide() -> tuple[Writes, Made]:
        writes, id = await make_integration(db, actor, data, secrets=secrets, now=now)
        return writes, Made(id)

    async def reveal(remembered: bytes) -> wire.Integration:
        id = msgspec.json.decode(remembered, type=Made).id
        return await read_integration(db, actor, id, secrets, settings)

    return await once.carry_out(decide, status=201, reveal=reveal)


@put(path(routes.INTEGRATION), operation_id="changeIntegration", opt=EDIT, tags=["integrations"])
async def put_integration(  # noqa: PLR0913 (seven of them are given by the application)
    integration_id: FromPath[str],
    data: JSONBody[wire.IntegrationChange],
    actor: Given[Actor],
    db: Given[Database],
    secrets: Given[Secrets],
    settings: Given[Settings],
    now: Given[datetime],
    rev: Given[int],
    once: Given[Once],
) -> Response[wire.Integration]:
    async def decide() -> tuple[Writes, Made]:
        writes = await change_integration(db, actor, integration_id, data, rev=rev, secrets=secrets, now=now)
        return writes, Made(integration_id)

    async def reveal(_: bytes) -> wire.Integration:
        return await read_integration(db, actor, integration_id, secrets, settings)

    return await once.carry_out(decide, reveal=reveal)


@delete(path(routes.INTEGRATION), operation_id="archiveIntegration", opt=EDIT, tags=["integrations"])
async def remove_integration(
    integration_id: FromPath[str],
    actor: Given[Actor],
    db: Given[Database],
    now: Given[datetime],
    rev: Given[int],
) -> None:
    await db.apply(await archive_integration(db, actor, integration_id, rev=rev, now=now))


HANDLERS = [
    services,
    service,
    changes,
    add_service,
    change_service,
    remove_service,
    integrations,
    sources,
    strays,
    integration,
    add_integration,
    put_integration,
    remove_integration,
]
