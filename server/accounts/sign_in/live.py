"""The live socket: what changed, to whoever may see it."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Awaitable, Callable, Collection
from datetime import datetime, timedelta
from functools import partial
from typing import Any, cast

import msgspec
from litestar import WebSocket, websocket
from litestar.exceptions import WebSocketDisconnect

from server.accounts.access.actors import Actor
from server.accounts.access.needs import needs
from server.accounts.access.permissions import PUBLIC
from server.accounts.sign_in.live_members import LOOK_S, Members
from server.accounts.sign_in.sessions import authenticate
from server.kernel.clock import Clock
from server.kernel.database import DRIVER_ERRORS, Database
from server.kernel.errors import Unauthenticated, Unavailable
from server.kernel.http import Given, address_of, path
from server.kernel.limits.strangers import Strangers
from server.kernel.limits.strict_http import place_of
from server.kernel.live import LiveChange, LiveFeed
from server.kernel.settings import Settings
from server.kernel.telemetry import REQUESTS_REFUSED
from shared.wire import routes
from shared.wire.live import Authenticate, Changed, Hello, LiveMessage, Ping, Reset

SIGNED_OUT = 4401
CROWDED = 1013
PING_S = 20.0
FIRST_MESSAGE_S = 10.0
QUEUE = 1_000
RECHECK = timedelta(seconds=1)
Socket = WebSocket[Any, Any, Any]
_encode: Callable[[LiveMessage], bytes] = msgspec.json.Encoder().encode


@websocket(path(routes.LIVE), opt=needs(PUBLIC))
async def live(
    socket: Socket,
    db: Given[Database],
    feed: Given[LiveFeed],
    clock: Given[Clock],
    strangers: Given[Strangers],
    members: Given[Members],
    settings: Given[Settings],
) -> None:
    """Token in the first message, `hello` or what was missed, then changes until the token ends (4401)."""
    await socket.accept()
    with contextlib.suppress(WebSocketDisconnect):
        try:
            async with _at_the_door(socket, strangers, address_of(socket.scope, settings.trusted_proxies)):
                asked = await _first_message(socket)
                actor, session = await authenticate(db, asked.token, clock.now())
        except (Unauthenticated, msgspec.MsgspecError, TimeoutError):
            await socket.close(SIGNED_OUT, "sign in first")
            return
        if (place := place_of(socket.scope)) is not None:
            place.is_known = True
        with members.joined(socket, user_id=actor.user_id, session_id=session.id) as oldest:
            await _turn_away(oldest, "person_sockets", "too many windows of yours are open")
            over = partial(members.is_over, session.id)
            await _Session(socket, db, feed, clock, asked, over).run()


@contextlib.asynccontextmanager
async def _at_the_door(socket: Socket, strangers: Strangers, address: str) -> AsyncGenerator[None]:
    """Few may stand here at once: the one that came first makes room for the next."""
    with strangers.unproven(socket, address) as oldest:
        await _turn_away(oldest, "sockets_waiting", "too many wait to sign in")
        yield


async def _turn_away(oldest: object, counted_as: str, why: str) -> None:
    if isinstance(oldest, WebSocket):
        REQUESTS_REFUSED.labels(counted_as).inc()
        with contextlib.suppress(Exception):
            await cast(Socket, oldest).close(CROWDED, why)


async def _first_message(socket: Socket) -> Authenticate:
    async with asyncio.timeout(FIRST_MESSAGE_S):
        text = await socket.receive_text()
    return msgspec.json.decode(text, type=Authenticate)


def _audience(actor: Actor) -> frozenset[str]:
    """Whose changes they may hear of: of the teams that they see, and their own."""
    return actor.visible_ids | {actor.user_id}


class _Session:
    """One connected client."""

    def __init__(
        self,
        socket: Socket,
        db: Database,
        feed: LiveFeed,
        clock: Clock,
        asked: Authenticate,
        is_over: Callable[[], Awaitable[bool]],
    ) -> None:
        self._socket, self._db, self._feed, self._clock, self._asked = socket, db, feed, clock, asked
        self._is_over = is_over
        self._queue: asyncio.Queue[LiveChange] = asyncio.Queue(QUEUE)
        self._actor: Actor | None = None
        self._checked_at: datetime | None = None
        self._lost = False
        self._n = self._told = 0
        self._teams: frozenset[str] = frozenset()

    async def run(self) -> None:
        stop = self._feed.listen(self._put)
        sending = asyncio.create_task(self._send())
        tasks = {sending, asyncio.create_task(self._read()), asyncio.create_task(self._watch())}
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            stop()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _watch(self) -> None:
        """Until the session is over, which is noticed within a second."""
        while True:
            await asyncio.sleep(LOOK_S)
            try:
                is_over = await self._is_over()
            except (Unavailable, *DRIVER_ERRORS):
                continue
            if is_over:
                await self._socket.close(SIGNED_OUT, "the session ended")
                return

    def _put(self, change: LiveChange) -> None:
        try:
            self._queue.put_nowait(change)
        except asyncio.QueueFull:
            self._lost = True

    async def _read(self) -> None:
        """Clients say nothing more; reading notices when they go away."""
        while True:
            await self._socket.receive_text()

    def _missed(self, teams: Collection[str]) -> list[LiveChange] | None:
        """What a client that comes back has missed; None when that is no longer known."""
        if self._asked.epoch is None or self._asked.n is None:
            return []
        return self._feed.since(self._asked.epoch, self._asked.n, teams)

    async def _send(self) -> None:
        """Numbers count what this reader may see, so that nobody learns from them how busy others are."""
        if not await self._is_signed_in() or self._actor is None:
            return
        teams = self._teams = _audience(self._actor)
        missed = self._missed(teams)
        if missed is None:
            await self._reset()
        else:
            self._told, self._n = self._feed.n, self._feed.seen_by(teams) - len(missed)
            await self._send_message(Hello(epoch=self._feed.epoch_of(teams), n=self._n))
        for change in missed or []:
            await self._pass_on(change)
        while True:
            try:
                async with asyncio.timeout(PING_S):
                    change = await self._queue.get()
            except TimeoutError:
                if not await self._is_signed_in():
                    return
                if self._teams != _audience(self._actor):
                    await self._reset()
                await self._send_message(Ping(n=self._n))
                continue
            if self._lost:
                self._lost = False
                await self._reset()
            elif change.n > self._told and not await self._pass_on(change):
                return

    async def _reset(self) -> None:
        """Begin anew with what is so now: numbers of before mean nothing any more."""
        assert self._actor is not None
        teams = self._teams = _audience(self._actor)
        self._told, self._n = self._feed.n, self._feed.seen_by(teams)
        await self._send_message(Reset(epoch=self._feed.epoch_of(teams), n=self._n))

    async def _pass_on(self, change: LiveChange) -> bool:
        """Whether the client is still signed in."""
        if not await self._is_signed_in() or self._actor is None:
            return False
        if self._teams != _audience(self._actor):
            await self._reset()
        elif change.is_for(_audience(self._actor)):
            self._n += 1
            await self._send_message(Changed(n=self._n, kind=change.kind, id=change.object_id, rev=change.rev))
        return True

    async def _is_signed_in(self) -> bool:
        now = self._clock.now()
        if self._checked_at is not None and now - self._checked_at < RECHECK:
            return True
        try:
            self._actor, _ = await authenticate(self._db, self._asked.token, now)
        except Unauthenticated:
            await self._socket.close(SIGNED_OUT, "the session ended")
            return False
        self._checked_at = now
        return True

    async def _send_message(self, message: LiveMessage) -> None:
        await self._socket.send_text(_encode(message).decode())
