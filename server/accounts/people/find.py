"""Read people as lists and screens show them."""

from collections.abc import Sequence
from typing import Any, Literal

from msgspec import Struct

from server.accounts.access.actors import Actor
from server.accounts.access.permissions import ADMINS, INCIDENTS_ACT
from server.accounts.people.people import UserRow
from server.kernel.database import Database, select
from server.kernel.database.text import containing
from server.kernel.errors import NotFound
from server.kernel.http import cut, decode_cursor
from server.tables.accounts import User
from shared.wire import people as wire
from shared.wire.lists import Page, Ref

State = Literal["active", "deactivated"]


class _Listed(UserRow, frozen=True, kw_only=True):
    lowered: str
    """The name as the database lowers it, which is not how Python does."""


COLUMNS = ", ".join((*UserRow.__struct_fields__, "LOWER(name) AS lowered"))


class _Membership(Struct, frozen=True):
    user_id: str
    id: str
    name: str


async def list_people(
    db: Database,
    actor: Actor,
    *,
    q: str = "",
    team_id: str | None = None,
    state: State | None = None,
    limit: int,
    cursor: str | None = None,
) -> Page[wire.User]:
    """By name. `q` is looked for in names and emails; a team that the actor does not see has nobody in it."""
    where, args = ["1 = 1"], dict[str, Any]()
    if q.strip():
        where.append("LOWER(name || ' ' || email) LIKE :q ESCAPE '!'")
        args["q"] = containing(q.strip())
    if team_id is not None:
        where.append("id IN (SELECT user_id FROM membership WHERE team_id = :team)")
        args["team"] = team_id if team_id in actor.visible_ids else ""
    if state is not None:
        where.append(f"deactivated_at IS {'NULL' if state == 'active' else 'NOT NULL'}")
    if cursor is not None:
        where.append("(LOWER(name), id) > (:name, :id)")
        args["name"], args["id"] = decode_cursor(cursor, str, str)
    rows = await db.rows(
        _Listed,
        f"SELECT {COLUMNS} FROM user_account WHERE {' AND '.join(where)} ORDER BY LOWER(name), id LIMIT :limit",  # noqa: S608 (clauses are constants)
        limit=limit + 1,
        **args,
    )
    shown, more = cut(rows, limit, lambda row: (row.lowered, row.id))
    teams = await teams_of(db, actor, [row.id for row in shown])
    return Page(items=[row.as_wire(teams.get(row.id), to=actor) for row in shown], next_cursor=more)


async def read_person(db: Database, actor: Actor, id: str) -> wire.User:
    row = await person_row(db, id)
    return row.as_wire((await teams_of(db, actor, [id])).get(id), to=actor)


async def person_row(db: Database, id: str) -> UserRow:
    """Raises NotFound."""
    found = await db.row(UserRow, select(User).where(User.id == id))
    if found is None:
        raise NotFound
    return found


async def people_answering(db: Database, team_id: str, ids: Sequence[str]) -> dict[str, str]:
    """The names of those among `ids` whom one may page about what the team owns.

    They are active, see it, and may act on its incidents: a viewer can't, unless a permission set says so.
    """
    rows = await db.values(
        "SELECT id, name FROM user_account WHERE id IN :ids AND deactivated_at IS NULL"
        " AND (role IN :admins OR EXISTS (SELECT 1 FROM team WHERE team.id = :team AND NOT is_private)"
        " OR EXISTS (SELECT 1 FROM membership WHERE membership.team_id = :team"
        " AND membership.user_id = user_account.id)"
        " OR EXISTS (SELECT 1 FROM permission_grant WHERE permission_grant.user_id = user_account.id"
        " AND scope_kind = 'team' AND scope_id = :team))"
        " AND (role <> 'viewer' OR EXISTS (SELECT 1 FROM permission_grant JOIN set_permission"
        " ON set_permission.set_id = permission_grant.role_id WHERE permission_grant.user_id = user_account.id"
        " AND set_permission.permission = :act"
        " AND (scope_kind = 'account' OR (scope_kind = 'team' AND scope_id = :team))))",
        ids=tuple(ids),
        admins=ADMINS,
        team=team_id,
        act=INCIDENTS_ACT,
    )
    return dict(rows)


async def teams_of(db: Database, actor: Actor, user_ids: list[str]) -> dict[str, list[Ref]]:
    """The teams of each person, as far as the actor sees them."""
    rows = await db.rows(
        _Membership,
        "SELECT membership.user_id, team.id, team.name FROM membership JOIN team ON team.id = membership.team_id"
        " WHERE membership.user_id IN :users AND team.archived_at IS NULL AND team.id IN :teams ORDER BY team.name",
        users=tuple(user_ids),
        teams=tuple(actor.visible_ids),
    )
    found: dict[str, list[Ref]] = {}
    for row in rows:
        found.setdefault(row.user_id, []).append(Ref(row.id, row.name))
    return found
