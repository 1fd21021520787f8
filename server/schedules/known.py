"""The schedules somebody sees, and whom and what a schedule may name."""

from collections.abc import Iterable
from datetime import datetime

from server.accounts.access.actors import Actor
from server.kernel.database import Database, select
from server.kernel.errors import FieldError, Invalid, NotFound
from server.schedules.rotas import Loaded, load_rotas
from server.tables.accounts import Membership, User
from server.tables.schedules import OnCallRole
from shared.domain.flaws import Flaw, Nameable
from shared.wire.problems import FieldProblem


async def visible_schedule(db: Database, actor: Actor, id: str, *, since: datetime, archived: bool = False) -> Loaded:
    """Raises NotFound for what isn't there or can't be seen; what was archived is there for those who ask what was."""
    loaded = (await load_rotas(db, [id], since=since, archived=archived)).get(id)
    if loaded is None:
        raise NotFound
    actor.require_visible(loaded.row.team_id)
    return loaded


def problem(flaw: Flaw) -> FieldProblem:
    return FieldProblem(field=flaw.field, code=flaw.code, message=flaw.message, args=flaw.args)


def refusal(flaws: Iterable[Flaw]) -> Invalid:
    return Invalid([FieldError(flaw.field, flaw.code, flaw.message, flaw.args) for flaw in flaws])


async def known_to(db: Database, team_id: str) -> Nameable:
    """What a schedule of this team may name."""
    users = await db.values(select(User, User.id, User.deactivated_at))
    team = await db.values(select(Membership, Membership.user_id).where(Membership.team_id == team_id))
    roles = await db.values(select(OnCallRole, OnCallRole.id))
    return Nameable(
        users=frozenset(id for id, _ in users),
        deactivated=frozenset(id for id, gone in users if gone is not None),
        team=frozenset(id for (id,) in team),
        roles=frozenset(id for (id,) in roles),
    )
