"""A Dogwatch that dies when told to: at a commit or inside a send. The next life starts over the same database."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Literal, TypeVar, cast

import httpx
from litestar import Litestar
from msgspec import Struct

from server.app import attach
from server.channels.base import Channel, Message, Receipt
from server.engine import Engine, build_engine
from server.kernel.clock import ManualClock
from server.kernel.database import Database, Priority, Writes
from server.kernel.live import LiveFeed
from server.kernel.secrets import Secrets
from server.kernel.settings import Settings
from tests.kit.stores import SECRET
from tests.kit.world import START, World, borrow_app, give_back

T = TypeVar("T")
Moment = Literal["before", "after"]
LEASES_RUN_OUT = timedelta(seconds=11)


class Died(Exception):
    """The process is gone; whoever waited for it sees a broken connection."""


@dataclass
class Fate:
    """Die `moment` the n-th commit, or the n-th send; what is None never comes."""

    commit: int | None = None
    send: int | None = None
    moment: Moment = "before"
    commits: int = 0
    sends: int = 0
    met: asyncio.Event = field(default_factory=asyncio.Event)

    async def die(self) -> None:
        """A dead process does nothing more: whoever dies here never comes back."""
        self.met.set()
        await asyncio.Event().wait()

    async def require_life(self) -> None:
        if self.met.is_set():
            await self.die()


class MortalDatabase(Database):
    """Counts the commits of one life."""

    def __init__(self, store: Any, fate: Fate) -> None:
        super().__init__(store)
        self.fate = fate

    async def apply(self, writes: Writes, priority: Priority | None = None) -> Any:
        await self.fate.require_life()
        if not writes:
            return []
        self.fate.commits += 1
        is_last = self.fate.commits == self.fate.commit
        if is_last and self.fate.moment == "before":
            await self.fate.die()
        answers = await super().apply(writes, priority)
        if is_last:
            await self.fate.die()
        await self.fate.require_life()
        return answers

    async def _fetch(self, statement: Any, args: dict[str, Any]) -> Any:
        await self.fate.require_life()
        return await super()._fetch(statement, args)


@dataclass
class Provider:
    """What the outside world has taken, over all lives."""

    taken: list[tuple[str, Message, Struct]] = field(default_factory=list[tuple[str, Message, Struct]])

    def ids(self, channel: str) -> list[str]:
        return [message.id for slug, message, _ in self.taken if slug == channel]


class MortalChannel(Channel):
    """A channel whose sends are counted and remembered."""

    def __init__(self, inner: Channel, provider: Provider, fate: Fate) -> None:
        self.slug, self.Address = inner.slug, inner.Address  # pyright: ignore[reportAttributeAccessIssue] stands in for it
        self._inner, self._provider, self._fate = inner, provider, fate

    @classmethod
    def configured(cls, settings: Settings, outbound: Any, now: Any) -> None:
        return None

    @classmethod
    def label(cls, address: Struct) -> str:
        return ""

    @classmethod
    def receiver_of(cls, address: Struct) -> str:
        return ""

    async def send(self, message: Message, address: Struct) -> Receipt:
        self._fate.sends += 1
        is_last = self._fate.sends == self._fate.send
        if is_last and self._fate.moment == "before":
            await self._fate.die()
        receipt = await self._inner.send(message, address)
        self._provider.taken.append((self.slug, message, address))
        if is_last:
            await self._fate.die()
        return receipt


class MortalWorld(World):
    """A world that can die and start again; `provider` outlives it."""

    def __init__(self, engine: Engine, clock: ManualClock, http: httpx.AsyncClient, app: Litestar) -> None:
        super().__init__(engine, clock, http, app)
        self.provider = Provider()
        self.fate = Fate()

    async def restart(self, fate: Fate | None = None) -> None:
        """A new process over the same database. On SQLite it takes its leases back; elsewhere they run out."""
        old = self.engine
        self.fate = fate or Fate()
        db = MortalDatabase(old.db._store, self.fate)
        if old.settings.is_sqlite:
            text = "UPDATE due SET leased_until = 0, fence = fence + 1 WHERE leased_until > 0"
            await Database(old.db._store).apply(Writes().sql(text).sql("UPDATE lane SET leased_until = 0"))
        else:
            self.clock.move_to(self.clock.now() + LEASES_RUN_OUT)
        self.engine = await build_engine(old.settings, db, self.clock, old.secrets)
        for slug, channel in self.engine.channels.items():
            self.engine.channels[slug] = MortalChannel(channel, self.provider, self.fate)
        attach(self.app, self.engine, LiveFeed(db))
        await old.outbound.close()

    async def live(self, action: Callable[[], Awaitable[T]]) -> T:
        """Do it in this life; raises Died, with everything that was under way cut off."""
        before = asyncio.all_tasks()
        acting = asyncio.ensure_future(action())
        dying = asyncio.create_task(self.fate.met.wait())
        await asyncio.wait({acting, dying}, return_when=asyncio.FIRST_COMPLETED)
        if not self.fate.met.is_set():
            dying.cancel()
            return acting.result()
        while left := asyncio.all_tasks() - before:
            for task in left:
                if not _is_the_driver(task):
                    task.cancel()
            await asyncio.wait(left)
        raise Died


def _is_the_driver(task: "asyncio.Task[Any]") -> bool:
    """Whether asyncpg is giving a connection back, which no death may keep from the next life's pool."""
    code = getattr(task.get_coro(), "cr_code", None)
    return code is not None and "asyncpg" in code.co_filename


@contextlib.asynccontextmanager
async def mortal_world(settings: Settings, db: Database) -> AsyncIterator[MortalWorld]:
    clock = ManualClock(START)
    engine = await build_engine(settings, db, clock, Secrets(SECRET))
    app = borrow_app(settings)
    transport = httpx.ASGITransport(app=cast(Any, app), raise_app_exceptions=False)
    attach(app, engine, LiveFeed(db))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
        world = MortalWorld(engine, clock, http, app)
        await world.restart()
        yield world
        await world.engine.outbound.close()
    give_back(app, settings)
