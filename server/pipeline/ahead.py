"""Find what is urgent in a backlog: a critical alert of a group without an open incident pages before its turn.

The newest events are looked at first. What went ahead is written on its event in the same commit, so that its turn
changes nothing more, and neither do older events of the same key (`WentAhead.allows`), whoever died in between.
"""

import time
from dataclasses import dataclass, field
from datetime import datetime

import msgspec
from msgspec import Struct

from server.kernel.database import Database, Writes
from server.pipeline.parse import Recently, StoredEvent, items_of
from server.pipeline.stages import Facts, Item, gather, run_stages
from server.services.directory import Directory, IntegrationFacts
from shared.domain.alerts import Action, Severity

LOOK_S = 0.040
EVENTS = 20
LARGEST_BYTES = 128 * 1024
"""A larger body is a flood by itself and waits its turn: reading it would cost what this is to save."""
MOST_FRESH = 100
MOST_KEYS = 100_000


class WentAhead(Struct, frozen=True):
    """The numbers of the events whose alerts went ahead, by the alerts' keys."""

    by_key: dict[str, int]

    def allows(self, item: Item) -> bool:
        """Whether nothing newer of its key, nor itself, went ahead."""
        return item.seq > self.by_key.get(item.key_hash, 0)


class _Marked(Struct, frozen=True):
    seq: int
    ahead: list[str]


class _Group(Struct, frozen=True):
    service_id: str | None
    group_key: str


async def load_went_ahead(db: Database, integration_id: str) -> WentAhead:
    """What went ahead of events that still wait."""
    rows = await db.rows(
        _Marked,
        "SELECT seq, ahead FROM event WHERE integration_id = :integration AND parsed_at IS NULL AND ahead IS NOT NULL"
        " ORDER BY seq",
        integration=integration_id,
    )
    return WentAhead({key: row.seq for row in rows for key in row.ahead})


def take(writes: Writes, items: list[Item], went_ahead: WentAhead) -> None:
    """Note on their events that these go ahead."""
    for seq in {item.seq for item in items}:
        known = [key for key, at in went_ahead.by_key.items() if at == seq]
        marked = [*known, *(item.key_hash for item in items if item.seq == seq)]
        writes.sql(
            "UPDATE event SET ahead = :ahead WHERE seq = :seq AND parsed_at IS NULL",
            expect=1,
            ahead=msgspec.json.encode(marked).decode(),
            seq=seq,
        )


@dataclass
class Ahead:
    """What was seen of one integration's backlog: the newest event of each key, nothing of `_ranges` (from, to]."""

    db: Database
    directory: Directory
    recently: Recently
    _newest: int = 0
    _ranges: list[tuple[int, int]] = field(default_factory=list[tuple[int, int]])
    _keys: dict[str, int] = field(default_factory=dict[str, int])
    _again: list[Item] = field(default_factory=list[Item])

    async def look(
        self, integration: IntegrationFacts, went_ahead: WentAhead, now: datetime
    ) -> tuple[list[Item], Facts]:
        """For about 40 ms; returns what is urgent, and the facts that this rests on."""
        await self._see_newest(integration)
        end = time.monotonic() + LOOK_S
        while True:
            fresh, self._again = self._again, []
            rows = await self._next_events(integration)
            fresh += [item for item in self._fresh(integration, rows) if went_ahead.allows(item)]
            facts = await gather(self.db, self.directory, integration, fresh, now)
            urgent = await self._urgent(run_stages(fresh, facts, now)[0])
            if urgent or not rows or time.monotonic() > end:
                return urgent, facts

    def retry(self, items: list[Item]) -> None:
        """They could not be written: they are looked at again."""
        self._again = items

    async def _see_newest(self, integration: IntegrationFacts) -> None:
        newest: int | None = await self.db.value(
            "SELECT MAX(seq) FROM event WHERE integration_id = :integration AND parsed_at IS NULL",
            integration=integration.id,
        )
        if len(self._keys) > MOST_KEYS:
            self._keys.clear()
            self._ranges.clear()
        if newest is not None and newest > self._newest:
            self._ranges.append((self._newest, newest))
            self._newest = newest

    async def _next_events(self, integration: IntegrationFacts) -> list[StoredEvent]:
        if not self._ranges:
            return []
        low, high = self._ranges.pop()
        rows = await self.db.rows(
            StoredEvent,
            "SELECT <fields> FROM event WHERE integration_id = :integration AND parsed_at IS NULL AND seq > :low"
            " AND seq <= :high AND size <= :largest ORDER BY seq DESC LIMIT :limit",
            integration=integration.id,
            low=low,
            high=high,
            largest=LARGEST_BYTES,
            limit=EVENTS,
        )
        if len(rows) == EVENTS:
            self._ranges.append((low, rows[-1].seq - 1))
        return rows

    def _fresh(self, integration: IntegrationFacts, rows: list[StoredEvent]) -> list[Item]:
        """Triggers that are the newest word of their keys; the rest is looked at again when there are many."""
        fresh: list[Item] = []
        for number, row in enumerate(rows):
            if len(fresh) >= MOST_FRESH:
                self._put_back(rows[number:])
                break
            for item in reversed(items_of(self.recently.parse(integration, row))):
                if self._keys.get(item.key_hash, 0) >= item.seq:
                    continue
                self._keys[item.key_hash] = item.seq
                if item.event.action is Action.TRIGGER:
                    fresh.append(item)
        return fresh

    def _put_back(self, rows: list[StoredEvent]) -> None:
        low = rows[-1].seq - 1
        if self._ranges and self._ranges[-1][1] == low:
            low, _ = self._ranges.pop()
        self._ranges.append((low, rows[0].seq))

    async def _urgent(self, items: list[Item]) -> list[Item]:
        """One critical alert of each group that has no open incident."""
        urgent: dict[tuple[str, str], Item] = {}
        for item in items:
            if item.service is not None and item.group_key and item.event.severity is Severity.CRITICAL:
                urgent.setdefault((item.service.id, item.group_key), item)
        held = await self.db.rows_by_key(
            _Group, "SELECT <fields> FROM incident WHERE group_open AND group_key IN :each", [key for _, key in urgent]
        )
        taken = {(group.service_id, group.group_key) for group in held}
        return [item for group, item in urgent.items() if group not in taken]
