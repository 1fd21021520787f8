"""Keep alerts with the index of their words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from server.kernel.database import Database, Dialect, Priority, Writes
from server.kernel.due import Claimed, Kind, arm, arm_unless_armed
from server.tables.alerts import Alert

TIDY = Kind("words.tidy", Priority.BULK)
ALL = "all"
EVERY = timedelta(seconds=20)


def insert_alerts(writes: Writes, rows: Sequence[dict[str, Any]], dialect: Dialect) -> None:
    """New alerts, and on SQLite their words by one statement: a trigger would write a segment of the index for each."""
    writes.insert_many(Alert, rows)
    if rows and dialect == "sqlite":
        text = "INSERT INTO alert_words (rowid, words) SELECT seq, words FROM alert WHERE id IN :ids"
        writes.sql(text, ids=tuple(row["id"] for row in rows), expect=len(rows))


async def begin_tidying(db: Database, now: datetime) -> None:
    """At the start of a process on PostgreSQL: new words wait in a list there, and whoever fills it has to sort it."""
    if db.dialect == "postgres":
        writes = Writes()
        arm_unless_armed(writes, TIDY, ALL, at=now, now=now)
        await db.apply(writes)


@dataclass(frozen=True)
class Tidy:
    """Handler of `words.tidy`: sorts waiting words in before a slice of alerts would have to."""

    db: Database

    async def __call__(self, claimed: Claimed, now: datetime) -> Writes:
        del claimed
        writes = Writes()
        if self.db.dialect == "postgres":
            await self.db.at(Priority.BULK).value("SELECT gin_clean_pending_list('alert_by_words')")
            arm(writes, TIDY, ALL, at=now + EVERY, now=now)
        return writes
