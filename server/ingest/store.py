"""Store accepted events, many in one commit: fills while one commit is in flight."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from msgspec import Struct

from server.kernel.database import Database, Stale, Writes
from server.kernel.errors import Unavailable
from server.pipeline.run import lane_of
from server.tables.events import Event

AT_ONCE = 500
WAITING = 20_000


class NewEvent(Struct, frozen=True, kw_only=True):
    """One request that is to be kept."""

    id: str
    integration_id: str
    received_at: datetime
    headers: dict[str, str]
    body: bytes
    idem_key: str | None

    def row(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "lane": lane_of(self.integration_id),
            "integration_id": self.integration_id,
            "received_at": self.received_at,
            "idem_key": self.idem_key,
            "headers": self.headers,
            "body": self.body,
            "done": 0,
            "parsed_at": None,
            "outcome": None,
        }


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

    async def keep(self, event: NewEvent) -> str:
        """Returns once it is on disk: the event's id, or that of the one kept before under its idem_key.

        Raises Unavailable when the store can't take it; then nothing was kept.
        """
        if event.idem_key is not None and (before := await self._kept_before(event)):
            return before
        if self._waiting >= WAITING:
            raise Unavailable("too many events are waiting", retry_after_s=5)
        self._waiting += 1
        try:
            await asyncio.shield(self._join(event))
        except Stale:
            await self._keep_alone(event)
        finally:
            self._waiting -= 1
        if event.idem_key is not None:
            return await self._kept_before(event) or event.id
        return event.id

    def _join(self, event: NewEvent) -> asyncio.Future[None]:
        if self._batch is None:
            self._batch = _Batch([], asyncio.get_running_loop().create_future())
        self._batch.events.append(event)
        stored = self._batch.stored
        if self._running is None or self._running.done():
            self._running = asyncio.create_task(self._commit())
        return stored

    async def _commit(self) -> None:
        while (batch := self._batch) is not None:
            self._batch = None
            try:
                for begin in range(0, len(batch.events), AT_ONCE):
                    await self.db.apply(_writes(batch.events[begin : begin + AT_ONCE]))
            except Exception as error:
                batch.stored.set_exception(error)
                batch.stored.exception()
            else:
                batch.stored.set_result(None)

    async def _keep_alone(self, event: NewEvent) -> None:
        """One event of the batch broke a guard: each is tried by itself, so that it fails nobody else."""
        if event.idem_key is not None and await self._kept_before(event):
            return
        if await self.db.value("SELECT 1 FROM event WHERE id = :id", id=event.id) is None:
            try:
                await self.db.apply(_writes([event]))
            except Stale:
                if event.idem_key is None or not await self._kept_before(event):
                    raise

    async def _kept_before(self, event: NewEvent) -> str | None:
        return await self.db.value(
            "SELECT id FROM event WHERE integration_id = :integration AND idem_key = :key",
            integration=event.integration_id,
            key=event.idem_key,
        )


def _writes(events: list[NewEvent]) -> Writes:
    writes = Writes().insert_many(Event, [event.row() for event in events])
    writes.hurries = True
    return writes
