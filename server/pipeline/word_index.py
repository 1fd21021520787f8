"""Keep the index of alerts' words quick."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from server.kernel.database import Database, Priority, Writes
from server.kernel.due import Claimed, Kind, arm, arm_unless_armed, handles

TIDY = Kind("words.tidy", Priority.BULK)
ALL = "all"
EVERY = timedelta(seconds=20)


async def begin_tidying(db: Database, now: datetime) -> None:
    """At the start of a process on PostgreSQL: new words wait in a list there, and whoever fills it has to sort it."""
    if db.dialect == "postgres":
        writes = Writes()
        arm_unless_armed(writes, TIDY, ALL, at=now, now=now)
        await db.apply(writes)


@handles(TIDY, at_once=1, may_be_late=True)
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
