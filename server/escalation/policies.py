"""Make and change escalation policies."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from server.accounts.access.actors import Actor
from server.accounts.access.kinds import uses_of
from server.accounts.access.ownership import owned, require_free, require_name_free, require_place
from server.accounts.access.permissions import CONFIGURATION_EDIT
from server.accounts.audit.trail import About, audit
from server.accounts.people.find import people_answering
from server.kernel.database import Database, Writes, delete, one_of, select
from server.kernel.errors import FieldError, Invalid, NotFound
from server.kernel.ids import new_id
from server.services.directory import touch_duty
from server.tables.escalations import EscalationPolicy, PolicyTarget
from shared.wire import escalation_policies as wire

LONGEST_DELAY_S = 24 * 3600


async def list_policies(db: Database, actor: Actor) -> list[wire.EscalationPolicy]:
    return await db.rows(
        wire.EscalationPolicy,
        select(EscalationPolicy)
        .where(EscalationPolicy.archived_at.is_null(), one_of(EscalationPolicy.team_id, actor.visible_ids))
        .order_by(EscalationPolicy.name),
    )


async def read_policy(db: Database, actor: Actor, id: str) -> wire.EscalationPolicy:
    found = await db.row(
        wire.EscalationPolicy,
        select(EscalationPolicy).where(EscalationPolicy.archived_at.is_null(), EscalationPolicy.id == id),
    )
    if found is None:
        raise NotFound
    actor.require_visible(found.team_id)
    return found


async def save_policy(
    db: Database,
    actor: Actor,
    data: wire.EscalationPolicyInput,
    *,
    id: str | None,
    rev: int | None,
    now: datetime,
) -> tuple[Writes, wire.EscalationPolicy]:
    """Make a policy, or change the one with this id and rev. Runs that have begun keep their snapshot."""
    before: wire.EscalationPolicy | None = None
    if id is not None:
        before = await owned(db, actor, wire.EscalationPolicy, EscalationPolicy, id, rev, permission=CONFIGURATION_EDIT)
    await _check(db, actor, data, was=before.team_id if before else None)
    await require_name_free(db, actor, EscalationPolicy, data.name, but=id)
    saved = wire.EscalationPolicy(
        id=id or new_id(now),
        name=data.name,
        team_id=data.team_id,
        levels=data.levels,
        rounds=data.rounds,
        rev=(rev or 0) + 1,
    )
    values: dict[str, Any] = {"name": saved.name, "team_id": saved.team_id}
    values |= {"levels": saved.levels, "rounds": saved.rounds}
    writes = Writes()
    if rev is None:
        writes.insert(EscalationPolicy, id=saved.id, created_at=now, archived_at=None, rev=1, **values)
    else:
        writes.update(EscalationPolicy, {"id": saved.id, "rev": rev}, rev=rev + 1, **values)
    _keep_targets(writes, saved)
    touch_duty(writes)
    audit(writes, actor, _about(saved), before=before, after=saved, now=now)
    return writes, saved


async def archive_policy(db: Database, actor: Actor, id: str, *, rev: int, now: datetime) -> Writes:
    """Raises Conflict while a service uses it."""
    before = await owned(db, actor, wire.EscalationPolicy, EscalationPolicy, id, rev, permission=CONFIGURATION_EDIT)
    require_free(actor, await uses_of(db, id))
    writes = Writes().update(EscalationPolicy, {"id": id, "rev": rev}, archived_at=now, rev=rev + 1)
    touch_duty(writes)
    audit(writes, actor, _about(before), before=before, now=now)
    return writes


def _keep_targets(writes: Writes, policy: wire.EscalationPolicy) -> None:
    targets = [target for level in policy.levels for target in level.targets]
    named = {id for target in targets for id in (target.id, target.role_id) if id is not None}
    writes.query(delete(PolicyTarget).where(PolicyTarget.policy_id == policy.id))
    rows = [{"id": f"{policy.id} {each}", "policy_id": policy.id, "target_id": each} for each in sorted(named)]
    writes.insert_many(PolicyTarget, rows)


def _about(policy: wire.EscalationPolicy) -> About:
    return About("escalation_policy", policy.id, policy.name, policy.team_id)


async def _check(db: Database, actor: Actor, data: wire.EscalationPolicyInput, *, was: str | None) -> None:
    flaws: list[FieldError] = []
    if data.team_id not in actor.visible_ids:
        flaws.append(FieldError("team_id", "unknown", "there is no such team"))
    else:
        require_place(actor, data.team_id, CONFIGURATION_EDIT, was=was)
    known = {
        "user": set(await people_answering(db, data.team_id, _named(data.levels, "user"))),
        "team": set(actor.visible_ids - actor.removed_ids),
        "schedule": await _ids(
            db,
            "SELECT id FROM schedule WHERE archived_at IS NULL AND team_id IN :teams",
            teams=tuple(actor.visible_ids),
        ),
        "role": await _ids(db, "SELECT id FROM on_call_role"),
    }
    for n, level in enumerate(data.levels):
        if not level.targets:
            flaws.append(FieldError(f"levels[{n}].targets", "empty", "name at least one target"))
        if not 0 <= level.delay_s <= LONGEST_DELAY_S:
            flaws.append(FieldError(f"levels[{n}].delay_s", "out_of_range", f"must be 0 to {LONGEST_DELAY_S} seconds"))
        flaws += [
            FieldError(f"levels[{n}].targets[{t}].id", "unknown", f"there is no such {target.kind}")
            for t, target in enumerate(level.targets)
            if target.id not in known[target.kind]
        ]
        flaws += [
            FieldError(f"levels[{n}].targets[{t}].role_id", "unknown", "there is no such role on call")
            for t, target in enumerate(level.targets)
            if target.role_id is not None and target.role_id not in known["role"]
        ]
    if flaws:
        raise Invalid(flaws)


def _named(levels: Sequence[wire.Level], kind: str) -> list[str]:
    return [target.id for level in levels for target in level.targets if target.kind == kind]


async def _ids(db: Database, statement: str, **args: Any) -> set[str]:
    return {id for (id,) in await db.values(statement, **args)}
