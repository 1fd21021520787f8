"""What happens to events by itself: a maintenance begins and ends, and what was to be published later is."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from msgspec import Struct

from server.kernel.database import Database, Priority, Writes
from server.kernel.due import Claimed, Kind, arm, arm_again, disarm, handles
from server.kernel.i18n import catalogue
from server.kernel.ids import new_id
from server.status_pages.read import EventRow, load_event
from server.status_pages.templates import load_templates
from server.status_pages.write import NewUpdate, change_event, put_update
from shared.domain.status.maintenance import Turn, next_turn
from shared.wire import status_pages as wire

TURN = Kind("status.turn", Priority.NOTICE)
PUBLISH = Kind("status.publish", Priority.NOTICE)
LOCALE = Path(__file__).parent / "locale"


def turn_of(row: EventRow) -> Turn | None:
    """What the event becomes by itself next; incidents never do."""
    if row.starts_at is None or row.ends_at is None or row.published_at is None:
        return None
    return next_turn(row.status, starts_at=row.starts_at, ends_at=row.ends_at, is_by_time=row.is_by_time)


def arm_timers(writes: Writes, row: EventRow, *, now: datetime) -> None:
    """Have happen what is to happen to the event as it is now, and nothing else."""
    if row.published_at is None and row.publish_at is not None:
        arm(writes, PUBLISH, row.id, at=row.publish_at, now=now)
    else:
        disarm(writes, PUBLISH, row.id)
    turn = turn_of(row)
    if turn is not None:
        arm(writes, TURN, row.id, at=turn.at, now=now)
    else:
        disarm(writes, TURN, row.id)


class _PageOf(Struct, frozen=True):
    page_id: str


async def _event_of(db: Database, id: str) -> _PageOf | None:
    return await db.row(_PageOf, "SELECT page_id FROM status_event WHERE id = :id AND archived_at IS NULL", id=id)


@handles(TURN, at_once=2)
@dataclass(frozen=True)
class TurnMaintenance:
    """Handler of `status.turn`; however late it comes, what it says was so at the time that was announced."""

    db: Database

    async def __call__(self, claimed: Claimed, now: datetime) -> Writes:
        writes = Writes()
        found = await _event_of(self.db, claimed.ref)
        if found is None:
            return writes
        loaded = await load_event(self.db, found.page_id, claimed.ref)
        turn = turn_of(loaded.row)
        if turn is None:
            return writes
        if turn.at > now:
            arm_again(writes, claimed, at=turn.at)
            return writes
        at = max(turn.at, loaded.updates[-1].at)
        said = NewUpdate(id=new_id(now), at=at, status=turn.status, body=await self._body(found.page_id, turn))
        after = put_update(writes, loaded, said)
        if (coming := turn_of(after.row)) is not None:
            arm_again(writes, claimed, at=max(coming.at, now))
        return writes

    async def _body(self, page_id: str, turn: Turn) -> wire.Passage:
        """The page's template for it, or else a sentence of ours."""
        for each in await load_templates(self.db, page_id):
            if (each.kind, each.status) == ("maintenance", turn.status):
                return each.body
        sentence = f"by_itself.{turn.status}"
        words = catalogue(LOCALE)
        return wire.Passage(en=words.text("en", sentence), zh=words.text("zh", sentence))


@handles(PUBLISH, at_once=2)
@dataclass(frozen=True)
class PublishEvent:
    """Handler of `status.publish`."""

    db: Database

    async def __call__(self, claimed: Claimed, now: datetime) -> Writes:
        writes = Writes()
        found = await _event_of(self.db, claimed.ref)
        if found is None:
            return writes
        loaded = await load_event(self.db, found.page_id, claimed.ref)
        row = loaded.row
        if row.publish_at is None or row.published_at is not None:
            return writes
        if row.publish_at > now:
            arm_again(writes, claimed, at=row.publish_at)
            return writes
        after = change_event(writes, row, loaded.updates, published_at=row.publish_at)
        if (turn := turn_of(after)) is not None:
            arm(writes, TURN, row.id, at=turn.at, now=now)
        return writes
