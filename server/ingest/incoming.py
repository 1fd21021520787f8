"""What came in by integrations, for the room that lists them."""

from collections.abc import Sequence
from datetime import datetime

from server.kernel.clock import from_us
from server.kernel.database import Database, one_of, select
from server.tables.alerts import Alert
from shared.domain.alerts import key_hash_of, unreadable_key


class WaysIn:
    """Answers what `services.incoming` asks."""

    async def last_events(self, db: Database, ids: Sequence[str]) -> dict[str, datetime]:
        rows = await db.values(
            "SELECT integration.id, (SELECT received_at FROM event WHERE event.integration_id = integration.id"
            " ORDER BY seq DESC LIMIT 1)"
            " FROM integration WHERE integration.id IN :ids",
            ids=tuple(ids),
        )
        return {id: from_us(at_us) for id, at_us in rows if at_us is not None}

    async def unreadable(self, db: Database, ids: Sequence[str]) -> dict[str, int]:
        """How often the alert was counted that stands for what an integration sent and nobody could read."""
        hashes = tuple(key_hash_of(unreadable_key(id)) for id in ids)
        rows: list[tuple[str, int]] = await db.values(
            select(Alert, Alert.integration_id, Alert.count).where(
                Alert.closed_at.is_null(), one_of(Alert.integration_id, ids), one_of(Alert.key_hash, hashes)
            )
        )
        return dict(rows)
