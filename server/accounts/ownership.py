"""The object that somebody wants to change, if they may."""

from typing import Protocol, TypeVar, cast

from msgspec import Struct

from server.accounts.actors import Actor
from server.kernel.database import Database
from server.kernel.errors import NotFound, PreconditionFailed

T = TypeVar("T", bound=Struct)


class Owned(Protocol):
    """What every object of a team says."""

    @property
    def team_id(self) -> str: ...
    @property
    def rev(self) -> int: ...


async def owned(db: Database, actor: Actor, into: type[T], statement: str, id: str, rev: int | None = None) -> T:
    """The row of `statement` with this :id, which the actor may change.

    Raises NotFound, Forbidden, or PreconditionFailed when it is not at `rev` any more.
    """
    found = await db.row(into, statement, id=id)
    if found is None:
        raise NotFound
    place = cast("Owned", found)
    actor.require_team(place.team_id)
    if rev is not None and rev != place.rev:
        raise PreconditionFailed(f"it is at rev {place.rev} now; read it again")
    return found
