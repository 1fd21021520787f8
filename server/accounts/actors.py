"""Who acts: a signed-in person with what they may see and do."""

from typing import Literal

from msgspec import Struct

from server.accounts.permissions import ADMINS, GRANTED
from server.kernel.database import Database
from server.kernel.errors import Forbidden, NotFound
from shared.wire.sessions import Language, Role


class Actor(Struct, frozen=True, kw_only=True):
    """A person at the time of a request; `team_ids` are the teams they belong to, `visible_ids` those they see."""

    user_id: str
    name: str
    role: Role
    language: Language
    time_zone: str
    team_ids: frozenset[str]
    visible_ids: frozenset[str]
    kind: Literal["user", "api_key"] = "user"

    @property
    def permissions(self) -> frozenset[str]:
        return GRANTED[self.role]

    @property
    def is_admin(self) -> bool:
        return self.role in ADMINS

    def may(self, permission: str) -> bool:
        return permission in self.permissions

    def require_visible(self, team_id: str | None) -> None:
        """Raises NotFound: what can't be seen isn't there."""
        if team_id is not None and team_id not in self.visible_ids:
            raise NotFound

    def require_team(self, team_id: str | None) -> None:
        """Raises NotFound or Forbidden unless the actor may change what this team owns."""
        self.require_visible(team_id)
        if not self.is_admin and team_id not in self.team_ids:
            raise Forbidden("it belongs to a team that you are not in", code="not_your_team")


class _UserRow(Struct, frozen=True):
    id: str
    name: str
    role: Role
    language: Language
    time_zone: str


class _TeamRow(Struct, frozen=True):
    id: str
    is_private: bool
    is_member: bool


async def load_actor(db: Database, user_id: str) -> Actor | None:
    """The person with their teams; None when there is no such person or they were deactivated."""
    user = await db.row(_UserRow, "SELECT * FROM user_account WHERE id = :id AND deactivated_at IS NULL", id=user_id)
    if user is None:
        return None
    teams = await db.rows(
        _TeamRow,
        "SELECT team.id, team.is_private, EXISTS (SELECT 1 FROM membership"
        " WHERE membership.team_id = team.id AND membership.user_id = :id) AS is_member FROM team",
        id=user_id,
    )
    is_admin = user.role in ADMINS
    return Actor(
        user_id=user.id,
        name=user.name,
        role=user.role,
        language=user.language,
        time_zone=user.time_zone,
        team_ids=frozenset(team.id for team in teams if team.is_member),
        visible_ids=frozenset(team.id for team in teams if is_admin or team.is_member or not team.is_private),
    )
