"""Tell the timeline what became of a page, and let others stop waiting for one that is in trouble."""

from dataclasses import dataclass
from datetime import datetime

from msgspec import Struct

from server.delivery.enqueue import hurry_up
from server.kernel.database import Database, Writes
from server.kernel.due import Claimed, bring_forward
from server.timeline.append import Entry, append, load_head

HURRY = "run.hurry"


class _Outcome(Struct, frozen=True, kw_only=True):
    incident_id: str
    cycle: int
    step: int
    user_id: str
    person: str
    channel: str
    label: str
    state: str
    reason: str | None
    due_at: datetime
    accepted_at: datetime | None


@dataclass(frozen=True)
class Settle:
    """Handler of `delivery.settled`."""

    db: Database

    async def __call__(self, claimed: Claimed, now: datetime) -> Writes:
        writes = Writes()
        outcome = await self.db.row(
            _Outcome,
            "SELECT notification.incident_id, notification.cycle, notification.step, notification.user_id,"
            " user_account.name AS person, notification.channel, address.label, delivery.state, delivery.reason,"
            " delivery.due_at, delivery.accepted_at"
            " FROM notification JOIN delivery ON delivery.id = notification.id"
            " JOIN address ON address.id = notification.address_id"
            " JOIN user_account ON user_account.id = notification.user_id WHERE notification.id = :id",
            id=claimed.ref,
        )
        if outcome is None:
            return writes
        head = await load_head(self.db, outcome.incident_id)
        if head is None:
            return writes
        append(writes, head, [_entry(outcome)], now=now)
        if outcome.accepted_at is None:
            hurry_up(writes, await self._waiting(outcome), now=now)
            bring_forward(writes, HURRY, outcome.incident_id, at=now)
        return writes

    async def _waiting(self, outcome: _Outcome) -> tuple[str, ...]:
        """This person's other messages of the same step that still wait for their time."""
        rows = await self.db.values(
            "SELECT notification.id FROM notification JOIN delivery ON delivery.id = notification.id"
            " WHERE notification.incident_id = :incident AND notification.cycle = :cycle AND notification.step = :step"
            " AND notification.user_id = :user AND delivery.state = 'queued' AND delivery.attempts = 0",
            incident=outcome.incident_id,
            cycle=outcome.cycle,
            step=outcome.step,
            user=outcome.user_id,
        )
        return tuple(id for (id,) in rows)


def _entry(outcome: _Outcome) -> Entry:
    about = {"person": outcome.person, "channel": outcome.channel, "label": outcome.label}
    if outcome.accepted_at is not None:
        took = outcome.accepted_at - outcome.due_at
        return Entry("page_accepted", about | {"took_ms": max(0, int(took.total_seconds() * 1000))})
    return Entry("page_failed", about | {"reason": outcome.reason or "", "permanent": outcome.state == "failed"})
