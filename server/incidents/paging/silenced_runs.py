"""Silences and runs: while every open alert of an incident is covered, nobody is paged for it.

A run that is covered when its step is due, or when a silence begins, pauses; the level it stood at is paged once the
silences end, or as soon as something fires that they don't cover. A paused incident is looked at every half minute
besides, so that nothing that changes beside the pause can hide in it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from server.escalation.runs import QUIET, load_run
from server.incidents.paging.covered import AT_ONCE, covered_until, load_silenceable, touches
from server.incidents.situation import found_in
from server.incidents.write import apply_change, let_silences_hold
from server.kernel.database import Database, Writes
from server.kernel.due import Claimed, arm, arm_again, handles
from server.pages.taken_back import pages_waiting
from server.services.directory import Directory
from server.services.silences import BEGUN, Looked
from shared.domain.incidents.case import Case
from shared.domain.incidents.silencing import silence, silence_over

LOOK_EVERY = timedelta(seconds=30)
OPEN_NOW = ("decided", "alert_count", "open_alert_count")
"""What a pause rests on: news that joins meanwhile is looked at first."""


@handles(QUIET, in_batches=True)
@dataclass(frozen=True)
class PauseSilenced:
    """Handler of `run.quiet`: pauses a run that silences cover, and pages again once they don't."""

    db: Database

    async def __call__(self, claimed: Claimed, now: datetime) -> Writes:
        writes = Writes()
        incident = await load_silenceable(self.db, claimed.ref)
        if incident is None or incident.state != "triggered":
            return writes
        run = await load_run(self.db, incident.id, incident.cycle)
        case = Case(incident=incident, now=now)
        until = await covered_until(self.db, incident.id, now)
        if until is not None:
            found = found_in(case, incident, run, await pages_waiting(self.db, incident.id))
            writes = apply_change(found, silence(found.case, until=until), given=OPEN_NOW)
            arm_again(writes, claimed, at=min(until, now + LOOK_EVERY))
        elif incident.silenced_until is not None or run is None or run.state != "running":
            found = found_in(case, incident, run)
            writes = apply_change(found, silence_over(found.case))
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
        begun = next((each for each in self.directory.silences_in_force(now) if each.id == looked.silence_id), None)
        if begun is None:
            return writes
        services = [each.id for each in self.directory.services.values() if each.team_id == begun.team_id]
        rows = await self.db.values(
            "SELECT id, pages_anyway FROM incident WHERE state = 'triggered' AND id > :after AND EXISTS"
            " (SELECT 1 FROM alert"
            " WHERE alert.incident_id = incident.id AND closed_at IS NULL AND alert.service_id IN :services)"
            " ORDER BY id LIMIT :limit",
            after=looked.after,
            services=tuple(services if begun.service_id is None else [begun.service_id]),
            limit=AT_ONCE,
        )
        for id, pages_anyway in rows:
            if pages_anyway and await touches(self.db, begun, id, now):
                let_silences_hold(writes, id)
            arm(writes, QUIET, id, at=now, now=now)
        if len(rows) == AT_ONCE:
            arm(writes, BEGUN, Looked(begun.id, rows[-1][0]), at=now, now=now)
        return writes
