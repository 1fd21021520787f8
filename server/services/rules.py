"""Make, change and remove the rules of an integration."""

from datetime import datetime

from server.accounts.access.actors import Actor
from server.accounts.audit.trail import About, audit
from server.kernel.database import Database, Writes, delete, select
from server.kernel.errors import FieldError, NotFound
from server.kernel.ids import new_id
from server.kernel.patterns import compile_pattern
from server.kernel.refusals import require_rev
from server.services.change import check_conditions_given, owned_integration, save
from server.services.directory import touch_configuration
from server.tables.services import Rule
from shared.domain.pipeline.rules import check_effect, stage_of
from shared.wire import services as wire


async def save_rule(
    db: Database,
    actor: Actor,
    integration_id: str,
    data: wire.RuleInput,
    *,
    id: str | None,
    rev: int | None,
    now: datetime,
) -> tuple[Writes, wire.Rule]:
    """Make a rule of an integration, or change the one with this id and rev."""
    integration = await owned_integration(db, actor, integration_id)
    before = await _rule(db, integration_id, id, rev) if id is not None else None
    flaws = [
        FieldError(each.field, each.code, each.message, each.args)
        for each in check_effect(data.effect, compile_pattern)
    ]
    check_conditions_given(data.conditions, flaws)
    saved = wire.Rule(
        id=id or new_id(now),
        integration_id=integration_id,
        stage=stage_of(data.effect),
        position=data.position,
        name=data.name,
        conditions=data.conditions,
        effect=data.effect,
        is_enabled=data.is_enabled,
        rev=(rev or 0) + 1,
    )
    values = {name: getattr(saved, name) for name in saved.__struct_fields__ if name not in ("id", "rev")}
    writes = save(Rule, saved.id, values, rev=rev, now=now)
    audit(writes, actor, About("rule", saved.id, saved.name, integration.team_id), before=before, after=saved, now=now)
    return writes, saved


async def remove_rule(db: Database, actor: Actor, integration_id: str, id: str, *, rev: int, now: datetime) -> Writes:
    integration = await owned_integration(db, actor, integration_id)
    before = await _rule(db, integration_id, id, rev)
    writes = Writes().query(delete(Rule).where(Rule.id == id, Rule.rev == rev), expect=1)
    touch_configuration(writes)
    audit(writes, actor, About("rule", id, before.name, integration.team_id), before=before, now=now)
    return writes


async def _rule(db: Database, integration_id: str, id: str, rev: int | None) -> wire.Rule:
    found = await db.row(wire.Rule, select(Rule).where(Rule.id == id, Rule.integration_id == integration_id))
    if found is None:
        raise NotFound
    require_rev(found.rev, rev)
    return found
