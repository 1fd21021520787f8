"""Who acts: a signed-in person or a program's key, with what they may see and do."""

from typing import Literal

from msgspec import Struct

from server.accounts.access.permissions import ADMINS, GRANTED, PEOPLE_EDIT, WHERE_SEEN
from server.kernel.database import Database
from server.kernel.errors import Conflict, Forbidden, NotFound
from shared.wire.sessions import Language, Role


class Granted(Struct, frozen=True):
    """Permissions somewhere: in the account, for what a team owns, or for one object."""

    permissions: tuple[str, ...]
    scope_kind: str
    scope_id: str

    def covers(self, permission: str, team_id: str | None, object_id: str | None) -> bool:
        if permission not in self.permissions:
            return False
        if self.scope_kind == "account":
            return True
        return self.scope_id == (team_id if self.scope_kind == "team" else object_id)


class Actor(Struct, frozen=True, kw_only=True):
    """Somebody at the time of a request; `team_ids` are the teams they belong to, `visible_ids` those they see.

    A key (`kind`) has its own id as `user_id` and never more than its maker, `scopes` and `only_team_id` allow.
    `removed_ids` are teams of `visible_ids` that are kept for what was.
    """

    user_id: str
    name: str
    role: Role
    language: Language
    time_zone: str
    team_ids: frozenset[str]
    visible_ids: frozenset[str]
    kind: Literal["user", "api_key"] = "user"
    managed_ids: frozenset[str] = frozenset()
    removed_ids: frozenset[str] = frozenset()
    grants: tuple[Granted, ...] = ()
    scopes: frozenset[str] | None = None
    only_team_id: str | None = None

    @property
    def permissions(self) -> frozenset[str]:
        """Those that hold anywhere."""
        held = GRANTED[self.role].union(*(grant.permissions for grant in self.grants))
        return held if self.scopes is None else held & self.scopes

    @property
    def object_permissions(self) -> dict[str, list[str]]:
        """By an object's id, those that grants give for it alone."""
        found: dict[str, set[str]] = {}
        for grant in self.grants:
            if grant.scope_kind not in ("account", "team"):
                found.setdefault(grant.scope_id, set()).update(grant.permissions)
        return {id: sorted(permissions & self.permissions) for id, permissions in sorted(found.items())}

    @property
    def is_admin(self) -> bool:
        """Whether everything is open to them; a key only with the permission to edit people, and no team."""
        if self.role not in ADMINS or self.only_team_id is not None:
            return False
        return self.scopes is None or PEOPLE_EDIT in self.scopes

    def may(self, permission: str) -> bool:
        """Anywhere."""
        return permission in self.permissions

    def may_in(self, permission: str, team_id: str | None, object_id: str | None = None, *, own: bool = False) -> bool:
        """For what this team owns, or this object of it; without a team, in the whole account.

        `own`: a role gives it for the own teams only, although it may be one that holds for all that is seen.
        """
        if self.scopes is not None and permission not in self.scopes:
            return False
        if self.only_team_id is not None and team_id != self.only_team_id:
            return False
        return self._role_gives(permission, team_id, own=own) or any(
            grant.covers(permission, team_id, object_id) for grant in self.grants
        )

    def _role_gives(self, permission: str, team_id: str | None, *, own: bool) -> bool:
        if permission not in GRANTED[self.role]:
            return False
        if self.role in ADMINS or team_id in self.team_ids:
            return True
        return permission in WHERE_SEEN and not own and (team_id is None or team_id in self.visible_ids)

    def require_visible(self, team_id: str | None) -> None:
        """Raises NotFound: what can't be seen isn't there. A grant on one object doesn't open a private team."""
        if team_id is not None and team_id not in self.visible_ids:
            raise NotFound

    def require_team(
        self,
        team_id: str | None,
        permission: str | None = None,
        object_id: str | None = None,
        *,
        own: bool = False,
    ) -> None:
        """Raises NotFound, Forbidden or Conflict unless the actor may change what this team owns, as `may_in` says.

        Without a `permission` only belonging to the team is asked for.
        """
        self.require_visible(team_id)
        if permission is None:
            is_theirs = self.is_admin or team_id in self.team_ids
        else:
            is_theirs = self.may_in(permission, team_id, object_id, own=own)
        if not is_theirs:
            raise Forbidden("it belongs to a team where you may not do this", code="not_your_team")
        if team_id in self.removed_ids and permission not in WHERE_SEEN:
            raise Conflict("this team was removed", code="team_removed")

    def require_account(self, permission: str) -> None:
        """Raises Forbidden unless the actor may do it in the whole account."""
        if not self.may_in(permission, None):
            raise Forbidden("your role does not allow this", code="role")


class _UserRow(Struct, frozen=True):
    id: str
    name: str
    role: Role
    language: Language
    time_zone: str


class _TeamRow(Struct, frozen=True):
    id: str
    is_private: bool
    is_removed: bool
    is_manager: bool | None


async def load_actor(db: Database, user_id: str) -> Actor | None:
    """The person with their teams and grants; None when there is no such person or they were deactivated."""
    user = await db.row(
        _UserRow, "SELECT <fields> FROM user_account WHERE id = :id AND deactivated_at IS NULL", id=user_id
    )
    if user is None:
        return None
    teams = await db.rows(
        _TeamRow,
        "SELECT team.id, team.is_private, team.archived_at IS NOT NULL AS is_removed, membership.is_manager FROM team"
        " LEFT JOIN membership ON membership.team_id = team.id AND membership.user_id = :id",
        id=user_id,
    )
    grants = await db.rows(
        Granted,
        "SELECT permissions, scope_kind, scope_id FROM permission_grant"
        " JOIN permission_set ON permission_set.id = role_id WHERE user_id = :id",
        id=user_id,
    )
    opened = {grant.scope_id for grant in grants if grant.scope_kind == "team"}
    sees_all = user.role in ADMINS
    return Actor(
        user_id=user.id,
        name=user.name,
        role=user.role,
        language=user.language,
        time_zone=user.time_zone,
        team_ids=frozenset(team.id for team in teams if team.is_manager is not None),
        visible_ids=frozenset(
            team.id
            for team in teams
            if sees_all or team.is_manager is not None or not team.is_private or team.id in opened
        ),
        managed_ids=frozenset(team.id for team in teams if team.is_manager),
        removed_ids=frozenset(team.id for team in teams if team.is_removed),
        grants=tuple(grants),
    )
