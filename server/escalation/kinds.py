"""Escalation policies, as objects of a team."""

from typing import ClassVar

from server.accounts.access.kinds import Place
from server.accounts.access.ownership import Use
from server.kernel.database import Database, select
from server.tables.escalations import EscalationPolicy


class Policies:
    """A policy needs its team, and whom and what its levels name."""

    slug: ClassVar = "escalation_policy"

    async def find(self, db: Database, id: str) -> Place | None:
        return await db.row(
            Place, select(EscalationPolicy).where(EscalationPolicy.archived_at.is_null(), EscalationPolicy.id == id)
        )

    async def naming(self, db: Database, id: str) -> list[Use]:
        return await db.rows(
            Use,
            "SELECT 'escalation_policy' AS kind, id, name, team_id FROM escalation_policy WHERE archived_at IS NULL"
            " AND (team_id = :id OR id IN (SELECT policy_id FROM policy_target WHERE target_id = :id)) ORDER BY name",
            id=id,
        )
