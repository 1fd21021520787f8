"""Store accepted events, many in one commit: fills while one commit is in flight."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Final

import msgspec
from msgspec import Struct

from server.integrations.base import Change
from server.kernel.clock import from_us
from server.kernel.database import Database, Stale, Writes
from server.kernel.errors import NotFound, Unavailable
from server.kernel.idempotency import KEPT
from server.pipeline.arrivals import NewEvent, arrivals
from server.pipeline.bodies import LARGE_BYTES, pack
from server.services.changes import report_change
from server.services.directory import IntegrationFacts

AT_ONCE = 500
BYTES_AT_ONCE = 16 * 1024 * 1024
"""What one commit holds of bodies, but for a single one that is larger: all of it goes to the engine as one message."""
WAITING = 20_000
AFTER_HEX: Final = "g"
"""Comes after every hexadecimal digit, in any collation."""
LOOKED_AT = 20


def idem_key_of(key: str, body: bytes) -> str:
    """What a request with an Idempotency-Key is known by: first the key, then the body that came with it."""
    return sha256(key.encode("utf-8", "replace")).hexdigest() + sha256(body).hexdigest()


class KeptEvent(Struct, frozen=True, kw_only=True):
    """The event's id, or that of the one before with the same key and body; `reuses` another body's key."""

    id: str
    reuses: bool = False


@dataclass
class _Batch:
    events: list[NewEvent]
    stored: asyncio.Future[None]


@dataclass
class EventStore:
    """Groups what arrives while a commit is running into the next commit."""

    db: Database
    _batch: _Batch | None = None
    _running: asyncio.Task[None] | None = None
    _waiting: int = field(default=0)

    async def keep(self, event: NewEvent) -> KeptEvent:
        """Returns once it is on disk. Raises Unavailable when the store can't take it; then nothing was kept."""
        if len(event.body) > LARGE_BYTES:
            event = msgspec.structs.replace(event, packed=await asyncio.to_thread(pack, event.body))
        reuses = False
        if event.idem_key is not None:
            if before := await self._kept_before(event):
                return KeptEvent(id=before)
            reuses = await self._is_reused(event)
        stored = self._join(event)
        if self._running is None or self._running.done():
            self._running = asyncio.create_task(self._commit())
        try:
            await asyncio.shield(stored)
        except Stale:
            await self._keep_alone(event)
        kept = None if event.idem_key is None else await self._kept_before(event)
        return KeptEvent(id=kept or event.id, reuses=reuses)

    async def keep_change(self, change: Change, integration: IntegrationFacts, id: str, now: datetime) -> None:
        """Returns once it is on disk; raises NotFound where there is no service that it could be about."""
        if integration.service is None:
            raise NotFound("this integration has no service", code="no_service")
        writes = Writes()
        report_change(writes, change, id=id, service_id=integration.service.id, integration_id=integration.id, now=now)
        await self.db.apply(writes)

    def _join(self, event: NewEvent) -> asyncio.Future[None]:
        """Add it to what the next commit takes."""
        if self._waiting >= WAITING:
            raise Unavailable("too many events are waiting", retry_after_s=5)
        self._waiting += 1
        if self._batch is None:
            self._batch = _Batch([], asyncio.get_running_loop().create_future())
        self._batch.events.append(event)
        return self._batch.stored

    async def _commit(self) -> None:
        while (batch := self._batch) is not None:
            self._batch = None
            try:
                for events in _parts(batch.events):
                    await self.db.apply(arrivals(events))
            except Exception as error:
                batch.stored.set_exception(error)
                batch.stored.exception()
            else:
                batch.stored.set_result(None)
            finally:
                self._waiting -= len(batch.events)

    async def _keep_alone(self, event: NewEvent) -> None:
        """One event of the batch broke a guard: each is tried by itself, so that it fails nobody else."""
        if event.idem_key is not None and await self._kept_before(event):
            return
        if await self.db.value("SELECT 1 FROM event WHERE id = :id", id=event.id) is None:
            try:
                await self.db.apply(arrivals([event]))
            except Stale:
                if event.idem_key is None or not await self._kept_before(event):
                    raise

    async def _kept_before(self, event: NewEvent) -> str | None:
        return await self.db.value(
            "SELECT id FROM event WHERE integration_id = :integration AND idem_key = :key AND received_at > :since",
            integration=event.integration_id,
            key=event.idem_key,
            since=event.received_at - KEPT,
        )

    async def _is_reused(self, event: NewEvent) -> bool:
        """Whether the key came with another body lately, as far as a look at a few of them says."""
        key = (event.idem_key or "")[: sha256().digest_size * 2]
        found = await self.db.values(
            "SELECT received_at FROM event WHERE integration_id = :integration AND idem_key >= :key"
            " AND idem_key < :end LIMIT :limit",
            integration=event.integration_id,
            key=key,
            end=key + AFTER_HEX,
            limit=LOOKED_AT,
        )
        return any(from_us(at_us) > event.received_at - KEPT for (at_us,) in found)


def _parts(events: list[NewEvent]) -> Iterator[list[NewEvent]]:
    part: list[NewEvent] = []
    size = 0
    for event in events:
        if part and (len(part) >= AT_ONCE or size + len(event.body) > BYTES_AT_ONCE):
            yield part
            part, size = [], 0
        part.append(event)
        size += len(event.body)
    yield part
