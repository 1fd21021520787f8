"""Handlers of passwords: forgotten, set by a link, changed."""

from datetime import datetime

import msgspec
from litestar import Response, post
from litestar.params import FromPath, JSONBody

from server.accounts.access.actors import Actor
from server.accounts.access.needs import needs
from server.accounts.access.permissions import PEOPLE_EDIT, PUBLIC, READ
from server.accounts.people.resets import (
    MadeReset,
    ask_for_reset,
    change_password,
    confirm_reset,
    make_reset,
    shown_reset,
)
from server.accounts.sign_in.sessions import SessionRow
from server.accounts.sign_in.sign_in import origin_of
from server.accounts.sign_in.throttle import Throttle
from server.kernel.database import Database, Writes
from server.kernel.http import AnyRequest, Given, Once, path
from server.kernel.limits.strangers import SMALL_BYTES
from server.kernel.secrets import Secrets
from server.kernel.settings import Settings
from shared.wire import passwords as wire
from shared.wire import routes


@post(
    path(routes.RESET),
    operation_id="askForReset",
    opt=needs(PUBLIC),
    status_code=202,
    request_max_body_size=SMALL_BYTES,
    tags=["sign-in"],
)
async def reset(
    request: AnyRequest,
    data: JSONBody[wire.ResetRequest],
    db: Given[Database],
    settings: Given[Settings],
    throttle: Given[Throttle],
    now: Given[datetime],
) -> None:
    """The same answer whether anybody has this address; nothing more is sent to one that has had three."""
    if await throttle.may_mail(db, data.email.strip().lower(), origin_of(request, settings).address, now):
        await db.apply(await ask_for_reset(db, data.email, settings=settings, now=now))


@post(
    path(routes.RESET_CONFIRM),
    operation_id="confirmReset",
    opt=needs(PUBLIC),
    status_code=204,
    request_max_body_size=SMALL_BYTES,
    tags=["sign-in"],
)
async def reset_confirm(
    data: JSONBody[wire.ResetConfirmation], db: Given[Database], secrets: Given[Secrets], now: Given[datetime]
) -> None:
    await confirm_reset(db, secrets, data, now=now)


@post(
    path(routes.USER_PASSWORD_RESET), operation_id="resetPassword", opt=needs(PEOPLE_EDIT, fresh=True), tags=["people"]
)
async def reset_of_user(
    user_id: FromPath[str],
    actor: Given[Actor],
    db: Given[Database],
    secrets: Given[Secrets],
    settings: Given[Settings],
    now: Given[datetime],
    once: Given[Once],
) -> Response[wire.ResetLink]:
    async def decide() -> tuple[Writes, MadeReset]:
        return await make_reset(db, actor, user_id, settings=settings, now=now)

    async def reveal(body: bytes) -> wire.ResetLink:
        return await shown_reset(db, secrets, settings, msgspec.json.decode(body, type=MadeReset))

    return await once.carry_out(decide, status=201, reveal=reveal)


@post(path(routes.MY_PASSWORD), operation_id="changeMyPassword", opt=needs(READ), status_code=204, tags=["me"])
async def my_password(
    data: JSONBody[wire.PasswordChange],
    actor: Given[Actor],
    session: Given[SessionRow],
    db: Given[Database],
    throttle: Given[Throttle],
    now: Given[datetime],
) -> None:
    async with throttle.proving(db, session.id, now):
        writes = await change_password(db, actor, data, session_id=session.id, now=now)
    await db.apply(writes)


HANDLERS = [reset, reset_confirm, reset_of_user, my_password]
