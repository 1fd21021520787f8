"""A whole Dogwatch with a clock that moves when told to: engine, HTTP, people, services."""

import contextlib
from collections import defaultdict
from collections.abc import AsyncGenerator
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import httpx
import msgspec
from litestar import Litestar

from server.accounts.people.people import add_member, make_team, make_user
from server.accounts.reach.addresses import contact_address, local_phone, register
from server.app import attach, build_app
from server.engine import Engine, build_engine
from server.kernel.clock import ManualClock, from_us
from server.kernel.database import Database, Writes
from server.kernel.live import LiveFeed
from server.kernel.secrets import Secrets
from server.kernel.settings import Settings
from shared.wire.people import NewContactMethod, NewTeam, NewUser
from shared.wire.sessions import Role
from tests.kit.stores import SECRET

START = datetime(2026, 11, 21, 3, 12, tzinfo=UTC)
PASSWORD = "a password of the tests"
MINUTE = timedelta(minutes=1)
STEP = timedelta(seconds=10)


class Client:
    """HTTP as one person, or as nobody."""

    def __init__(self, http: httpx.AsyncClient, token: str | None = None) -> None:
        self._http = http
        self.token = token

    async def send(
        self, method: str, path: str, body: Any = None, *, headers: dict[str, str] | None = None, **query: Any
    ) -> httpx.Response:
        sent = dict(headers or {})
        if self.token:
            sent.setdefault("authorization", f"Bearer {self.token}")
        content = None
        if body is not None:
            content = body if isinstance(body, bytes) else msgspec.json.encode(body)
            sent.setdefault("content-type", "application/json")
        return await self._http.request(method, path, content=content, headers=sent, params=query)

    async def get(self, path: str, **query: Any) -> Any:
        return _ok(await self.send("GET", path, **query))

    async def post(self, path: str, body: Any = None, **headers: str) -> Any:
        return _ok(await self.send("POST", path, body, headers={k.replace("_", "-"): v for k, v in headers.items()}))

    async def put(self, path: str, body: Any, *, rev: int) -> Any:
        return _ok(await self.send("PUT", path, body, headers={"if-match": str(rev)}))


def _ok(response: httpx.Response) -> Any:
    assert response.status_code < 300, f"{response.status_code} {response.text}"
    return response.json() if response.content else None


class World:
    """One installation; `advance` lets time pass and everything that is due happen."""

    def __init__(self, engine: Engine, clock: ManualClock, http: httpx.AsyncClient, app: Litestar) -> None:
        self.engine, self.clock, self.http, self.app = engine, clock, http, app
        self.users: dict[str, str] = {}
        self.teams: dict[str, str] = {}
        self.nobody = Client(http)

    @property
    def parts(self) -> Any:
        """What the application's handlers are given: its state."""
        return self.app.state

    @property
    def db(self) -> Database:
        return self.engine.db

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

    async def add_team(self, name: str, *, is_private: bool = False) -> str:
        writes, team = make_team(NewTeam(name=name, is_private=is_private), now=self.clock.now())
        await self.db.apply(writes)
        self.teams[name] = team.id
        return team.id

    async def add_user(
        self, name: str, *, team: str | None = None, role: Role = "responder", reach: str = "push", **more: Any
    ) -> str:
        """A person; `reach` names the channels of their addresses."""
        new = NewUser(
            name=name,
            email=f"{name.lower().replace(' ', '.')}@example.com",
            password=PASSWORD,
            role=role,
            team_ids=(self.teams[team],) if team else (),
            **more,
        )
        writes, user = await make_user(self.db, new, now=self.clock.now())
        for channel in reach.split():
            await self._add_reach(writes, user.id, name, channel)
        await self.db.apply(writes)
        self.users[name] = user.id
        return user.id

    async def _add_reach(self, writes: Writes, user_id: str, name: str, channel: str) -> None:
        now = self.clock.now()
        if channel == "push":
            address = local_phone(user_id=user_id, name=f"{name}'s phone", platform="android", now=now)
        else:
            value = f"{name.lower()}@example.com" if channel == "email" else "http://hooks.example.com/x"
            new = NewContactMethod(channel=channel, name=channel, value=value)  # pyright: ignore[reportArgumentType] one of the two
            address = contact_address(new, user_id=user_id)
        writes.extend_with((await register(self.db, channel, address, secrets=self.engine.secrets, now=now))[0])

    async def make_manager(self, name: str, team: str) -> None:
        writes = Writes()
        add_member(writes, self.teams[team], self.users[name], is_manager=True, now=self.clock.now())
        await self.db.apply(writes)

    async def sign_in(self, name: str) -> Client:
        email = f"{name.lower().replace(' ', '.')}@example.com"
        tokens = await self.nobody.post("/api/v1/auth/login", {"email": email, "password": PASSWORD})
        return Client(self.http, tokens["access_token"])

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
