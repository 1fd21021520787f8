"""The incidents that one slice of alerts touches, kept in step while several changes are written."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from operator import itemgetter

import msgspec
from msgspec import Struct

from server.incidents.current import OpenIncident
from server.incidents.situation import Found
from server.incidents.write import adjust, apply_change
from server.kernel.database import Database, Writes
from shared.domain.alerts import Severity
from shared.domain.incidents.case import Case
from shared.domain.incidents.changes import Adjustment, Change
from shared.domain.incidents.opening import Opening, Placement, join, regrade
from shared.domain.incidents.timeline import Who


class _Graded(Struct, frozen=True):
    incident_id: str
    severity: Severity
    number: int


class Workspace:
    """Incidents as they will be once `writes` is applied; each change is decided on the one before."""

    def __init__(self, db: Database, writes: Writes, *, by: Who, now: datetime) -> None:
        self.db, self.writes, self.by, self.now = db, writes, by, now
        self.incidents: dict[str, OpenIncident] = {}
        self._graded: dict[str, Counter[Severity]] = {}

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

    def _keep(self, rows: Iterable[OpenIncident]) -> None:
        for row in rows:
            self.incidents.setdefault(row.id, row)

    def found(self, incident_id: str) -> Found:
        """The incident as it will be, for a decision that asks about nothing else."""
        incident = self.incidents[incident_id]
        return Found(incident=incident, case=Case(incident=incident, by=self.by, now=self.now))

    def change(self, found: Found, change: Change, *, given: Sequence[str] | None = None) -> None:
        """All of a change that was decided on what was found here; with `given` stale only if these columns differ."""
        self.writes.extend_with(apply_change(found, change, given=given))
        after = change.of(self.incidents[found.incident.id])
        self.incidents[after.id] = msgspec.structs.replace(after, decided=None)

    def adjust(self, incident_id: str, change: Adjustment, *, writes: Writes | None = None) -> None:
        """What alerts change of it, among these `writes`."""
        incident = self.incidents[incident_id]
        adjust(self.writes if writes is None else writes, incident, change, now=self.now)
        self.incidents[incident_id] = change.of(incident)

    def take(self, placement: Placement, opens: Sequence[Opening]) -> None:
        """Let alerts join; the incidents that they open besides are written with it, and are known here from now on."""
        for holder_id in placement.closes:
            self.change(self.found(holder_id), Change(new={"group_open": False}))
        joined: list[Writes] = []
        for group, holder_id, incident_id in sorted(placement.joins, key=itemgetter(2)):  # one order of locks for all
            joined.append(Writes())
            change = join(self.incidents[incident_id], group, holder_id=holder_id, by=self.by)
            self.adjust(incident_id, change, writes=joined[-1])
            for arrival in group.arrivals:
                self.grade(incident_id, opened=arrival.severity)
        self.writes.extend_side_by_side(joined)
        for opening in opens:
            new = opening.incident  # with these alerts, which are all that it has
            known = {name: getattr(new, name) for name in OpenIncident.__struct_fields__ if hasattr(new, name)}
            self.incidents[new.id] = OpenIncident(rev=0, decided=0, open_alert_count=new.alert_count, **known)

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
        for incident_id, came in self._graded.items():
            incident = self.incidents[incident_id]
            firing = before.get(incident_id, Counter({incident.severity: 1})) + came
            change = regrade(incident, firing, has_fewer=incident_id in fewer, by=self.by)
            if change is not None:
                self.adjust(incident_id, change)

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
