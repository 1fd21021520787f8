"""Permission sets, and who was granted which of them where."""

from datetime import datetime

from msgspec import Struct

from server.accounts.access.actors import Actor, load_actor
from server.accounts.access.changed import people_changed, person_changed, refresh_people
from server.accounts.access.kinds import Place, find_object
from server.accounts.access.ownership import Use, refuse_taken, require_free
from server.accounts.access.permissions import ACCOUNT_WIDE, EVERY, GRANTED, PEOPLE_EDIT
from server.accounts.audit.trail import About, audit
from server.accounts.people.find import person_row
from server.accounts.people.people import UserRow, require_may_give
from server.kernel.database import Database, Writes, delete, select
from server.kernel.errors import Conflict, Flaws, Forbidden, Invalid, NotFound
from server.kernel.ids import new_id
from server.kernel.refusals import require_rev
from server.tables.accounts import Grant, PermissionSet, SetPermission
from shared.wire import roles as wire
from shared.wire.lists import Ref
from shared.wire.sessions import Role

WITHOUT_PERMISSIONS = "DELETE FROM set_permission WHERE set_id = :id"
HOLDERS = "SELECT user_id FROM permission_grant WHERE role_id = :role"


class _SetRow(Struct, frozen=True, kw_only=True):
    id: str
    name: str
    description: str
    permissions: list[wire.Permission]
    rev: int

    def as_wire(self) -> wire.PermissionSet:
        return wire.PermissionSet(
            id=self.id,
            name=self.name,
            description=self.description,
            permissions=self.permissions,
            built_in=False,
            rev=self.rev,
        )


class _GrantRow(Struct, frozen=True, kw_only=True):
    id: str
    user_id: str
    role_id: str
    role_name: str
    permissions: list[wire.Permission]
    scope_kind: str
    scope_id: str


def built_in(role: Role) -> wire.PermissionSet:
    """What accounts have by their role."""
    held: list[wire.Permission] = [permission for permission in EVERY if permission in GRANTED[role]]
    return wire.PermissionSet(id=role, name=role, description="", permissions=held, built_in=True, rev=1)


async def list_roles(db: Database) -> list[wire.PermissionSet]:
    rows = await db.rows(_SetRow, select(PermissionSet).order_by(PermissionSet.name).order_by(PermissionSet.id))
    return [*(built_in(role) for role in GRANTED), *(row.as_wire() for row in rows)]


async def read_role(db: Database, id: str) -> wire.PermissionSet:
    for role in GRANTED:
        if id == role:
            return built_in(role)
    return (await _set(db, id)).as_wire()


async def save_role(
    db: Database, actor: Actor, data: wire.RoleInput, *, id: str | None, rev: int | None, now: datetime
) -> tuple[Writes, wire.PermissionSet]:
    """Make a set, or change the one with this id and rev for everybody who was granted it."""
    before = await _changeable(db, actor, id, rev) if id is not None else None
    flaws = Flaws()
    for n, permission in enumerate(data.permissions):
        if not actor.may_in(permission, None):
            flaws.add(f"permissions[{n}]", "not_held", "you don't have this permission yourself")
    with flaws.gathered():
        await _require_scopes(db, data, id)
    flaws.refuse()
    others = await db.values(select(PermissionSet, PermissionSet.name).where(PermissionSet.id != (id or "")))
    was = before.name if before else None
    refuse_taken(data.name, [*GRANTED, *(name for (name,) in others)], "another role", was=was)
    after = _SetRow(
        id=id or new_id(now),
        name=data.name,
        description=data.description,
        permissions=[permission for permission in EVERY if permission in data.permissions],
        rev=(rev or 0) + 1,
    )
    values = {name: getattr(after, name) for name in ("name", "description", "rev")}
    values["permissions"] = tuple(after.permissions)
    writes = Writes()
    if before is None:
        writes.insert(PermissionSet, id=after.id, created_at=now, **values)
    else:
        writes.update(PermissionSet, {"id": after.id, "rev": rev}, **values)
        writes.sql(WITHOUT_PERMISSIONS, id=after.id)
        refresh_people(writes, HOLDERS, now=now, role=after.id)
        people_changed(writes, HOLDERS, now=now, role=after.id)
    writes.insert_many(
        SetPermission,
        [{"id": f"{after.id} {each}", "set_id": after.id, "permission": each} for each in after.permissions],
    )
    audit(writes, actor, About("role", after.id, after.name), now=now, before=before, after=after)
    return writes, after.as_wire()


async def _require_scopes(db: Database, data: wire.RoleInput, id: str | None) -> None:
    """What holds in the whole account only can't come into a set that was granted for less."""
    if id is None or not ACCOUNT_WIDE & set(data.permissions):
        return
    if await db.value(select(Grant, Grant.id).where(Grant.role_id == id, Grant.scope_kind != "account").limit(1)):
        raise Invalid.one("permissions", "account_wide", "people:edit can't be held for less than the whole account")


async def remove_role(db: Database, actor: Actor, id: str, *, rev: int, now: datetime) -> Writes:
    """Raises Conflict while somebody holds it."""
    before = await _changeable(db, actor, id, rev)
    holders = await db.values(
        "SELECT DISTINCT user_account.id, name, email FROM permission_grant JOIN user_account"
        " ON user_account.id = permission_grant.user_id WHERE role_id = :id ORDER BY name, email",
        id=id,
    )
    require_free(actor, [Use(kind="user", id=user_id, name=name) for user_id, name, _ in holders])
    writes = Writes().query(delete(PermissionSet).where(PermissionSet.id == id, PermissionSet.rev == rev), expect=1)
    writes.query(delete(Grant).where(Grant.role_id == id))
    writes.sql(WITHOUT_PERMISSIONS, id=id)
    audit(writes, actor, About("role", id, before.name), now=now, before=before)
    return writes


async def _changeable(db: Database, actor: Actor, id: str, rev: int | None) -> _SetRow:
    if id in GRANTED:
        raise Forbidden("the roles of accounts can't be changed", code="built_in")
    found = await _set(db, id)
    if not actor.is_admin:
        raise Forbidden("only administrators change roles", code="role")
    require_rev(found.rev, rev)
    return found


async def _set(db: Database, id: str) -> _SetRow:
    found = await db.row(_SetRow, select(PermissionSet).where(PermissionSet.id == id))
    if found is None:
        raise NotFound
    return found


async def list_grants(db: Database, actor: Actor, user_id: str) -> list[wire.Grant]:
    """One's own, or anybody's for those who may edit people; what the reader can't see is left out."""
    await person_row(db, user_id)
    if user_id != actor.user_id and not actor.may_in(PEOPLE_EDIT, None):
        raise Forbidden("only administrators see what others were granted", code="role")
    rows = await db.rows(
        _GrantRow,
        "SELECT permission_grant.id, user_id, role_id, permission_set.name AS role_name, permissions, scope_kind,"
        " scope_id FROM permission_grant JOIN permission_set ON permission_set.id = role_id"
        " WHERE user_id = :user ORDER BY permission_grant.created_at, permission_grant.id",
        user=user_id,
    )
    found: list[wire.Grant] = []
    for row in rows:
        scope = wire.GrantScope(kind=row.scope_kind, id=row.scope_id or None)  # pyright: ignore[reportArgumentType] as it was written
        owner = await _object(db, scope)
        if owner is None or owner.team_id in actor.visible_ids or scope.id is None:
            found.append(_as_wire(row, scope, owner.name if owner else ""))
    return found


async def grant(
    db: Database, actor: Actor, user_id: str, new: wire.NewGrant, *, now: datetime
) -> tuple[Writes, wire.Grant]:
    """Raises Invalid naming the field: an unknown set or object, or a permission that the actor lacks there."""
    person = await person_row(db, user_id)
    held = await db.row(_SetRow, select(PermissionSet).where(PermissionSet.id == new.role_id))
    flaws, owner = Flaws(), None
    if held is None:
        flaws.add("role_id", "unknown", "there is no such role to grant")
    with flaws.gathered():
        owner = await _scope(db, actor, new.scope)
    flaws.refuse()
    assert held is not None
    if new.scope.kind != "account" and ACCOUNT_WIDE & set(held.permissions):
        raise Invalid.one("scope.kind", "account_wide", "people:edit can't be held for less than the whole account")
    for permission in held.permissions:
        if not actor.may_in(permission, owner.team_id if owner else None, new.scope.id):
            raise Invalid.one(
                "role_id", "not_held", f"you don't have {permission} there yourself", permission=permission
            )
    row = _GrantRow(
        id=new_id(now),
        user_id=user_id,
        role_id=held.id,
        role_name=held.name,
        permissions=held.permissions,
        scope_kind=new.scope.kind,
        scope_id=new.scope.id or "",
    )
    await _require_new(db, row)
    writes = Writes().insert(
        Grant,
        id=row.id,
        user_id=user_id,
        role_id=row.role_id,
        scope_kind=row.scope_kind,
        scope_id=row.scope_id,
        created_at=now,
    )
    saved = _as_wire(row, new.scope, owner.name if owner else "")
    about = About("user", user_id, person.name, owner.team_id if owner else None)
    audit(writes, actor, about, now=now, after=saved, verb="granted")
    return writes, saved


async def require_no_more(db: Database, actor: Actor, person: UserRow) -> None:
    """Raises Forbidden when the person may or sees what the actor doesn't: whoever opens an account has all of it."""
    require_may_give(actor, person.role)
    refusal = Forbidden("this person may do more than you", code="role_above_yours")
    held = await load_actor(db, person.id)
    if held is None:
        return
    if not held.visible_ids <= actor.visible_ids or not (actor.is_admin or held.managed_ids <= actor.managed_ids):
        raise refusal
    for each in held.grants:
        scope = wire.GrantScope(kind=each.scope_kind, id=each.scope_id or None)  # pyright: ignore[reportArgumentType] as it was written
        owner = await _object(db, scope)
        team_id = owner.team_id if owner else None
        if not all(actor.may_in(permission, team_id, scope.id) for permission in each.permissions):
            raise refusal


async def _require_new(db: Database, row: _GrantRow) -> None:
    if await db.value(
        select(Grant, Grant.id).where(
            Grant.user_id == row.user_id,
            Grant.role_id == row.role_id,
            Grant.scope_kind == row.scope_kind,
            Grant.scope_id == row.scope_id,
        )
    ):
        raise Conflict("the person holds this already", code="granted_already")


async def _scope(db: Database, actor: Actor, scope: wire.GrantScope) -> Place | None:
    """The team or object of a scope; None for the account."""
    if scope.kind == "account":
        if scope.id is not None:
            raise Invalid.one("scope.id", "not_of_this_kind", "the account has no id")
        return None
    found = await _object(db, scope)
    if found is None or found.team_id not in actor.visible_ids:
        raise Invalid.one("scope.id", "unknown", f"there is no such {scope.kind.replace('_', ' ')}")
    return found


async def _object(db: Database, scope: wire.GrantScope) -> Place | None:
    return None if scope.kind == "account" else await find_object(db, scope.kind, scope.id or "")


async def withdraw(db: Database, actor: Actor, user_id: str, grant_id: str, *, now: datetime) -> Writes:
    """It holds no more from the next request on."""
    person = await person_row(db, user_id)
    found = [each for each in await list_grants(db, actor, user_id) if each.id == grant_id]
    if not found:
        raise NotFound
    writes = Writes().query(delete(Grant).where(Grant.id == grant_id), expect=1)
    person_changed(writes, user_id, now=now)
    audit(writes, actor, About("user", user_id, person.name), now=now, before=found[0], verb="grant_withdrawn")
    return writes


def _as_wire(row: _GrantRow, scope: wire.GrantScope, scope_name: str) -> wire.Grant:
    return wire.Grant(
        id=row.id,
        user_id=row.user_id,
        role=Ref(row.role_id, row.role_name),
        permissions=row.permissions,
        scope=scope,
        scope_name=scope_name,
    )
