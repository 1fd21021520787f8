"""Keep the store from growing for ever: what is older than the retention goes, a slice at a time."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from server.kernel.database import Database, Priority, Writes
from server.kernel.due import Claimed, Kind, arm, arm_unless_armed, handles
from server.kernel.idempotency import KEPT

PRUNE = Kind("prune", Priority.BULK)
EVERYTHING = "all"
SLICE = 500
AGAIN = timedelta(seconds=1)
NEXT = timedelta(hours=1)
LIVE_CHANGES = timedelta(days=1)
RETAINED = {
    "event": "SELECT id FROM event WHERE parsed_at IS NOT NULL AND received_at < :before ORDER BY received_at",
    "alert": "SELECT alert.id FROM alert LEFT JOIN incident ON incident.id = alert.incident_id"
    " WHERE alert.received_at < :before AND alert.closed_at < :before"
    " AND (incident.id IS NULL OR incident.state = 'resolved') ORDER BY alert.received_at",
    "service_change": "SELECT id FROM service_change WHERE received_at < :before ORDER BY received_at",
}
SHIFT_NEWS = timedelta(days=30)
FORGOTTEN = {
    "idempotency": ("SELECT id FROM idempotency WHERE created_at < :before", KEPT),
    "shift_change": ("SELECT id FROM shift_change WHERE made_at < :before", SHIFT_NEWS),
    "shift_notice": ("SELECT id FROM shift_notice WHERE sent_at < :before", SHIFT_NEWS),
    "change": ("SELECT seq FROM change WHERE changed_at < :before ORDER BY seq", LIVE_CHANGES),
    "attempt": ("SELECT key FROM attempt WHERE forgotten_at < :before", timedelta(0)),
}
KEYS = {"change": "seq", "attempt": "key"}


async def begin_pruning(db: Database, now: datetime) -> None:
    """At the start of a process: pruning goes on, or begins."""
    writes = Writes()
    arm_unless_armed(writes, PRUNE, EVERYTHING, at=now, now=now)
    await db.apply(writes)


@handles(PRUNE, at_once=1, may_be_late=True)
@dataclass(frozen=True)
class Prune:
    """Handler of `prune`: payloads and alerts after `retention`, None for never; technical rows after their own time.

    Incidents, their timelines and the audit trail stay. Slices follow each other a second apart, at the lowest
    priority, so that no page waits for them.
    """

    db: Database
    retention: timedelta | None

    async def __call__(self, claimed: Claimed, now: datetime) -> Writes:
        del claimed
        writes = Writes()
        sizes = [await self._technical(writes, table, now) for table in FORGOTTEN]
        if self.retention is not None:
            sizes += [await self._retained(writes, table, now - self.retention) for table in RETAINED]
        wait = AGAIN if max(sizes) == SLICE else NEXT
        arm(writes, PRUNE, EVERYTHING, at=now + wait, now=now)
        return writes

    async def _technical(self, writes: Writes, table: str, now: datetime) -> int:
        text, kept = FORGOTTEN[table]
        return await self._delete(writes, table, text, now - kept)

    async def _retained(self, writes: Writes, table: str, before: datetime) -> int:
        return await self._delete(writes, table, RETAINED[table], before)

    async def _delete(self, writes: Writes, table: str, text: str, before: datetime) -> int:
        """How many rows of the table this slice deletes."""
        ids = tuple(id for (id,) in await self.db.values(f"{text} LIMIT :limit", before=before, limit=SLICE))
        if ids:
            key = KEYS.get(table, "id")
            writes.sql(f"DELETE FROM {table} WHERE {key} IN :ids", ids=ids)  # noqa: S608 names of ours
        return len(ids)
