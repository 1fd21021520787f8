"""Handlers of my contact methods."""

from collections.abc import Mapping
from datetime import datetime

import msgspec
from litestar import Response, delete, get, post
from litestar.params import FromPath, JSONBody

from server.accounts.access.actors import Actor
from server.accounts.access.needs import needs
from server.accounts.access.permissions import READ
from server.accounts.reach.contact_methods import (
    Kept,
    add_method,
    own_methods,
    read_method,
    remove_method,
    send_code,
    verify_method,
)
from server.channels.base import Channel
from server.kernel.database import Database, Writes
from server.kernel.effects import Effects
from server.kernel.errors import Conflict, DogwatchError, Stale
from server.kernel.http import TRIES, Given, Once, path
from server.kernel.secrets import Secrets
from shared.wire import people as wire
from shared.wire import routes
from shared.wire.lists import Page

TAGS = ["me"]


@get(path(routes.MY_CONTACT_METHODS), operation_id="listMyContactMethods", opt=needs(READ), tags=TAGS)
async def methods(actor: Given[Actor], db: Given[Database], secrets: Given[Secrets]) -> Page[wire.ContactMethod]:
    return Page(items=await own_methods(db, actor, secrets))


@post(path(routes.MY_CONTACT_METHODS), operation_id="addContactMethod", opt=needs(READ, fresh=True), tags=TAGS)
async def add(
    data: JSONBody[wire.NewContactMethod],
    actor: Given[Actor],
    db: Given[Database],
    secrets: Given[Secrets],
    channels: Given[Mapping[str, Channel]],
    now: Given[datetime],
    once: Given[Once],
) -> Response[wire.ContactMethod]:
    """A secret that was made up here is in this answer and nowhere else."""

    effects = Effects()

    async def decide() -> tuple[Writes, Kept]:
        return await add_method(db, actor, data, channels=channels, secrets=secrets, effects=effects, now=now)

    async def reveal(body: bytes) -> wire.ContactMethod:
        return await read_method(db, actor, msgspec.json.decode(body, type=Kept), secrets)

    return await once.carry_out(decide, status=201, reveal=reveal)


@post(
    path(routes.MY_CONTACT_METHOD_VERIFY),
    operation_id="verifyContactMethod",
    opt=needs(READ),
    status_code=200,
    tags=TAGS,
)
async def verify(
    contact_method_id: FromPath[str],
    data: JSONBody[wire.VerifyContactMethod],
    actor: Given[Actor],
    db: Given[Database],
    secrets: Given[Secrets],
    now: Given[datetime],
) -> wire.ContactMethod:
    for _ in range(TRIES):
        writes, answer = await verify_method(db, actor, contact_method_id, data.code, secrets=secrets, now=now)
        try:
            await db.apply(writes)
        except Stale:
            continue
        if isinstance(answer, DogwatchError):
            raise answer
        return answer
    raise Conflict("it kept changing meanwhile; try again", code="contended")


@post(
    path(routes.MY_CONTACT_METHOD_CODE),
    operation_id="sendContactMethodCode",
    opt=needs(READ),
    status_code=204,
    tags=TAGS,
)
async def send(
    contact_method_id: FromPath[str], actor: Given[Actor], db: Given[Database], now: Given[datetime]
) -> None:
    await db.apply(await send_code(db, actor, contact_method_id, now=now))


@delete(path(routes.MY_CONTACT_METHOD), operation_id="removeContactMethod", opt=needs(READ), tags=TAGS)
async def remove(
    contact_method_id: FromPath[str], actor: Given[Actor], db: Given[Database], now: Given[datetime]
) -> None:
    await db.apply(await remove_method(db, actor, contact_method_id, now=now))


HANDLERS = [methods, add, verify, send, remove]
