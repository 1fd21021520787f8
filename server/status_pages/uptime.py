"""The uptime of a page's components and groups, worked out from its events each time it is asked for."""

from datetime import datetime

from server.accounts.access.actors import Actor
from server.kernel.database import Database
from server.status_pages.components import ComponentRow, load_components
from server.status_pages.pages import visible_page
from server.status_pages.read import load_published, spans_of
from shared.domain.status.days import Day, days_of
from shared.domain.status.uptime import Uptime, quarter, states, together, uptime
from shared.wire import status_pages as wire


async def read_uptime(db: Database, actor: Actor, page_id: str, now: datetime) -> wire.StatusUptime:
    page = await visible_page(db, actor, page_id)
    components = [each for each in await load_components(db, page_id) if each.removed_at is None]
    spans = spans_of(await load_published(db, page_id))
    since, until = quarter(page.time_zone, now)
    found = {each.id: uptime(states(each.measured, spans, since, until)) for each in components}
    return wire.StatusUptime(
        since=since,
        until=until,
        components=tuple(
            wire.ComponentUptime(
                uptime=_figure(each.id, found[each.id]),
                days=tuple(_day(day) for day in days_of(each.measured, spans, page.time_zone, now)),
            )
            for each in components
        ),
        groups=tuple(_figure(id, total) for id, total in by_group(components, found).items()),
    )


def by_group(components: list[ComponentRow], found: dict[str, Uptime]) -> dict[str, Uptime]:
    """The sums of each group that has components."""
    groups = dict.fromkeys(each.group_id for each in components)
    return {id: together(found[each.id] for each in components if each.group_id == id) for id in groups}


def _figure(id: str, of: Uptime) -> wire.UptimeFigure:
    return wire.UptimeFigure(
        id=id,
        percent=of.percent,
        available_s=of.available.total_seconds(),
        down_s=of.down.total_seconds(),
    )


def _day(day: Day) -> wire.ComponentDay:
    return wire.ComponentDay(
        date=day.date,
        shown=day.shown,
        seconds={impact: lasted.total_seconds() for impact, lasted in day.lasted.items()},
        event_ids=day.event_ids,
    )
