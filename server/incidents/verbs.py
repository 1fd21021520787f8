"""What people and sources do to an incident: acknowledge, unacknowledge, snooze, escalate, resolve, reopen."""

from datetime import datetime
from typing import Any

from server.escalation.runs import RunRow, has_reached, load_run, page_again, resume, start
from server.incidents.current import IncidentRow, require, undo_of
from server.incidents.ended_alerts import open_again
from server.incidents.followers import record
from server.incidents.open import close_groups, end_run, open_groups
from server.incidents.snoozing import WAKE, end_snooze
from server.kernel.database import Database, Writes
from server.kernel.due import arm
from server.kernel.errors import Invalid
from server.notifications.clear import clear_pages
from server.timeline.append import decide, hold
from shared.domain.incidents.timeline import Entry, Who
from shared.domain.paging.escalation import Policy, place_of, position_of_level
from shared.wire.incidents import Resolve

NOBODY_HAS_IT: dict[str, Any] = {
    "state": "triggered",
    "acknowledged_at": None,
    "acknowledged_by": None,
    "snoozed_until": None,
    "undo": None,
}


def pages_anyway(incident: IncidentRow) -> dict[str, Any]:
    """Somebody wants others to be paged although silences cover all of it: those silences don't hold it any more."""
    return {"pages_anyway": True} if incident.silenced_until is not None else {}


async def acknowledge(db: Database, incident: IncidentRow, *, by: Who, via: str, now: datetime) -> Writes:
    """Somebody has it: the run stops and what is queued is cancelled. Raises Conflict with the reason.

    Whoever was called in beside the run and answers joins the one who has it.
    """
    is_asked = by.kind == "user" and await _is_asked(db, incident.id, by.id)
    require(incident, "acknowledge", now, is_asked=is_asked)
    writes = Writes()
    if is_asked:
        writes.sql(
            "UPDATE incident_responder SET answered_at = :now WHERE incident_id = :incident AND user_id = :user"
            " AND answered_at IS NULL",
            expect=1,
            now=now,
            incident=incident.id,
            user=by.id,
        )
    run = await load_run(db, incident.id, incident.cycle)
    cancelled = await end_run(db, writes, incident.id, run, answered_by=by.id or "", now=now)
    if incident.state == "acknowledged" and incident.snoozed_until is None:
        decide(writes, incident, [Entry("responder_joined", {"via": via}, by)], now=now)
        return writes
    entries = end_snooze(writes, incident.id, incident.snoozed_until, reason="acknowledged", by=by)
    entries.append(Entry("acknowledged", {"via": via, "cancelled": cancelled}, by))
    await record(
        db,
        writes,
        incident,
        entries,
        now=now,
        state="acknowledged",
        acknowledged_at=now,
        acknowledged_by=by.id if by.kind == "user" else None,
        snoozed_until=None,
        undo=undo_of("acknowledge", incident, run, by, now=now),
    )
    return writes


async def unacknowledge(db: Database, incident: IncidentRow, *, by: Who, via: str, now: datetime) -> Writes:
    """Nobody has it after all: the run goes on with its next level, at the time it had or at once if that is past.

    If the acknowledgement came before any page of the last level had left, that level is paged first.
    """
    require(incident, "unacknowledge", now)
    writes = Writes()
    entries = end_snooze(writes, incident.id, incident.snoozed_until, reason="unacknowledged", by=by)
    run = await load_run(db, incident.id, incident.cycle)
    if run is None or not await has_reached(db, run):
        page_again(writes, incident.id, run, cycle=incident.cycle, now=now)
    else:
        resume(writes, run, position=run.position, at=max(run.next_at or now, now), now=now)
    entries.append(Entry("unacknowledged", {"via": via}, by))
    await record(db, writes, incident, entries, now=now, **NOBODY_HAS_IT)
    return writes


async def snooze(db: Database, incident: IncidentRow, *, by: Who, via: str, until: datetime, now: datetime) -> Writes:
    """Leave it until then: whoever snoozes has it meanwhile, and the end pages again."""
    require(incident, "snooze", now)
    writes = Writes()
    run = await load_run(db, incident.id, incident.cycle)
    cancelled = await end_run(db, writes, incident.id, run, answered_by=by.id or "", now=now)
    arm(writes, WAKE, incident.id, at=until, now=now)
    taken = {} if incident.state == "acknowledged" else {"acknowledged_at": now, "acknowledged_by": by.id}
    await record(
        db,
        writes,
        incident,
        [Entry("snoozed", {"via": via, "until": until, "cancelled": cancelled}, by)],
        now=now,
        state="acknowledged",
        snoozed_until=until,
        undo=undo_of("snooze", incident, run, by, now=now),
        **taken,
    )
    return writes


async def unsnooze(db: Database, incident: IncidentRow, *, by: Who, now: datetime) -> Writes:
    """Awake without a page: whoever has it goes on having it."""
    require(incident, "unsnooze", now)
    writes = Writes()
    entries = end_snooze(writes, incident.id, incident.snoozed_until, reason="unsnoozed", by=by)
    await record(db, writes, incident, entries, now=now, snoozed_until=None, undo=None)
    return writes


async def resolve(
    db: Database, incident: IncidentRow, *, by: Who, via: str, words: Resolve | None = None, now: datetime
) -> Writes:
    """It is over: nobody is paged any more, and its alerts are closed, so that new trouble opens a new incident."""
    require(incident, "resolve", now)
    writes = Writes()
    hold(writes, incident)
    run = await load_run(db, incident.id, incident.cycle)
    cancelled = await end_run(db, writes, incident.id, run, now=now)
    writes.sql(
        "UPDATE alert SET closed_at = :now, closed_with_incident = TRUE, rev = rev + 1"
        " WHERE incident_id = :id AND closed_at IS NULL",
        now=now,
        id=incident.id,
    )
    groups = await open_groups(db, incident.id)
    close_groups(writes, incident.id)
    said = {name: getattr(words, name) for name in Resolve.__struct_fields__ if words and getattr(words, name)}
    entries = end_snooze(writes, incident.id, incident.snoozed_until, reason="resolved", by=by)
    entries.append(Entry("resolved", {"via": via, "cancelled": cancelled, "method": said.get("method")}, by))
    await record(
        db,
        writes,
        incident,
        entries,
        now=now,
        state="resolved",
        resolved_at=now,
        resolved_by=by.id if by.kind == "user" else None,
        snoozed_until=None,
        group_open=False,
        open_alert_count=0,
        undo=undo_of("resolve", incident, run, by, now=now, groups=groups),
        **said,
    )
    return writes


async def escalate(db: Database, incident: IncidentRow, *, by: Who, level: int | None, now: datetime) -> Writes:
    """Page the next level, or the given one, now; an acknowledged incident waits for somebody again."""
    require(incident, "escalate", now)
    writes = Writes()
    run = await load_run(db, incident.id, incident.cycle)
    entries = end_snooze(writes, incident.id, incident.snoozed_until, reason="escalated", by=by)
    if run is None:
        start(writes, incident.id, cycle=incident.cycle, policy=None, now=now)
        reached = 1
    else:
        position = run.position if level is None else _position_of(run, level)
        resume(writes, run, position=position, at=now, now=now)
        reached = place_of(run.policy_json, position).level
    await clear_pages(db, writes, incident.id, is_answered=False, now=now)
    entries.append(Entry("escalated", {"level": reached}, by))
    undo = undo_of("escalate", incident, run, by, now=now)
    changes = NOBODY_HAS_IT | pages_anyway(incident) | {"undo": undo}
    await record(db, writes, incident, entries, now=now, **changes)
    return writes


async def reopen(db: Database, incident: IncidentRow, *, by: Who, via: str, now: datetime) -> Writes:
    """It is not over: a new cycle of the same policy pages from its first level, and new alerts of its group join.

    The alerts that the resolution closed and that have not recovered since are open again, so that their source ends
    it; where none of its alerts fires any more, the timeline says so: then only people end it.
    """
    require(incident, "reopen", now)
    writes = Writes()
    opened = await open_again(db, writes, incident, closed_at=incident.resolved_at or now, is_undo=False, now=now)
    run = await load_run(db, incident.id, incident.cycle)
    restart(writes, incident, run.policy_json if run else None, now=now)
    entry = Entry("reopened", {"via": via, "quiet": incident.alert_count > 0 and opened.count == 0}, by)
    await record(
        db,
        writes,
        incident,
        [entry, *opened.entries],
        now=now,
        cycle=incident.cycle + 1,
        resolved_at=None,
        resolved_by=None,
        group_open=await _may_group(db, incident),
        **opened.changes,
        **NOBODY_HAS_IT,
    )
    return writes


def restart(writes: Writes, incident: IncidentRow, policy: Policy | None, *, now: datetime) -> None:
    """Begin the incident's next cycle, now; those who were called in to the last one are free."""
    start(writes, incident.id, cycle=incident.cycle + 1, policy=policy, now=now)
    writes.sql("DELETE FROM incident_responder WHERE incident_id = :id", id=incident.id)


async def _may_group(db: Database, incident: IncidentRow) -> bool:
    """Whether new alerts of its group may join it: it has a group, and no other open incident has taken that."""
    if incident.service_id is None:
        return False
    taken = await db.value(
        "SELECT 1 FROM incident WHERE group_open AND service_id = :service AND group_key = :key AND id <> :id",
        service=incident.service_id,
        key=incident.group_key,
        id=incident.id,
    )
    return taken is None


async def _is_asked(db: Database, incident_id: str, user_id: str | None) -> bool:
    found = await db.value(
        "SELECT 1 FROM incident_responder WHERE incident_id = :incident AND user_id = :user AND answered_at IS NULL",
        incident=incident_id,
        user=user_id,
    )
    return found is not None


def _position_of(run: RunRow, level: int) -> int:
    levels = len(run.policy_json.levels)
    if not 1 <= level <= levels:
        raise Invalid.one("level", "no_such_level", f"the policy has levels 1 to {levels}", levels=levels)
    return position_of_level(run.policy_json, run.position, level)
