"""What becomes of the alerts that a resolution closed, once it is taken back."""

from datetime import datetime

from server.incidents.current import IncidentRow
from server.kernel.database import Database, Writes
from server.kernel.errors import Conflict
from shared.domain.incidents import Ended, Refusal, to_open_again


async def open_again(db: Database, writes: Writes, incident: IncidentRow, *, closed_at: datetime, is_undo: bool) -> int:
    """Open those that still fire and are no other incident's by now; returns how many.

    Raises Conflict with the reason when that would leave an incident that nothing can end, or two for one fault.
    """
    ended = await db.rows(
        Ended,
        "SELECT id, recovered_at IS NOT NULL OR EXISTS (SELECT 1 FROM alert AS newer"
        " WHERE newer.integration_id = alert.integration_id AND newer.key_hash = alert.key_hash"
        " AND newer.seq > alert.seq AND newer.closed_at IS NOT NULL"
        " AND (newer.recovered_at IS NOT NULL OR NOT newer.closed_with_incident)) AS is_over,"
        " (SELECT incident.number FROM alert AS newer JOIN incident ON incident.id = newer.incident_id"
        " WHERE newer.integration_id = alert.integration_id AND newer.key_hash = alert.key_hash"
        " AND newer.closed_at IS NULL) AS fires_in"
        " FROM alert WHERE incident_id = :id AND closed_at = :at AND closed_with_incident",
        id=incident.id,
        at=closed_at,
    )
    found = to_open_again(ended, is_undo=is_undo)
    if isinstance(found, Refusal):
        raise Conflict(found.message, code=found.code)
    if found:
        writes.sql(
            "UPDATE alert SET closed_at = NULL, closed_with_incident = FALSE, rev = rev + 1"
            " WHERE id IN :ids AND closed_at = :at AND recovered_at IS NULL",
            expect=len(found),
            ids=found,
            at=closed_at,
        )
    return len(found)
