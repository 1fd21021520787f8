"""Teams, as objects that people are granted things on."""

from typing import ClassVar

from server.accounts.access.kinds import Place
from server.accounts.access.ownership import Use
from server.kernel.database import Database


class Teams:
    """A team is its own, and names nothing."""

    slug: ClassVar = "team"

    async def find(self, db: Database, id: str) -> Place | None:
        text = "SELECT id AS team_id, name FROM team WHERE archived_at IS NULL AND id = :id"
        return await db.row(Place, text, id=id)

    async def naming(self, db: Database, id: str) -> list[Use]:
        del db, id
        return []
