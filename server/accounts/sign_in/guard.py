"""Sign-in and permission of every request: declared on the handler, denied by default."""

from datetime import datetime
from typing import Any

from litestar.connection import ASGIConnection
from litestar.datastructures import State
from litestar.handlers import BaseRouteHandler

from server.accounts.access.actors import Actor
from server.accounts.access.needs import provide_db
from server.accounts.access.permissions import PUBLIC
from server.accounts.sign_in.api_keys import PREFIX, authenticate_key, require_person
from server.accounts.sign_in.sessions import SessionRow, authenticate, mark_seen, require_fresh
from server.kernel.errors import Forbidden, Unauthenticated
from server.kernel.http import AnyRequest
from server.kernel.limits.strangers import Strangers
from shared.wire import routes

Connection = ASGIConnection[Any, Any, Any, State]


async def guard(connection: Connection, handler: BaseRouteHandler) -> None:
    """Raises Unauthenticated or Forbidden; a handler that declares nothing is closed to everybody."""
    permission = handler.opt.get("permission")
    if permission == PUBLIC or getattr(connection, "method", "") == "OPTIONS":
        return
    now: datetime = connection.app.state.clock.now()
    actor, session = await _known(connection, now)
    if actor.kind != "user" and (handler.opt.get("person_only") or _is_mine(connection.scope["path"])):
        require_person(actor)
    if permission is None or not actor.may(permission):
        raise Forbidden("your role does not allow this", code="role")
    if session is not None and handler.opt.get("fresh"):
        require_fresh(session, now=now)
    connection.state.actor = actor
    connection.state.session = session


async def _known(connection: Connection, now: datetime) -> tuple[Actor, SessionRow | None]:
    """Whose token is good needs to stand in the line of strangers no more."""
    strangers: Strangers = connection.app.state.strangers
    token = bearer(connection)
    try:
        found = await whoever(connection, now)
    except Unauthenticated:
        strangers.forget(token)
        raise
    strangers.remember(token)
    return found


async def whoever(connection: Connection, now: datetime) -> tuple[Actor, SessionRow | None]:
    """The person or program behind the token; raises Unauthenticated."""
    token, db = bearer(connection), connection.app.state.db
    if token.startswith(f"{PREFIX}_"):
        return await authenticate_key(db, token, now), None
    actor, session = await authenticate(provide_db(connection.app.state, connection.scope), token, now)
    await mark_seen(db, session, now=now)
    return actor, session


def _is_mine(path: str) -> bool:
    return path == routes.ME or path.startswith(f"{routes.ME}/")


def bearer(connection: Connection) -> str:
    scheme, _, token = connection.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Unauthenticated("sign in first")
    return token.strip()


def provide_session(request: AnyRequest) -> SessionRow:
    """Dependency `session`: the session that was used, on handlers that are closed to API keys."""
    return request.state.session
