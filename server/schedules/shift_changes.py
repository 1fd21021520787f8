"""Tell people whose shifts to come somebody else has changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from msgspec import Struct

from server.kernel.database import Database, Priority, Writes
from server.kernel.due import Claimed, Kind, arm, handles
from server.kernel.i18n import catalogue
from server.kernel.ids import new_id
from server.notifications.inform import Notice, inform
from server.notifications.render import Reader
from server.schedules.words import LOCALE, span_text
from server.tables.schedules import ShiftChange
from shared.domain.on_call.layer_edits import Change

CHANGED = Kind("shifts.changed", Priority.NOTICE)
WORTH = timedelta(days=2)
MOST_NAMED = 5
MOST_KEPT = 20
"""Of one person."""


class _Row(Struct, frozen=True, kw_only=True):
    schedule_id: str
    schedule: str
    made_by: str
    maker: str
    changes: tuple[Change, ...]


def tell_of_changes(
    writes: Writes, schedule_id: str, changes: Sequence[Change], *, made_by: str, now: datetime
) -> None:
    """Keep who gains and loses what, and tell them; who made the change knows."""
    if all(change.user_id == made_by for change in changes):
        return
    kept: dict[str, list[Change]] = {}
    for change in changes:
        kept.setdefault(change.user_id, []).append(change)
    told = tuple(change for mine in kept.values() for change in mine[:MOST_KEPT])
    id = new_id(now)
    writes.insert(ShiftChange, id=id, schedule_id=schedule_id, made_by=made_by, made_at=now, changes=told)
    arm(writes, CHANGED, id, at=now, now=now)


@handles(CHANGED, at_once=2)
@dataclass(frozen=True)
class TellOfChanges:
    """Handler of `shifts.changed`; its ref is the change."""

    db: Database
    app_url: str

    async def __call__(self, claimed: Claimed, now: datetime) -> Writes:
        writes = Writes()
        row = await self.db.row(
            _Row,
            "SELECT schedule_id, schedule.name AS schedule, made_by, COALESCE(user_account.name, '') AS maker, changes"
            " FROM shift_change JOIN schedule ON schedule.id = schedule_id"
            " LEFT JOIN user_account ON user_account.id = made_by WHERE shift_change.id = :id",
            id=claimed.ref,
        )
        if row is None:
            return writes
        url = f"{self.app_url}/schedules/{row.schedule_id}"
        for user_id in sorted({change.user_id for change in row.changes} - {row.made_by}):
            mine = [change for change in row.changes if change.user_id == user_id]

            def words(reader: Reader, mine: list[Change] = mine) -> Notice:
                return _words(row, mine, reader)

            await inform(self.db, writes, [user_id], words, url=url, expires_at=now + WORTH, now=now)
        return writes


def _words(row: _Row, mine: list[Change], reader: Reader) -> Notice:
    words = catalogue(LOCALE)
    lines = [
        words.text(
            reader.language,
            "change.gains" if change.gains else "change.loses",
            span=span_text(reader, row.schedule, change.start, change.end),
        )
        for change in mine[:MOST_NAMED]
    ]
    if len(mine) > MOST_NAMED:
        lines.append(words.text(reader.language, "change.more", count=len(mine) - MOST_NAMED))
    key = "change.title_by" if row.maker else "change.title"
    title = words.text(reader.language, key, schedule=row.schedule, who=row.maker)
    return Notice(title=title, body="\n".join(lines))
