"""Handlers of API keys."""

import msgspec
from litestar import Response, delete, get, post
from litestar.params import FromPath, JSONBody

from server.accounts.access.call import Call
from server.accounts.access.needs import LASTING, PERSON
from server.accounts.sign_in.api_keys import MadeKey, list_keys, make_key, require_few, revoke_key, shown_key
from server.accounts.sign_in.quotas import Quota, take
from server.kernel.database import Writes
from server.kernel.http import Given, Handlers
from shared.wire import api_keys as key_wire
from shared.wire import routes
from shared.wire.lists import Page


class ApiKeys(Handlers):
    tags = ["api-keys"]
    opt = PERSON

    @get(routes.API_KEYS, operation_id="listApiKeys")
    async def keys(self, call: Given[Call]) -> Page[key_wire.ApiKey]:
        return Page(items=await list_keys(call.db, call.actor))

    @post(routes.API_KEYS, operation_id="makeApiKey", opt=LASTING)
    async def add_key(self, call: Given[Call], data: JSONBody[key_wire.NewApiKey]) -> Response[key_wire.ApiKey]:
        async def decide() -> tuple[Writes, MadeKey]:
            made = make_key(call.actor, data, secrets=call.secrets, now=call.now)
            await require_few(call.db, call.actor, now=call.now)
            await take(call.db, Quota.API_KEYS, call.actor.user_id, call.now)
            return made

        async def reveal(body: bytes) -> key_wire.ApiKey:
            return await shown_key(call.db, call.actor, msgspec.json.decode(body, type=MadeKey), call.secrets)

        return await call.once(decide, status=201, reveal=reveal)

    @delete(routes.API_KEY, operation_id="revokeApiKey")
    async def revoke(self, call: Given[Call], api_key_id: FromPath[str]) -> None:
        await call.db.apply(await revoke_key(call.db, call.actor, api_key_id, now=call.now))
