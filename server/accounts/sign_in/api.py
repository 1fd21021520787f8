"""Handlers of accounts: signing in, who I am, my sessions and phones."""

from litestar import delete, get, post
from litestar.params import FromPath, JSONBody

from server.accounts.access.call import Call
from server.accounts.access.needs import needs, strangers
from server.accounts.access.permissions import READ
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
from server.kernel.http import Given, Handlers, Visit
from shared.wire import routes
from shared.wire.lists import Page
from shared.wire.sessions import Login, Refresh, SessionItem, Tokens


class SignIn(Handlers):
    tags = ["sign-in"]
    opt = needs(READ, person=True)

    @post(routes.LOGIN, operation_id="signIn", **strangers())
    async def login(self, visit: Given[Visit], data: JSONBody[Login], throttle: Given[Throttle]) -> Tokens:
        return await sign_in(
            visit.db, visit.secrets, throttle, data, origin=origin_of(visit.request, visit.settings), now=visit.now
        )

    @post(routes.REFRESH, operation_id="refreshTokens", **strangers())
    async def refresh_tokens(self, visit: Given[Visit], data: JSONBody[Refresh]) -> Tokens:
        return await refresh(visit.db, visit.secrets, refresh_token=data.refresh_token, now=visit.now)

    @post(routes.LOGOUT, operation_id="signOut", status_code=204)
    async def logout(self, call: Given[Call], session: Given[SessionRow]) -> None:
        await call.db.apply(sign_out(call.actor, session, now=call.now))


class MySessions(Handlers):
    tags = ["me"]
    opt = needs(READ)

    @get(routes.MY_SESSIONS, operation_id="listMySessions")
    async def my_sessions(self, call: Given[Call], session: Given[SessionRow]) -> Page[SessionItem]:
        return Page(items=await own_sessions(call.db, call.actor, session, now=call.now))

    @delete(routes.MY_SESSIONS, operation_id="endMyOtherSessions")
    async def end_other_sessions(self, call: Given[Call], session: Given[SessionRow]) -> None:
        await call.db.apply(revoke_other_sessions(call.actor, session, now=call.now))

    @delete(routes.MY_SESSION, operation_id="endMySession")
    async def end_my_session(self, call: Given[Call], session_id: FromPath[str]) -> None:
        await call.db.apply(await revoke_session(call.db, call.actor, session_id, now=call.now))
