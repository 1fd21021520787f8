"""The health of ways in: what was refused of each, as it is kept, and of keys that no integration has."""

from datetime import datetime, timedelta
from typing import Final

from server.kernel.database import Database, Writes, one_of, select
from server.tables.services import IntegrationHealth
from shared.domain.pipeline.refusals import Refusals

UNKNOWN: Final = "unknown"
"""Stands for the integration where no integration has, or ever had, the key: one row, whoever tries how many."""
SHOWN: Final = timedelta(days=30)


async def load_refusals(db: Database, integration_id: str) -> Refusals | None:
    return await db.row(Refusals, select(IntegrationHealth).where(IntegrationHealth.integration_id == integration_id))


async def load_all_refusals(db: Database, integration_ids: list[str]) -> dict[str, Refusals]:
    """By integration, of those that had any."""
    rows = await db.rows(
        _RefusalsRow, select(IntegrationHealth).where(one_of(IntegrationHealth.integration_id, integration_ids))
    )
    return {row.integration_id: row for row in rows}


async def load_strays(db: Database, now: datetime) -> list["Stray"]:
    """Of integrations that were removed, and of none; the last 30 days, the latest first."""
    text = (
        "SELECT integration_health.*, integration.name, integration.source, integration.archived_at"
        " FROM integration_health LEFT JOIN integration ON integration.id = integration_health.integration_id"
        " WHERE last_at >= :since AND (integration.id IS NULL OR integration.archived_at IS NOT NULL)"
        " ORDER BY last_at DESC LIMIT 100"
    )
    return await db.rows(Stray, text, since=now - SHOWN)


def save_refusals(writes: Writes, integration_id: str, refusals: Refusals, *, is_new: bool) -> None:
    """Guarded by the rev before: several processes note refusals of one integration."""
    values = {name: getattr(refusals, name) for name in refusals.__struct_fields__}
    if is_new:
        writes.insert(IntegrationHealth, integration_id=integration_id, **values)
    else:
        writes.update(IntegrationHealth, {"integration_id": integration_id, "rev": refusals.rev - 1}, **values)


class _RefusalsRow(Refusals, frozen=True, kw_only=True):
    integration_id: str


class Stray(_RefusalsRow, frozen=True, kw_only=True):
    """The refusals of an integration that is gone, or of UNKNOWN."""

    name: str | None
    source: str | None
    archived_at: datetime | None
