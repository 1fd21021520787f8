"""Handlers of pairing codes."""

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath, JSONBody

from server.accounts.access.call import Call
from server.accounts.access.needs import LASTING, PERSON, strangers
from server.accounts.sign_in.pairing import MadeCode, make_code, pair, read_pairing, shown_code, undo_pairing
from server.accounts.sign_in.quotas import Quota, take
from server.accounts.sign_in.sessions import SessionRow
from server.accounts.sign_in.sign_in import origin_of
from server.accounts.sign_in.throttle import Throttle
from server.kernel.database import Writes
from server.kernel.errors import Unauthenticated
from server.kernel.http import Given, Handlers, Visit
from shared.wire import devices as device_wire
from shared.wire import routes
from shared.wire.sessions import Tokens


class Pairing(Handlers):
    tags = ["sign-in"]
    opt = PERSON

    @post(routes.PAIRING_CODES, operation_id="makePairingCode", opt=LASTING)
    async def add_code(self, call: Given[Call], session: Given[SessionRow]) -> Response[device_wire.PairingCode]:
        async def decide() -> tuple[Writes, MadeCode]:
            await take(call.db, Quota.PAIRING_CODES, call.actor.user_id, call.now)
            return make_code(call.actor, session, call.secrets, now=call.now)

        async def reveal(body: bytes) -> device_wire.PairingCode:
            made = msgspec.json.decode(body, type=MadeCode)
            return await shown_code(call.db, call.actor, made, secrets=call.secrets, settings=call.settings)

        return await call.once(decide, status=201, reveal=reveal)

    @get(routes.PAIRING_CODE, operation_id="readPairing")
    async def pairing(self, call: Given[Call], pairing_code_id: FromPath[str]) -> device_wire.Pairing:
        return await read_pairing(call.db, call.actor, pairing_code_id, now=call.now)

    @post(routes.PAIRING_CODE_UNDO, operation_id="undoPairing", status_code=204)
    async def undo(self, call: Given[Call], pairing_code_id: FromPath[str]) -> Response[None]:
        return await call.done(lambda: undo_pairing(call.db, call.actor, pairing_code_id, now=call.now))

    @post(routes.PAIR, operation_id="pair", **strangers())
    async def pair_phone(
        self, visit: Given[Visit], data: JSONBody[device_wire.Pair], throttle: Given[Throttle]
    ) -> Tokens:
        try:
            return await pair(visit.db, visit.secrets, data, now=visit.now)
        except Unauthenticated:
            await throttle.wrong_code(visit.db, origin_of(visit.request, visit.settings).address, visit.now)
            raise
