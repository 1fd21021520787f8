"""Work through the lanes: what was stored becomes alerts and incidents, in order, slice by slice."""

import asyncio
import contextlib
import hashlib
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Any

import structlog

from server.kernel.clock import Clock
from server.kernel.database import Database, Stale, Writes
from server.kernel.errors import Unavailable
from server.kernel.telemetry import EVENTS_WAITING
from server.pipeline.absorb import absorb
from server.pipeline.parse import Parsed, StoredEvent, Taken, cut_slice, parse, set_aside
from server.pipeline.stages import Dropped, Facts, OpenAlert, run_stages
from server.services.directory import Directory, IntegrationFacts

log = structlog.get_logger()

LANES = 16
LEASE = timedelta(seconds=10)
SLICE = 200
SLICE_S = 0.020
SLICE_BYTES = 512 * 1024
IDLE_S = 0.25
TRIES = 5
GIVE_UP_AFTER = 12


def lane_of(integration_id: str) -> int:
    """All events of an integration are in one lane, so that they stay in order."""
    return int.from_bytes(hashlib.sha256(integration_id.encode()).digest()[:2]) % LANES


@dataclass
class Lanes:
    """The lanes that this process holds, by fence, and the work in them."""

    db: Database
    clock: Clock
    directory: Directory
    held: dict[int, int] = field(default_factory=dict[int, int])
    last_cycle: datetime | None = None
    """When it last came round; a process whose lanes are all held elsewhere comes round too."""
    _until: datetime | None = None
    _wake: asyncio.Event = field(default_factory=asyncio.Event)
    _parsed: dict[str, Parsed] = field(default_factory=dict[str, Parsed])
    _failures: dict[str, int] = field(default_factory=dict[str, int])

    def hurry(self) -> None:
        self._wake.set()

    async def run(self) -> None:
        """Until cancelled; an error is waited out."""
        while True:
            try:
                worked = await self.cycle()
            except Exception:
                log.exception("lanes.cycle_failed")
                worked = 0
            if worked == 0:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._wake.wait(), IDLE_S)
                self._wake.clear()

    async def cycle(self) -> int:
        """Up to 20 ms of each held lane that has events; returns how many slices were written."""
        now = self.clock.now()
        await self._hold(now)
        if not self.held:
            self.last_cycle = now
            return 0
        self._wake.clear()
        waiting = await self.db.values(
            "SELECT lane, COUNT(*) FROM event WHERE parsed_at IS NULL AND lane IN :lanes GROUP BY lane",
            lanes=tuple(self.held),
        )
        EVENTS_WAITING.set(sum(count for _, count in waiting))
        if waiting:
            await self.directory.refresh()
        worked = 0
        for lane, _ in waiting:
            try:
                worked += await self._work(lane)
            except Unavailable:
                raise
            except Exception:
                log.exception("lanes.slice_failed", lane=lane)
            await asyncio.sleep(0)
        self.last_cycle = now
        return worked

    async def drain(self) -> None:
        """Until every event is worked through; for the demo's made history and for tests."""
        while await self.cycle():
            pass

    async def _hold(self, now: datetime) -> None:
        """Renew the lanes held, and take those that nobody holds."""
        if self._until is not None and self._until - now > LEASE * 0.6:
            return
        writes = Writes().sql(
            "UPDATE lane SET leased_until = :until, fence = fence + 1 WHERE leased_until <= :now"
            " OR (lane IN :mine AND leased_until = :was) RETURNING lane, fence",
            until=now + LEASE,
            now=now,
            mine=tuple(self.held),
            was=self._until or now,
        )
        (_, rows) = (await self.db.apply(writes))[0]
        self.held = dict(rows)
        self._until = now + LEASE

    async def _work(self, lane: int) -> int:
        began = time.monotonic()
        slices = 0
        while lane in self.held and time.monotonic() - began < SLICE_S:
            rows = await self._next_events(lane)
            if not rows:
                break
            await self._work_slice(lane, rows)
            slices += 1
        return slices

    async def _next_events(self, lane: int) -> list[StoredEvent]:
        """The lane's oldest events, as many as a slice and its memory hold, all of one integration."""
        sizes = await self.db.values(
            "SELECT seq, integration_id, LENGTH(body) FROM event WHERE lane = :lane AND parsed_at IS NULL"
            " ORDER BY seq LIMIT :limit",
            lane=lane,
            limit=SLICE,
        )
        total = 0
        wanted: list[int] = []
        for seq, _, size in takewhile(lambda row: row[1] == sizes[0][1], sizes):
            total += size
            if wanted and total > SLICE_BYTES:
                break
            wanted.append(seq)
        return await self.db.rows(
            StoredEvent, "SELECT * FROM event WHERE seq IN :wanted ORDER BY seq", wanted=tuple(wanted)
        )

    async def _work_slice(self, lane: int, rows: Sequence[StoredEvent]) -> None:
        integration = self.directory.integrations.get(rows[0].integration_id)
        if integration is None:
            writes = Writes()
            for row in rows:
                _advance(writes, row, row.done, self.clock.now(), {"error": "the integration was removed"})
            await self._commit(lane, writes)
            return
        first = rows[0]
        if (failures := self._failures.get(first.id, 0)) > 0:
            rows = rows[:1]
        if failures >= GIVE_UP_AFTER:
            parsed = [set_aside(integration, first, "it could not be worked through")]
        else:
            parsed = self._parse_enough(integration, rows)
        try:
            await self._write_slice(lane, integration, cut_slice(parsed, SLICE))
        except Unavailable:
            raise
        except Exception:
            self._failures[first.id] = failures + 1
            raise
        self._failures.pop(first.id, None)

    async def _write_slice(self, lane: int, integration: IntegrationFacts, taken: Sequence[Taken]) -> None:
        for _ in range(TRIES):
            if await self._commit(lane, await self._decide(integration, taken)) or lane not in self.held:
                return
        log.error("lanes.contended", event_id=taken[0].parsed.row.id)

    def _parse_enough(self, integration: IntegrationFacts, rows: Sequence[StoredEvent]) -> list[Parsed]:
        """As many events as fill a slice; the rest is parsed when its turn has come."""
        parsed: list[Parsed] = []
        waiting = 0
        for row in rows:
            parsed.append(self._parse(integration, row))
            waiting += len(parsed[-1].events) - row.done
            if waiting >= SLICE:
                break
        return parsed

    def _parse(self, integration: IntegrationFacts, row: StoredEvent) -> Parsed:
        """Parsed once, although a body of thousands of alerts takes many slices."""
        known = self._parsed.pop(row.id, None)
        if known is not None and known.row.seq == row.seq:
            return Parsed(row=row, events=known.events, error=known.error)
        return parse(integration, row)

    async def _decide(self, integration: IntegrationFacts, taken: Sequence[Taken]) -> Writes:
        now = self.clock.now()
        items = [item for part in taken for item in part.items]
        facts = await self._facts(integration, [item.key_hash for item in items], now)
        kept, dropped = run_stages(items, facts, now)
        writes = await absorb(self.db, kept, facts, now=now)
        for part in taken:
            row, events = part.parsed.row, part.parsed.events
            outcome = _outcome(part, [each for each in dropped if each.event_id == row.id])
            _advance(writes, row, part.done, now, outcome if part.is_whole else None)
            if not part.is_whole:
                self._parsed = {row.id: part.parsed} if len(events) > SLICE else {}
        return writes

    async def _commit(self, lane: int, writes: Writes) -> bool:
        """Whether it was written; a lane that was lost is let go."""
        writes.sql(
            "UPDATE lane SET fence = fence WHERE lane = :lane AND fence = :fence",
            expect=1,
            lane=lane,
            fence=self.held[lane],
        )
        try:
            await self.db.apply(writes)
        except Stale:
            fence = await self.db.value("SELECT fence FROM lane WHERE lane = :lane", lane=lane)
            if fence != self.held[lane]:
                del self.held[lane]
                self._until = None
            return False
        return True

    async def _facts(self, integration: IntegrationFacts, hashes: list[str], now: datetime) -> Facts:
        found = await self.db.rows(
            OpenAlert,
            "SELECT * FROM alert WHERE closed_at IS NULL AND integration_id = :integration AND key_hash IN :hashes",
            integration=integration.id,
            hashes=tuple(hashes),
        )
        return Facts(
            integration=integration,
            services=self.directory.services,
            silences=tuple(self.directory.silences_in_force(now)),
            open_alerts={alert.key_hash: alert for alert in found},
            compiled=self.directory.compiled,
        )


def _outcome(part: Taken, dropped: list[Dropped]) -> dict[str, Any]:
    return {"alerts": len(part.parsed.events), "dropped": dropped, "error": part.parsed.error}


def _advance(writes: Writes, row: StoredEvent, done: int, now: datetime, outcome: dict[str, Any] | None) -> None:
    """Note how far the event is worked through; with an outcome, wholly."""
    writes.sql(
        "UPDATE event SET done = :done, parsed_at = :parsed_at, outcome = :outcome"
        " WHERE seq = :seq AND done = :was AND parsed_at IS NULL",
        expect=1,
        done=done,
        parsed_at=now if outcome is not None else None,
        outcome=outcome,
        seq=row.seq,
        was=row.done,
    )
