"""Keep the store from growing for ever: what is older than the retention goes, a slice at a time."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from server.incidents.outdated import forget_alerts
from server.kernel.database import Database, Priority, Writes
from server.kernel.database.outdated import Forget, forget_answers, forget_attempts, forget_changes
from server.kernel.due import Claimed, Kind, arm, arm_unless_armed, handles
from server.kernel.idempotency import KEPT
from server.pipeline.outdated import forget_events
from server.schedules.outdated import forget_shift_changes, forget_shift_notices
from server.services.outdated import forget_service_changes
from server.status_pages.outdated import LETTERS_KEPT, UNCONFIRMED_KEPT, forget_letters, forget_unconfirmed

PRUNE = Kind("prune", Priority.BULK)
EVERYTHING = "all"
SLICE = 500
AGAIN = timedelta(seconds=1)
NEXT = timedelta(hours=1)
LIVE_CHANGES = timedelta(days=1)
SHIFTS_KEPT = timedelta(days=30)
RETAINED: tuple[Forget, ...] = (forget_events, forget_alerts, forget_service_changes)
"""For as long as the account keeps payloads."""
TECHNICAL: tuple[tuple[Forget, timedelta], ...] = (
    (forget_answers, KEPT),
    (forget_shift_changes, SHIFTS_KEPT),
    (forget_shift_notices, SHIFTS_KEPT),
    (forget_changes, LIVE_CHANGES),
    (forget_attempts, timedelta(0)),
    (forget_unconfirmed, UNCONFIRMED_KEPT),
    (forget_letters, LETTERS_KEPT),
)


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
        sizes = [await forget(self.db, writes, before=now - kept, limit=SLICE) for forget, kept in TECHNICAL]
        if self.retention is not None:
            before = now - self.retention
            sizes += [await forget(self.db, writes, before=before, limit=SLICE) for forget in RETAINED]
        wait = AGAIN if max(sizes) == SLICE else NEXT
        arm(writes, PRUNE, EVERYTHING, at=now + wait, now=now)
        return writes
