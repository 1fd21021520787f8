"""The incidents that one slice of alerts touches, kept in step while several changes are written."""

import contextlib
from collections import Counter
from collections.abc import Generator, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct

from server.escalation.runs import GRAVER
from server.incidents.current import OpenIncident
from server.incidents.situation import Found
from server.incidents.write import NewIncident, adjust, apply_change, decide
from server.kernel.database import Database, Writes
from server.kernel.due import arm
from server.timeline.append import append
from shared.domain.alerts import Severity
from shared.domain.incidents.changes import Change
from shared.domain.incidents.timeline import Entry, Who
from shared.domain.incidents.verbs import worst

GRADED = ("state", "severity", "severity_pinned")
"""What a severity that follows from alerts is decided on."""


class _Graded(Struct, frozen=True):
    incident_id: str
    severity: Severity
    number: int


class Workspace:
    """Incidents as they will be once `writes` is applied; each append is decided on the one before."""

    def __init__(self, db: Database, writes: Writes, *, by: Who, now: datetime) -> None:
        self.db, self.writes, self.by, self.now = db, writes, by, now
        self.incidents: dict[str, OpenIncident] = {}
        self._graded: dict[str, Counter[Severity]] = {}

    @contextlib.contextmanager
    def aside(self) -> Generator[Writes]:
        """What is written within, by itself."""
        all_others, self.writes = self.writes, Writes()
        try:
            yield self.writes
        finally:
            self.writes = all_others

    async def load(self, ids: Iterable[str]) -> None:
        missing = tuple(set(ids) - self.incidents.keys())
        if missing:
            self._keep(await self.db.rows(OpenIncident, "SELECT <fields> FROM incident WHERE id IN :ids", ids=missing))

    async def load_open(self, groups: Sequence[tuple[str, str]]) -> dict[tuple[str, str], str]:
        """Ids of the incidents that hold these (service, group key) pairs open; targets of merged ones are loaded."""
        rows = await self.db.rows_by_key(
            OpenIncident,
            "SELECT <fields> FROM incident WHERE group_open AND group_key IN :each AND service_id || '' IN :services",
            [key for _, key in groups],
            services=tuple({service_id for service_id, _ in groups}),
        )
        self._keep(rows)
        await self.load(row.merged_into for row in rows if row.merged_into is not None)
        return {(row.service_id, row.group_key): row.id for row in rows if row.service_id is not None}

    def add(self, new: NewIncident) -> None:
        """One that is written with these alerts, which are all that it has."""
        known = {name: getattr(new, name) for name in OpenIncident.__struct_fields__ if hasattr(new, name)}
        self.incidents[new.id] = OpenIncident(rev=0, decided=0, open_alert_count=new.alert_count, **known)

    def _keep(self, rows: Iterable[OpenIncident]) -> None:
        for row in rows:
            self.incidents.setdefault(row.id, row)

    def append(self, incident_id: str, entries: Sequence[Entry]) -> None:
        """Tell entries."""
        append(self.writes, incident_id, entries, now=self.now)

    def decide(
        self, incident_id: str, entries: Sequence[Entry], *, given: Mapping[str, Any] | None = None, **changes: Any
    ) -> None:
        """Change the incident, on top of what was decided before."""
        incident = self.incidents[incident_id]
        decide(self.writes, incident, entries, now=self.now, given=given, **changes)
        self._keep_changed(incident, {"decided": None, **changes})

    async def change(self, found: Found, change: Change, *, given: Sequence[str]) -> None:
        """All of a change that was decided on what was found here; stale only if these columns differ."""
        self.writes.extend_with(await apply_change(self.db, found, change, given=given))
        self._keep_changed(self.incidents[found.incident.id], {"decided": None, **change.new})

    def adjust(
        self,
        incident_id: str,
        entries: Sequence[Entry] = (),
        *,
        given: Sequence[str],
        above: Mapping[str, int] | None = None,
        added: Mapping[str, int] | None = None,
        **changes: Any,
    ) -> None:
        """Add to counters and change what follows from alerts, as long as the columns `given` are as they are known."""
        incident = self.incidents[incident_id]
        guards = {name: getattr(incident, name) for name in given}
        adjust(
            self.writes, incident_id, entries, now=self.now, given=guards, above=above, added=added, **changes
        )  # fmt: skip
        counts = {name: getattr(incident, name) + number for name, number in (added or {}).items()}
        self._keep_changed(incident, changes | counts)

    def _keep_changed(self, incident: OpenIncident, changes: Mapping[str, Any]) -> None:
        known = {name: value for name, value in changes.items() if name in OpenIncident.__struct_fields__}
        self.incidents[incident.id] = msgspec.structs.replace(incident, **known)

    def grade(self, incident_id: str, *, opened: Severity | None = None, closed: Severity | None = None) -> None:
        """Note that an open alert of this severity came, went, or (both) changed."""
        counts = self._graded.setdefault(incident_id, Counter())
        if opened is not None:
            counts[opened] += 1
        if closed is not None:
            counts[closed] -= 1

    async def regrade(self) -> None:
        """Let severities be the worst of the open alerts, after everything that was noted."""
        fewer = {id for id, counts in self._graded.items() if any(number < 0 for number in counts.values())}
        before = await self._open_severities(fewer)
        for incident_id, change in self._graded.items():
            incident = self.incidents[incident_id]
            counts = before.get(incident_id, Counter({incident.severity: 1})) + change
            severity = worst((each for each, number in counts.items() if number > 0), otherwise=incident.severity)
            if severity != incident.severity and not incident.severity_pinned and incident.state != "resolved":
                entry = Entry("severity_changed", {"was": incident.severity, "now": severity}, self.by)
                counted = ("open_alert_count",) if incident_id in fewer else ()
                self.adjust(incident_id, [entry], given=(*GRADED, *counted), severity=severity)
                if severity.rank > incident.severity.rank:
                    arm(self.writes, GRAVER, incident_id, at=self.now, now=self.now)

    async def _open_severities(self, incident_ids: set[str]) -> dict[str, Counter[Severity]]:
        if not incident_ids:
            return {}
        rows = await self.db.rows(
            _Graded,
            "SELECT incident_id, severity, COUNT(*) AS number FROM alert"
            " WHERE closed_at IS NULL AND incident_id IN :ids GROUP BY incident_id, severity",
            ids=tuple(incident_ids),
        )
        found: dict[str, Counter[Severity]] = {id: Counter() for id in incident_ids}
        for row in rows:
            found[row.incident_id][row.severity] = row.number
        return found
