"""How long accepted events wait to be worked through, by integration; whose flood is refused until it has drained."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from server.kernel.clock import Clock, from_us
from server.kernel.database import Database
from server.kernel.errors import Unavailable
from server.kernel.telemetry import EVENTS_OLDEST, EVENTS_WAITING
from server.pipeline.run import integrations_waiting, lane_of

log = structlog.get_logger()
LOOK_S = 1.0
LONGEST = timedelta(seconds=30)
GRACE = timedelta(seconds=2)
"""After a standstill everybody's events are old for a moment; a flood's stay so."""
RETRY_AFTER_S = 15


@dataclass
class Backlog:
    """Each API process looks every second. Where no engine is at work nobody is refused: it is no sender's doing."""

    db: Database
    clock: Clock
    oldest: dict[str, datetime] = field(default_factory=dict[str, datetime])
    _late_since: dict[str, datetime] = field(default_factory=dict[str, datetime])

    async def run(self) -> None:
        """Until cancelled; an error is waited out."""
        while True:
            try:
                await self.look()
            except Exception:
                log.exception("backlog.look_failed")
            await asyncio.sleep(LOOK_S)

    async def look(self) -> None:
        now = self.clock.now()
        rows = await self.db.values(
            "SELECT received_at, integration_id FROM event AS oldest WHERE seq IN (SELECT MIN(seq) FROM event"
            " WHERE parsed_at IS NULL AND integration_id IN :ids GROUP BY integration_id)",
            ids=tuple(await integrations_waiting(self.db)),
        )
        self.oldest = {id: from_us(received_us) for received_us, id in rows}
        EVENTS_WAITING.set(await self.db.value("SELECT COUNT(*) FROM event WHERE parsed_at IS NULL"))
        EVENTS_OLDEST.clear()
        for id, received_at in self.oldest.items():
            EVENTS_OLDEST.labels(id).set((now - received_at).total_seconds())
        worked = await self.db.values("SELECT lane FROM lane WHERE leased_until > :now", now=now)
        lanes = {lane for (lane,) in worked}
        late = [id for id, at in self.oldest.items() if now - at > LONGEST and lane_of(id) in lanes]
        self._late_since = {id: self._late_since.get(id, now) for id in late}

    def refuse_flood(self, integration_id: str, now: datetime) -> None:
        """Raises Unavailable for a key whose own events wait too long: its sender keeps them and slows down."""
        since = self._late_since.get(integration_id)
        if since is not None and now - since >= GRACE:
            message = f"events of this integration wait for more than {LONGEST.seconds} s; send it again later"
            raise Unavailable(message, code="backlog", retry_after_s=RETRY_AFTER_S)
