"""What a run has done and will do next, for people to read."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from msgspec import Struct

from server.escalation.people import fallback_of, who_is_meant
from server.escalation.runs import RunRow
from server.kernel.database import Database
from shared.domain.paging.escalation import Forecast, Meant, Place, Policy, Target, forecast
from shared.wire.incidents import Escalation, EscalationStep, EscalationTarget, NextPage, Why
from shared.wire.lists import Ref


class StepRow(Struct, frozen=True, kw_only=True):
    """A step that was taken, and not taken back."""

    incident_id: str
    cycle: int
    step: int
    level: int
    round: int
    at: datetime
    outcome: str
    reason: str | None
    targets: tuple[Meant, ...]


class Outlook(Struct, frozen=True, kw_only=True):
    """One incident's run, the steps it took, and whom the coming levels mean now."""

    run: RunRow | None
    steps: tuple[StepRow, ...]
    meant: dict[str, Meant]
    fallback: tuple[Meant, ...] = ()

    @property
    def is_running(self) -> bool:
        return self.run is not None and self.run.state == "running"


async def load_outlooks(db: Database, incidents: Sequence[tuple[str, str, int]], now: datetime) -> dict[str, Outlook]:
    """Outlooks of incidents, given as (id, team, cycle)."""
    ids = tuple(id for id, _, _ in incidents)
    teams = {id: team_id for id, team_id, _ in incidents}
    cycles = {id: cycle for id, _, cycle in incidents}
    runs = {
        run.incident_id: run
        for run in await db.rows(RunRow, "SELECT <fields> FROM escalation_run WHERE incident_id IN :ids", ids=ids)
        if run.cycle == cycles[run.incident_id]
    }
    steps = await db.rows(
        StepRow,
        "SELECT <fields> FROM escalation_step WHERE incident_id IN :ids AND outcome <> 'taken_back' ORDER BY step",
        ids=ids,
    )
    running = [run for run in runs.values() if run.state == "running"]
    meant = {
        team_id: await who_is_meant(db, _targets_of(running, teams, team_id), now, team_id=team_id)
        for team_id in {teams[run.incident_id] for run in running}
    }
    return {
        id: Outlook(
            run=runs.get(id),
            steps=tuple(step for step in steps if step.incident_id == id and step.cycle == cycle),
            meant=meant.get(teams.get(id, ""), {}),
        )
        for id, _, cycle in incidents
    }


async def with_fallback(db: Database, outlook: Outlook, team_id: str) -> Outlook:
    """The outlook with those who are told once the policy has run out."""
    if not outlook.is_running:
        return outlook
    return Outlook(run=outlook.run, steps=outlook.steps, meant=outlook.meant, fallback=await fallback_of(db, team_id))


def _targets_of(runs: Sequence[RunRow], teams: dict[str, str], team_id: str) -> list[Target]:
    return [target for run in runs if teams[run.incident_id] == team_id for target in _targets(run.policy_json)]


def _targets(policy: Policy) -> list[Target]:
    return [target for level in policy.levels for target in level.targets]


def paging_now(outlook: Outlook) -> list[Ref]:
    """Who the last page went to, while nobody has answered."""
    paged = [step for step in outlook.steps if step.outcome != "skipped"]
    if not outlook.is_running or not paged:
        return []
    return _refs(paged[-1].targets)


def next_page(outlook: Outlook) -> NextPage | None:
    """Who is paged next, and when."""
    coming = _coming(outlook)
    if not coming:
        return None
    targets = _meant_at(outlook, coming[0])
    people = _refs(targets)
    names = [ref.name for ref in people] or [meant.name for meant in targets]
    return NextPage(at=coming[0].at, level=coming[0].place.level, names=names, people=people)


def _coming(outlook: Outlook) -> list[Forecast]:
    run = outlook.run
    if run is None or run.state != "running" or run.next_at is None:
        return []
    if run.levels_at is None:
        return forecast(run.policy_json, run.position, run.next_at)
    ahead = forecast(run.policy_json, run.position, run.levels_at)
    if run.next_at >= run.levels_at:
        return ahead
    beside = Place(level=len(run.policy_json.levels) + 1, round=ahead[0].place.round, is_fallback=True)
    return [Forecast(place=beside, at=run.next_at), *ahead]


def _meant_at(outlook: Outlook, coming: Forecast) -> tuple[Meant, ...]:
    if coming.place.is_fallback or outlook.run is None:
        return next(((meant,) for meant in outlook.fallback if meant.people), ())
    level = outlook.run.policy_json.levels[coming.place.level - 1]
    return tuple(outlook.meant[target.key] for target in level.targets if target.key in outlook.meant)


def _refs(targets: Sequence[Meant]) -> list[Ref]:
    people = {person.user_id: person.name for meant in targets for person in meant.people}
    return [Ref(id, name) for id, name in people.items()]


def as_escalation(outlook: Outlook) -> Escalation:
    """The run with its past and coming steps."""
    run = outlook.run
    if run is None:
        return Escalation(policy=None, state="none", level=0, levels=0, next_at=None, steps=[])
    paged = [step for step in outlook.steps if step.outcome != "skipped"]
    steps = [_past(step, is_now=outlook.is_running and step is paged[-1]) for step in outlook.steps]
    steps += [
        EscalationStep(
            level=coming.place.level,
            state="next",
            at=coming.at,
            targets=[_target(meant) for meant in _meant_at(outlook, coming)],
        )
        for coming in _coming(outlook)
    ]
    return Escalation(
        policy=Ref(run.policy_id, run.policy_json.name) if run.policy_id else None,
        state=_state(outlook),
        level=paged[-1].level if paged else 0,
        levels=len(run.policy_json.levels),
        next_at=run.next_at if outlook.is_running else None,
        steps=steps,
    )


def _state(outlook: Outlook) -> Literal["running", "stopped", "exhausted"]:
    """Exhausted while it looks for anybody at all: not even the fallback can be reached."""
    if not outlook.is_running:
        return "stopped"
    last = outlook.steps[-1] if outlook.steps else None
    is_exhausted = last is not None and last.outcome == "fallback" and last.reason is not None
    return "exhausted" if is_exhausted else "running"


def _past(step: StepRow, *, is_now: bool) -> EscalationStep:
    state = "skipped" if step.outcome == "skipped" else "now" if is_now else "done"
    return EscalationStep(level=step.level, state=state, at=step.at, targets=[_target(meant) for meant in step.targets])


def _target(meant: Meant) -> EscalationTarget:
    return EscalationTarget(kind=meant.kind, id=meant.id, name=meant.name, people=_refs([meant]))


def why_me(outlook: Outlook, user_id: str) -> list[Why]:
    """What put the incident on a person, the latest step first; what further rounds repeat is said once."""
    run = outlook.run
    if run is None:
        return []
    policy = Ref(run.policy_id, run.policy_json.name) if run.policy_id else None
    reasons: dict[tuple[int, str, str], Why] = {}
    for step in reversed(outlook.steps):
        for meant in step.targets:
            mine = next((person for person in meant.people if person.user_id == user_id), None)
            if mine is None:
                continue
            name = Ref(meant.id, meant.name)
            why = Why(
                level=step.level,
                policy=policy,
                schedule=name if meant.kind == "schedule" else None,
                team=name if meant.kind in ("team", "fallback") else None,
                until=mine.until,
            )
            reasons.setdefault((step.level, meant.kind, meant.id), why)
    return list(reasons.values())
