"""Handlers of health and metrics."""

from litestar import Response, get, head

from server.accounts.access.needs import needs
from server.accounts.access.permissions import PUBLIC
from server.kernel.database import Database
from server.kernel.http import Given, Handlers, Visit
from server.kernel.settings import VERSION
from server.kernel.telemetry import exposition
from server.paging_health.processes import Beside, is_database_reached
from server.paging_health.readers import require_reader
from shared.wire import routes

PROBED = needs(PUBLIC) | {"any_query": True}
"""Load balancers add what they like to the addresses that they look at."""


class Operations(Handlers):
    tags = ["operations"]

    @get(routes.HEALTH, operation_id="readHealth", opt=PROBED)
    async def health(self, visit: Given[Visit]) -> Response[dict[str, str]]:
        """Whether this process answers and reaches its database."""
        return await _looked(visit.db)

    @head(routes.HEALTH, opt=PROBED, include_in_schema=False)
    async def health_head(self, visit: Given[Visit]) -> Response[None]:
        """The same for probes that want no body."""
        return Response(None, status_code=(await _looked(visit.db)).status_code)

    @get(routes.ENGINE_HEALTH, operation_id="readEngineHealth", opt=needs(PUBLIC))
    async def engine_health(self, visit: Given[Visit], beside: Given[Beside]) -> Response[dict[str, object]]:
        """Whether the engine came round lately (with --api-only: whether workers do), and what its auditor found."""
        await require_reader(visit.request, visit.settings, visit.now)
        engine = await beside.engine()
        status = "ok" if engine.is_running else "stuck"
        body: dict[str, object] = {"status": status, "problems": engine.problems, "repairs": engine.repairs}
        return Response(body, status_code=200 if engine.is_running else 503)

    @get(routes.METRICS, operation_id="readMetrics", opt=needs(PUBLIC), media_type="text/plain")
    async def metrics(self, visit: Given[Visit], beside: Given[Beside]) -> Response[bytes]:
        """What every process that `serve` started has counted."""
        await require_reader(visit.request, visit.settings, visit.now)
        return Response(exposition(await beside.families()), media_type="text/plain; version=0.0.4; charset=utf-8")


async def _looked(db: Database) -> Response[dict[str, str]]:
    if await is_database_reached(db):
        return Response({"status": "ok", "version": VERSION})
    return Response({"status": "database_unreachable", "version": VERSION}, status_code=503)
