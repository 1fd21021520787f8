"""Give an incident to others, or call others in."""

from collections.abc import Sequence
from datetime import datetime

from server.escalation.runs import load_run
from server.incidents.current import IncidentRow, require
from server.incidents.followers import record
from server.incidents.open import end_run
from server.incidents.paging.ask import ASK
from server.incidents.snoozing import end_snooze
from server.incidents.verbs import NOBODY_HAS_IT, pages_anyway, restart
from server.kernel.database import Database, Writes
from server.kernel.due import arm
from server.kernel.ids import new_id
from shared.domain.incidents.timeline import Entry, Who
from shared.domain.paging.escalation import Policy
from shared.wire.lists import Ref


async def reassign(
    db: Database, incident: IncidentRow, policy: Policy, people: Sequence[Ref], *, by: Who, now: datetime
) -> Writes:
    """A new cycle pages them from the start; whoever had it has it no more."""
    require(incident, "reassign", now)
    writes = Writes()
    run = await load_run(db, incident.id, incident.cycle)
    cancelled = await end_run(db, writes, incident.id, run, now=now)
    entries = end_snooze(writes, incident.id, incident.snoozed_until, reason="reassigned", by=by)
    said = {"people": [person.name for person in people], "policy": policy.name or None, "cancelled": cancelled}
    entries.append(Entry("reassigned", said, by))
    restart(writes, incident, policy, now=now)
    changes = NOBODY_HAS_IT | pages_anyway(incident) | {"cycle": incident.cycle + 1}
    await record(db, writes, incident, entries, now=now, **changes)
    return writes


async def add_responders(
    db: Database, incident: IncidentRow, people: Sequence[Ref], *, by: Who, now: datetime
) -> Writes:
    """Page them beside the run, now; who was called in before is called again."""
    require(incident, "add_responders", now)
    writes = Writes()
    for person in people:
        writes.sql(
            "INSERT INTO incident_responder (id, incident_id, user_id, asked_by, asked_at, step, answered_at)"
            " VALUES (:id, :incident, :user, :by, :now, NULL, NULL) ON CONFLICT (incident_id, user_id)"
            " DO UPDATE SET asked_by = excluded.asked_by, asked_at = excluded.asked_at, step = NULL,"
            " answered_at = NULL",
            id=new_id(now),
            incident=incident.id,
            user=person.id,
            by=by.id,
            now=now,
        )
    arm(writes, ASK, incident.id, at=now, now=now)
    entries = [Entry("responders_added", {"people": [person.name for person in people]}, by)]
    await record(db, writes, incident, entries, now=now)
    return writes
