"""The people, policies, services and teams that a request names, as far as the actor may name them."""

from collections.abc import Sequence

from msgspec import Struct

from server.accounts.access.actors import Actor
from server.accounts.people.find import people_answering
from server.escalation.runs import load_policies, people_policy
from server.kernel.database import Database
from server.kernel.errors import FieldError, Invalid
from shared.domain.paging.escalation import Policy
from shared.wire.incidents import Reassign
from shared.wire.lists import Ref


class ServiceRow(Struct, frozen=True, kw_only=True):
    id: str
    name: str
    team_id: str
    policy_id: str | None


async def people_named(db: Database, ids: Sequence[str], *, team_id: str, field: str = "user_ids") -> list[Ref]:
    """Each once, in the order given; raises Invalid naming those who can't answer for the team."""
    names = await people_answering(db, team_id, ids)
    flaws = [
        FieldError(f"{field}[{n}]", "unknown", "there is no such user") for n, id in enumerate(ids) if id not in names
    ]
    if flaws:
        raise Invalid(flaws)
    return [Ref(id, names[id]) for id in dict.fromkeys(ids)]


async def policy_named(db: Database, actor: Actor, policy_id: str) -> Policy:
    """Raises Invalid naming `policy_id`."""
    team_id = await db.value(
        "SELECT team_id FROM escalation_policy WHERE id = :id AND archived_at IS NULL", id=policy_id
    )
    if team_id not in actor.visible_ids:
        raise Invalid.one("policy_id", "unknown", "there is no such escalation policy")
    return (await load_policies(db, {policy_id}))[policy_id]


async def service_named(db: Database, actor: Actor, service_id: str) -> ServiceRow:
    """Raises Invalid naming `service_id`."""
    found = await db.row(
        ServiceRow, "SELECT <fields> FROM service WHERE id = :id AND archived_at IS NULL", id=service_id
    )
    if found is None or found.team_id not in actor.visible_ids:
        raise Invalid.one("service_id", "unknown", "there is no such service")
    return found


async def team_named(db: Database, actor: Actor, team_id: str | None, user_ids: Sequence[str]) -> str:
    """The team given, or one that the actor and the people share, or the only one of the actor, or the people's.

    Raises Invalid naming `team_id`.
    """
    if team_id is not None:
        if team_id not in actor.visible_ids:
            raise Invalid.one("team_id", "unknown", "there is no such team")
        return team_id
    rows = await db.values(
        "SELECT DISTINCT team.name, team.id FROM team JOIN membership ON membership.team_id = team.id"
        " WHERE membership.user_id IN :users ORDER BY team.name",
        users=tuple(user_ids),
    )
    theirs = [id for _, id in rows if id in actor.visible_ids]
    shared = [id for id in theirs if id in actor.team_ids]
    likely = [*shared, *(actor.team_ids if len(actor.team_ids) == 1 else ()), *theirs]
    if not likely:
        raise Invalid.one("team_id", "required", "name a service, or the team that is to know")
    return likely[0]


async def assignees(db: Database, actor: Actor, data: Reassign, *, team_id: str) -> tuple[Policy, list[Ref]]:
    """The policy to follow, and the people when it is made for them; raises Invalid naming the field."""
    if (data.policy_id is None) == (not data.user_ids):
        raise Invalid.one("user_ids", "one_of", "give either user_ids or policy_id")
    if data.policy_id is not None:
        return await policy_named(db, actor, data.policy_id), []
    people = await people_named(db, data.user_ids, team_id=team_id)
    return people_policy([person.id for person in people]), people
