"""Start, stop and resume the run of one incident."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from server.kernel.database import Database, Priority, Writes
from server.kernel.due import Kind, arm, disarm
from server.kernel.ids import new_id
from server.pages.settle import HURRY
from server.tables.escalations import EscalationRun, EscalationStep
from shared.domain.incidents.case import RunFacts
from shared.domain.paging.escalation import Level, Policy, Step, Target
from shared.domain.paging.notification import LOOK_AFTER

ADVANCE = Kind("run.advance", Priority.PAGE)
ASK = Kind("run.ask", Priority.PAGE)
GRAVER = Kind("run.graver", Priority.PAGE)
QUIET = Kind("run.quiet", Priority.PAGE)
BY_HAND_DELAY_S = 300


class RunRow(RunFacts, frozen=True, kw_only=True):
    """One cycle's run."""

    id: str
    incident_id: str
    cycle: int
    policy_id: str | None
    rev: int


class _PolicyRow(Struct, frozen=True, kw_only=True):
    id: str
    name: str
    levels: tuple[Level, ...]
    rounds: int


async def load_run(db: Database, incident_id: str, cycle: int) -> RunRow | None:
    return await db.row(
        RunRow,
        "SELECT <fields> FROM escalation_run WHERE incident_id = :incident AND cycle = :cycle",
        incident=incident_id,
        cycle=cycle,
    )


async def load_policies(db: Database, ids: set[str]) -> dict[str, Policy]:
    """Policies as they stand, ready to be snapshotted."""
    rows = await db.rows(
        _PolicyRow, "SELECT <fields> FROM escalation_policy WHERE archived_at IS NULL AND id IN :ids", ids=tuple(ids)
    )
    return {row.id: Policy(id=row.id, name=row.name, levels=row.levels, rounds=row.rounds) for row in rows}


def start(
    writes: Writes, incident_id: str, *, cycle: int, policy: Policy | None, is_running: bool = True, now: datetime
) -> None:
    """Follow a snapshot of the policy from its first level, now; without one the team's fallback is paged.

    One that is not running waits to be resumed.
    """
    snapshot = policy or Policy(id=None, name="", levels=())
    writes.insert(
        EscalationRun,
        id=new_id(now),
        incident_id=incident_id,
        cycle=cycle,
        policy_id=snapshot.id,
        policy_json=snapshot,
        state="running" if is_running else "stopped",
        step=0,
        position=0,
        next_at=now,
        rev=1,
    )
    if is_running:
        arm(writes, ADVANCE, incident_id, at=now, now=now)


def stop(writes: Writes, run: RunRow, *, position: int, next_at: datetime | None) -> None:
    """Nobody else is paged by this run; it keeps this place to be resumed."""
    writes.update(
        EscalationRun,
        {"id": run.id, "rev": run.rev},
        state="stopped",
        position=position,
        next_at=next_at,
        levels_at=None,
        rev=run.rev + 1,
    )
    disarm(writes, ADVANCE, run.incident_id)
    disarm(writes, HURRY, run.incident_id)


def resume(writes: Writes, run: RunRow, *, position: int, at: datetime, now: datetime) -> None:
    """Go on from `position` at `at`; until then somebody looks whether the pages of the last step arrive.

    If it became graver while nobody was paged, those who know it as milder are told; if it was silenced, it pauses.
    """
    writes.update(
        EscalationRun,
        {"id": run.id, "rev": run.rev},
        state="running",
        position=position,
        next_at=at,
        levels_at=None,
        rev=run.rev + 1,
    )
    arm(writes, ADVANCE, run.incident_id, at=at, now=now)
    if at > now:
        arm(writes, HURRY, run.incident_id, at=min(now + LOOK_AFTER, at), now=now)
        for look in (GRAVER, QUIET):
            arm(writes, look, run.incident_id, at=now, now=now)


def move(
    writes: Writes, run: RunRow, *, position: int, next_at: datetime, levels_at: datetime | None, steps: int = 0
) -> None:
    """Another place is next, or another time; `steps` more are taken."""
    writes.update(
        EscalationRun,
        {"id": run.id, "rev": run.rev},
        step=run.step + steps,
        position=position,
        next_at=next_at,
        levels_at=levels_at,
        rev=run.rev + 1,
    )


def take_steps(writes: Writes, run: RunRow, steps: Sequence[Step], *, now: datetime) -> None:
    """Note what was taken now; the run counts them when it moves."""
    for number, step in enumerate(steps, run.step):
        writes.insert(
            EscalationStep,
            id=new_id(now),
            incident_id=run.incident_id,
            cycle=run.cycle,
            step=number,
            level=step.place.level,
            round=step.place.round,
            at=now,
            outcome=step.outcome,
            reason=step.reason,
            targets=step.meant,
        )


def take_back_steps(writes: Writes, incident_id: str, *, cycle: int, since: int) -> None:
    """They were taken, and count no more for whom is being paged."""
    writes.sql(
        "UPDATE escalation_step SET outcome = 'taken_back'"
        " WHERE incident_id = :id AND cycle = :cycle AND step >= :since",
        id=incident_id,
        cycle=cycle,
        since=since,
    )


async def has_reached(db: Database, run: RunRow) -> bool:
    """Whether a provider has taken a page of the last step."""
    found = await db.value(
        "SELECT 1 FROM notification JOIN delivery ON delivery.id = notification.id WHERE incident_id = :incident"
        " AND cycle = :cycle AND step = :step AND accepted_at IS NOT NULL LIMIT 1",
        incident=run.incident_id,
        cycle=run.cycle,
        step=run.step - 1,
    )
    return found is not None


def people_policy(user_ids: Sequence[str]) -> Policy:
    """A policy of one level for people who are chosen by hand; then the team's fallback is paged."""
    targets = tuple(Target(kind="user", id=user_id) for user_id in user_ids)
    return Policy(id=None, name="", levels=(Level(targets=targets, delay_s=BY_HAND_DELAY_S),))
