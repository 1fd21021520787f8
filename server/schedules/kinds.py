"""Schedules, as objects of a team."""

from typing import ClassVar

from server.accounts.access.kinds import Place
from server.accounts.access.ownership import Use
from server.kernel.database import Database, select
from server.tables.schedules import Schedule


class Schedules:
    """A schedule needs its team, and the roles that its layers give."""

    slug: ClassVar = "schedule"

    async def find(self, db: Database, id: str) -> Place | None:
        return await db.row(Place, select(Schedule).where(Schedule.archived_at.is_null(), Schedule.id == id))

    async def naming(self, db: Database, id: str) -> list[Use]:
        return await db.rows(
            Use,
            "SELECT 'schedule' AS kind, id, name, team_id FROM schedule WHERE archived_at IS NULL AND (team_id = :id"
            " OR id IN (SELECT schedule_id FROM schedule_member WHERE named_id = :id)) ORDER BY name",
            id=id,
        )
