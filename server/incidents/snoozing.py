"""The end of a snooze: it pages again, or something else came first."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from server.incidents.current import load_incident
from server.incidents.situation import gather_waking
from server.incidents.write import WAKE, apply_change
from server.kernel.database import Database, Writes
from server.kernel.due import Claimed, handles
from server.kernel.errors import Invalid, NotFound
from shared.domain.incidents.taking import wake
from shared.wire.incidents import LONGEST_SNOOZE_S, SHORTEST_SNOOZE_S


def snooze_end(*, seconds: int | None, until: datetime | None, now: datetime, at: str = "") -> datetime:
    """When a snooze that is asked for ends; raises Invalid naming the field, which stands below `at`."""
    if (seconds is None) == (until is None):
        raise Invalid.one(f"{at}seconds", "one_of", "give either seconds or until")
    if until is None:
        return now + timedelta(seconds=seconds or SHORTEST_SNOOZE_S)
    if not timedelta(0) < until - now <= timedelta(seconds=LONGEST_SNOOZE_S):
        raise Invalid.one(f"{at}until", "out_of_range", f"must lie ahead, by {LONGEST_SNOOZE_S} seconds at most")
    return until


@handles(WAKE)
@dataclass(frozen=True)
class Wake:
    """Handler of `incident.wake`: whoever the run had reached is paged again."""

    db: Database

    async def __call__(self, claimed: Claimed, now: datetime) -> Writes:
        try:
            incident = await load_incident(self.db, claimed.ref)
        except NotFound:
            return Writes()
        found = await gather_waking(self.db, incident, now=now)
        change = wake(found.case)
        return Writes() if change is None else apply_change(found, change)
