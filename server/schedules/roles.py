"""On-call roles: of the account, shared by its schedules."""

from datetime import datetime

from msgspec import Struct

from server.accounts.access.actors import Actor
from server.accounts.access.kinds import uses_of
from server.accounts.access.ownership import refuse_taken, require_free
from server.accounts.access.permissions import SCHEDULES_EDIT
from server.accounts.audit.trail import About, audit
from server.kernel.database import Database, Writes, delete, select
from server.kernel.errors import Conflict, Invalid, NotFound
from server.kernel.ids import new_id
from server.kernel.refusals import require_rev
from server.kernel.revisions import expect, revision
from server.services.directory import DUTY
from server.tables.schedules import OnCallRole
from shared.wire import on_call_roles as wire


class _RoleRow(Struct, frozen=True, kw_only=True):
    id: str
    name: str
    is_built_in: bool
    rev: int


async def list_roles(db: Database) -> list[wire.OnCallRole]:
    """The built-in ones first, then by name."""
    rows = await db.rows(
        _RoleRow,
        select(OnCallRole)
        .order_by(OnCallRole.is_built_in, ascending=False)
        .order_by(OnCallRole.created_at)
        .order_by(OnCallRole.name),
    )
    return [_as_wire(row, len(await uses_of(db, row.id))) for row in rows]


async def names_of_roles(db: Database) -> dict[str, str]:
    return dict(await db.values(select(OnCallRole, OnCallRole.id, OnCallRole.name)))


async def require_role(db: Database, id: str | None) -> None:
    """Raises Invalid for a role that there isn't."""
    if id is not None and await db.value(select(OnCallRole, OnCallRole.id).where(OnCallRole.id == id)) is None:
        raise Invalid.one("role_id", "unknown_role", "there is no such on-call role")


async def save_role(
    db: Database,
    actor: Actor,
    data: wire.OnCallRoleInput,
    *,
    id: str | None,
    rev: int | None,
    now: datetime,
) -> tuple[Writes, wire.OnCallRole]:
    """Raises Conflict for a name that is taken and for a role that is built in."""
    actor.require_account(SCHEDULES_EDIT)
    before = None if id is None else await _changeable(db, id, rev)
    others = await db.values(select(OnCallRole, OnCallRole.name).where(OnCallRole.id != (id or "")))
    refuse_taken(data.name, [name for (name,) in others], "another role", was=before.name if before else None)
    writes = Writes()
    if before is None:
        after = _RoleRow(id=new_id(now), name=data.name, is_built_in=False, rev=1)
        writes.insert(OnCallRole, id=after.id, name=after.name, is_built_in=False, created_at=now, rev=1)
    else:
        after = _RoleRow(id=before.id, name=data.name, is_built_in=False, rev=before.rev + 1)
        writes.update(OnCallRole, {"id": before.id, "rev": before.rev}, name=after.name, rev=after.rev)
    audit(writes, actor, About("on_call_role", after.id, after.name), now=now, before=before, after=after)
    return writes, _as_wire(after, len(await uses_of(db, after.id)))


async def remove_role(db: Database, actor: Actor, id: str, *, rev: int, now: datetime) -> Writes:
    """Raises Conflict naming what uses it; what the actor doesn't see has no name.

    Schedules and policies that are saved meanwhile move the revision on which that is decided.
    """
    actor.require_account(SCHEDULES_EDIT)
    duty = await revision(db, DUTY)
    row = await _changeable(db, id, rev)
    require_free(actor, await uses_of(db, id))
    writes = Writes().query(delete(OnCallRole).where(OnCallRole.id == id, OnCallRole.rev == rev), expect=1)
    expect(writes, DUTY, duty)
    audit(writes, actor, About("on_call_role", id, row.name), now=now, before=row)
    return writes


async def _changeable(db: Database, id: str, rev: int | None) -> _RoleRow:
    found = await db.row(_RoleRow, select(OnCallRole).where(OnCallRole.id == id))
    if found is None:
        raise NotFound
    require_rev(found.rev, rev)
    if found.is_built_in:
        raise Conflict("a built-in role stays as it is", code="built_in")
    return found


def _as_wire(row: _RoleRow, used_by: int) -> wire.OnCallRole:
    return wire.OnCallRole(id=row.id, name=row.name, is_built_in=row.is_built_in, used_by=used_by, rev=row.rev)
