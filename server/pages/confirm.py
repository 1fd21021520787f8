"""What devices confirm of pages, on the timeline; and what follows when a device stays silent that used to speak."""

from dataclasses import dataclass
from datetime import datetime

from server.delivery.enqueue import RECEIVED
from server.kernel.database import Database, Writes
from server.kernel.due import Claimed, handles
from server.pages.settle import UNCONFIRMED, Outcome, hurry_next, load_outcome
from server.timeline.append import append
from shared.domain.incidents.timeline import Entry
from shared.domain.paging.receipts import RECEIPT_WITHIN


@handles(RECEIVED, at_once=4)
@dataclass(frozen=True)
class Confirm:
    """Handler of `delivery.received`."""

    db: Database

    async def __call__(self, claimed: Claimed, now: datetime) -> Writes:
        writes = Writes()
        received = RECEIVED.read(claimed.ref)
        outcome = await load_outcome(self.db, received.delivery_id)
        if outcome is None:
            return writes
        append(writes, outcome.incident_id, [_entry(outcome, received.state)], now=now)
        return writes


@handles(UNCONFIRMED, at_once=4)
@dataclass(frozen=True)
class Unconfirmed:
    """Handler of `page.unconfirmed`: the person's next step comes at once, unless any device of theirs has spoken."""

    db: Database

    async def __call__(self, claimed: Claimed, now: datetime) -> Writes:
        writes = Writes()
        outcome = await load_outcome(self.db, claimed.ref)
        if outcome is None or outcome.received_at is not None or await self._is_settled(outcome):
            return writes
        args = outcome.about | {"waited_s": int(RECEIPT_WITHIN.total_seconds())}
        if await hurry_next(self.db, writes, outcome, now=now):
            append(writes, outcome.incident_id, [Entry("page_unconfirmed", args)], now=now)
        return writes

    async def _is_settled(self, outcome: Outcome) -> bool:
        """Whether it waits for this person no more, or another device of theirs got this page."""
        if not await self.db.value(
            "SELECT 1 FROM waiting WHERE user_id = :user AND incident_id = :incident",
            user=outcome.user_id,
            incident=outcome.incident_id,
        ):
            return True
        return bool(
            await self.db.value(
                "SELECT 1 FROM notification JOIN delivery ON delivery.id = notification.id"
                " WHERE notification.incident_id = :incident AND notification.cycle = :cycle"
                " AND notification.step = :step AND notification.user_id = :user"
                " AND delivery.received_at IS NOT NULL LIMIT 1",
                incident=outcome.incident_id,
                cycle=outcome.cycle,
                step=outcome.step,
                user=outcome.user_id,
            )
        )


def _entry(outcome: Outcome, state: str) -> Entry:
    if state == "opened":
        return Entry("page_opened", outcome.about)
    took = (outcome.received_at or outcome.due_at) - outcome.due_at
    return Entry("page_received", outcome.about | {"took_ms": max(0, int(took.total_seconds() * 1000))})
