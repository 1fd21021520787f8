"""Requests for cover follow their matter: they close, lose hours or are asked anew when it changes."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from server.accounts.access.changed import ANYBODY, REVIEW
from server.accounts.people.find import people_answering
from server.covers.agreed import Agreed
from server.covers.requests import EXPIRE, CoverRow, notify, publish_cover
from server.delivery.enqueue import cancel_questions
from server.kernel.database import Database, Writes, one_of, select
from server.kernel.due import Claimed, arm, disarm, handles
from server.schedules.rotas import Loaded, load_rotas
from server.tables.accounts import User
from shared.domain.covers.review import Matter, Revision, held_hours, revise
from shared.domain.on_call.schedules import shifts

CONCERNED = (
    "SELECT <fields> FROM cover_request WHERE (schedule_id = :id OR requester_id = :id OR id IN"
    " (SELECT request_id FROM cover_asked WHERE user_id = :id))"
    " AND (state = 'open' OR (state = 'accepted' AND needs_approval)) AND start_at > :now"
)
ALL_UNDECIDED = (
    "SELECT <fields> FROM cover_request"
    " WHERE (state = 'open' OR (state = 'accepted' AND needs_approval)) AND start_at > :now"
)


@handles(REVIEW, at_once=2)
@dataclass(frozen=True)
class ReviewCovers:
    """Handler of `covers.review`."""

    db: Database

    async def __call__(self, claimed: Claimed, now: datetime) -> Writes:
        writes = Writes()
        id = REVIEW.read(claimed.ref).id
        everybody = id == ANYBODY
        rows = await self.db.rows(CoverRow, ALL_UNDECIDED if everybody else CONCERNED, id=id, now=now)
        loaded = await load_rotas(self.db, {row.schedule_id for row in rows}, since=now, archived=True)
        gone = await self._gone(rows)
        for row in rows:
            schedule = loaded[row.schedule_id]
            matter = _matter(row, schedule, gone, await self._unable(row, schedule.row.team_id, gone), now)
            revision = revise(matter)
            if revision is not None:
                _apply(writes, row, revision, matter, schedule.row.team_id, now=now)
        await Agreed(self.db, now).review(writes, id)
        return writes

    async def _gone(self, rows: list[CoverRow]) -> frozenset[str]:
        """Whose accounts ended, of those whom the requests name."""
        ids = {id for row in rows for id in (row.requester_id, row.accepted_by, *row.waiting) if id is not None}
        ended = await self.db.values(
            select(User, User.id).where(User.deactivated_at.is_not_null(), one_of(User.id, sorted(ids)))
        )
        return frozenset(id for (id,) in ended)

    async def _unable(self, row: CoverRow, team_id: str, gone: frozenset[str]) -> frozenset[str]:
        """Who was asked, has an account, and may not be paged about what the team owns."""
        waiting = {*row.waiting, *([row.accepted_by] if row.accepted_by is not None else [])} - gone
        return frozenset(waiting - (await people_answering(self.db, team_id, sorted(waiting))).keys())


def _matter(row: CoverRow, loaded: Loaded, gone: frozenset[str], unable: frozenset[str], now: datetime) -> Matter:
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
        unable=unable,
    )


def _apply(writes: Writes, row: CoverRow, revision: Revision, matter: Matter, team_id: str, *, now: datetime) -> None:
    """Write it, and let those hear of it whom it concerns."""
    values: dict[str, Any] = {}
    if revision.loses_taker:
        values = {"state": "open", "accepted_by": None}
    if revision.closing is not None:
        values |= {"state": "cancelled", "closed_because": revision.closing}
    lost = {*revision.leaves, *([row.accepted_by] if revision.loses_taker else [])}
    if lost:
        values["asked"] = tuple(
            msgspec.structs.replace(each, left_at=now) if each.user_id in lost else each for each in row.asked
        )
    first, *others = revision.parts or ((row.start_at, row.end_at),)
    after = row.changed(writes, now=now, start_at=first[0], end_at=first[1], **values)
    parts = [after, *(after.part(writes, span, now=now) for span in others)]
    for each in parts:
        if each.state == "cancelled":
            disarm(writes, EXPIRE, each.id)
            cancel_questions(writes, each.id, now=now)
        elif revision.parts:
            arm(writes, EXPIRE, each.id, at=each.start_at, now=now)
        for what in _turns(revision):
            notify(writes, each, what, taker=row.accepted_by or "", now=now)
        for id in sorted(matter.unable & lost):
            notify(writes, each, "withdrawn", taker=id, now=now)
        publish_cover(writes, each, team_id, now=now)


def _turns(revision: Revision) -> list[str]:
    """What becomes of it, as notices call it."""
    turns = ["cut"] if revision.parts and revision.closing is None else []
    turns += ["taker_left"] if revision.loses_taker else []
    return [*turns, revision.closing] if revision.closing is not None else turns
