"""Take the last verb back: the run goes on where it was, at the time it had, and nobody is paged twice."""

from datetime import datetime
from typing import Any

from server.escalation.runs import QUIET, RunRow, load_run, resume, stop, take_back_steps
from server.incidents.current import IncidentRow, Undo, require
from server.incidents.ended_alerts import open_again
from server.incidents.followers import record
from server.incidents.paging.quiet import covered_until
from server.incidents.snoozing import WAKE
from server.kernel.database import Database, Writes
from server.kernel.due import arm, disarm
from server.kernel.errors import Conflict
from server.notifications.plan import restore_pages, take_back_pages
from shared.domain.incidents.timeline import Entry, Who


async def undo(db: Database, incident: IncidentRow, *, by: Who, now: datetime) -> Writes:
    """Raises Conflict with the reason. What had left before it could be taken back is counted in the timeline."""
    last = incident.undo
    require(incident, "undo", now)
    if last is None or last.by != by.id:
        raise Conflict("only who did it can undo it", code="not_yours_to_undo")
    writes = Writes()
    run = await load_run(db, incident.id, incident.cycle)
    left = 0
    if last.verb == "escalate":
        left = await take_back_pages(db, writes, incident.id, cycle=incident.cycle, since=last.step, now=now)
        take_back_steps(writes, incident.id, cycle=incident.cycle, since=last.step)
    changes, entries = await _unresolve(db, writes, incident, last, now) if last.verb == "resolve" else ({}, [])
    await _restore_run(db, writes, incident, run, last, now)
    if last.snoozed_until is not None:
        arm(writes, WAKE, incident.id, at=max(last.snoozed_until, now), now=now)
    elif incident.snoozed_until is not None:
        disarm(writes, WAKE, incident.id)
    await record(
        db,
        writes,
        incident,
        [Entry("undone", {"verb": last.verb, "left": left}, by), *entries],
        now=now,
        state=last.state,
        acknowledged_at=last.acknowledged_at,
        acknowledged_by=last.acknowledged_by,
        snoozed_until=last.snoozed_until,
        undo=None,
        **changes,
    )
    return writes


async def _restore_run(
    db: Database, writes: Writes, incident: IncidentRow, run: RunRow | None, last: Undo, now: datetime
) -> None:
    """As it was; what silences cover by now pages nobody until it is looked at, at once."""
    closed_at = last.at if last.verb == "resolve" else None
    is_silenced = await covered_until(db, incident.id, now, closed_at=closed_at) is not None
    if run is not None and last.was_running and not is_silenced:
        resume(writes, run, position=last.position, at=max(last.next_at or now, now), now=now)
    elif run is not None and run.state == "running":
        stop(writes, run, to=(last.position, last.next_at))
    if last.state == "triggered" and (is_silenced or not last.was_running):
        arm(writes, QUIET, incident.id, at=now, now=now)
    else:
        await restore_pages(db, writes, incident.id, cancelled_at=last.at, now=now)
    writes.sql(
        "UPDATE incident_responder SET answered_at = NULL WHERE incident_id = :id AND answered_at = :at",
        id=incident.id,
        at=last.at,
    )


async def _unresolve(
    db: Database, writes: Writes, incident: IncidentRow, last: Undo, now: datetime
) -> tuple[dict[str, Any], list[Entry]]:
    """Open again what the resolution closed, but for what has come again since under the same key."""
    opened = await open_again(db, writes, incident, closed_at=last.at, is_undo=True, now=now)
    groups = await db.values(
        "SELECT id FROM incident WHERE id IN :ids AND NOT EXISTS (SELECT 1 FROM incident AS newer"
        " WHERE newer.group_open AND newer.service_id = incident.service_id"
        " AND newer.group_key = incident.group_key)",
        ids=last.groups,
    )
    free = {id for (id,) in groups}
    for id in sorted(free - {incident.id}):
        writes.sql("UPDATE incident SET group_open = TRUE WHERE id = :id", expect=1, id=id)
    changes: dict[str, Any] = {
        "resolved_at": None,
        "resolved_by": None,
        "group_open": incident.id in free,
        **opened.changes,
    }
    return changes, opened.entries
