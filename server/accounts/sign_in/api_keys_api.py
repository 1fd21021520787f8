"""Handlers of API keys."""

from datetime import datetime

import msgspec
from litestar import Response, delete, get, post
from litestar.params import FromPath, JSONBody

from server.accounts.access.actors import Actor
from server.accounts.access.needs import LASTING, PERSON
from server.accounts.sign_in.api_keys import MadeKey, list_keys, make_key, require_few, revoke_key, shown_key
from server.accounts.sign_in.quotas import Quota, take
from server.kernel.database import Database, Writes
from server.kernel.http import Given, Once, path
from server.kernel.secrets import Secrets
from shared.wire import api_keys as key_wire
from shared.wire import routes
from shared.wire.lists import Page


@get(path(routes.API_KEYS), operation_id="listApiKeys", opt=PERSON, tags=["api-keys"])
async def keys(actor: Given[Actor], db: Given[Database]) -> Page[key_wire.ApiKey]:
    return Page(items=await list_keys(db, actor))


@post(path(routes.API_KEYS), operation_id="makeApiKey", opt=LASTING, tags=["api-keys"])
async def add_key(
    data: JSONBody[key_wire.NewApiKey],
    actor: Given[Actor],
    db: Given[Database],
    secrets: Given[Secrets],
    now: Given[datetime],
    once: Given[Once],
) -> Response[key_wire.ApiKey]:
    async def decide() -> tuple[Writes, MadeKey]:
        made = make_key(actor, data, secrets=secrets, now=now)
        await require_few(db, actor, now=now)
        await take(db, Quota.API_KEYS, actor.user_id, now)
        return made

    async def reveal(body: bytes) -> key_wire.ApiKey:
        return await shown_key(db, actor, msgspec.json.decode(body, type=MadeKey), secrets)

    return await once.carry_out(decide, status=201, reveal=reveal)


@delete(path(routes.API_KEY), operation_id="revokeApiKey", opt=PERSON, tags=["api-keys"])
async def revoke(api_key_id: FromPath[str], actor: Given[Actor], db: Given[Database], now: Given[datetime]) -> None:
    await db.apply(await revoke_key(db, actor, api_key_id, now=now))


HANDLERS = [keys, add_key, revoke]
