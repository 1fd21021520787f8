"""Handlers of passwords, the second factor, pairing and API keys."""

from datetime import datetime

import msgspec
from litestar import Response, delete, get, post
from litestar.params import FromPath, JSONBody

from server.accounts.actors import Actor
from server.accounts.api import origin_of
from server.accounts.api_keys import MadeKey, list_keys, make_key, require_few, revoke_key, shown_key
from server.accounts.guard import needs
from server.accounts.pairing import MadeCode, make_code, pair, read_pairing, shown_code, undo_pairing
from server.accounts.permissions import PEOPLE_EDIT, PUBLIC, READ
from server.accounts.quotas import Quota, take
from server.accounts.resets import MadeReset, ask_for_reset, confirm_reset, make_reset, shown_reset
from server.accounts.sessions import SessionRow
from server.accounts.sign_in import change_password, confirm_sign_in
from server.accounts.throttle import Throttle
from server.accounts.totp import CodeSet, confirm, disable, enrol, renew_codes, revealed, shown_enrolment
from server.kernel.database import Database, Writes
from server.kernel.errors import Invalid, Stale, Unauthenticated
from server.kernel.http import AnyRequest, Given, Once, path
from server.kernel.limits.strangers import SMALL_BYTES
from server.kernel.secrets import Secrets
from server.kernel.settings import Settings
from shared.wire import api_keys as key_wire
from shared.wire import devices as device_wire
from shared.wire import passwords as wire
from shared.wire import routes
from shared.wire.lists import Page
from shared.wire.sessions import SignInProof, Tokens

PERSON = needs(READ, person=True)
LASTING = needs(READ, person=True, fresh=True)


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


HANDLERS = [
    reset,
    reset_confirm,
    reset_of_user,
    my_password,
    confirm_me,
    begin_totp,
    confirm_totp,
    new_codes,
    end_totp,
    add_code,
    pairing,
    undo,
    pair_phone,
    keys,
    add_key,
    revoke,
]
