"""Sign-in and permission of every request: declared on the handler, denied by default."""

from datetime import datetime
from typing import Any

from litestar.connection import ASGIConnection
from litestar.datastructures import State
from litestar.handlers import BaseRouteHandler

from server.accounts.actors import Actor
from server.accounts.permissions import ALL, PUBLIC
from server.accounts.sessions import SessionRow, authenticate
from server.kernel.errors import Forbidden, Unauthenticated
from server.kernel.http import AnyRequest

Connection = ASGIConnection[Any, Any, Any, State]


def needs(permission: str) -> dict[str, str]:
    """What a handler declares: `opt=needs(READ)`."""
    if permission not in ALL:
        raise ValueError(f"unknown permission {permission}")
    return {"permission": permission}


async def guard(connection: Connection, handler: BaseRouteHandler) -> None:
    """Raises Unauthenticated or Forbidden; a handler that declares nothing is closed to everybody."""
    permission = handler.opt.get("permission")
    if permission == PUBLIC or getattr(connection, "method", "") == "OPTIONS":
        return
    now: datetime = connection.app.state.clock.now()
    actor, session = await authenticate(connection.app.state.db, bearer(connection), now)
    if permission is None or not actor.may(permission):
        raise Forbidden("your role does not allow this", code="role")
    connection.state.actor = actor
    connection.state.session = session


def bearer(connection: Connection) -> str:
    scheme, _, token = connection.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Unauthenticated("sign in first")
    return token.strip()


def provide_actor(request: AnyRequest) -> Actor:
    """Dependency `actor`: who the guard let in."""
    return request.state.actor


def provide_session(request: AnyRequest) -> SessionRow:
    """Dependency `session`: the session that was used."""
    return request.state.session
