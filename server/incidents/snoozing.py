"""The end of a snooze: it pages again, or something else came first."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from server.escalation.runs import load_run, page_again
from server.incidents.current import load_incident
from server.incidents.followers import record
from server.kernel.database import Database, Priority, Writes
from server.kernel.due import Claimed, Kind, disarm, handles
from server.kernel.errors import Invalid, NotFound
from server.timeline.append import SYSTEM, Entry, Who
from shared.wire.incidents import LONGEST_SNOOZE_S, SHORTEST_SNOOZE_S

WAKE = Kind("incident.wake", Priority.PAGE)


def snooze_end(*, seconds: int | None, until: datetime | None, now: datetime, at: str = "") -> datetime:
    """When a snooze that is asked for ends; raises Invalid naming the field, which stands below `at`."""
    if (seconds is None) == (until is None):
        raise Invalid.one(f"{at}seconds", "one_of", "give either seconds or until")
    if until is None:
        return now + timedelta(seconds=seconds or SHORTEST_SNOOZE_S)
    if not timedelta(0) < until - now <= timedelta(seconds=LONGEST_SNOOZE_S):
        raise Invalid.one(f"{at}until", "out_of_range", f"must lie ahead, by {LONGEST_SNOOZE_S} seconds at most")
    return until


def end_snooze(
    writes: Writes, incident_id: str, snoozed_until: datetime | None, *, reason: str, by: Who = SYSTEM
) -> list[Entry]:
    """The entry that tells why a snooze is over; none when there was no snooze."""
    if snoozed_until is None:
        return []
    disarm(writes, WAKE, incident_id)
    return [Entry("snooze_ended", {"reason": reason}, by)]


@handles(WAKE)
@dataclass(frozen=True)
class Wake:
    """Handler of `incident.wake`: whoever the run had reached is paged again."""

    db: Database

    async def __call__(self, claimed: Claimed, now: datetime) -> Writes:
        writes = Writes()
        try:
            incident = await load_incident(self.db, claimed.ref)
        except NotFound:
            return writes
        if incident.state != "acknowledged" or incident.snoozed_until is None or incident.snoozed_until > now:
            return writes
        run = await load_run(self.db, incident.id, incident.cycle)
        page_again(writes, incident.id, run, cycle=incident.cycle, now=now)
        await record(
            self.db,
            writes,
            incident,
            [Entry("snooze_ended", {"reason": "over"})],
            now=now,
            state="triggered",
            acknowledged_at=None,
            acknowledged_by=None,
            snoozed_until=None,
            undo=None,
        )
        return writes
