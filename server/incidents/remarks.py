"""What people say about an incident: comments, another title or severity, how it was solved."""

from datetime import datetime
from typing import Any

from msgspec import Struct

from server.escalation.runs import GRAVER
from server.incidents.current import IncidentRow
from server.incidents.followers import tell
from server.incidents.write import decide, record
from server.kernel.database import Database, Writes
from server.kernel.due import arm
from server.kernel.errors import Flaws, Invalid
from server.kernel.refusals import moved_on
from server.timeline.append import append
from shared.domain.alerts import Severity
from shared.domain.incidents.timeline import Entry, Who
from shared.domain.incidents.verbs import worst
from shared.wire.incidents import ChangeIncident

REVIEW = ("impact", "root_cause", "method", "lessons")


class _Open(Struct, frozen=True):
    severity: Severity


async def comment(db: Database, incident: IncidentRow, text: str, *, by: Who, now: datetime) -> Writes:
    """Raises Invalid for a text of spaces, or with NUL."""
    if not text.strip():
        raise Invalid.one("text", "empty", "say something")
    if "\0" in text:
        raise Invalid.one("text", "nul", "must not hold the character NUL")
    writes = Writes()
    entries = [Entry("commented", {"text": text.strip()}, by)]
    append(writes, incident.id, entries, now=now)
    await tell(db, writes, incident.id, entries, now=now)
    return writes


async def change(
    db: Database, incident: IncidentRow, data: ChangeIncident, *, rev: int, by: Who, now: datetime
) -> Writes:
    """Raises PreconditionFailed when something was decided after `rev`; alerts that join make nothing old."""
    if not (incident.decided or 0) <= rev <= incident.rev:
        raise moved_on(incident.rev)
    changes: dict[str, Any] = {}
    _require_sense(data)
    entries = [*_retitled(incident, data, changes, by), *_reviewed(incident, data, changes, by)]
    entries += await _graded(db, incident, data, changes, by)
    writes = Writes()
    if changes.get("severity", incident.severity).rank > incident.severity.rank:
        arm(writes, GRAVER, incident.id, at=now, now=now)
    if entries:
        await record(db, writes, incident, entries, now=now, **changes)
    elif changes:
        decide(writes, incident, [], now=now, **changes)
    return writes


def _require_sense(data: ChangeIncident) -> None:
    """Raises Invalid with all that contradicts."""
    flaws = Flaws()
    if data.title is not None and not data.title.strip():
        flaws.add("title", "empty", "must say something")
    if data.severity is not None and data.severity_pinned is False:
        flaws.add("severity_pinned", "contradicts", "a severity that is named is pinned")
    flaws.refuse()


def _retitled(incident: IncidentRow, data: ChangeIncident, changes: dict[str, Any], by: Who) -> list[Entry]:
    entries: list[Entry] = []
    if data.title is not None and data.title.strip() != incident.title:
        changes["title"] = data.title.strip()
        entries.append(Entry("retitled", {"title": changes["title"], "before": incident.title}, by))
    if data.description is not None and data.description != (incident.description or ""):
        changes["description"] = data.description
        entries.append(Entry("described", {}, by))
    return entries


def _reviewed(incident: IncidentRow, data: ChangeIncident, changes: dict[str, Any], by: Who) -> list[Entry]:
    said = {name: getattr(data, name) or None for name in REVIEW if getattr(data, name) is not None}
    new = {name: text for name, text in said.items() if text != getattr(incident, name)}
    changes |= new
    return [Entry("reviewed", {"fields": list(new)}, by)] if new else []


async def _graded(
    db: Database, incident: IncidentRow, data: ChangeIncident, changes: dict[str, Any], by: Who
) -> list[Entry]:
    """A severity that is named is pinned; unpinned, it is the worst of the open alerts again."""
    pinned = data.severity_pinned if data.severity_pinned is not None else incident.severity_pinned
    severity = Severity(data.severity) if data.severity is not None else incident.severity
    if data.severity is not None:
        pinned = True
    entries: list[Entry] = []
    if incident.severity_pinned and not pinned:
        entries.append(Entry("severity_unpinned", {}, by))
        rows = await db.rows(
            _Open,
            "SELECT DISTINCT severity FROM alert WHERE incident_id = :id AND closed_at IS NULL",
            id=incident.id,
        )
        severity = worst((row.severity for row in rows), otherwise=incident.severity)
    if pinned != incident.severity_pinned:
        changes["severity_pinned"] = pinned
    if severity != incident.severity:
        changes["severity"] = severity
        entries.append(Entry("severity_changed", {"was": incident.severity, "now": severity}, by))
    return entries
