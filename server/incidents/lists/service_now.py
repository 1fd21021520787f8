"""How a service is doing, and whom it would page now."""

from datetime import datetime

from server.accounts.access.actors import Actor
from server.escalation.people import who_is_meant
from server.kernel.clock import from_us
from server.kernel.database import Database
from server.services.read import read_service
from shared.domain.alerts import Severity
from shared.domain.incidents.allowed_verbs import worst
from shared.domain.paging.escalation import Level, Meant
from shared.wire.escalation_policies import EscalationPolicy
from shared.wire.lists import Ref
from shared.wire.services import LevelNow, RecentIncident, ServiceNow

RECENT = 10


async def read_service_now(db: Database, actor: Actor, service_id: str, *, now: datetime) -> ServiceNow:
    """Raises NotFound for what isn't there or can't be seen."""
    service = await read_service(db, actor, service_id)
    policy = await db.row(
        EscalationPolicy,
        "SELECT <fields> FROM escalation_policy WHERE archived_at IS NULL AND id = :id",
        id=service.policy_id or "",
    )
    open_now = await db.values(
        "SELECT state, severity FROM incident WHERE service_id = :id AND state <> 'resolved'", id=service_id
    )
    states = [state for state, _ in open_now]
    ways_in = await db.rows(
        Ref,
        "SELECT <fields> FROM integration WHERE archived_at IS NULL AND service_id = :id ORDER BY name",
        id=service_id,
    )
    recent = await db.rows(
        RecentIncident,
        "SELECT <fields> FROM incident WHERE service_id = :id ORDER BY triggered_at DESC, id DESC LIMIT :limit",
        id=service_id,
        limit=RECENT,
    )
    last_us = await db.value("SELECT MAX(last_at) FROM alert WHERE service_id = :id", id=service_id)
    return ServiceNow(
        triggered=states.count("triggered"),
        acknowledged=states.count("acknowledged"),
        severity=worst([Severity(each) for _, each in open_now], otherwise=Severity.INFO) if open_now else None,
        policy=Ref(policy.id, policy.name) if policy else None,
        levels=await _levels(db, policy.levels if policy else (), service.team_id, now),
        integrations=ways_in,
        recent=recent,
        last_alert_at=from_us(last_us) if last_us is not None else None,
    )


async def _levels(db: Database, levels: tuple[Level, ...], team_id: str, now: datetime) -> list[LevelNow]:
    meant = await who_is_meant(db, [target for level in levels for target in level.targets], now, team_id=team_id)
    return [_level(n, level, [meant[each.key] for each in level.targets if each.key in meant])
            for n, level in enumerate(levels, 1)]  # fmt: skip


def _level(n: int, level: Level, meant: list[Meant]) -> LevelNow:
    people = {person.user_id: Ref(person.user_id, person.name) for each in meant for person in each.people}
    return LevelNow(
        level=n,
        delay_s=level.delay_s,
        targets=[Ref(each.id, each.name) for each in meant],
        people=list(people.values()),
    )
