"""The API process: every handler and the ways in; the engine is a process beside it."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Callable
from pathlib import Path
from typing import Any

from litestar import Litestar, asgi
from litestar.datastructures import State
from litestar.di import Provide
from litestar.types import ASGIApp, Receive, Scope, Send

import server.accounts.audit
import server.accounts.people
import server.accounts.reach
import server.accounts.sign_in
import server.answers
import server.configuration
import server.covers
import server.escalation
import server.incidents
import server.ingest
import server.integrations
import server.notices
import server.pages
import server.paging_health
import server.pipeline
import server.schedules
import server.search
import server.services
import server.shift_notices
import server.status_pages
from server.accounts.access.call import provide_call, provide_edit
from server.accounts.access.needs import needs, provide_db
from server.accounts.access.permissions import PUBLIC
from server.accounts.sign_in.guard import guard, provide_session
from server.accounts.sign_in.live import live
from server.accounts.sign_in.live_members import Members
from server.accounts.sign_in.throttle import Throttle
from server.engine import Engine, running_engine
from server.ingest.accept import Accept
from server.ingest.backlog import Backlog
from server.ingest.describe import ways_in
from server.ingest.refusals import RefusalLog
from server.ingest.store import EventStore
from server.integrations.base import CHANGES, INTEGRATIONS, V1
from server.kernel.api_docs import assets_router, openapi_config
from server.kernel.database import Priority
from server.kernel.http import EXCEPTION_HANDLERS, handlers_of, provide_visit
from server.kernel.ipc import Client, What
from server.kernel.ipc.frames import Reply
from server.kernel.limits.answers import Answered
from server.kernel.limits.own_app import app_key
from server.kernel.limits.strangers import Front, Strangers
from server.kernel.live import LiveFeed
from server.kernel.reading.check import refuse_what_is_wrong
from server.kernel.secrets import Secrets, secret_key_of
from server.kernel.settings import VERSION, Settings
from server.paging_health.processes import Beside, encode_states, state_of_this
from server.paging_health.readers import is_for_readers_alone
from server.schedules.groups import Ways
from server.status_pages.site.forms import SiteForms
from server.status_pages.site.internal import InternalSites
from server.status_pages.site.keep import SiteKeeper
from server.status_pages.site.serve import SiteServer, put_below_site
from server.status_pages.site.visits import Visits
from shared.wire import routes

IMITATED = (routes.PAGERDUTY_V2, routes.PAGERDUTY_V1, routes.PAGERDUTY_CHANGES)
MAX_BODY_BYTES = 1024 * 1024

ROOMS = (
    server.accounts.sign_in,
    server.accounts.people,
    server.accounts.audit,
    server.accounts.reach,
    server.services,
    server.notices,
    server.pages,
    server.schedules,
    server.shift_notices,
    server.covers,
    server.escalation,
    server.incidents,
    server.pipeline,
    server.ingest,
    server.status_pages,
    server.search,
    server.answers,
    server.paging_health,
)
"""Whose classes of handlers are served, in the order in which the reference shows them."""
DEMO_ROOMS = (server.configuration,)
"""Whose are served in a demo only."""


def _from_state(name: str) -> Provide:
    def provide(state: State) -> Any:
        return getattr(state, name)

    return Provide(provide, sync_to_thread=False)


def _ways(state: State) -> Ways:
    return Ways(state.channels, state.secrets)


PARTS = (
    "clock",
    "settings",
    "throttle",
    "strangers",
    "members",
    "feed",
    "beside",
    "directory",
    "channels",
    "ways_out",
    "outbound",
)
DEPENDENCIES = {
    **{name: _from_state(name) for name in PARTS},
    "db": Provide(provide_db, sync_to_thread=False),
    "ways": Provide(_ways, sync_to_thread=False),
    "session": Provide(provide_session, sync_to_thread=False),
    "visit": Provide(provide_visit, sync_to_thread=False),
    "call": Provide(provide_call, sync_to_thread=False),
    "edit": Provide(provide_edit, sync_to_thread=False),
}


def attach(app: Litestar, engine: Engine, feed: LiveFeed, line: Client | None = None) -> None:
    """Give the handlers their parts; `line` leads to the engine's process where it is another one."""
    app.state.db = engine.db
    app.state.clock = engine.clock
    app.state.secrets = engine.secrets
    app.state.settings = engine.settings
    app.state.throttle = Throttle(engine.secrets)
    app.state.feed = feed
    app.state.directory = engine.directory
    app.state.beside = Beside(engine.state, line)
    app.state.channels = engine.channels
    app.state.outbound = engine.outbound
    app.state.ways_out = engine.ways_out
    app.state.strangers = Strangers()
    is_tls = engine.settings.public_url.startswith("https:")
    visits = Visits(engine.db.at(Priority.NOTICE), engine.secrets, app.state.throttle)
    internal = InternalSites(engine.db.at(Priority.NOTICE), engine.clock, engine.settings, visits)
    forms = SiteForms(engine.db.at(Priority.NOTICE), engine.clock, engine.settings, engine.secrets)
    app.state.sites = SiteServer(
        engine.settings.status_path, app.state.site_hosts, is_tls=is_tls, internal=internal, forms=forms
    )
    app.state.site_keeper = SiteKeeper(engine.db, engine.clock, engine.settings, app.state.sites)
    app.state.members = Members(engine.db)
    app.state.backlog = Backlog(engine.db, engine.clock)
    app.state.refusals = RefusalLog(engine.db, engine.clock, engine.settings.app_url)
    app.state.accept = Accept(
        EventStore(engine.db),
        engine.directory,
        engine.clock,
        app.state.backlog,
        app.state.refusals,
        app.state.strangers,
        engine.settings.trusted_proxies,
    )


@asgi(routes.INGEST_ROOT, is_mount=True, opt=needs(PUBLIC), copy_scope=False)
async def ingest(scope: Scope, receive: Receive, send: Send) -> None:
    """A mount, because Litestar 2.25 can't route to an ASGI handler whose path has parameters."""
    await scope["litestar_app"].state.accept(scope["path"], scope, receive, send)


@asgi(routes.PAGERDUTY_V2, is_mount=True, opt=needs(PUBLIC), copy_scope=False)
async def pagerduty(scope: Scope, receive: Receive, send: Send) -> None:
    """PagerDuty's own paths; the key is in the body, and what stands below them is refused in PagerDuty's shape."""
    await scope["litestar_app"].state.accept(_below_pagerduty(scope), scope, receive, send)


@asgi(routes.PAGERDUTY_V1, is_mount=True, opt=needs(PUBLIC), copy_scope=False)
async def pagerduty_v1(scope: Scope, receive: Receive, send: Send) -> None:
    """PagerDuty's older path."""
    await scope["litestar_app"].state.accept(_below_pagerduty(scope), scope, receive, send, way=V1)


@asgi(routes.PAGERDUTY_CHANGES, is_mount=True, opt=needs(PUBLIC), copy_scope=False)
async def pagerduty_changes(scope: Scope, receive: Receive, send: Send) -> None:
    """PagerDuty's own path for what was done to a service."""
    await scope["litestar_app"].state.accept(_below_pagerduty(scope), scope, receive, send, way=CHANGES)


@asgi(routes.STATUS_SITES, is_mount=True, opt=needs(PUBLIC), copy_scope=False)
async def status_sites(scope: Scope, receive: Receive, send: Send) -> None:
    """Status pages by their raw paths: a slash at the end matters, and the framework adds one."""
    below = scope["raw_path"].removeprefix(routes.STATUS_SITES.encode())
    await scope["litestar_app"].state.sites(below, scope, receive, send)


def _below_pagerduty(scope: Scope) -> str:
    """The way in, and behind an empty key what the path has too many."""
    beyond = scope["path"].strip("/")
    return f"pagerduty//{beyond}" if beyond else "pagerduty"


def behind_the_line(app: Litestar, settings: Settings) -> ASGIApp:
    """The application as strangers meet it; the ways in have their own look at who comes."""
    front = Front(
        app,
        settings.trusted_proxies,
        key=app_key(Secrets(secret_key_of(settings))),
        is_hidden=lambda scope: is_for_readers_alone(scope, settings.metrics_address),
        has_own_line=_is_way_in,
        hosts=app.state.site_hosts,
        put_below=put_below_site,
    )
    return Answered(front, is_tls=settings.public_url.startswith("https:"))


def _is_way_in(path: str) -> bool:
    return f"{path}/".startswith(tuple(f"{each}/" for each in (routes.INGEST_ROOT, *IMITATED)))


def _line_to(engine: Path, woken: list[Callable[[], None]]) -> Client:
    """A line to the engine's process, which wakes who sleeps here and asks how this process is."""

    def wake_all(_: bytes, __: Reply) -> None:
        for wake in woken:
            wake()

    def state(_: bytes, reply: Reply) -> None:
        reply(encode_states([state_of_this()]))

    return Client(engine, {What.COMMIT: wake_all, What.STATE: state})


def build_app(settings: Settings, engine: Path | None = None) -> Litestar:
    """The application, which does none of the engine's work; its parts are attached when it starts.

    `engine` is where the engine of this machine listens; without one, workers elsewhere do the work.
    """

    @contextlib.asynccontextmanager
    async def lifespan(app: Litestar) -> AsyncGenerator[None]:
        async with contextlib.AsyncExitStack() as stack:
            woken: list[Callable[[], None]] = []
            line = None if engine is None else await stack.enter_async_context(_line_to(engine, woken))
            started = await stack.enter_async_context(running_engine(settings, api_only=True, line=line))
            woken.append(started.db.hurry)
            feed = LiveFeed(started.db)
            started.db.on_hurry(feed.hurry)
            attach(app, started, feed, line)
            running = (feed, app.state.backlog, app.state.refusals, app.state.site_keeper)
            loops = [asyncio.create_task(each.run()) for each in running]
            try:
                yield
            finally:
                for loop in loops:
                    loop.cancel()
                await asyncio.gather(*loops, return_exceptions=True)

    INTEGRATIONS.load(server.integrations)
    handlers = [
        *handlers_of(*ROOMS, *(DEMO_ROOMS if settings.demo else ())),
        live,
        assets_router(needs(PUBLIC)),
        ingest,
        pagerduty,
        pagerduty_v1,
        pagerduty_changes,
        status_sites,
    ]
    app = Litestar(
        route_handlers=handlers,
        dependencies=DEPENDENCIES,
        guards=[guard],
        before_request=refuse_what_is_wrong,
        exception_handlers=EXCEPTION_HANDLERS,
        lifespan=[lifespan],
        request_max_body_size=MAX_BODY_BYTES,
        openapi_config=openapi_config(title="Dogwatch", version=VERSION, opt=needs(PUBLIC), paths=ways_in()),
        logging_config=None,
    )
    app.state.site_hosts = {}
    return app
