"""What becomes of the alerts that a resolution closed, once it is taken back."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct

from server.escalation.runs import GRAVER
from server.incidents.current import IncidentRow
from server.kernel.database import Database, Writes
from server.kernel.due import arm
from server.kernel.errors import Conflict
from shared.domain.alerts import Severity
from shared.domain.incidents.timeline import Entry
from shared.domain.incidents.verbs import Ended, Refusal, to_open_again, worst


class OpenedAgain(Struct, frozen=True, kw_only=True):
    """How many alerts are open again, what that changes of the incident, and what is told of it."""

    count: int = 0
    changes: dict[str, Any]
    entries: list[Entry] = []


class _Held(Struct, frozen=True, kw_only=True):
    id: str
    severity: Severity
    title: str


async def open_again(
    db: Database, writes: Writes, incident: IncidentRow, *, closed_at: datetime, is_undo: bool, now: datetime
) -> OpenedAgain:
    """Open those that still fire and are no other incident's by now.

    What fired again and was held by a silence or a rule is the incident's from now on, whose alert it replaces: its
    recovery ends the incident, and silences hold that as a whole. Raises Conflict with the reason when an incident
    would be left that nothing can end, or two for one fault.
    """
    ended = await db.rows(
        Ended,
        "SELECT id, recovered_at IS NOT NULL OR EXISTS (SELECT 1 FROM alert AS newer"
        " WHERE newer.integration_id = alert.integration_id AND newer.key_hash = alert.key_hash"
        " AND newer.seq > alert.seq AND newer.closed_at IS NOT NULL"
        " AND (newer.recovered_at IS NOT NULL OR NOT newer.closed_with_incident)) AS is_over,"
        " (SELECT incident.number FROM alert AS newer JOIN incident ON incident.id = newer.incident_id"
        " WHERE newer.integration_id = alert.integration_id AND newer.key_hash = alert.key_hash"
        " AND newer.closed_at IS NULL) AS fires_in,"
        " (SELECT newer.id FROM alert AS newer"
        " WHERE newer.integration_id = alert.integration_id AND newer.key_hash = alert.key_hash"
        " AND newer.closed_at IS NULL AND newer.incident_id IS NULL) AS held"
        " FROM alert WHERE incident_id = :id AND closed_at = :at AND closed_with_incident",
        id=incident.id,
        at=closed_at,
    )
    found = to_open_again(ended, is_undo=is_undo)
    if isinstance(found, Refusal):
        raise Conflict(found.message, code=found.code)
    held_ids = {each.held for each in ended if each.held is not None}
    _open(writes, tuple(id for id in found if id not in held_ids), closed_at)
    held = await db.rows(
        _Held, "SELECT id, severity, title FROM alert WHERE id IN :ids ORDER BY id",
        ids=tuple(id for id in found if id in held_ids),
    )  # fmt: skip
    _take_over(writes, incident, held)
    if _graver(incident, held) != incident.severity:
        arm(writes, GRAVER, incident.id, at=now, now=now)
    return OpenedAgain(count=len(found), changes=_changes(incident, len(found), held), entries=_told(incident, held))


def _open(writes: Writes, ids: tuple[str, ...], closed_at: datetime) -> None:
    if ids:
        writes.sql(
            "UPDATE alert SET closed_at = NULL, closed_with_incident = FALSE, rev = rev + 1"
            " WHERE id IN :ids AND closed_at = :at AND recovered_at IS NULL",
            expect=len(ids),
            ids=ids,
            at=closed_at,
        )


def _take_over(writes: Writes, incident: IncidentRow, held: Sequence[_Held]) -> None:
    if held:
        writes.sql(
            "UPDATE alert SET incident_id = :incident, silenced_by = NULL, dropped_by = NULL, rev = rev + 1"
            " WHERE id IN :ids AND closed_at IS NULL AND incident_id IS NULL",
            expect=len(held),
            incident=incident.id,
            ids=tuple(each.id for each in held),
        )


def _graver(incident: IncidentRow, held: Sequence[_Held]) -> Severity:
    """What was taken over may be graver than what was resolved."""
    if incident.severity_pinned:
        return incident.severity
    return worst((incident.severity, *(each.severity for each in held)), otherwise=incident.severity)


def _changes(incident: IncidentRow, opened: int, held: Sequence[_Held]) -> dict[str, Any]:
    return {
        "open_alert_count": opened,
        "alert_count": incident.alert_count + len(held),
        "severity": _graver(incident, held),
    }


def _told(incident: IncidentRow, held: Sequence[_Held]) -> list[Entry]:
    if not held:
        return []
    entries = [Entry("alerts_joined", {"count": len(held), "title": held[0].title})]
    if (severity := _graver(incident, held)) != incident.severity:
        entries.append(Entry("severity_changed", {"was": incident.severity, "now": severity}))
    return entries
