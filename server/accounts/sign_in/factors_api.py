"""Handlers of passwords, the second factor, pairing and API keys."""

from datetime import datetime

import msgspec
from litestar import Response, post
from litestar.params import JSONBody

from server.accounts.access.actors import Actor
from server.accounts.access.needs import PERSON, needs
from server.accounts.access.permissions import READ
from server.accounts.sign_in.sessions import SessionRow
from server.accounts.sign_in.sign_in import confirm_sign_in
from server.accounts.sign_in.throttle import Throttle
from server.accounts.sign_in.totp import CodeSet, confirm, disable, enrol, renew_codes, revealed, shown_enrolment
from server.kernel.database import Database, Writes
from server.kernel.errors import Invalid, Stale
from server.kernel.http import Given, Once, path
from server.kernel.secrets import Secrets
from shared.wire import passwords as wire
from shared.wire import routes
from shared.wire.sessions import SignInProof


@post(path(routes.CONFIRM_SIGN_IN), operation_id="confirmSignIn", opt=PERSON, status_code=204, tags=["sign-in"])
async def confirm_me(
    data: JSONBody[SignInProof],
    actor: Given[Actor],
    session: Given[SessionRow],
    db: Given[Database],
    secrets: Given[Secrets],
    throttle: Given[Throttle],
    now: Given[datetime],
) -> None:
    """What wants a fresh sign-in is open to this session for ten minutes more."""
    async with throttle.proving(db, session.id, now):
        writes = await confirm_sign_in(db, actor, secrets, data, session=session, now=now)
        try:
            await db.apply(writes)
        except Stale:
            raise Invalid.one("totp", "bad_totp", "this code was used before") from None


@post(path(routes.MY_TOTP), operation_id="beginSecondFactor", opt=needs(READ, fresh=True), tags=["me"])
async def begin_totp(
    actor: Given[Actor],
    db: Given[Database],
    secrets: Given[Secrets],
    now: Given[datetime],
    once: Given[Once],
) -> Response[wire.TotpEnrolment]:
    async def decide() -> tuple[Writes, None]:
        return await enrol(db, actor, secrets, now=now), None

    async def reveal(_: bytes) -> wire.TotpEnrolment:
        return await shown_enrolment(db, actor, secrets)

    return await once.carry_out(decide, status=201, reveal=reveal)


@post(path(routes.MY_TOTP_CONFIRM), operation_id="confirmSecondFactor", opt=needs(READ), status_code=200, tags=["me"])
async def confirm_totp(
    data: JSONBody[wire.TotpCode],
    actor: Given[Actor],
    db: Given[Database],
    secrets: Given[Secrets],
    now: Given[datetime],
    once: Given[Once],
) -> Response[wire.RecoveryCodes]:
    async def decide() -> tuple[Writes, CodeSet]:
        return await confirm(db, actor, secrets, data.code, now=now)

    async def reveal(body: bytes) -> wire.RecoveryCodes:
        return revealed(secrets, actor.user_id, msgspec.json.decode(body, type=CodeSet))

    return await once.carry_out(decide, status=200, reveal=reveal)


@post(
    path(routes.MY_RECOVERY_CODES),
    operation_id="renewRecoveryCodes",
    opt=needs(READ, fresh=True),
    status_code=200,
    tags=["me"],
)
async def new_codes(
    data: JSONBody[wire.PasswordProof],
    actor: Given[Actor],
    session: Given[SessionRow],
    db: Given[Database],
    secrets: Given[Secrets],
    throttle: Given[Throttle],
    now: Given[datetime],
) -> wire.RecoveryCodes:
    async with throttle.proving(db, session.id, now):
        writes, made = await renew_codes(db, actor, secrets, data.password, now=now)
    await db.apply(writes)
    return revealed(secrets, actor.user_id, made)


@post(
    path(routes.MY_TOTP_DISABLE),
    operation_id="endSecondFactor",
    opt=needs(READ, fresh=True),
    status_code=204,
    tags=["me"],
)
async def end_totp(
    data: JSONBody[wire.PasswordProof],
    actor: Given[Actor],
    session: Given[SessionRow],
    db: Given[Database],
    throttle: Given[Throttle],
    now: Given[datetime],
) -> None:
    async with throttle.proving(db, session.id, now):
        writes = await disable(db, actor, data.password, now=now)
    await db.apply(writes)


HANDLERS = [confirm_me, begin_totp, confirm_totp, new_codes, end_totp]
