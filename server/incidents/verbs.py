"""What people and sources do to an incident: acknowledge, resolve, escalate, undo."""

from datetime import datetime

from msgspec import Struct

from server.escalation.runs import RunRow, load_run, resume, start
from server.incidents.open import end_run
from server.kernel.database import Database, Writes
from server.kernel.errors import Conflict, Invalid, NotFound
from server.notifications.clear import clear_pages
from server.notifications.plan import restore_pages
from server.timeline.append import Entry, Head, Who, append
from shared.domain.escalation import place_of, position_of_level
from shared.domain.incidents import UNDO, State, Verb, refusal


class Undo(Struct, frozen=True, kw_only=True):
    """What brings back the state before the last verb, exactly."""

    verb: str
    by: str | None
    at: datetime
    until: datetime
    state: State
    position: int
    next_at: datetime | None
    acknowledged_at: datetime | None
    acknowledged_by: str | None
    was_running: bool


class IncidentRow(Struct, frozen=True, kw_only=True):
    """An incident as verbs need it."""

    id: str
    number: int
    team_id: str
    service_id: str
    rev: int
    timeline_n: int
    timeline_hash: str
    state: State
    cycle: int
    acknowledged_at: datetime | None
    acknowledged_by: str | None
    undo: Undo | None

    @property
    def head(self) -> Head:
        return Head(
            id=self.id,
            team_id=self.team_id,
            rev=self.rev,
            timeline_n=self.timeline_n,
            timeline_hash=self.timeline_hash,
        )


async def load_incident(db: Database, incident_id: str) -> IncidentRow:
    """Raises NotFound."""
    found = await db.row(IncidentRow, "SELECT * FROM incident WHERE id = :id", id=incident_id)
    if found is None:
        raise NotFound
    return found


async def acknowledge(db: Database, incident: IncidentRow, *, by: Who, via: str, now: datetime) -> Writes:
    """Somebody has it: the run stops and what is queued is cancelled. Raises Conflict with the reason."""
    _require(incident, "acknowledge", now)
    writes = Writes()
    run = await load_run(db, incident.id, incident.cycle)
    cancelled = await end_run(db, writes, incident.id, run, now=now)
    append(
        writes,
        incident.head,
        [Entry("acknowledged", {"via": via, "cancelled": cancelled}, by)],
        now=now,
        state="acknowledged",
        acknowledged_at=now,
        acknowledged_by=by.id if by.kind == "user" else None,
        undo=_undo("acknowledge", incident, run, by, now),
    )
    return writes


async def resolve(
    db: Database, incident: IncidentRow, *, by: Who, via: str, resolution: str | None, now: datetime
) -> Writes:
    """It is over: nobody is paged any more, and its alerts are closed, so that new trouble opens a new incident."""
    _require(incident, "resolve", now)
    writes = Writes()
    run = await load_run(db, incident.id, incident.cycle)
    cancelled = await end_run(db, writes, incident.id, run, now=now)
    writes.sql(
        "UPDATE alert SET closed_at = :now, rev = rev + 1 WHERE incident_id = :id AND closed_at IS NULL",
        now=now,
        id=incident.id,
    )
    append(
        writes,
        incident.head,
        [Entry("resolved", {"via": via, "cancelled": cancelled, "resolution": resolution}, by)],
        now=now,
        state="resolved",
        resolved_at=now,
        resolved_by=by.id if by.kind == "user" else None,
        resolution=resolution,
        group_open=False,
        open_alert_count=0,
        undo=None,
    )
    return writes


async def escalate(db: Database, incident: IncidentRow, *, by: Who, level: int | None, now: datetime) -> Writes:
    """Page the next level, or the given one, now; an acknowledged incident waits for somebody again."""
    _require(incident, "escalate", now)
    writes = Writes()
    run = await load_run(db, incident.id, incident.cycle)
    if run is None:
        start(writes, incident.id, cycle=incident.cycle, policy=None, now=now)
        reached = 1
    else:
        position = run.position if level is None else _position_of(run, level)
        resume(writes, run, position=position, at=now, now=now)
        reached = place_of(run.policy_json, position).level
    await clear_pages(db, writes, incident.id, is_answered=False, now=now)
    append(
        writes,
        incident.head,
        [Entry("escalated", {"level": reached}, by)],
        now=now,
        state="triggered",
        acknowledged_at=None,
        acknowledged_by=None,
        undo=None,
    )
    return writes


async def undo(db: Database, incident: IncidentRow, *, by: Who, now: datetime) -> Writes:
    """Take the last acknowledgement back: the run goes on where it was, at the time it had."""
    last = incident.undo
    _require(incident, "undo", now)
    if last is None or last.by != by.id:
        raise Conflict("only who did it can undo it", code="not_yours_to_undo")
    writes = Writes()
    run = await load_run(db, incident.id, incident.cycle)
    if run is not None and last.was_running:
        resume(writes, run, position=last.position, at=max(last.next_at or now, now), now=now)
        await restore_pages(db, writes, incident.id, cancelled_at=last.at, now=now)
    append(
        writes,
        incident.head,
        [Entry("undone", {"verb": last.verb}, by)],
        now=now,
        state=last.state,
        acknowledged_at=last.acknowledged_at,
        acknowledged_by=last.acknowledged_by,
        undo=None,
    )
    return writes


def _require(incident: IncidentRow, verb: Verb, now: datetime) -> None:
    until = incident.undo.until if incident.undo else None
    if (why := refusal(verb, incident.state, undo_until=until, now=now)) is not None:
        raise Conflict(why.message, code=why.code)


def _undo(verb: str, incident: IncidentRow, run: RunRow | None, by: Who, now: datetime) -> Undo | None:
    if by.kind != "user":
        return None
    return Undo(
        verb=verb,
        by=by.id,
        at=now,
        until=now + UNDO,
        state=incident.state,
        position=run.position if run else 0,
        next_at=run.next_at if run else None,
        acknowledged_at=incident.acknowledged_at,
        acknowledged_by=incident.acknowledged_by,
        was_running=run is not None and run.state == "running",
    )


def _position_of(run: RunRow, level: int) -> int:
    levels = len(run.policy_json.levels)
    if not 1 <= level <= levels:
        raise Invalid.one("level", "no_such_level", f"the policy has levels 1 to {levels}", levels=levels)
    return position_of_level(run.policy_json, run.position, level)
