"""Requests for cover follow their matter: they close, lose hours or are asked anew when it changes."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from server.covers.requests import EXPIRE, AskedRow, CoverRow, notify, publish_cover
from server.delivery.enqueue import cancel_questions
from server.kernel.database import Database, Writes, one_of, select
from server.kernel.due import Claimed, arm, disarm, handles
from server.schedules.rotas import Loaded, load_rotas
from server.schedules.shift_changes import REVIEW
from server.tables.accounts import User
from shared.domain.covers.review import Matter, Revision, held_hours, revise
from shared.domain.on_call.schedules import shifts

CONCERNED = (
    "SELECT <fields> FROM cover_request WHERE (schedule_id = :id OR requester_id = :id OR id IN"
    " (SELECT request_id FROM cover_asked WHERE user_id = :id))"
    " AND (state = 'open' OR (state = 'accepted' AND needs_approval)) AND start_at > :now"
)


@handles(REVIEW, at_once=2)
@dataclass(frozen=True)
class ReviewCovers:
    """Handler of `covers.review`."""

    db: Database

    async def __call__(self, claimed: Claimed, now: datetime) -> Writes:
        writes = Writes()
        rows = await self.db.rows(CoverRow, CONCERNED, id=REVIEW.read(claimed.ref).id, now=now)
        loaded = await load_rotas(self.db, {row.schedule_id for row in rows}, since=now, archived=True)
        gone = await self._gone(rows)
        for row in rows:
            revision = revise(_matter(row, loaded[row.schedule_id], gone, now))
            if revision is not None:
                _apply(writes, row, revision, loaded[row.schedule_id].row.team_id, now=now)
        return writes

    async def _gone(self, rows: list[CoverRow]) -> frozenset[str]:
        """Whose accounts ended, of those whom the requests name."""
        ids = {id for row in rows for id in (row.requester_id, row.accepted_by, *row.waiting) if id is not None}
        ended = await self.db.values(
            select(User, User.id).where(User.deactivated_at.is_not_null(), one_of(User.id, sorted(ids)))
        )
        return frozenset(id for (id,) in ended)


def _matter(row: CoverRow, loaded: Loaded, gone: frozenset[str], now: datetime) -> Matter:
    start = max(row.start_at, now)
    return Matter(
        start=row.start_at,
        end=row.end_at,
        requester_id=row.requester_id,
        waiting=tuple(row.waiting),
        accepted_by=row.accepted_by,
        is_archived=loaded.row.archived_at is not None,
        held=held_hours(shifts(loaded.rota, start, row.end_at), row.requester_id, start, row.end_at),
        gone=gone,
    )


def _apply(writes: Writes, row: CoverRow, revision: Revision, team_id: str, *, now: datetime) -> None:
    """Write it, and let those hear of it whom it concerns."""
    values: dict[str, Any] = {}
    if revision.closing is not None:
        values = {"state": "cancelled", "closed_because": revision.closing}
    if revision.hours is not None:
        values |= {"start_at": revision.hours[0], "end_at": revision.hours[1]}
    if revision.loses_taker:
        values |= {"state": "open", "accepted_by": None}
    if revision.leaves or revision.loses_taker:
        lost = {*revision.leaves, *([row.accepted_by] if revision.loses_taker else [])}
        values["asked"] = tuple(
            AskedRow(user_id=each.user_id, declined_at=now) if each.user_id in lost else each for each in row.asked
        )
    if revision.is_unanswered:
        values["state"] = "declined"
    after = row.changed(writes, now=now, **values)
    if after.state in ("cancelled", "declined"):
        disarm(writes, EXPIRE, row.id)
        cancel_questions(writes, row.id, now=now)
    elif revision.hours is not None:
        arm(writes, EXPIRE, row.id, at=after.start_at, now=now)
    for what in _turns(revision):
        notify(writes, after, what, taker=row.accepted_by or "", now=now)
    publish_cover(writes, after, team_id, now=now)


def _turns(revision: Revision) -> list[str]:
    """What becomes of it, as notices call it."""
    if revision.closing is not None:
        return [revision.closing]
    turns = ["cut"] if revision.hours is not None else []
    turns += ["taker_left"] if revision.loses_taker else []
    return [*turns, "declined"] if revision.is_unanswered else turns
