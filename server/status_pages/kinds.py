"""Status pages, as objects of a team."""

from typing import ClassVar

from server.accounts.access.kinds import Place
from server.accounts.access.ownership import Use
from server.kernel.database import Database, living
from server.tables.status_pages import StatusPage


class StatusPages:
    """A page needs its team."""

    slug: ClassVar = "status_page"

    async def find(self, db: Database, id: str) -> Place | None:
        return await db.row(Place, living(StatusPage, id))

    async def naming(self, db: Database, id: str) -> list[Use]:
        return await db.rows(
            Use,
            "SELECT 'status_page' AS kind, id, name, team_id FROM status_page WHERE archived_at IS NULL"
            " AND team_id = :id ORDER BY name",
            id=id,
        )
