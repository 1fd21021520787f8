"""Handlers of accounts: signing in, who I am, my sessions and phones."""

from datetime import datetime

from litestar import delete, get, post
from litestar.params import FromPath, JSONBody

from server.accounts.access.actors import Actor
from server.accounts.access.needs import needs
from server.accounts.access.permissions import PUBLIC, READ
from server.accounts.sign_in.sessions import (
    SessionRow,
    own_sessions,
    refresh,
    revoke_other_sessions,
    revoke_session,
    sign_out,
)
from server.accounts.sign_in.sign_in import origin_of, sign_in
from server.accounts.sign_in.throttle import Throttle
from server.kernel.database import Database
from server.kernel.http import AnyRequest, Given, path
from server.kernel.limits.strangers import SMALL_BYTES
from server.kernel.secrets import Secrets
from server.kernel.settings import Settings
from shared.wire import routes
from shared.wire.lists import Page
from shared.wire.sessions import Login, Refresh, SessionItem, Tokens


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


HANDLERS = [login, refresh_tokens, logout, my_sessions, end_other_sessions, end_my_session]
