"""Teams: make, change and remove them, and who belongs to them."""

from datetime import datetime

from msgspec import Struct

from server.accounts.access.actors import Actor
from server.accounts.access.changed import people_changed, person_changed, refresh_people, refresh_person
from server.accounts.access.kinds import uses_of
from server.accounts.access.ownership import refuse_taken, require_free
from server.accounts.access.permissions import ADMINS, MEMBERS_EDIT, PEOPLE_EDIT
from server.accounts.audit.trail import About, audit
from server.accounts.people.incident_numbers import open_range
from server.accounts.people.people import add_member, make_team
from server.kernel.database import Database, Writes, delete, one_of, select
from server.kernel.errors import Forbidden, Invalid, NotFound
from server.kernel.refusals import require_rev
from server.tables.accounts import Grant, Membership, Team, User
from shared.wire import people as wire

MEMBERS = "SELECT user_id FROM membership WHERE team_id = :team"
LET_IN = (
    f"{MEMBERS} UNION SELECT user_id FROM permission_grant"  # noqa: S608 fixed
    " WHERE scope_kind = 'team' AND scope_id = :team"
)
EVERYBODY = "SELECT id FROM user_account"


class _TeamRow(Struct, frozen=True, kw_only=True):
    id: str
    name: str
    is_private: bool
    covers_need_approval: bool
    rev: int


class _Membership(Struct, frozen=True, kw_only=True):
    """What the audit trail tells of one."""

    user_id: str
    name: str
    is_manager: bool


async def list_teams(db: Database, actor: Actor) -> list[wire.Team]:
    rows = await db.rows(
        _TeamRow,
        select(Team)
        .where(Team.archived_at.is_null(), one_of(Team.id, actor.visible_ids))
        .order_by(Team.name)
        .order_by(Team.id),
    )
    counted = dict(
        await db.values(
            "SELECT team_id, COUNT(*) FROM membership JOIN user_account ON user_account.id = user_id"
            " WHERE deactivated_at IS NULL AND team_id IN :ids GROUP BY team_id",
            ids=tuple(row.id for row in rows),
        )
    )
    return [_as_wire(row, actor, counted.get(row.id, 0)) for row in rows]


async def read_team(db: Database, actor: Actor, id: str) -> wire.Team:
    row = await visible_team(db, actor, id)
    count = await db.value(
        "SELECT COUNT(*) FROM membership JOIN user_account ON user_account.id = user_id"
        " WHERE deactivated_at IS NULL AND team_id = :id",
        id=id,
    )
    return _as_wire(row, actor, count)


async def visible_team(db: Database, actor: Actor, id: str) -> _TeamRow:
    """Raises NotFound for what isn't there or can't be seen."""
    found = await db.row(_TeamRow, select(Team).where(Team.archived_at.is_null(), Team.id == id))
    if found is None or id not in actor.visible_ids:
        raise NotFound
    return found


def _as_wire(row: _TeamRow, actor: Actor, members: int) -> wire.Team:
    return wire.Team(
        id=row.id,
        name=row.name,
        is_private=row.is_private,
        covers_need_approval=row.covers_need_approval,
        rev=row.rev,
        members=members,
        is_member=row.id in actor.team_ids,
        may_edit_members=may_edit_members(actor, row.id),
    )


async def add_team(db: Database, actor: Actor, new: wire.NewTeam, *, now: datetime) -> tuple[Writes, wire.Team]:
    await _require_name_free(db, actor, new.name)
    writes, team = make_team(new, now=now)
    audit(writes, actor, About("team", team.id, team.name, team.id), now=now, after=_row_of(team))
    return writes, team


async def change_team(
    db: Database, actor: Actor, id: str, change: wire.TeamChange, *, rev: int, now: datetime
) -> tuple[Writes, wire.Team]:
    before = await visible_team(db, actor, id)
    require_rev(before.rev, rev)
    await _require_name_free(db, actor, change.name, but=id)
    values = {name: getattr(change, name) for name in ("name", "is_private", "covers_need_approval")}
    after = _TeamRow(id=id, rev=rev + 1, **values)
    writes = Writes().update(Team, {"id": id, "rev": rev}, rev=rev + 1, **values)
    if after.is_private:
        open_range(writes, id)
    if after.is_private and not before.is_private:
        people_changed(writes, EVERYBODY, now=now)
    refresh_people(writes, MEMBERS, now=now, team=id)
    audit(writes, actor, About("team", id, after.name, id), now=now, before=before, after=after)
    return writes, _as_wire(after, actor, (await read_team(db, actor, id)).members)


async def remove_team(db: Database, actor: Actor, id: str, *, rev: int, now: datetime) -> Writes:
    """It is kept for what was; raises Conflict naming what it still owns or who still pages it, if that is seen."""
    before = await visible_team(db, actor, id)
    require_rev(before.rev, rev)
    require_free(actor, await uses_of(db, id))
    writes = Writes().update(Team, {"id": id, "rev": rev}, archived_at=now, rev=rev + 1)
    refresh_people(writes, MEMBERS, now=now, team=id)
    people_changed(writes, LET_IN, now=now, team=id)
    writes.query(delete(Membership).where(Membership.team_id == id))
    writes.query(delete(Grant).where(Grant.scope_kind == "team", Grant.scope_id == id))
    writes.sql("UPDATE api_key SET revoked_at = :now WHERE team_id = :id AND revoked_at IS NULL", id=id, now=now)
    audit(writes, actor, About("team", id, before.name, id), now=now, before=before)
    return writes


def may_edit_members(actor: Actor, team_id: str) -> bool:
    """Whoever may edit people; managers of this team whose role is manager; whoever was granted it there."""
    if actor.may_in(PEOPLE_EDIT, None) and team_id in actor.visible_ids and actor.only_team_id is None:
        return True
    if not actor.may_in(MEMBERS_EDIT, team_id):
        return False
    return actor.role in ADMINS or team_id in actor.managed_ids or _was_granted(actor, team_id)


def _was_granted(actor: Actor, team_id: str) -> bool:
    return any(grant.covers(MEMBERS_EDIT, team_id, None) for grant in actor.grants)


async def list_members(db: Database, actor: Actor, team_id: str) -> list[wire.Member]:
    await visible_team(db, actor, team_id)
    return await db.rows(
        wire.Member,
        "SELECT user_id, user_account.name, is_manager, email, role, deactivated_at FROM membership"
        " JOIN user_account ON user_account.id = user_id WHERE team_id = :team ORDER BY user_account.name, user_id",
        team=team_id,
    )


async def put_member(db: Database, actor: Actor, team_id: str, new: wire.NewMember, *, now: datetime) -> Writes:
    """Add a person, or change whether they manage the team; raises Invalid for an unknown person."""
    team = await _editable(db, actor, team_id)
    name = await db.value(select(User, User.name).where(User.id == new.user_id, User.deactivated_at.is_null()))
    if name is None:
        raise Invalid.one("user_id", "unknown", "there is no such person")
    before = await _membership(db, team_id, new.user_id)
    after = _Membership(user_id=new.user_id, name=name, is_manager=new.is_manager)
    writes = Writes()
    if before == after:
        return writes
    add_member(writes, team_id, new.user_id, is_manager=new.is_manager, now=now)
    verb = "member_changed" if before else "member_added"
    # The whole of what holds now: a difference alone would name nobody.
    audit(writes, actor, About("team", team_id, team.name, team_id), now=now, after=after, verb=verb)
    return writes


async def remove_member(db: Database, actor: Actor, team_id: str, user_id: str, *, now: datetime) -> Writes:
    team = await _editable(db, actor, team_id)
    before = await _membership(db, team_id, user_id)
    if before is None:
        raise NotFound
    writes = Writes().query(
        delete(Membership).where(Membership.team_id == team_id, Membership.user_id == user_id), expect=1
    )
    person_changed(writes, user_id, now=now)
    refresh_person(writes, user_id, now=now)
    about = About("team", team_id, team.name, team_id)
    audit(writes, actor, about, now=now, before=before, verb="member_removed")
    return writes


async def _membership(db: Database, team_id: str, user_id: str) -> _Membership | None:
    return await db.row(
        _Membership,
        "SELECT user_id, user_account.name, is_manager FROM membership JOIN user_account ON user_account.id = user_id"
        " WHERE team_id = :team AND user_id = :user",
        team=team_id,
        user=user_id,
    )


async def _editable(db: Database, actor: Actor, team_id: str) -> _TeamRow:
    team = await visible_team(db, actor, team_id)
    if not may_edit_members(actor, team_id):
        raise Forbidden("only managers of this team and administrators may do this", code="not_your_team")
    return team


async def _require_name_free(db: Database, actor: Actor, name: str, *, but: str | None = None) -> None:
    """A team that the actor doesn't see takes no name away from what they make."""
    found = await db.values(select(Team, Team.id, Team.name).where(Team.archived_at.is_null()))
    others = [each for id, each in found if id != but and id in actor.visible_ids]
    refuse_taken(name, others, "another team", was=next((each for id, each in found if id == but), None))


def _row_of(team: wire.Team) -> _TeamRow:
    return _TeamRow(**{name: getattr(team, name) for name in _TeamRow.__struct_fields__})
