"""Services and their ways in, as objects of a team."""

from typing import ClassVar

from server.accounts.access.kinds import Place
from server.accounts.access.ownership import Use
from server.kernel.database import Database, select
from server.tables.services import Service


class Services:
    """A service needs its team and its policy."""

    slug: ClassVar = "service"

    async def find(self, db: Database, id: str) -> Place | None:
        return await db.row(Place, select(Service).where(Service.archived_at.is_null(), Service.id == id))

    async def naming(self, db: Database, id: str) -> list[Use]:
        return await db.rows(
            Use,
            "SELECT 'service' AS kind, id, name, team_id FROM service WHERE archived_at IS NULL"
            " AND (team_id = :id OR policy_id = :id) ORDER BY name",
            id=id,
        )


class Integrations:
    """A way in needs its service, and is of the service's team."""

    slug: ClassVar = "integration"

    async def find(self, db: Database, id: str) -> Place | None:
        return await db.row(
            Place,
            "SELECT service.team_id, integration.name FROM integration JOIN service ON service.id = service_id"
            " WHERE integration.archived_at IS NULL AND integration.id = :id",
            id=id,
        )

    async def naming(self, db: Database, id: str) -> list[Use]:
        return await db.rows(
            Use,
            "SELECT 'integration' AS kind, integration.id, integration.name, service.team_id FROM integration"
            " JOIN service ON service.id = service_id"
            " WHERE integration.archived_at IS NULL AND service_id = :id ORDER BY integration.name",
            id=id,
        )
