"""A whole Dogwatch with a clock that moves when told to: engine, HTTP, people, services."""

import contextlib
from collections import defaultdict
from collections.abc import AsyncGenerator
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import httpx
from litestar import Litestar

from server.app import attach, build_app
from server.engine import Engine, build_engine
from server.kernel.clock import ManualClock, from_us
from server.kernel.database import Database
from server.kernel.live import LiveFeed
from server.kernel.secrets import Secrets
from server.kernel.settings import Settings
from tests.kit.adding import Adding
from tests.kit.stores import SECRET

START = datetime(2026, 11, 21, 3, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
STEP = timedelta(seconds=10)


class World(Adding):
    """One installation; `advance` lets time pass and everything that is due happen."""

    def __init__(self, engine: Engine, clock: ManualClock, http: httpx.AsyncClient, app: Litestar) -> None:
        super().__init__(engine, clock, http)
        self.app = app

    @property
    def parts(self) -> Any:
        """What the application's handlers are given: its state."""
        return self.app.state

    async def settle(self) -> None:
        """Do what is due now."""
        await self.engine.drain()

    async def advance(self, **span: float) -> None:
        """Let time pass in steps of at most ten seconds, doing what falls due; steps without that are skipped."""
        end = self.clock.now() + timedelta(**span)
        while (now := self.clock.now()) < end:
            idle = min(await self._next_due() or end, end) - now
            self.clock.move_to(min(end, now + STEP * max(1, -(-idle // STEP))))
            await self.settle()

    async def _next_due(self) -> datetime | None:
        """When something is to be done next, long ago where events wait; None for never."""
        text = (
            "SELECT MIN(at) FROM (SELECT CASE WHEN due_at > leased_until THEN due_at ELSE leased_until END AS at"
            " FROM due WHERE parked_at IS NULL UNION ALL SELECT 0 FROM event WHERE parsed_at IS NULL) AS waiting"
        )
        at = await self.db.value(text)
        return None if at is None else from_us(at)

    async def pages(self) -> list[tuple[str, str, str]]:
        """(person, channel, state) of every page, in the order they were planned."""
        rows = await self.db.values(
            "SELECT user_account.name, delivery.channel, delivery.state FROM delivery"
            " JOIN address ON address.id = delivery.address_id JOIN user_account ON user_account.id = address.user_id"
            " WHERE delivery.priority = 0 ORDER BY delivery.id"
        )
        return [(name, channel, state) for name, channel, state in rows]

    async def paged(self) -> list[str]:
        """Who a provider has taken a push for, in order."""
        return [name for name, channel, state in await self.pages() if channel == "push" and state == "accepted"]


@contextlib.asynccontextmanager
async def world_of(settings: Settings, db: Database, *, start: datetime = START) -> AsyncGenerator[World]:
    """A world over an open, migrated database. Its phones are the demo's: nothing leaves the machine."""
    clock = ManualClock(start)
    engine = await build_engine(settings, db, clock, Secrets(SECRET))
    app = borrow_app(settings)
    transport = httpx.ASGITransport(app=cast(Any, app), raise_app_exceptions=False)
    attach(app, engine, LiveFeed(db))
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as http:
        yield World(engine, clock, http, app)
    await engine.outbound.close()
    give_back(app, settings)


_idle: defaultdict[bool, list[Litestar]] = defaultdict(list)
"""Applications that no world uses now, by whether they have the demo's handlers: one takes a second to build."""


def borrow_app(settings: Settings) -> Litestar:
    """An application to attach an engine to."""
    idle = _idle[settings.demo]
    return idle.pop() if idle else build_app(settings)


def app_for_reading(settings: Settings) -> Litestar:
    """One that a world may have later."""
    give_back(app := borrow_app(settings), settings)
    return app


def give_back(app: Litestar, settings: Settings) -> None:
    _idle[settings.demo].append(app)
