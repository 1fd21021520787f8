"""Who may read the metrics and the engine's health: by their token, at their own address, or as administrator."""

import hmac
import ipaddress
import re
from datetime import datetime
from typing import Any

from litestar.types import Scope

from server.accounts.sign_in.guard import Connection, bearer, whoever
from server.kernel.errors import Forbidden, NotFound
from server.kernel.settings import Settings
from shared.wire import routes

SHOWN = (routes.METRICS, routes.ENGINE_HEALTH, routes.HEALTH)
FORWARDED = re.compile(
    r"forwarded|via|cdn-loop|x-forwarded-.+|x-original-.+|x-envoy-.+|cf-.+|.*(client|connecting|real|remote|cluster)-?ip"
)
"""Headers by which a proxy tells for whom it asks, or that it is one."""
HERE = re.compile(r"localhost|127(\.\d{1,3}){3}|\[::1\]|::1|")
"""What this machine calls itself; HTTP/1.0 may say nothing."""


async def require_reader(connection: Connection, settings: Settings, now: datetime) -> None:
    """Raises NotFound on an address where they are not, Unauthenticated or Forbidden (decision 25)."""
    address = settings.metrics_address
    scope: Any = connection.scope
    if address is not None and not is_at(scope, address):
        raise NotFound
    token = connection.headers.get("authorization", "")
    if settings.metrics_token and hmac.compare_digest(
        token.encode("utf-8", "replace"), f"Bearer {settings.metrics_token}".encode()
    ):
        return
    if not settings.metrics_token and (address is not None or _is_here(connection, settings)):
        return
    bearer(connection)
    actor, _ = await whoever(connection, now)
    if not actor.is_admin:
        raise Forbidden("only administrators read this without the token", code="role")


def is_at(scope: Any, address: tuple[str, int]) -> bool:
    """Whether it came to this port: the host of a connection is one of those that the server listens on."""
    server: tuple[str, int] | None = scope.get("server")
    return server is not None and server[1] == address[1]


def _is_here(connection: Connection, settings: Settings) -> bool:
    """Whether somebody on this machine asks, and nobody for somebody else."""
    if settings.is_published or any(FORWARDED.fullmatch(name.lower()) for name in connection.headers):
        return False
    if not HERE.fullmatch(re.sub(r":\d+$", "", connection.headers.get("host", "").strip().lower())):
        return False
    scope: Any = connection.scope
    try:
        return ipaddress.ip_address((scope.get("client") or ("",))[0]).is_loopback
    except ValueError:
        return False


def is_for_readers_alone(scope: Scope, address: tuple[str, int] | None) -> bool:
    """Whether a request came to the metrics' own address, which shows nothing else, for something else."""
    return address is not None and scope["type"] == "http" and is_at(scope, address) and scope["path"] not in SHOWN
