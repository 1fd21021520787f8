"""Handlers of accounts: signing in, who I am, my sessions and phones."""

from datetime import datetime

from litestar import Response, delete, get, patch, post, put
from litestar.params import FromPath, JSONBody

from server.accounts.actors import Actor
from server.accounts.devices import add_phone, list_devices, put_device, remove_device
from server.accounts.guard import needs
from server.accounts.me import change_me, read_me
from server.accounts.permissions import PUBLIC, READ
from server.accounts.sessions import (
    SessionRow,
    own_sessions,
    refresh,
    revoke_other_sessions,
    revoke_session,
    sign_out,
)
from server.accounts.setup import enter_as_first_admin
from server.accounts.sign_in import Origin, sign_in
from server.accounts.throttle import Throttle
from server.kernel.database import Database
from server.kernel.http import AnyRequest, Given, Once, client_address, path
from server.kernel.limits.strangers import SMALL_BYTES
from server.kernel.secrets import Secrets
from server.kernel.settings import Settings
from shared.wire import devices as device_wire
from shared.wire import people as wire
from shared.wire import routes
from shared.wire.lists import Page
from shared.wire.sessions import Login, Me, MeChange, Refresh, SessionItem, Setup, Tokens


def origin_of(request: AnyRequest, settings: Settings) -> Origin:
    """Where a request comes from."""
    device = request.headers.get("user-agent", "")[:200]
    return Origin(client_address(request, settings.trusted_proxies), device)


@post(
    path(routes.LOGIN),
    operation_id="signIn",
    opt=needs(PUBLIC),
    status_code=200,
    request_max_body_size=SMALL_BYTES,
    tags=["sign-in"],
)
async def login(
    request: AnyRequest,
    data: JSONBody[Login],
    db: Given[Database],
    secrets: Given[Secrets],
    settings: Given[Settings],
    throttle: Given[Throttle],
    now: Given[datetime],
) -> Tokens:
    return await sign_in(db, secrets, throttle, data, origin=origin_of(request, settings), now=now)


@post(
    path(routes.REFRESH),
    operation_id="refreshTokens",
    opt=needs(PUBLIC),
    status_code=200,
    request_max_body_size=SMALL_BYTES,
    tags=["sign-in"],
)
async def refresh_tokens(
    data: JSONBody[Refresh], db: Given[Database], secrets: Given[Secrets], now: Given[datetime]
) -> Tokens:
    return await refresh(db, secrets, refresh_token=data.refresh_token, now=now)


@post(path(routes.LOGOUT), operation_id="signOut", opt=needs(READ, person=True), status_code=204, tags=["sign-in"])
async def logout(actor: Given[Actor], session: Given[SessionRow], db: Given[Database], now: Given[datetime]) -> None:
    await db.apply(sign_out(actor, session, now=now))


@post(
    path(routes.SETUP),
    operation_id="makeFirstAdministrator",
    opt=needs(PUBLIC),
    status_code=200,
    request_max_body_size=SMALL_BYTES,
    tags=["sign-in"],
)
async def setup(
    request: AnyRequest,
    data: JSONBody[Setup],
    db: Given[Database],
    secrets: Given[Secrets],
    settings: Given[Settings],
    now: Given[datetime],
) -> Tokens:
    device = origin_of(request, settings).device
    return await enter_as_first_admin(db, secrets, data, device=device, now=now)


@get(path(routes.ME), operation_id="readMe", opt=needs(READ), tags=["me"])
async def me(actor: Given[Actor], db: Given[Database], settings: Given[Settings]) -> Me:
    return await read_me(db, actor, settings)


@patch(path(routes.ME), operation_id="changeMe", opt=needs(READ), tags=["me"])
async def patch_me(
    data: JSONBody[MeChange],
    actor: Given[Actor],
    db: Given[Database],
    settings: Given[Settings],
    now: Given[datetime],
    rev: Given[int],
) -> Me:
    await change_me(db, actor, data, rev=rev, now=now)
    return await read_me(db, actor, settings)


@get(path(routes.MY_SESSIONS), operation_id="listMySessions", opt=needs(READ), tags=["me"])
async def my_sessions(
    actor: Given[Actor], session: Given[SessionRow], db: Given[Database], now: Given[datetime]
) -> Page[SessionItem]:
    return Page(items=await own_sessions(db, actor, session, now=now))


@delete(path(routes.MY_SESSIONS), operation_id="endMyOtherSessions", opt=needs(READ), tags=["me"])
async def end_other_sessions(
    actor: Given[Actor], session: Given[SessionRow], db: Given[Database], now: Given[datetime]
) -> None:
    await db.apply(revoke_other_sessions(actor, session, now=now))


@delete(path(routes.MY_SESSION), operation_id="endMySession", opt=needs(READ), tags=["me"])
async def end_my_session(
    session_id: FromPath[str], actor: Given[Actor], db: Given[Database], now: Given[datetime]
) -> None:
    await db.apply(await revoke_session(db, actor, session_id, now=now))


@get(path(routes.MY_DEVICES), operation_id="listMyDevices", opt=needs(READ), tags=["me"])
async def my_devices(actor: Given[Actor], session: Given[SessionRow], db: Given[Database]) -> Page[device_wire.Device]:
    return Page(items=await list_devices(db, actor, session_id=session.id))


@post(path(routes.MY_DEVICES), operation_id="registerDevice", opt=needs(READ), tags=["me"])
async def add_device(
    data: JSONBody[wire.NewDevice],
    actor: Given[Actor],
    session: Given[SessionRow],
    db: Given[Database],
    secrets: Given[Secrets],
    now: Given[datetime],
    once: Given[Once],
) -> Response[wire.ContactMethod]:
    return await once.carry_out(
        lambda: add_phone(db, actor, data, session=session, secrets=secrets, now=now), status=201
    )


@put(path(routes.MY_DEVICE), operation_id="putDevice", opt=needs(READ), tags=["me"])
async def change_device(
    device_id: FromPath[str],
    data: JSONBody[device_wire.DeviceInput],
    actor: Given[Actor],
    session: Given[SessionRow],
    db: Given[Database],
    secrets: Given[Secrets],
    now: Given[datetime],
    once: Given[Once],
) -> Response[device_wire.Device]:
    return await once.carry_out(
        lambda: put_device(db, actor, device_id, data, session=session, secrets=secrets, now=now)
    )


@delete(path(routes.MY_DEVICE), operation_id="removeDevice", opt=needs(READ), tags=["me"])
async def remove_my_device(
    device_id: FromPath[str], actor: Given[Actor], db: Given[Database], now: Given[datetime]
) -> None:
    await db.apply(await remove_device(db, actor, device_id, now=now))


HANDLERS = [
    login,
    refresh_tokens,
    logout,
    setup,
    me,
    patch_me,
    my_sessions,
    end_other_sessions,
    end_my_session,
    my_devices,
    add_device,
    change_device,
    remove_my_device,
]
