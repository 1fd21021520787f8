"""What happens to events by itself: a maintenance begins and ends, and what was to be published later is."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from msgspec import Struct

from server.kernel.database import Database, Priority, Writes
from server.kernel.due import Claimed, Kind, arm, arm_again, disarm, handles
from server.kernel.i18n import catalogue
from server.kernel.ids import new_id
from server.status_pages.read import EventRow, LoadedEvent, load_event
from server.status_pages.templates import load_templates
from server.status_pages.write import NewUpdate, change_event, put_update
from shared.domain.status.maintenance import Turn, next_turn
from shared.wire import status_pages as wire

TURN = Kind("status.turn", Priority.NOTICE)
LOCALE = Path(__file__).parent / "locale"


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
            return change_event(writes, row, loaded.updates, published_at=row.publish_at)
        at = max(turn.at, loaded.updates[-1].at)
        said = NewUpdate(id=new_id(now), at=at, status=turn.status, body=await self._body(row.page_id, turn))
        return put_update(writes, loaded, said).row

    async def _body(self, page_id: str, turn: Turn) -> wire.Passage:
        """The page's template for it, or else a sentence of ours."""
        for each in await load_templates(self.db, page_id):
            if (each.kind, each.status) == ("maintenance", turn.status):
                return each.body
        sentence = f"by_itself.{turn.status}"
        words = catalogue(LOCALE)
        return wire.Passage(en=words.text("en", sentence), zh=words.text("zh", sentence))
