"""Tell the timeline what became of a page, and let others stop waiting for one that is in trouble."""

from dataclasses import dataclass
from datetime import datetime

from msgspec import Struct

from server.delivery.enqueue import SETTLED, hurry_up
from server.kernel.clock import from_us
from server.kernel.database import Database, Priority, Writes
from server.kernel.due import Claimed, Kind, arm, bring_forward, handles
from server.notices.way_lost import send_way_lost
from server.timeline.append import append
from shared.domain.incidents.timeline import Entry
from shared.domain.paging.notification import Waiting, next_turn
from shared.domain.paging.receipts import RECEIPT_WITHIN

HURRY = Kind("run.hurry", Priority.PAGE)
UNCONFIRMED = Kind("page.unconfirmed", Priority.PAGE)


class Outcome(Struct, frozen=True, kw_only=True):
    """A page as it stands, with whom it was for."""

    incident_id: str
    cycle: int
    step: int
    severity: str
    user_id: str
    person: str
    channel: str
    label: str
    state: str
    reason: str | None
    due_at: datetime
    accepted_at: datetime | None
    received_at: datetime | None
    last_receipt_at: datetime | None
    created_at: datetime

    @property
    def about(self) -> dict[str, object]:
        """What every entry of its results says."""
        return {
            "person": self.person,
            "channel": self.channel,
            "label": self.label,
            "paged_at": self.created_at,
        }


async def load_outcome(db: Database, id: str) -> Outcome | None:
    return await db.row(
        Outcome,
        "SELECT notification.incident_id, notification.cycle, notification.step, notification.severity,"
        " notification.user_id, user_account.name AS person, notification.channel,"
        " COALESCE(address.label, '') AS label, delivery.state, delivery.reason, delivery.due_at,"
        " delivery.accepted_at, delivery.received_at, address.last_receipt_at, notification.created_at"
        " FROM notification JOIN delivery ON delivery.id = notification.id"
        " LEFT JOIN address ON address.id = notification.address_id"
        " JOIN user_account ON user_account.id = notification.user_id WHERE notification.id = :id",
        id=id,
    )


@handles(SETTLED, at_once=4)
@dataclass(frozen=True)
class Settle:
    """Handler of `delivery.settled`."""

    db: Database

    async def __call__(self, claimed: Claimed, now: datetime) -> Writes:
        writes = Writes()
        await send_way_lost(self.db, writes, claimed.ref, now=now)
        outcome = await load_outcome(self.db, claimed.ref)
        if outcome is None:
            return writes
        append(writes, outcome.incident_id, [_entry(outcome)], now=now)
        if outcome.accepted_at is None:
            await hurry_next(self.db, writes, outcome, now=now)
            bring_forward(writes, HURRY, outcome.incident_id, at=now)
        elif outcome.severity == "critical" and outcome.received_at is None and outcome.last_receipt_at is not None:
            arm(writes, UNCONFIRMED, claimed.ref, at=outcome.accepted_at + RECEIPT_WITHIN, now=now)
        return writes


async def hurry_next(db: Database, writes: Writes, outcome: Outcome, *, now: datetime) -> bool:
    """Send what this person's rule names next for the same step at once; whether there is anything.

    What was hurried already and is about to leave is still what comes next, so two phones that fail hurry one step.
    """
    rows = await db.values(
        "SELECT notification.id, notification.turn, delivery.due_at FROM notification"
        " JOIN delivery ON delivery.id = notification.id"
        " WHERE notification.incident_id = :incident AND notification.cycle = :cycle AND notification.step = :step"
        " AND notification.user_id = :user AND delivery.state = 'queued' AND delivery.attempts = 0",
        incident=outcome.incident_id,
        cycle=outcome.cycle,
        step=outcome.step,
        user=outcome.user_id,
    )
    ids = next_turn(Waiting(id=id, turn=turn, due_at=from_us(due_at_us)) for id, turn, due_at_us in rows)
    hurry_up(writes, ids, now=now)
    return bool(ids)


def _entry(outcome: Outcome) -> Entry:
    if outcome.accepted_at is not None:
        took = outcome.accepted_at - outcome.due_at
        return Entry("page_accepted", outcome.about | {"took_ms": max(0, int(took.total_seconds() * 1000))})
    args = outcome.about | {"reason": outcome.reason or "", "permanent": outcome.state == "failed"}
    return Entry("page_failed", args)
