"""What happens to events by itself: a maintenance begins and ends, and what was to be published later is."""

from dataclasses import dataclass
from datetime import datetime

from msgspec import Struct

from server.kernel.database import Database, Priority, Writes
from server.kernel.due import Claimed, Kind, arm, arm_again, disarm, handles
from server.kernel.ids import new_id
from server.status_pages.read import EventRow, LoadedEvent, load_event
from server.status_pages.subscribers.notify import notify_of
from server.status_pages.templates import words_for
from server.status_pages.write import NewUpdate, change_event, put_update
from shared.domain.status.maintenance import Turn, next_turn

TURN = Kind("status.turn", Priority.NOTICE)


def turn_of(row: EventRow) -> Turn | None:
    """What a published event becomes by itself next; incidents never do."""
    if row.starts_at is None or row.ends_at is None:
        return None
    return next_turn(row.status, starts_at=row.starts_at, ends_at=row.ends_at, is_by_time=row.is_by_time)


def next_at(row: EventRow) -> datetime | None:
    """When something happens to the event by itself: it is published, or else it turns."""
    if row.published_at is None:
        return row.publish_at
    turn = turn_of(row)
    return turn.at if turn is not None else None


def arm_timer(writes: Writes, row: EventRow, *, now: datetime) -> None:
    """Have happen what is to happen to the event as it is now, and nothing else."""
    at = next_at(row)
    if at is None:
        disarm(writes, TURN, row.id)
    else:
        arm(writes, TURN, row.id, at=at, now=now)


class _PageOf(Struct, frozen=True):
    page_id: str


@handles(TURN, at_once=2)
@dataclass(frozen=True)
class TurnEvent:
    """Handler of `status.turn`; however late it comes, what it says was so at the time that was announced."""

    db: Database

    async def __call__(self, claimed: Claimed, now: datetime) -> Writes:
        writes = Writes()
        text = "SELECT page_id FROM status_event WHERE id = :id AND archived_at IS NULL"
        found = await self.db.row(_PageOf, text, id=claimed.ref)
        if found is None:
            return writes
        loaded = await load_event(self.db, found.page_id, claimed.ref)
        at = next_at(loaded.row)
        if at is None:
            return writes
        if at > now:
            arm_again(writes, claimed, at=at)
            return writes
        after = await self._turned(writes, loaded, now)
        if (coming := next_at(after)) is not None:
            arm_again(writes, claimed, at=max(coming, now))
        return writes

    async def _turned(self, writes: Writes, loaded: LoadedEvent, now: datetime) -> EventRow:
        row, turn = loaded.row, turn_of(loaded.row)
        if row.published_at is None or turn is None:
            notify_of(writes, loaded.updates[-1:], now=now)
            return change_event(writes, row, loaded.updates, published_at=row.publish_at)
        at = max(turn.at, loaded.updates[-1].at)
        body = await words_for(self.db, row.page_id, "maintenance", turn.status)
        said = NewUpdate(
            id=new_id(now), at=at, status=turn.status, body=body, is_notified=loaded.updates[0].is_notified
        )
        notify_of(writes, [said], now=now)
        return put_update(writes, loaded, said).row
