"""Handlers of the search in alerts."""

from datetime import datetime
from typing import Annotated

import msgspec
from litestar import get
from litestar.di import Provide
from litestar.params import FromPath, FromQuery, QueryParameter

from server.accounts.access.call import Call
from server.accounts.access.needs import needs
from server.accounts.access.permissions import READ
from server.kernel.errors import Invalid
from server.kernel.http import Given, Handlers, Limit
from server.pipeline.search import WantedAlerts, read_alert, search_alerts
from shared.domain.alerts import Severity
from shared.wire import alerts as wire
from shared.wire import routes
from shared.wire.lists import Page

Window = tuple[datetime | None, datetime | None]


def read_window(
    since: Annotated[datetime | None, QueryParameter(name="from")] = None,
    until: Annotated[datetime | None, QueryParameter(name="to")] = None,
) -> Window:
    """Dependency `window`: received in [from, to)."""
    return since, until


def read_wanted(
    window: Given[Window],
    q: FromQuery[str | None] = None,
    integration_id: FromQuery[list[str] | None] = None,
    source: FromQuery[list[str] | None] = None,
    service_id: FromQuery[list[str] | None] = None,
    severity: FromQuery[list[Severity] | None] = None,
    outcome: FromQuery[list[wire.Outcome] | None] = None,
) -> WantedAlerts:
    """Dependency `wanted`, but for what `search` adds."""
    return WantedAlerts(
        text=q or "",
        since=window[0],
        until=window[1],
        integration_ids=tuple(integration_id or ()),
        sources=tuple(source or ()),
        service_ids=tuple(service_id or ()),
        severities=tuple(severity or ()),
        outcomes=tuple(outcome or ()),
    )


def _pairs(labels: list[str]) -> tuple[tuple[str, str], ...]:
    pairs = [label.partition("=") for label in labels]
    if any(not name or not sign for name, sign, _ in pairs):
        raise Invalid.one("label", "not_a_pair", "must be name=value")
    return tuple((name, value) for name, _, value in pairs)


class Alerts(Handlers):
    tags = ["alerts"]
    opt = needs(READ)

    @get(
        routes.ALERTS,
        operation_id="searchAlerts",
        dependencies={
            "window": Provide(read_window, sync_to_thread=False),
            "wanted": Provide(read_wanted, sync_to_thread=False),
        },
    )
    async def alerts(
        self,
        call: Given[Call],
        wanted: Given[WantedAlerts],
        is_open: Annotated[bool | None, QueryParameter(name="open")] = None,
        label: FromQuery[list[str] | None] = None,
        limit: Limit = 50,
        cursor: FromQuery[str | None] = None,
    ) -> Page[wire.FoundAlert]:
        """`label` is `name=value`, repeated for several, all of which must hold."""
        found = msgspec.structs.replace(wanted, is_open=is_open, labels=_pairs(label or []))
        return await search_alerts(call.db, call.actor, found, limit=limit, cursor=cursor)

    @get(routes.ALERT, operation_id="readAlert")
    async def alert(self, call: Given[Call], alert_id: FromPath[str]) -> wire.AlertDetail:
        return await read_alert(call.db, call.actor, alert_id)
