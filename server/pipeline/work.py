"""Work through one integration's events: what was stored becomes alerts and incidents, in order, slice by slice."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import structlog

from server.kernel.clock import Clock
from server.kernel.database import Database, Writes
from server.kernel.errors import Unavailable
from server.pipeline.absorb import absorb
from server.pipeline.ahead import Ahead
from server.pipeline.parse import Parsed, StoredEvent, Taken, cut_slice, parse, set_aside
from server.pipeline.stages import Dropped, gather, run_stages
from server.services.directory import Directory, IntegrationFacts

log = structlog.get_logger()

SLICE = 200
TURN_S = 0.020
SLICE_BYTES = 512 * 1024
LARGE_BYTES = 128 * 1024
TRIES = 5
GIVE_UP_AFTER = 12
BEHIND_S = 1.0
"""After so long a backlog, what is urgent in it is looked for."""
Commit = Callable[[Writes], Awaitable[bool]]
"""Write under the lane's fence; whether it was written. Raises LaneLost."""


class LaneLost(Exception):
    """Another process has the lane now."""


@dataclass
class Work:
    """What is known of each integration's events between its turns."""

    db: Database
    clock: Clock
    directory: Directory
    _parsed: dict[str, Parsed] = field(default_factory=dict[str, Parsed])
    _failures: dict[str, int] = field(default_factory=dict[str, int])
    _behind: dict[str, float] = field(default_factory=dict[str, float])
    _ahead: dict[str, Ahead] = field(default_factory=dict[str, Ahead])

    async def turn(self, integration_id: str, commit: Commit) -> int:
        """Slices for about 20 ms, and a look ahead when much waits; returns how many slices were written."""
        began, slices = time.monotonic(), 0
        try:
            while rows := await self._next_events(integration_id):
                await self._work_slice(rows, commit)
                slices += 1
                if time.monotonic() - began >= TURN_S:
                    break
            else:
                self._behind.pop(integration_id, None)
                self._ahead.pop(integration_id, None)
                return slices
            if began - self._behind.setdefault(integration_id, began) > BEHIND_S:
                await self._look_ahead(integration_id, commit)
        except LaneLost:
            log.warning("lanes.lost", integration=integration_id)
        return slices

    async def _look_ahead(self, integration_id: str, commit: Commit) -> None:
        if (integration := self.directory.integrations.get(integration_id)) is None:
            return
        ahead = self._ahead.setdefault(integration_id, Ahead(self.db, self.directory))
        urgent, facts = await ahead.look(integration, now := self.clock.now())
        if urgent and await commit(await absorb(self.db, urgent, facts, now=now)):
            ahead.take(urgent)

    async def _next_events(self, integration_id: str) -> list[StoredEvent]:
        """The oldest events, as many as a slice and its memory hold."""
        sizes = await self.db.values(
            "SELECT seq, LENGTH(body) FROM event WHERE integration_id = :integration AND parsed_at IS NULL"
            " ORDER BY seq LIMIT :limit",
            integration=integration_id,
            limit=SLICE,
        )
        total = 0
        wanted: list[int] = []
        for seq, size in sizes:
            total += size
            if wanted and total > SLICE_BYTES:
                break
            wanted.append(seq)
        return await self.db.rows(
            StoredEvent, "SELECT * FROM event WHERE seq IN :wanted ORDER BY seq", wanted=tuple(wanted)
        )

    async def _work_slice(self, rows: Sequence[StoredEvent], commit: Commit) -> None:
        integration = self.directory.integrations.get(rows[0].integration_id)
        if integration is None:
            writes = Writes()
            for row in rows:
                _move_cursor(writes, row, row.done, self.clock.now(), {"error": "the integration was removed"})
            await commit(writes)
            return
        first = rows[0]
        if (failures := self._failures.get(first.id, 0)) > 0:
            rows = rows[:1]
        if failures >= GIVE_UP_AFTER:
            parsed = [set_aside(integration, first, "it could not be worked through")]
        else:
            parsed = await self._parse_enough(integration, rows)
        try:
            await self._write_slice(integration, cut_slice(parsed, SLICE), commit)
        except (Unavailable, LaneLost):
            raise
        except Exception:
            self._failures[first.id] = failures + 1
            raise
        self._failures.pop(first.id, None)

    async def _write_slice(self, integration: IntegrationFacts, taken: Sequence[Taken], commit: Commit) -> None:
        for _ in range(TRIES):
            if await commit(await self._decide(integration, taken)):
                return
        log.error("lanes.contended", event_id=taken[0].parsed.row.id)

    async def _parse_enough(self, integration: IntegrationFacts, rows: Sequence[StoredEvent]) -> list[Parsed]:
        """As many events as fill a slice; the rest is parsed when its turn has come."""
        parsed: list[Parsed] = []
        waiting = 0
        for row in rows:
            parsed.append(await self._parse(integration, row))
            waiting += len(parsed[-1].events) - row.done
            if waiting >= SLICE:
                break
        return parsed

    async def _parse(self, integration: IntegrationFacts, row: StoredEvent) -> Parsed:
        """Parsed once, although a body of thousands of alerts takes many slices; a large one beside the loop."""
        known = self._parsed.pop(row.id, None)
        if known is not None and known.row.seq == row.seq:
            return Parsed(row=row, events=known.events, error=known.error)
        if len(row.body) > LARGE_BYTES:
            return await asyncio.to_thread(parse, integration, row)
        return parse(integration, row)

    async def _decide(self, integration: IntegrationFacts, taken: Sequence[Taken]) -> Writes:
        now = self.clock.now()
        ahead = self._ahead.get(integration.id)
        items = [item for part in taken for item in part.items if ahead is None or not ahead.has_taken(item)]
        facts = await gather(self.db, self.directory, integration, items, now)
        kept, dropped = run_stages(items, facts, now)
        writes = await absorb(self.db, kept, facts, now=now)
        for part in taken:
            row, events = part.parsed.row, part.parsed.events
            outcome = _outcome(part, [each for each in dropped if each.event_id == row.id])
            _move_cursor(writes, row, part.done, now, outcome if part.is_whole else None)
            if not part.is_whole:
                self._parsed = {row.id: part.parsed} if len(events) > SLICE else {}
        return writes


def _outcome(part: Taken, dropped: list[Dropped]) -> dict[str, Any]:
    return {"alerts": len(part.parsed.events), "dropped": dropped, "error": part.parsed.error}


def _move_cursor(writes: Writes, row: StoredEvent, done: int, now: datetime, outcome: dict[str, Any] | None) -> None:
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
