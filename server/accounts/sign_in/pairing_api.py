"""Handlers of pairing codes."""

from datetime import datetime

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath, JSONBody

from server.accounts.access.actors import Actor
from server.accounts.access.needs import LASTING, PERSON, needs
from server.accounts.access.permissions import PUBLIC
from server.accounts.sign_in.pairing import MadeCode, make_code, pair, read_pairing, shown_code, undo_pairing
from server.accounts.sign_in.quotas import Quota, take
from server.accounts.sign_in.sessions import SessionRow
from server.accounts.sign_in.sign_in import origin_of
from server.accounts.sign_in.throttle import Throttle
from server.kernel.database import Database, Writes
from server.kernel.errors import Unauthenticated
from server.kernel.http import AnyRequest, Given, Once, path
from server.kernel.limits.strangers import SMALL_BYTES
from server.kernel.secrets import Secrets
from server.kernel.settings import Settings
from shared.wire import devices as device_wire
from shared.wire import routes
from shared.wire.sessions import Tokens


@post(path(routes.PAIRING_CODES), operation_id="makePairingCode", opt=LASTING, tags=["sign-in"])
async def add_code(
    actor: Given[Actor],
    session: Given[SessionRow],
    db: Given[Database],
    secrets: Given[Secrets],
    settings: Given[Settings],
    now: Given[datetime],
    once: Given[Once],
) -> Response[device_wire.PairingCode]:
    async def decide() -> tuple[Writes, MadeCode]:
        await take(db, Quota.PAIRING_CODES, actor.user_id, now)
        return make_code(actor, session, secrets, now=now)

    async def reveal(body: bytes) -> device_wire.PairingCode:
        made = msgspec.json.decode(body, type=MadeCode)
        return await shown_code(db, actor, made, secrets=secrets, settings=settings)

    return await once.carry_out(decide, status=201, reveal=reveal)


@get(path(routes.PAIRING_CODE), operation_id="readPairing", opt=PERSON, tags=["sign-in"])
async def pairing(
    pairing_code_id: FromPath[str], actor: Given[Actor], db: Given[Database], now: Given[datetime]
) -> device_wire.Pairing:
    return await read_pairing(db, actor, pairing_code_id, now=now)


@post(path(routes.PAIRING_CODE_UNDO), operation_id="undoPairing", opt=PERSON, status_code=204, tags=["sign-in"])
async def undo(
    pairing_code_id: FromPath[str],
    actor: Given[Actor],
    db: Given[Database],
    now: Given[datetime],
    once: Given[Once],
) -> Response[None]:
    async def decide() -> tuple[Writes, None]:
        return await undo_pairing(db, actor, pairing_code_id, now=now), None

    return await once.carry_out(decide, status=204)


@post(
    path(routes.PAIR),
    operation_id="pair",
    opt=needs(PUBLIC),
    status_code=200,
    request_max_body_size=SMALL_BYTES,
    tags=["sign-in"],
)
async def pair_phone(
    request: AnyRequest,
    data: JSONBody[device_wire.Pair],
    db: Given[Database],
    secrets: Given[Secrets],
    settings: Given[Settings],
    throttle: Given[Throttle],
    now: Given[datetime],
) -> Tokens:
    try:
        return await pair(db, secrets, data, now=now)
    except Unauthenticated:
        await throttle.wrong_code(db, origin_of(request, settings).address, now)
        raise


HANDLERS = [add_code, pairing, undo, pair_phone]
