"""The object that somebody wants to change, if they may."""

from collections.abc import Iterable
from typing import Any, Protocol, TypeVar, cast

from msgspec import Struct

from server.accounts.actors import Actor
from server.accounts.permissions import CONFIGURATION_EDIT
from server.kernel.database import Database
from server.kernel.errors import Conflict, NotFound, PreconditionFailed

T = TypeVar("T", bound=Struct)


class Owned(Protocol):
    """What every object of a team says."""

    @property
    def team_id(self) -> str: ...
    @property
    def rev(self) -> int: ...


def require_place(actor: Actor, team_id: str, permission: str, *, was: str | None) -> None:
    """Raises Forbidden unless the actor may put an object into this team; where it `was`, `owned` has asked."""
    if team_id != was:
        actor.require_team(team_id, permission, own=True)


def require_unused(actor: Actor, kind: str, users: Iterable[tuple[Any, ...]]) -> None:
    """Raises Conflict naming the first of (name, team_id) that uses an object; what isn't seen has no name."""
    found = sorted(users, key=lambda user: user[1] not in actor.visible_ids)
    if found:
        name, team_id = found[0]
        said = f"the {kind} {name} uses it" if team_id in actor.visible_ids else f"a {kind} that you don't see uses it"
        raise Conflict(said, code="in_use")


async def require_name_free(db: Database, actor: Actor, kind: str, name: str, *, but: str | None) -> None:
    """Raises Conflict when something that the actor sees has this name; what they don't see is nobody's business."""
    text = f"SELECT team_id FROM {kind} WHERE archived_at IS NULL AND name = :name AND id <> :but"  # noqa: S608 a table of ours
    taken = {team_id for (team_id,) in await db.values(text, name=name, but=but or "")}
    if taken & actor.visible_ids:
        raise Conflict(f"another {kind.replace('_', ' ')} has this name", code="name_taken")


async def owned(
    db: Database,
    actor: Actor,
    into: type[T],
    statement: str,
    id: str,
    rev: int | None = None,
    *,
    permission: str = CONFIGURATION_EDIT,
) -> T:
    """The row of `statement` with this :id, for which the actor has the permission.

    Raises NotFound, Forbidden, or PreconditionFailed when it is not at `rev` any more.
    """
    found = await db.row(into, statement, id=id)
    if found is None:
        raise NotFound
    place = cast("Owned", found)
    actor.require_team(place.team_id, permission, id, own=True)
    if rev is not None and rev != place.rev:
        raise PreconditionFailed(f"it is at rev {place.rev} now; read it again")
    return found
