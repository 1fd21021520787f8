"""Find what is urgent in a backlog: the first critical alert of a group that is not open yet pages before its turn.

The newest events are looked at first. What goes ahead is known by the event's number, so that older events of the same
key, whose turn comes later, change nothing any more (`recognise`).
"""

import time
from dataclasses import dataclass, field
from datetime import datetime

from server.kernel.database import Database
from server.pipeline.parse import StoredEvent, items_of, parse
from server.pipeline.stages import Facts, Item, gather, run_stages
from server.services.directory import Directory, IntegrationFacts
from shared.domain.alerts import Action, Severity

LOOK_S = 0.040
EVENTS = 20
MOST_URGENT = 20
MOST_KEYS = 100_000


@dataclass
class Ahead:
    """What was seen of one integration's backlog; nothing of `_ranges` (from, to] of event numbers."""

    db: Database
    directory: Directory
    _newest: int = 0
    _ranges: list[tuple[int, int]] = field(default_factory=list[tuple[int, int]])
    _keys: set[str] = field(default_factory=set[str])
    _groups: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])
    _taken: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])

    async def look(self, integration: IntegrationFacts, now: datetime) -> tuple[list[Item], Facts]:
        """For about 40 ms; returns what is urgent, and the facts that this rests on."""
        await self._see_newest(integration)
        end = time.monotonic() + LOOK_S
        while True:
            rows = await self._next_events(integration)
            fresh = self._fresh(integration, rows)
            facts = await gather(self.db, self.directory, integration, fresh, now)
            urgent = self._urgent(run_stages(fresh, facts, now)[0])
            if urgent or not rows or time.monotonic() > end:
                return urgent, facts

    def take(self, items: list[Item]) -> None:
        """They are written."""
        self._taken |= {(item.event_id, item.key_hash) for item in items}

    def has_taken(self, item: Item) -> bool:
        return (item.event_id, item.key_hash) in self._taken

    async def _see_newest(self, integration: IntegrationFacts) -> None:
        newest: int | None = await self.db.value(
            "SELECT MAX(seq) FROM event WHERE integration_id = :integration AND parsed_at IS NULL",
            integration=integration.id,
        )
        if newest is not None and newest > self._newest:
            self._ranges.append((self._newest, newest))
            self._newest = newest

    async def _next_events(self, integration: IntegrationFacts) -> list[StoredEvent]:
        if not self._ranges:
            return []
        low, high = self._ranges.pop()
        rows = await self.db.rows(
            StoredEvent,
            "SELECT * FROM event WHERE integration_id = :integration AND parsed_at IS NULL AND seq > :low"
            " AND seq <= :high ORDER BY seq DESC LIMIT :limit",
            integration=integration.id,
            low=low,
            high=high,
            limit=EVENTS,
        )
        if len(rows) == EVENTS:
            self._ranges.append((low, rows[-1].seq - 1))
        return rows

    def _fresh(self, integration: IntegrationFacts, rows: list[StoredEvent]) -> list[Item]:
        """The newest word of each key, where that is a trigger and the key was not seen before."""
        fresh: list[Item] = []
        for row in rows:
            for item in reversed(items_of(parse(integration, row))):
                if item.key_hash in self._keys:
                    continue
                self._keys.add(item.key_hash)
                if item.event.action is Action.TRIGGER:
                    fresh.append(item)
        if len(self._keys) > MOST_KEYS:
            self._keys.clear()
        return fresh

    def _urgent(self, items: list[Item]) -> list[Item]:
        """One alert of each group that was not seen before."""
        urgent: list[Item] = []
        for item in items:
            if item.service is None or not item.group_key or item.event.severity is not Severity.CRITICAL:
                continue
            group = (item.service.id, item.group_key)
            if group not in self._groups and len(urgent) < MOST_URGENT:
                self._groups.add(group)
                urgent.append(item)
        return urgent
