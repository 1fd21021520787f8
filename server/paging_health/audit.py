"""Look for work that nobody would do: repair it, and tell the administrators."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import structlog
from msgspec import Struct

from server.delivery.enqueue import SEND
from server.escalation.runs import ADVANCE, QUIET, load_run, resume, start
from server.incidents.write import WAKE, decide
from server.kernel.clock import from_us, to_us
from server.kernel.database import Database, Priority, Stale, Writes
from server.kernel.due import ATTEMPTS, Kind, arm, put_right, try_parked_again
from server.kernel.telemetry import DEAD_LETTERS, REPAIRS
from server.paging_health.fallback import AdminFallback
from server.paging_health.record_heads import KeepHeads
from server.timeline.seal import Sealer
from shared.domain.incidents.timeline import Entry

log = structlog.get_logger()
LATE = timedelta(seconds=30)
UNSENT = timedelta(seconds=60)
AT_ONCE = 100


class _Orphan(Struct, frozen=True, kw_only=True):
    id: str
    decided: int
    cycle: int


@dataclass
class Auditor:
    """Every open, unanswered incident has a timer; every message that waits has one too."""

    db: Database
    fallback: AdminFallback
    kinds: Collection[Kind[Any]]
    """What this release's engine does when it is due."""
    heads: KeepHeads
    sealer: Sealer
    repairs: int = 0
    problems: list[str] = field(default_factory=list[str])

    async def audit(self, now: datetime) -> list[str]:
        """Repair what can be repaired; returns what the administrators should know."""
        looks = (self._incidents, self._deliveries, self._strays, self._engine)
        problems = [problem for look in looks for problem in await look(now)] + self._record()
        self.problems = problems
        if problems:
            await self.fallback.warn(problems, now)
        return problems

    async def begin(self, now: datetime) -> None:
        """Tell at once of a record that was changed while no engine ran."""
        await self.heads.look()
        await self.sealer.check()
        if problems := self._record():
            self.problems = problems
            await self.fallback.warn(problems, now)

    def _record(self) -> list[str]:
        flaws = {"the record went back": self.heads.flaw, "the record was changed": self.sealer.flaw}
        return [f"{what}: {flaw}; see decision 34" for what, flaw in flaws.items() if flaw is not None]

    async def _incidents(self, now: datetime) -> list[str]:
        orphans = await self.db.rows(
            _Orphan,
            "SELECT <fields> FROM incident WHERE state = 'triggered'"
            " AND NOT EXISTS (SELECT 1 FROM due WHERE due.kind IN :kinds AND due.ref = incident.id) LIMIT :limit",
            kinds=(ADVANCE, QUIET),
            limit=AT_ONCE,
        )
        for orphan in orphans:
            await self._repair(orphan, now)
        told = [f"{len(orphans)} unanswered incidents had no timer and were given one"] if orphans else []
        return [*told, *await self._snoozes(now)]

    async def _snoozes(self, now: datetime) -> list[str]:
        """Every snooze has an end."""
        rows = await self.db.values(
            "SELECT id, snoozed_until FROM incident WHERE state = 'acknowledged' AND snoozed_until IS NOT NULL"
            " AND NOT EXISTS (SELECT 1 FROM due WHERE due.kind = :kind AND due.ref = incident.id) LIMIT :limit",
            kind=WAKE,
            limit=AT_ONCE,
        )
        writes = Writes()
        for id, until_us in rows:
            arm(writes, WAKE, id, at=max(from_us(until_us), now), now=now)
        await self.db.apply(writes)
        self.repairs += len(rows)
        REPAIRS.inc(len(rows))
        return [f"{len(rows)} snoozed incidents had no timer and were given one"] if rows else []

    async def _repair(self, orphan: _Orphan, now: datetime) -> None:
        writes = Writes()
        run = await load_run(self.db, orphan.id, orphan.cycle)
        if run is None:
            start(writes, orphan.id, cycle=orphan.cycle, policy=None, now=now)
        else:
            resume(writes, run, position=run.position, at=now, now=now)
        decide(writes, orphan, [Entry("repaired", {"what": "timer"})], now=now)
        try:
            await self.db.apply(writes)
        except Stale:
            return
        REPAIRS.inc()
        self.repairs += 1
        log.error("audit.timer_repaired", incident=orphan.id)

    async def _deliveries(self, now: datetime) -> list[str]:
        rows = await self.db.values(
            "SELECT id, priority FROM delivery WHERE state = 'queued' AND created_at < :before AND NOT EXISTS"
            " (SELECT 1 FROM due WHERE due.ref = delivery.id AND due.kind IN :kinds) LIMIT :limit",
            before=now - UNSENT,
            kinds=tuple(SEND.values()),
            limit=AT_ONCE,
        )
        writes = Writes()
        for id, priority in rows:
            arm(writes, SEND[Priority(priority)], id, at=now, now=now)
        await self.db.apply(writes)
        self.repairs += len(rows)
        REPAIRS.inc(len(rows))
        DEAD_LETTERS.set(await self.db.value("SELECT COUNT(*) FROM delivery WHERE state = 'failed'"))
        return [f"{len(rows)} messages had no timer and were given one"] if rows else []

    async def _strays(self, now: datetime) -> list[str]:
        """Rows that no loop claims: another release's name or priority, which is put right, or a kind unknown here."""
        known = {name: kind for kind in self.kinds for name in (str(kind), *kind.formerly)}
        found = await self.db.values("SELECT kind, priority, COUNT(*), MIN(due_at) FROM due GROUP BY kind, priority")
        astray = [
            kind
            for name, priority, *_ in found
            if (kind := known.get(name)) is not None and (name, priority) != (str(kind), kind.priority)
        ]
        moved = sum(len(refs) for _, refs in await self.db.apply(put_right(astray)))
        self.repairs += moved
        REPAIRS.inc(moved)
        what = f"{moved} pieces of work had a name or a priority at which nothing does them and were moved"
        problems = [what] if moved else []
        late = to_us(now - LATE)
        unknown = [f"{name} ({count})" for name, _, count, at in found if name not in known and at < late]
        if unknown:
            problems.append(f"nothing here does work of these kinds: {', '.join(sorted(unknown))}")
        return problems

    async def _engine(self, now: datetime) -> list[str]:
        problems: list[str] = []
        late = await self.db.value(
            "SELECT COUNT(*) FROM due WHERE priority = :page AND parked_at IS NULL AND due_at < :late"
            " AND leased_until < :now",
            page=int(Priority.PAGE),
            late=now - LATE,
            now=now,
        )
        if late:
            problems.append(f"{late} pieces of paging work are more than {LATE.seconds} s late")
        oldest_us = await self.db.value("SELECT MIN(received_at) FROM event WHERE parsed_at IS NULL")
        if oldest_us is not None and now - from_us(oldest_us) > LATE:
            problems.append(f"events have waited for more than {LATE.seconds} s to be worked through")
        parked = await self.db.value("SELECT COUNT(*) FROM due WHERE parked_at IS NOT NULL")
        if parked:
            problems.append(f"{parked} pieces of work failed again and again; they are tried once a minute")
            await self.db.apply(try_parked_again(parked_before=now - UNSENT, attempts=ATTEMPTS - 1, now=now))
        unheard = await self.db.value(
            "SELECT COUNT(*) FROM incident WHERE state = 'triggered' AND silenced_until IS NULL"
            " AND triggered_at < :before AND NOT EXISTS"
            " (SELECT 1 FROM notification JOIN delivery ON delivery.id = notification.id"
            " WHERE notification.incident_id = incident.id AND delivery.accepted_at IS NOT NULL)",
            before=now - UNSENT,
        )
        unsealed = await self.db.value(
            "SELECT COUNT(*) FROM timeline WHERE hash = '' AND at < :before", before=now - UNSENT
        )
        unsealed_audit = await self.db.value(
            "SELECT COUNT(*) FROM audit WHERE place IS NULL AND at < :before", before=now - UNSENT
        )
        if unsealed_audit:
            problems.append(f"{unsealed_audit} entries of the audit trail are not sealed yet; try `dogwatch verify`")
        if unsealed:
            problems.append(f"{unsealed} timeline entries are not sealed yet")
        if unheard:
            problems.append(f"{unheard} unanswered incidents have reached nobody")
        return problems
