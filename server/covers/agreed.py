"""What was agreed follows its matter: whoever asked hears when another stands in, nobody does, or nobody is paged."""

from dataclasses import dataclass
from datetime import datetime

import msgspec
from msgspec import Struct

from server.accounts.access.changed import ANYBODY
from server.accounts.people.find import people_answering
from server.covers.requests import AskedRow, CoverRow, notify, publish_cover
from server.kernel.database import Database, Writes
from server.schedules.rotas import Loaded, load_rotas
from server.tables.covers import CoverAsked
from shared.domain.covers.review import Closing

AGREED = (
    "SELECT <fields> FROM cover_request WHERE (state = 'approved' OR (state = 'accepted' AND NOT needs_approval))"
    " AND end_at > :now AND override_id IN (SELECT id FROM override WHERE cancelled_at IS NULL)"
)
OF_ONE = " AND (schedule_id = :id OR id IN (SELECT request_id FROM cover_asked WHERE user_id = :id))"
BROKEN = (
    "SELECT <fields> FROM cover_request WHERE state IN ('accepted', 'approved') AND end_at > :now AND override_id IN"
    " (SELECT id FROM override WHERE (schedule_id = :id OR user_id = :id) AND cancelled_at IS NOT NULL)"
)
TAKEN_OVER = (
    "SELECT made.id, made.user_id, made.end_at, gone.id AS instead_of FROM override gone"
    " JOIN override made ON made.schedule_id = gone.schedule_id AND made.created_at = gone.cancelled_at"
    " AND made.user_id <> gone.user_id AND made.scope = gone.scope AND made.end_at <= gone.end_at AND made.start_at ="
    " CASE WHEN gone.start_at > gone.cancelled_at THEN gone.start_at ELSE gone.cancelled_at END"
    " WHERE gone.id IN :ids AND made.cancelled_at IS NULL"
)


class _Successor(Struct, frozen=True, kw_only=True):
    """An override that was made as another was cancelled, for the same hours or the first of them."""

    id: str
    user_id: str
    end_at: datetime
    instead_of: str


@dataclass(frozen=True)
class Agreed:
    """What was agreed and has not ended, as far as a change of a schedule or of somebody concerns it."""

    db: Database
    now: datetime

    async def review(self, writes: Writes, id: str) -> None:
        text = AGREED if id == ANYBODY else AGREED + OF_ONE
        rows = await self.db.rows(CoverRow, text, id=id, now=self.now)
        broken = await self.db.rows(CoverRow, BROKEN, id=id, now=self.now)
        schedules = {row.schedule_id for row in (*rows, *broken)}
        loaded = await load_rotas(self.db, schedules, since=self.now, archived=True)
        for row in rows:
            await self._follow_taker(writes, row, loaded[row.schedule_id].row.team_id)
        successors = await self._successors(broken)
        for row in broken:
            successor = successors.get(row.override_id or "")
            if successor is not None:
                self._pass_on(writes, row, successor, loaded[row.schedule_id].row.team_id)
            else:
                self._break(writes, row, loaded[row.schedule_id])

    async def _follow_taker(self, writes: Writes, row: CoverRow, team_id: str) -> None:
        """They have `left` while nothing of the team's pages them; that is said as it begins."""
        taker = row.accepted_by or ""
        had_left = any(each.user_id == taker and each.left_at is not None for each in row.asked)
        is_unable = taker not in await people_answering(self.db, team_id, [taker])
        if is_unable == had_left:
            return
        asked = _asked(row, {taker: self.now if is_unable else None})
        after = row.changed(writes, now=self.now, asked=asked)
        if is_unable:
            notify(writes, after, "not_paged", now=self.now)
        publish_cover(writes, after, team_id, now=self.now)

    async def _successors(self, broken: list[CoverRow]) -> dict[str, _Successor]:
        ids = tuple(row.override_id for row in broken if row.override_id is not None)
        found = await self.db.rows(_Successor, TAKEN_OVER, ids=ids) if ids else []
        return {each.instead_of: each for each in found}

    def _pass_on(self, writes: Writes, row: CoverRow, successor: _Successor, team_id: str) -> None:
        """Somebody else keeps what was agreed; hours that they don't have are the requester's again."""
        asked = _asked(row, {row.accepted_by or "": self.now, successor.user_id: None})
        if successor.user_id not in {each.user_id for each in row.asked}:
            asked = (*asked, AskedRow(user_id=successor.user_id))
            key = f"{row.id} {successor.user_id}"
            writes.insert(CoverAsked, id=key, request_id=row.id, user_id=successor.user_id)
        end = min(row.end_at, successor.end_at)
        values = {"asked": asked, "accepted_by": successor.user_id, "override_id": successor.id}
        after = row.changed(writes, now=self.now, end_at=end, **values)
        notify(writes, after, "taken_over", now=self.now)
        publish_cover(writes, after, team_id, now=self.now)
        if end < row.end_at:
            values = {"state": "cancelled", "closed_because": "undone"}
            rest = row.part(writes, (end, row.end_at), now=self.now, **values)
            publish_cover(writes, rest, team_id, now=self.now)

    def _break(self, writes: Writes, row: CoverRow, loaded: Loaded) -> None:
        """What was agreed was cancelled; whose shifts that changes hears of them already."""
        closing: Closing = "ended" if loaded.row.archived_at is not None else "undone"
        after = row.changed(writes, now=self.now, state="cancelled", closed_because=closing)
        publish_cover(writes, after, loaded.row.team_id, now=self.now)


def _asked(row: CoverRow, left: dict[str, datetime | None]) -> tuple[AskedRow, ...]:
    """Those who were asked, some of whom left, or are back."""
    return tuple(
        msgspec.structs.replace(each, left_at=left[each.user_id]) if each.user_id in left else each
        for each in row.asked
    )
