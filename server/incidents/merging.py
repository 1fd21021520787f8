"""Make several incidents one: alerts move, the sources end, and new alerts of their groups join the target."""

from collections.abc import Sequence
from datetime import datetime

from server.accounts.access.actors import Actor
from server.accounts.access.permissions import INCIDENTS_ACT
from server.escalation.runs import QUIET, load_run
from server.incidents.current import IncidentRow, load_incident, require
from server.incidents.followers import followers_of, record
from server.incidents.open import end_run
from server.incidents.snoozing import end_snooze
from server.incidents.workspace import Workspace
from server.kernel.database import Database, Writes
from server.kernel.due import arm
from server.kernel.errors import Conflict, Invalid, NotFound
from server.kernel.ids import new_id
from server.timeline.append import hold
from shared.domain.incidents.timeline import Entry, Who
from shared.wire.incidents import Merge


async def merge(db: Database, target: IncidentRow, sources: Sequence[IncidentRow], *, by: Who, now: datetime) -> Writes:
    """All of them are legal to merge. The target keeps its run and whoever has it; nobody is paged by this."""
    writes = Writes()
    entries = [
        Entry("merged_from", {"number": each.number, "title": each.title, "count": each.alert_count}, by)
        for each in sources
    ]
    for source in sources:
        await _end(db, writes, source, target, by, now)
    work = Workspace(db, writes, by=by, now=now)
    await work.load([target.id])
    work.decide(target.id, entries, undo=None)
    if target.silenced_until is not None:
        arm(writes, QUIET, target.id, at=now, now=now)
    for source in sources:
        if source.open_alert_count:
            work.grade(target.id, opened=source.severity)
    await work.regrade()
    return writes


async def _end(db: Database, writes: Writes, source: IncidentRow, target: IncidentRow, by: Who, now: datetime) -> None:
    hold(writes, source, severity=source.severity)
    run = await load_run(db, source.id, source.cycle)
    cancelled = await end_run(db, writes, source.id, run, now=now)
    for move in (
        "UPDATE alert SET incident_id = :target, rev = rev + 1 WHERE incident_id = :source",
        "UPDATE incident SET alert_count = alert_count + (SELECT alert_count FROM incident WHERE id = :source),"
        " open_alert_count = open_alert_count + (SELECT open_alert_count FROM incident WHERE id = :source)"
        " WHERE id = :target",
        "UPDATE incident SET merged_into = :target WHERE merged_into = :source",
    ):
        writes.sql(move, source=source.id, target=target.id)
    for follower in await followers_of(db, source.id):
        writes.sql(
            "INSERT INTO incident_follower (id, incident_id, user_id, since_at) VALUES (:id, :incident, :user, :now)"
            " ON CONFLICT (incident_id, user_id) DO NOTHING",
            id=new_id(now),
            incident=target.id,
            user=follower.id,
            now=now,
        )
    entries = end_snooze(writes, source.id, source.snoozed_until, reason="merged", by=by)
    entries.append(Entry("merged_into", {"number": target.number, "title": target.title, "cancelled": cancelled}, by))
    await record(
        db,
        writes,
        source,
        entries,
        now=now,
        state="resolved",
        resolved_at=now,
        resolved_by=by.id,
        snoozed_until=None,
        merged_into=target.id,
        alert_count=0,
        open_alert_count=0,
        undo=None,
    )


async def merge_target(db: Database, actor: Actor, id: str, *, field: str) -> IncidentRow:
    """An incident that others may be merged with; raises Invalid naming the field when the actor can't see it."""
    try:
        found = await load_incident(db, id)
        actor.require_team(found.team_id, INCIDENTS_ACT)
    except NotFound:
        raise Invalid.one(field, "unknown", "there is no such incident") from None
    return found


async def check_merge(db: Database, source: IncidentRow, target: IncidentRow, *, now: datetime) -> None:
    """Raises Conflict with the reason: one of the two is over, they are one, or a private team's would be shown."""
    if source.id == target.id:
        raise Conflict("an incident can't be merged into itself", code="same_incident")
    require(source, "merge", now)
    require(target, "merge", now)
    teams = (source.team_id, target.team_id)
    text = "SELECT 1 FROM team WHERE is_private AND id IN :teams"
    if source.team_id != target.team_id and await db.value(text, teams=teams) is not None:
        raise Conflict("what a private team owns is merged within that team only", code="private_team")


async def merge_named(
    db: Database, actor: Actor, found: IncidentRow, named: Merge, *, by: Who, now: datetime
) -> Writes:
    """Merge `found` into the one named, or those named into it; raises Invalid or Conflict with the reason."""
    if named.into is not None:
        target, sources = await merge_target(db, actor, named.into, field="into"), [found]
    else:
        target = found
        ids = dict.fromkeys(named.sources)
        sources = [await merge_target(db, actor, id, field=f"sources[{n}]") for n, id in enumerate(ids)]
    for source in sources:
        await check_merge(db, source, target, now=now)
    return await merge(db, target, sources, by=by, now=now)
