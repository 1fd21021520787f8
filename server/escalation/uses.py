"""Which policies need a schedule or a role: asked from below by whoever wants to end one."""

from server.accounts.access.ownership import Use
from server.kernel.database import Database

POLICIES = (
    "SELECT 'escalation_policy' AS kind, id, name, team_id FROM escalation_policy"
    " WHERE archived_at IS NULL AND levels LIKE :mention ORDER BY name"
)


async def policies_naming(db: Database, id: str) -> list[Use]:
    """Those with a level that pages by this schedule."""
    return await db.rows(Use, POLICIES, mention=f'%"{id}"%')


async def policies_naming_role(db: Database, id: str) -> list[Use]:
    """Those with a level that pages whoever holds this role."""
    return await db.rows(Use, POLICIES, mention=f'%"role_id":"{id}"%')
