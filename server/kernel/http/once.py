"""Requests that change something, carried out once however often they are sent."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

import msgspec
from litestar import Response
from msgspec import Struct

from server.kernel.database import Database, Writes
from server.kernel.errors import Conflict, Stale
from server.kernel.http.visit import AnyRequest
from server.kernel.idempotency import Replay, find_replay, keep_answer, known_as, request_hash
from server.kernel.tables import Idempotency

TRIES = 5
T = TypeVar("T")
Decide = Callable[[], Awaitable[tuple[Writes, Struct | None]]]
Reread = Callable[[], Awaitable[Struct]]
Reveal = Callable[[bytes], Awaitable[Struct]]


@dataclass(frozen=True)
class Once:
    """One changing request of one actor, carried out once however often it is sent with the same key."""

    db: Database
    request: AnyRequest
    actor_id: str
    now: datetime

    async def carry_out(
        self, decide: Decide, *, status: int = 200, reread: Reread | None = None, reveal: Reveal | None = None
    ) -> Response[Any]:
        """Decide, commit, answer; decides again when the rows changed meanwhile.

        What is remembered for replays is the decided answer, or else what `reread` finds after the commit. `reveal`
        turns what is remembered into what is answered, each time, so that secrets are not remembered.
        """
        key = known_as(self.request.headers.get("idempotency-key", ""))
        hashed = request_hash(self.request.method, self.request.url.path, await self.request.body()) if key else ""
        return await self.carry_out_as(key, hashed, decide, status=status, reread=reread, reveal=reveal)

    async def carry_out_as(
        self,
        key: str,
        hashed: str,
        decide: Decide,
        *,
        status: int = 200,
        reread: Reread | None = None,
        reveal: Reveal | None = None,
    ) -> Response[Any]:
        """As `carry_out`, for a request that is known by this key; by none, it is carried out each time."""
        for _ in range(TRIES):
            if key and (replay := await self._replay(key, hashed, reread)) is not None:
                return json_response(await _shown(replay.body, reveal), replay.status)
            writes, answer = await decide()
            body = msgspec.json.encode(answer) if answer is not None else b""
            if key:
                keep_answer(
                    writes, actor=self.actor_id, key=key, request=hashed, status=status, body=body, now=self.now
                )
            try:
                await self.db.apply(writes)
            except Stale:
                continue
            return json_response(await _shown(await self._remembered(body, key, reread), reveal), status)
        raise kept_changing()

    async def _replay(self, key: str, hashed: str, reread: Reread | None) -> Replay | None:
        found = await find_replay(self.db, actor=self.actor_id, key=key, request=hashed, now=self.now)
        if found is None or found.body or reread is None:
            return found
        return msgspec.structs.replace(found, body=msgspec.json.encode(await reread()))

    async def _remembered(self, body: bytes, key: str, reread: Reread | None) -> bytes:
        if body or reread is None:
            return body
        body = msgspec.json.encode(await reread())
        if key:
            await self.db.apply(Writes().update(Idempotency, {"actor": self.actor_id, "key": key}, body=body))
        return body


async def committed(db: Database, decide: Callable[[], Awaitable[tuple[Writes, T]]]) -> T:
    """What was decided, once it is committed; decides again when the rows changed meanwhile."""
    for _ in range(TRIES):
        writes, answer = await decide()
        try:
            await db.apply(writes)
        except Stale:
            continue
        return answer
    raise kept_changing()


def kept_changing() -> Conflict:
    return Conflict("it kept changing meanwhile; try again", code="contended")


async def _shown(body: bytes, reveal: Reveal | None) -> bytes:
    return body if reveal is None else msgspec.json.encode(await reveal(body))


def json_response(body: bytes, status: int) -> Response[Any]:
    return Response(body, status_code=status, media_type="application/json" if body else "text/plain")
