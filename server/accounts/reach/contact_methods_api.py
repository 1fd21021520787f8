"""Handlers of my contact methods."""

from collections.abc import Mapping

import msgspec
from litestar import Response, delete, get, post
from litestar.params import FromPath, JSONBody

from server.accounts.access.call import Call
from server.accounts.access.needs import needs
from server.accounts.access.permissions import READ
from server.accounts.reach.contact_methods import (
    KeptMethod,
    add_method,
    own_methods,
    read_method,
    remove_method,
    send_code,
    verify_method,
)
from server.channels.base import Channel
from server.kernel.database import Writes
from server.kernel.effects import Effects
from server.kernel.errors import DogwatchError
from server.kernel.http import Given, Handlers, committed
from shared.wire import people as wire
from shared.wire import routes
from shared.wire.lists import Page


class ContactMethods(Handlers):
    tags = ["me"]
    opt = needs(READ)

    @get(routes.MY_CONTACT_METHODS, operation_id="listMyContactMethods")
    async def methods(self, call: Given[Call]) -> Page[wire.ContactMethod]:
        return Page(items=await own_methods(call.db, call.actor, call.secrets))

    @post(routes.MY_CONTACT_METHODS, operation_id="addContactMethod", opt=needs(READ, fresh=True))
    async def add(
        self, call: Given[Call], data: JSONBody[wire.NewContactMethod], channels: Given[Mapping[str, Channel]]
    ) -> Response[wire.ContactMethod]:
        """A secret that was made up here is in this answer and nowhere else."""

        effects = Effects()

        async def decide() -> tuple[Writes, KeptMethod]:
            return await add_method(
                call.db, call.actor, data, channels=channels, secrets=call.secrets, effects=effects, now=call.now
            )

        async def reveal(body: bytes) -> wire.ContactMethod:
            return await read_method(call.db, call.actor, msgspec.json.decode(body, type=KeptMethod), call.secrets)

        return await call.once(decide, status=201, reveal=reveal)

    @post(routes.MY_CONTACT_METHOD_VERIFY, operation_id="verifyContactMethod", status_code=200)
    async def verify(
        self, call: Given[Call], contact_method_id: FromPath[str], data: JSONBody[wire.VerifyContactMethod]
    ) -> wire.ContactMethod:
        answer = await committed(
            call.db,
            lambda: verify_method(
                call.db, call.actor, contact_method_id, data.code, secrets=call.secrets, now=call.now
            ),
        )
        if isinstance(answer, DogwatchError):
            raise answer
        return answer

    @post(routes.MY_CONTACT_METHOD_CODE, operation_id="sendContactMethodCode", status_code=204)
    async def send(self, call: Given[Call], contact_method_id: FromPath[str]) -> None:
        await call.db.apply(await send_code(call.db, call.actor, contact_method_id, now=call.now))

    @delete(routes.MY_CONTACT_METHOD, operation_id="removeContactMethod")
    async def remove(self, call: Given[Call], contact_method_id: FromPath[str]) -> None:
        await call.db.apply(await remove_method(call.db, call.actor, contact_method_id, now=call.now))
