"""Work through one integration's events: what was stored becomes alerts and incidents, in order, slice by slice."""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Generator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

import msgspec
import structlog

from server.escalation.runs import ADVANCE
from server.kernel.clock import Clock
from server.kernel.database import Database, Writes
from server.kernel.errors import Unavailable
from server.pipeline.absorb import absorb
from server.pipeline.ahead import Ahead, WentAhead, load_went_ahead, take
from server.pipeline.bodies import LARGE_BYTES
from server.pipeline.parse import (
    Parsed,
    Recently,
    StoredEvent,
    Taken,
    cut_slice,
    is_readable_for_long,
    log_unreadable,
    parse,
    readable_again,
    set_aside,
)
from server.pipeline.stages import Dropped, Item, gather, run_stages
from server.services.directory import Directory, IntegrationFacts

log = structlog.get_logger()

SLICE = 200
SMALLEST_SLICE = 25
TURN_S = 0.020
LONGEST_SLICE_S = 0.15
SLICE_BYTES = 512 * 1024
TRIES = 5
GIVE_UP_AFTER = 12
BEHIND_S = 1.0
"""After so long a backlog, what is urgent in it is looked for."""
MOST_URGENT = 10
LOOK_EVERY_S = 0.25
PAGES_WAITING = 48
"""While so many steps of runs wait, no backlog makes more: they would stand before the pages of others."""
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
    _recently: Recently = field(default_factory=Recently)
    _parsed: dict[str, Parsed] = field(default_factory=dict[str, Parsed])
    _parsing: dict[str, asyncio.Task[Parsed]] = field(default_factory=dict[str, "asyncio.Task[Parsed]"])
    _looked: dict[str, float] = field(default_factory=dict[str, float])
    _sizes: dict[str, int] = field(default_factory=dict[str, int])
    _failures: dict[str, int] = field(default_factory=dict[str, int])
    _behind: dict[str, float] = field(default_factory=dict[str, float])
    _ahead: dict[str, Ahead] = field(default_factory=dict[str, Ahead])

    async def turn(self, integration_id: str, commit: Commit) -> int:
        """Slices for about 20 ms, and a look ahead when much waits; returns how many slices there were to work on."""
        began, slices = time.monotonic(), 0
        if await self._is_held_back(integration_id, began):
            await self._look_ahead_now_and_then(integration_id, commit, began)
            return 0
        while rows := await self._next_events(integration_id):
            await self._work_slice(rows, commit)
            slices += 1
            if time.monotonic() - began >= TURN_S:
                if self._is_behind(integration_id, began):
                    await self._look_ahead(integration_id, commit)
                return slices
        self._behind.pop(integration_id, None)
        self._ahead.pop(integration_id, None)
        return slices

    async def _look_ahead_now_and_then(self, integration_id: str, commit: Commit, began: float) -> None:
        if began - self._looked.get(integration_id, 0.0) >= LOOK_EVERY_S:
            self._looked[integration_id] = began
            await self._look_ahead(integration_id, commit)

    def _is_behind(self, integration_id: str, now_s: float) -> bool:
        return now_s - self._behind.setdefault(integration_id, now_s) > BEHIND_S

    async def _is_held_back(self, integration_id: str, now_s: float) -> bool:
        """Whether this backlog would only put more pages before those that wait."""
        if integration_id not in self._behind or not self._is_behind(integration_id, now_s):
            return False
        waiting = await self.db.value(
            "SELECT COUNT(*) FROM (SELECT 1 FROM due WHERE kind = :kind AND due_at <= :now AND leased_until <= :now"
            " AND parked_at IS NULL LIMIT :most) AS steps",
            kind=ADVANCE,
            now=self.clock.now(),
            most=PAGES_WAITING,
        )
        return waiting >= PAGES_WAITING

    async def _look_ahead(self, integration_id: str, commit: Commit) -> None:
        if (integration := self.directory.integrations.get(integration_id)) is None:
            return
        ahead = self._ahead.setdefault(integration_id, Ahead(self.db, self.directory, self._recently))
        went_ahead, now = await load_went_ahead(self.db, integration_id), self.clock.now()
        urgent, facts = await ahead.look(integration, went_ahead, now)
        if not urgent:
            return
        chosen, rest = urgent[:MOST_URGENT], urgent[MOST_URGENT:]
        writes = await absorb(self.db, chosen, facts, now=now)
        take(writes, chosen, went_ahead)
        ahead.retry(rest if await commit(writes) else urgent)

    async def _next_events(self, integration_id: str) -> list[StoredEvent]:
        """The oldest events, as many as a slice and its memory hold."""
        sizes = await self.db.values(
            "SELECT seq, size FROM event WHERE integration_id = :integration AND parsed_at IS NULL"
            " ORDER BY seq LIMIT :limit",
            integration=integration_id,
            limit=SLICE,
        )
        known = self._parsed.get(integration_id)
        if known is not None and sizes and sizes[0][0] == known.row.seq:
            done = await self.db.value("SELECT done FROM event WHERE seq = :seq", seq=known.row.seq)
            return [msgspec.structs.replace(known.row, done=done)]
        total = 0
        wanted: list[int] = []
        for seq, size in sizes:
            total += size
            if wanted and total > SLICE_BYTES:
                break
            wanted.append(seq)
        return await self.db.rows(
            StoredEvent, "SELECT <fields> FROM event WHERE seq IN :wanted ORDER BY seq", wanted=tuple(wanted)
        )

    async def _work_slice(self, rows: Sequence[StoredEvent], commit: Commit) -> None:
        """Decide what the slice means and commit it; decided again when it was stale."""
        integration = await self.directory.integration_of_id(rows[0].integration_id)
        if integration is None:
            await commit(_of_nobody(rows, self.clock.now()))
            return
        if not (parsed := await self._parse_enough(integration, rows)):
            return
        began, size = time.monotonic(), self._sizes.get(integration.id, SLICE)
        with self._counting_failures(rows[0].id):
            taken = cut_slice(parsed, size)
            for _ in range(TRIES):
                if await commit(await self._decide(integration, taken)):
                    log_unreadable(taken[-1].parsed)
                    break
            else:
                log.error("lanes.contended", event_id=rows[0].id)
        self._sizes[integration.id] = next_size(size, time.monotonic() - began)

    @contextlib.contextmanager
    def _counting_failures(self, event_id: str) -> Generator[None]:
        """What fails again and again is set aside in the end; what isn't the event's fault doesn't count."""
        try:
            yield
        except (Unavailable, LaneLost):
            raise
        except Exception:
            self._failures[event_id] = self._failures.get(event_id, 0) + 1
            raise
        self._failures.pop(event_id, None)

    async def _parse_enough(self, integration: IntegrationFacts, rows: Sequence[StoredEvent]) -> list[Parsed]:
        """As many events as fill a slice, none while a large one is still being parsed; the rest has its turn later.

        One that failed is parsed alone, and after many failures not at all.
        """
        if (failures := self._failures.get(rows[0].id, 0)) >= GIVE_UP_AFTER:
            return [set_aside(integration, rows[0], "it could not be worked through")]
        if failures > 0:
            rows = rows[:1]
        parsed: list[Parsed] = []
        waiting = 0
        for row in rows:
            if (found := await self._parse(integration, row, is_first=not parsed)) is None:
                break
            parsed.append(found)
            waiting += len(found.events) - row.done
            if waiting >= SLICE:
                break
        return parsed

    async def _parse(self, integration: IntegrationFacts, row: StoredEvent, *, is_first: bool) -> Parsed | None:
        """Parsed once, although a body of thousands of alerts takes many slices; a large one beside the loop."""
        known = self._parsed.get(integration.id)
        if known is not None and known.row.seq == row.seq:
            return msgspec.structs.replace(known, row=row)
        if row.size <= LARGE_BYTES:
            return self._recently.parse(integration, row)
        if not is_first:
            return None
        if row.id not in self._parsing:
            self._parsing[row.id] = asyncio.create_task(asyncio.to_thread(parse, integration, row))
        done, _ = await asyncio.wait({self._parsing[row.id]}, timeout=TURN_S)
        return self._parsing.pop(row.id).result() if done else None

    async def _decide(self, integration: IntegrationFacts, taken: Sequence[Taken]) -> Writes:
        now = self.clock.now()
        went_ahead = await load_went_ahead(self.db, integration.id)
        every = [item for part in taken for item in part.items]
        items = [item for item in every if went_ahead.allows(item)]
        again = readable_again(integration.id, taken)
        facts = await gather(self.db, self.directory, integration, [*items, again] if again else items, now)
        if again is not None and is_readable_for_long(facts.open_alerts.get(again.key_hash), now=now):
            items.append(again)
        kept, dropped = run_stages(items, facts, now)
        dropped += _overtaken(every, went_ahead)
        writes = await absorb(self.db, kept, facts, now=now)
        moved: list[Writes] = []
        for part in taken:
            row, events = part.parsed.row, part.parsed.events
            outcome = _outcome(part, [each for each in dropped if each.event_id == row.id])
            moved.append(_moved(row, part.done, now, outcome if part.is_whole else None))
            if part.is_whole:
                self._recently.forget(row.seq)
                self._parsed.pop(integration.id, None)
            elif len(events) > SLICE:
                self._parsed[integration.id] = part.parsed
        return writes.extend_side_by_side(moved)


def next_size(size: int, took_s: float) -> int:
    """How many alerts the next slice may hold, so that no slice takes long."""
    if took_s > LONGEST_SLICE_S:
        return max(SMALLEST_SLICE, size // 2)
    return min(SLICE, size * 2) if took_s < LONGEST_SLICE_S / 3 else size


def _of_nobody(rows: Sequence[StoredEvent], now: datetime) -> Writes:
    """Its integration is gone, so nothing comes of it."""
    outcome: dict[str, Any] = {"alerts": 0, "dropped": [], "error": "there is no such integration"}
    return Writes().extend_side_by_side([_moved(row, row.done, now, outcome) for row in rows])


def _overtaken(items: Sequence[Item], went_ahead: WentAhead) -> list[Dropped]:
    """What changes nothing because something newer of its key went ahead."""
    return [
        Dropped(event_id=item.event_id, dedup_key=item.event.dedup_key, reason="overtaken")
        for item in items
        if item.seq < went_ahead.by_key.get(item.key_hash, 0)
    ]


def _outcome(part: Taken, dropped: list[Dropped]) -> dict[str, Any]:
    return {"alerts": len(part.parsed.events), "dropped": dropped, "error": part.parsed.trouble}


def _moved(row: StoredEvent, done: int, now: datetime, outcome: dict[str, Any] | None) -> Writes:
    """How far the event is worked through; with an outcome, wholly."""
    return Writes().sql(
        "UPDATE event SET done = :done, parsed_at = :parsed_at, result = :result, outcome = :outcome"
        " WHERE seq = :seq AND done = :was AND parsed_at IS NULL",
        expect=1,
        done=done,
        parsed_at=now if outcome is not None else None,
        result=_result(outcome) if outcome is not None else None,
        outcome=outcome,
        seq=row.seq,
        was=row.done,
    )


def _result(outcome: dict[str, Any]) -> Literal["failed", "dropped", "done"]:
    """What it comes to, as lists are narrowed by it."""
    if outcome["error"] is not None:
        return "failed"
    return "dropped" if outcome["dropped"] else "done"
