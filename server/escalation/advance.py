"""Take the step of a run that is due: page whom it means, and arm the next one."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from server.escalation.paged import Paged, about_step, load_paged
from server.escalation.people import fallback_of, who_is_meant
from server.escalation.quiet import covered_until
from server.escalation.runs import ADVANCE, QUIET, RunRow, load_run
from server.kernel.database import Database, Writes
from server.kernel.due import Claimed, Slice, arm, arm_again, disarm
from server.kernel.ids import new_id
from server.notifications.plan import plan_pages, recipients_of
from server.notifications.settle import HURRY
from server.schedules.description import said_in_pages
from server.tables.escalations import EscalationRun, EscalationStep
from server.timeline.append import Entry, decide
from shared.domain.escalation import Advance, Step, advance
from shared.domain.notification import LOOK_AFTER

LOOK_AGAIN = timedelta(seconds=1)


@dataclass(frozen=True)
class TakeStep:
    """Handler of `run.advance`."""

    db: Database
    app_url: str

    async def __call__(self, claimed: Claimed, now: datetime) -> Writes:
        incident = await load_paged(self.db, claimed.ref)
        if incident is None or incident.state != "triggered":
            return Writes()
        run = await load_run(self.db, incident.id, incident.cycle)
        if run is None or run.state != "running":
            return Writes()
        if run.next_at is not None and run.next_at > now:
            writes = Writes()
            arm_again(writes, claimed, at=run.next_at)
            return writes
        if await covered_until(self.db, incident.id, now) is not None:
            writes = Writes()
            arm(writes, QUIET, incident.id, at=now, now=now)
            arm_again(writes, claimed, at=now + LOOK_AGAIN)
            return writes
        targets = [target for level in run.policy_json.levels for target in level.targets]
        meant = await claimed.slice.once(
            ("meant", incident.team_id, *(target.key for target in targets)),
            lambda: who_is_meant(self.db, targets, now, team_id=incident.team_id),
        )
        decided = advance(run.policy_json, run.position, meant=meant, fallback=(), now=now)
        if decided.steps[-1].outcome == "fallback":
            fallback = await fallback_of(self.db, incident.team_id)
            decided = advance(run.policy_json, run.position, meant=meant, fallback=fallback, now=now)
        return await self._write(incident, run, decided, claimed.slice, now)

    async def _write(self, incident: Paged, run: RunRow, decided: Advance, slice: Slice, now: datetime) -> Writes:
        writes = Writes()
        for number, step in enumerate(decided.steps, run.step):
            writes.insert(EscalationStep, id=new_id(now), step=number, **_step_row(step, run, now))
        last = run.step + len(decided.steps) - 1
        taken = decided.steps[-1]
        if taken.people:
            schedules = tuple(meant.id for meant in taken.meant if meant.kind == "schedule")
            note = await slice.once(("note", *schedules), lambda: said_in_pages(self.db, schedules))
            people = tuple(person.user_id for person in taken.people)
            await plan_pages(
                self.db,
                writes,
                about_step(
                    incident,
                    run,
                    position=decided.position,
                    next_at=decided.next_at,
                    app_url=self.app_url,
                    note=note,
                    is_fallback=taken.outcome == "fallback",
                    fallback_reason=_why_fallback(decided) if taken.outcome == "fallback" else None,
                ),
                await slice.once(("recipients", *people), lambda: recipients_of(self.db, people)),
                cycle=run.cycle,
                step=last,
                now=now,
            )
        writes.update(
            EscalationRun,
            {"id": run.id, "rev": run.rev},
            step=last + 1,
            position=decided.position,
            next_at=decided.next_at,
            rev=run.rev + 1,
        )
        decide(writes, incident, _entries(decided, run), now=now, given=incident.facts)
        arm(writes, ADVANCE, incident.id, at=decided.next_at, now=now)
        if taken.people:
            arm(writes, HURRY, incident.id, at=min(now + LOOK_AFTER, decided.next_at), now=now)
        else:
            disarm(writes, HURRY, incident.id)
        return writes


def _step_row(step: Step, run: RunRow, now: datetime) -> dict[str, object]:
    return {
        "incident_id": run.incident_id,
        "cycle": run.cycle,
        "level": step.place.level,
        "round": step.place.round,
        "at": now,
        "outcome": step.outcome,
        "reason": step.reason,
        "targets": step.meant,
    }


def _why_fallback(decided: Advance) -> str | None:
    """The reason of the level just passed over, if that is what led here."""
    return decided.steps[-2].reason if len(decided.steps) > 1 else None


def _entries(decided: Advance, run: RunRow) -> list[Entry]:
    entries: list[Entry] = []
    for step in decided.steps:
        names = [person.name for person in step.people]
        match step.outcome:
            case "skipped":
                entries.append(Entry("level_skipped", {"level": step.place.level, "reason": step.reason}))
            case "fallback" if step.people:
                reason = _why_fallback(decided) or ("no_policy" if not run.policy_json.levels else "nobody_answered")
                entries.append(Entry("fallback_paged", {"people": names, "reason": reason}))
            case "fallback":
                entries.append(Entry("exhausted", {"reason": step.reason}))
            case "paged":
                if step.place.level == 1 and step.place.round > 1:
                    entries.append(Entry("round_started", {"round": step.place.round}))
                args = {"level": step.place.level, "levels": len(run.policy_json.levels), "people": names}
                entries.append(Entry("level_paged", args | {"targets": [meant.name for meant in step.meant]}))
    return entries
