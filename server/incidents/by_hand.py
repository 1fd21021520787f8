"""Open an incident by hand: page a service, a policy, or people."""

from datetime import datetime

from msgspec import Struct

from server.accounts.access.actors import Actor
from server.accounts.access.permissions import INCIDENTS_ACT
from server.escalation.runs import load_policies, people_policy
from server.incidents.named_in_requests import people_named, policy_named, service_named, team_named
from server.incidents.write import open_incidents
from server.kernel.database import Database, Writes
from server.kernel.errors import Flaws
from server.kernel.ids import new_id
from shared.domain.alerts import Severity
from shared.domain.incidents.opening import ByHand, opened_by_hand
from shared.domain.incidents.timeline import Who
from shared.wire import incidents as wire
from shared.wire.lists import Ref


class Opened(Struct, frozen=True, kw_only=True):
    """The new incident, as the audit trail names it."""

    id: str
    name: str
    team_id: str


async def open_by_hand(db: Database, actor: Actor, data: wire.NewIncident, *, now: datetime) -> tuple[Writes, Opened]:
    """The writes and the new incident. Its severity is the caller's until somebody unpins it."""
    flaws, title = Flaws(), data.title.strip()
    if not title:
        flaws.add("title", "blank", "must say something")
    service, policy, team_id = None, None, ""
    with flaws.gathered():
        service = await service_named(db, actor, data.service_id) if data.service_id else None
    with flaws.gathered():
        policy = await policy_named(db, actor, data.policy_id) if data.policy_id else None
    with flaws.gathered():
        wanted = data.team_id or (service.team_id if service else None)
        if wanted is not None or not data.service_id:
            named = await team_named(db, actor, wanted, data.user_ids)
            team_id = service.team_id if service else named
    people: list[Ref] = []
    if team_id:
        actor.require_team(team_id, INCIDENTS_ACT)
        with flaws.gathered():
            people = await people_named(db, data.user_ids, team_id=team_id)
    flaws.refuse()
    if people:
        policy = people_policy([person.id for person in people])
    elif policy is None and service and service.policy_id:
        policy = (await load_policies(db, {service.policy_id})).get(service.policy_id)
    asked = ByHand(
        team_id=team_id,
        service_id=service.id if service else None,
        title=title,
        description=data.description,
        severity=Severity(data.severity),
        people=tuple(person.name for person in people),
        policy=policy,
    )
    opening = opened_by_hand(asked, id=new_id(now), by=Who(actor.kind, actor.user_id), now=now)
    writes = Writes()
    open_incidents(writes, [opening], now=now)
    return writes, Opened(id=opening.incident.id, name=title, team_id=team_id)
