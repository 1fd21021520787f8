"""The object that somebody wants to change, if they may."""

from collections.abc import Iterable, Sequence
from typing import Any, Protocol, TypeVar, cast

from msgspec import Struct

from server.accounts.access.actors import Actor
from server.accounts.access.permissions import CONFIGURATION_EDIT
from server.kernel.database import Database, living, select
from server.kernel.database.schema import name_of
from server.kernel.errors import Conflict, FieldError, Invalid, NotFound
from server.kernel.refusals import require_rev
from shared.domain.visible import is_same_name

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


class Use(Struct, frozen=True, kw_only=True):
    """What still needs an object that is to go; without a team, everybody who may remove the object sees it."""

    kind: str
    id: str
    name: str
    team_id: str | None = None


def require_free(actor: Actor, uses: Sequence[Use]) -> None:
    """Raises Conflict naming all that uses an object, what is seen first; what isn't seen has neither id nor name."""
    errors = [_needing(actor, use) for use in uses]
    if errors:
        errors.sort(key=lambda error: not error.args["name"])
        refusal = Conflict(f"{errors[0].message} still needs it", code="in_use")
        refusal.errors = errors
        raise refusal


def _needing(actor: Actor, use: Use) -> FieldError:
    kind = use.kind.replace("_", " ")
    if use.team_id is None or use.team_id in actor.visible_ids:
        args = {"kind": use.kind, "id": use.id, "name": use.name}
        return FieldError("", "in_use", f"the {kind} {use.name}", args)
    return FieldError("", "in_use", f"a {kind} that you don't see", {"kind": use.kind, "id": "", "name": ""})


def refuse_taken(name: str, others: Iterable[str], whose: str, *, was: str | None = None) -> None:
    """Raises Conflict `name_taken` when one of `others` is called so; `whose` is such as `another team`.

    What is called so already may stay. Raises Invalid for blanks.
    """
    if not name.strip():
        raise Invalid.one("name", "blank", "must say something")
    if name != was and any(is_same_name(name, other) for other in others):
        raise Conflict(f"{whose} has this name", code="name_taken")


async def require_name_free(db: Database, actor: Actor, table: type[Any], name: str, *, but: str | None) -> None:
    """Raises Conflict when something that the actor sees has this name; what they don't see is nobody's business."""
    found = await db.values(select(table, table.id, table.name, table.team_id).where(table.archived_at.is_null()))
    others = [each for id, each, team_id in found if id != but and team_id in actor.visible_ids]
    was = next((each for id, each, _ in found if id == but), None)
    refuse_taken(name, others, f"another {name_of(table).replace('_', ' ')}", was=was)


async def owned(
    db: Database,
    actor: Actor,
    into: type[T],
    table: type[Any],
    id: str,
    rev: int | None = None,
    *,
    permission: str = CONFIGURATION_EDIT,
) -> T:
    """The row of a table that the actor has the permission for; archived ones are gone. Raises what `allowed` says."""
    return allowed(actor, await db.row(into, living(table, id)), id, rev, permission=permission)


def allowed(
    actor: Actor, found: T | None, id: str, rev: int | None = None, *, permission: str = CONFIGURATION_EDIT
) -> T:
    """What was found, if it was: raises NotFound, Forbidden, or PreconditionFailed when it is not at `rev` any more."""
    if found is None:
        raise NotFound
    place = cast("Owned", found)
    actor.require_team(place.team_id, permission, id, own=True)
    require_rev(place.rev, rev)
    return found
