"""Silences and runs: while every open alert of an incident is covered, nobody is paged for it.

A run that is covered when its step is due, or when a silence begins, pauses; the level it stood at is paged once the
silences end, or as soon as something fires that they don't cover. A paused incident is looked at every half minute
besides, so that nothing that changes beside the pause can hide in it.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from msgspec import Struct

from server.delivery.enqueue import cancel
from server.escalation.runs import QUIET, RunRow, load_run, page_again, stop
from server.kernel.database import Database, Writes
from server.kernel.due import Claimed, arm, arm_again, handles
from server.kernel.patterns import compile_pattern
from server.notifications.waiting import follow_state
from server.services.directory import Directory
from server.services.silences import BEGUN, Looked
from server.timeline.append import Entry, Head, decide
from shared.domain.alerts import Action, Event, Severity
from shared.domain.pipeline.muting import Placed, Silence, quiet_until

AT_ONCE = 500
LOOK_EVERY = timedelta(seconds=30)
NEVER = datetime(1970, 1, 1, tzinfo=UTC)
OPEN = (
    "SELECT alert.id, service_id, service.team_id, dedup_key, severity, title, alert.description, check_name,"
    " source, labels FROM alert JOIN service ON service.id = service_id WHERE incident_id = :incident"
    " AND COALESCE(closed_at, :open) = :open AND alert.id > :after ORDER BY alert.id LIMIT :limit"
)


class Silenceable(Head, frozen=True, kw_only=True):
    """An incident that silences may hold; not one that a person opened, nor one that a person wants to be paged."""

    state: str
    cycle: int
    alert_count: int
    open_alert_count: int
    opened_by: str | None
    silenced_until: datetime | None
    pages_anyway: bool


class _Open(Struct, frozen=True, kw_only=True):
    id: str
    service_id: str
    team_id: str
    dedup_key: str
    severity: Severity
    title: str
    description: str
    check_name: str
    source: str
    labels: dict[str, str]


async def load_silenceable(db: Database, incident_id: str) -> Silenceable | None:
    return await db.row(Silenceable, "SELECT <fields> FROM incident WHERE id = :id", id=incident_id)


async def covered_until(
    db: Database, incident_id: str, now: datetime, *, closed_at: datetime | None = None
) -> datetime | None:
    """Until when silences cover every open alert of the incident; None when somebody is to be paged for it.

    With `closed_at`, the alerts that were closed then count as open. Asked of the database, since a silence may be
    younger than what any process holds in memory.
    """
    silences = await db.rows(Silence, "SELECT <fields> FROM silence WHERE ends_at > :now", now=now)
    incident = await load_silenceable(db, incident_id) if any(each.starts_at <= now for each in silences) else None
    if incident is None or incident.opened_by is not None or incident.pages_anyway:
        return None
    until: datetime | None = None
    after = ""
    while True:
        rows = await db.rows(
            _Open,
            OPEN,
            incident=incident_id,
            open=closed_at or NEVER,
            after=after,
            limit=AT_ONCE,
        )
        for row in rows:
            covered = quiet_until(_placed(row), silences, now=now, compiled=_compiled)
            if covered is None:
                return None
            until = min(until or covered, covered)
        if len(rows) < AT_ONCE:
            return until
        after = rows[-1].id


_compiled = lru_cache(maxsize=1000)(compile_pattern)


def _placed(row: _Open) -> Placed:
    event = Event(
        action=Action.TRIGGER,
        dedup_key=row.dedup_key,
        title=row.title,
        severity=row.severity,
        description=row.description,
        check=row.check_name,
        source=row.source,
        labels=row.labels,
    )
    return Placed(event=event, service_id=row.service_id, team_id=row.team_id)


async def pause(
    db: Database, writes: Writes, incident: Silenceable, run: RunRow | None, *, until: datetime, now: datetime
) -> None:
    """Nobody is paged until then. Rests on what is open now: news that joins meanwhile is looked at first.

    A step that was due and not taken is what is paged afterwards, as if the run had stood there.
    """
    if run is not None and run.state == "running":
        level_at = run.levels_at or run.next_at
        is_due = level_at is not None and level_at <= now
        stop(writes, run, to=(run.position + is_due, level_at))
    queued = await db.values(
        "SELECT notification.id FROM notification JOIN delivery ON delivery.id = notification.id"
        " WHERE notification.incident_id = :incident AND step >= 0 AND delivery.state = 'queued'",
        incident=incident.id,
    )
    cancel(writes, tuple(id for (id,) in queued), now=now)
    if until != incident.silenced_until:
        facts = {name: getattr(incident, name) for name in ("decided", "alert_count", "open_alert_count")}
        entries = [Entry("silenced", {"until": until, "cancelled": len(queued)})]
        decide(writes, incident, entries, now=now, given=facts, silenced_until=until)
        follow_state(writes, incident.id)


@handles(QUIET, in_slices=True)
@dataclass(frozen=True)
class Quieten:
    """Handler of `run.quiet`: pauses a run that silences cover, and pages again once they don't."""

    db: Database

    async def __call__(self, claimed: Claimed, now: datetime) -> Writes:
        writes = Writes()
        incident = await load_silenceable(self.db, claimed.ref)
        if incident is None or incident.state != "triggered":
            return writes
        run = await load_run(self.db, incident.id, incident.cycle)
        until = await covered_until(self.db, incident.id, now)
        if until is not None:
            await pause(self.db, writes, incident, run, until=until, now=now)
            arm_again(writes, claimed, at=min(until, now + LOOK_EVERY))
        elif incident.silenced_until is not None or run is None or run.state != "running":
            page_again(writes, incident.id, run, cycle=incident.cycle, now=now)
            decide(writes, incident, [Entry("silence_over", {})], now=now, silenced_until=None)
            follow_state(writes, incident.id)
        return writes


@handles(BEGUN, at_once=1)
@dataclass(frozen=True)
class SilenceBegun:
    """Handler of `silence.begun`: the unanswered incidents that a new or changed silence may hold are looked at.

    A person who wanted one of them to page anyway said so before this silence.
    """

    db: Database
    directory: Directory

    async def __call__(self, claimed: Claimed, now: datetime) -> Writes:
        writes = Writes()
        await self.directory.refresh()
        looked = BEGUN.read(claimed.ref)
        silence_id, after = looked.silence_id, looked.after
        silence = next((each for each in self.directory.silences_in_force(now) if each.id == silence_id), None)
        if silence is None:
            return writes
        services = [each.id for each in self.directory.services.values() if each.team_id == silence.team_id]
        rows = await self.db.values(
            "SELECT id, pages_anyway FROM incident WHERE state = 'triggered' AND id > :after AND EXISTS"
            " (SELECT 1 FROM alert"
            " WHERE alert.incident_id = incident.id AND closed_at IS NULL AND alert.service_id IN :services)"
            " ORDER BY id LIMIT :limit",
            after=after,
            services=tuple(services if silence.service_id is None else [silence.service_id]),
            limit=AT_ONCE,
        )
        for id, pages_anyway in rows:
            if pages_anyway and await self._touches(silence, id, now):
                writes.sql("UPDATE incident SET pages_anyway = FALSE WHERE id = :id", id=id)
            arm(writes, QUIET, id, at=now, now=now)
        if len(rows) == AT_ONCE:
            arm(writes, BEGUN, Looked(silence_id, rows[-1][0]), at=now, now=now)
        return writes

    async def _touches(self, silence: Silence, incident_id: str, now: datetime) -> bool:
        """Whether it covers any alert that is open in the incident, as far as the first hundreds tell."""
        rows = await self.db.rows(_Open, OPEN, incident=incident_id, open=NEVER, after="", limit=AT_ONCE)
        return any(quiet_until(_placed(row), [silence], now=now, compiled=_compiled) is not None for row in rows)
