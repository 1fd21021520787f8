"""Handlers of health and metrics."""

from datetime import datetime

import structlog
from litestar import Response, get, head

from server.accounts.access.needs import needs
from server.accounts.access.permissions import PUBLIC
from server.kernel.database import Database
from server.kernel.http import AnyRequest, Given, path
from server.kernel.settings import VERSION, Settings
from server.kernel.telemetry import exposition
from server.paging_health.processes import Beside
from server.paging_health.readers import require_reader
from shared.wire import routes

log = structlog.get_logger()

PROBED = needs(PUBLIC) | {"any_query": True}
"""Load balancers add what they like to the addresses that they look at."""


@get(path(routes.HEALTH), operation_id="readHealth", opt=PROBED, tags=["operations"])
async def health(db: Given[Database]) -> Response[dict[str, str]]:
    """Whether this process answers and reaches its database."""
    try:
        await db.value("SELECT 1")
    except Exception:
        log.exception("health.database_unreachable")
        return Response({"status": "database_unreachable", "version": VERSION}, status_code=503)
    return Response({"status": "ok", "version": VERSION})


@head(path(routes.HEALTH), opt=PROBED, include_in_schema=False)
async def health_head(db: Given[Database]) -> Response[None]:
    """The same for probes that want no body."""
    return Response(None, status_code=(await health.fn(db)).status_code)


@get(path(routes.ENGINE_HEALTH), operation_id="readEngineHealth", opt=needs(PUBLIC), tags=["operations"])
async def engine_health(
    request: AnyRequest,
    beside: Given[Beside],
    settings: Given[Settings],
    now: Given[datetime],
) -> Response[dict[str, object]]:
    """Whether the engine came round lately (with --api-only: whether workers do), and what its auditor found."""
    await require_reader(request, settings, now)
    engine = await beside.engine()
    status = "ok" if engine.is_running else "stuck"
    body: dict[str, object] = {"status": status, "problems": engine.problems, "repairs": engine.repairs}
    return Response(body, status_code=200 if engine.is_running else 503)


@get(path(routes.METRICS), operation_id="readMetrics", opt=needs(PUBLIC), media_type="text/plain", tags=["operations"])
async def metrics(
    request: AnyRequest, beside: Given[Beside], settings: Given[Settings], now: Given[datetime]
) -> Response[bytes]:
    """What every process that `serve` started has counted."""
    await require_reader(request, settings, now)
    return Response(exposition(await beside.families()), media_type="text/plain; version=0.0.4; charset=utf-8")


HANDLERS = [health, health_head, engine_health, metrics]
