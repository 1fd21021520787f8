"""Take the step of a run that is due: page whom it means, and arm the next one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from server.escalation.people import fallback_of, who_is_meant
from server.escalation.runs import ADVANCE, QUIET, RunRow, load_run, move, take_steps
from server.incidents.paging.covered import covered_until
from server.incidents.paging.hearing import fallback_paged_at, load_hearing, nobody_hears
from server.incidents.paging.paged import Paged, about_step, load_paged
from server.incidents.paging.unreachable_level import round_unreached, rounds_over
from server.incidents.write import decide
from server.kernel.database import Database, Writes
from server.kernel.due import Batch, Claimed, arm, arm_again, disarm, handles
from server.pages.plan import plan_pages, recipients_of
from server.pages.settle import HURRY
from server.schedules.description import text_for_pages
from shared.domain.incidents.timeline import Entry
from shared.domain.paging.escalation import Advance, Meant, Policy, Step, advance, meant_next, place_of
from shared.domain.paging.hearing import Hearing, who_hears_first
from shared.domain.paging.notification import LOOK_AFTER

LOOK_AGAIN = timedelta(seconds=1)


@handles(ADVANCE, at_once=16, in_batches=True)
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
        meant = await claimed.batch.once(
            ("meant", incident.team_id, *(target.key for target in targets)),
            lambda: who_is_meant(self.db, targets, now, team_id=incident.team_id),
        )
        hearing = await load_hearing(self.db, run, now=now) if run.step > 0 else Hearing()
        levels_at = run.levels_at
        if levels_at is None and await self._is_unheard(run, hearing, meant, now):
            levels_at = now + LOOK_AGAIN
        decided = advance(run.policy_json, run.position, meant=meant, fallback=(), levels_at=levels_at, now=now)
        reason = ""
        if decided.steps[-1].outcome == "fallback":
            fallback = who_hears_first(await fallback_of(self.db, incident.team_id), hearing.deaf)
            decided = advance(
                run.policy_json, run.position, meant=meant, fallback=fallback, levels_at=levels_at, now=now
            )
            if not decided.steps[-1].people and len(decided.steps) == 1 and await self._found_nobody(run):
                return _look_again(run, decided, now)
            reason = await self._why_fallback(run, decided)
        return await self._write(incident, run, decided, meant, reason, claimed.batch, look_at=hearing.look_at, now=now)

    async def _is_unheard(self, run: RunRow, hearing: Hearing, meant: Mapping[str, Meant], now: datetime) -> bool:
        """Whether the fallback is to be told before the level that is due: nobody of the list hears for a minute.

        Levels and rounds shorter than a minute leave no other time to notice, as their pages are still under way.
        """
        policy = run.policy_json
        if not hearing.is_waiting or policy.is_trial or place_of(policy, run.position).is_fallback:
            return False
        told_at = await fallback_paged_at(self.db, run)
        return (told_at is None or told_at + LOOK_AFTER <= now) and nobody_hears(run, hearing, meant)

    async def _found_nobody(self, run: RunRow) -> bool:
        """Whether the last step was the fallback's already, and had nobody to page."""
        text = "SELECT 1 FROM escalation_step WHERE incident_id = :incident AND cycle = :cycle AND step = :step"
        found = await self.db.value(
            f"{text} AND outcome = 'fallback' AND reason IS NOT NULL",
            incident=run.incident_id,
            cycle=run.cycle,
            step=run.step - 1,
        )
        return found is not None

    async def _why_fallback(self, run: RunRow, decided: Advance) -> str:
        """The reason of the level just passed over, if that is what led here; else whether anybody was reached."""
        if len(decided.steps) > 1:
            return decided.steps[-2].reason or ""
        if not run.policy_json.levels:
            return "no_policy"
        if decided.levels_at is not None:
            return "nobody_reachable"
        reached = await self.db.value(
            "SELECT 1 FROM escalation_step JOIN notification ON notification.incident_id = escalation_step.incident_id"
            " AND notification.cycle = escalation_step.cycle AND notification.step = escalation_step.step"
            " JOIN delivery ON delivery.id = notification.id WHERE escalation_step.incident_id = :incident"
            " AND escalation_step.cycle = :cycle AND outcome = 'paged' AND accepted_at IS NOT NULL LIMIT 1",
            incident=run.incident_id,
            cycle=run.cycle,
        )
        return "nobody_reachable" if reached is None else "nobody_answered"

    async def _write(
        self,
        incident: Paged,
        run: RunRow,
        decided: Advance,
        meant: Mapping[str, Meant],
        reason: str,
        batch: Batch,
        *,
        look_at: datetime | None,
        now: datetime,
    ) -> Writes:
        writes = Writes()
        take_steps(writes, run, decided.steps, now=now)
        last = run.step + len(decided.steps) - 1
        taken = decided.steps[-1]
        if taken.people:
            schedules = tuple(each.id for each in taken.meant if each.kind == "schedule")
            note = await batch.once(("note", *schedules), lambda: text_for_pages(self.db, schedules))
            people = tuple(person.user_id for person in taken.people)
            await plan_pages(
                self.db,
                writes,
                about_step(
                    incident,
                    next_meant=meant_next(run.policy_json, decided.position, meant=meant),
                    next_at=decided.next_at,
                    app_url=self.app_url,
                    note=note,
                    is_fallback=taken.outcome == "fallback",
                    fallback_reason=reason if reason not in ("", "no_policy", "nobody_answered") else None,
                ),
                await batch.once(("recipients", *people), lambda: recipients_of(self.db, people)),
                cycle=run.cycle,
                step=last,
                waits=incident.state == "triggered",
                now=now,
            )
        move(
            writes,
            run,
            position=decided.position,
            next_at=decided.next_at,
            levels_at=decided.levels_at,
            steps=len(decided.steps),
        )
        decide(writes, incident, _entries(decided, run, reason), now=now, given=incident.facts)
        arm(writes, ADVANCE, incident.id, at=decided.next_at, now=now)
        if taken.people:
            looks = (now + LOOK_AFTER, decided.next_at, *(() if look_at is None else (look_at,)))
            arm(writes, HURRY, incident.id, at=min(looks), now=now)
        else:
            disarm(writes, HURRY, incident.id)
        return writes


def _look_again(run: RunRow, decided: Advance, now: datetime) -> Writes:
    """There is still nobody to page, which was said."""
    writes = Writes()
    move(writes, run, position=decided.position, next_at=decided.next_at, levels_at=decided.levels_at)
    arm(writes, ADVANCE, run.incident_id, at=decided.next_at, now=now)
    return writes


def _entries(decided: Advance, run: RunRow, reason: str) -> list[Entry]:
    """What is told of the steps; `reason` is why the fallback is paged, if it is."""
    policy = run.policy_json
    entries: list[Entry] = []
    for step in decided.steps:
        names = [person.name for person in step.people]
        is_passed_over = len(decided.steps) > len(policy.levels) > 0
        is_beside = run.levels_at is None and decided.levels_at is not None
        if step.outcome == "fallback" and (is_passed_over or is_beside):
            entries.append(_nobody(step, policy, decided.levels_at))
        match step.outcome:
            case "skipped":
                args = {"level": step.place.level, "reason": step.reason}
                entries.append(Entry("level_skipped", args | {"targets": [meant.name for meant in step.meant]}))
            case "fallback" if step.people:
                entries.append(Entry("fallback_paged", {"people": names, "reason": reason}))
            case "fallback":
                entries.append(Entry("exhausted", {"reason": step.reason}))
            case "paged":
                if step.place.level == 1 and step.place.round > 1:
                    entries.append(Entry("round_started", {"round": step.place.round}))
                args = {"level": step.place.level, "levels": len(policy.levels), "people": names}
                entries.append(Entry("level_paged", args | {"targets": [meant.name for meant in step.meant]}))
    return entries


def _nobody(step: Step, policy: Policy, levels_at: datetime | None) -> Entry:
    """The whole list was passed over."""
    if levels_at is None:
        return rounds_over(policy.rounds)
    return round_unreached(step.place.round, policy.rounds, levels_at)
