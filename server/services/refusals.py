"""The health of ways in: what was refused of each, as it is kept."""

from server.kernel.database import Database, Writes
from server.tables.services import IntegrationHealth
from shared.domain.refusals import Refusals


async def load_refusals(db: Database, integration_id: str) -> Refusals | None:
    return await db.row(Refusals, "SELECT * FROM integration_health WHERE integration_id = :id", id=integration_id)


async def load_all_refusals(db: Database, integration_ids: list[str]) -> dict[str, Refusals]:
    """By integration, of those that had any."""
    rows = await db.rows(
        _Row, "SELECT * FROM integration_health WHERE integration_id IN :ids", ids=tuple(integration_ids)
    )
    return {row.integration_id: row for row in rows}


def save_refusals(writes: Writes, integration_id: str, refusals: Refusals, *, is_new: bool) -> None:
    """Guarded by the rev before: several processes note refusals of one integration."""
    values = {name: getattr(refusals, name) for name in refusals.__struct_fields__}
    if is_new:
        writes.insert(IntegrationHealth, integration_id=integration_id, **values)
    else:
        writes.update(IntegrationHealth, {"integration_id": integration_id, "rev": refusals.rev - 1}, **values)


class _Row(Refusals, frozen=True, kw_only=True):
    integration_id: str
