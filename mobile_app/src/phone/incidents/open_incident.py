"""One incident that is open on the screen: its state, alerts and timeline."""

import asyncio
from typing import Final, Literal

from msgspec import structs

from phone.base.api.client import Client
from phone.base.state import State
from phone.incidents.store import OPEN
from shared.domain.pipeline.alike import Alike
from shared.wire import routes
from shared.wire.incidents import Alert, ChangeIncident, Incident, IncidentItem, SimilarIncident, TimelineEntry
from shared.wire.lists import Page
from shared.wire.services import ServiceChange

Ask = Literal[
    "resolve",
    "escalate",
    "snooze",
    "reassign",
    "more",
    "add_responders",
    "comment",
    "merge",
    "edit",
    "review",
    "silence",
]


FOLDED: Final = 3
"""More alerts than these are a storm: a line each, the newest of them, and what all say alike once."""
NOTHING: Final = Alike(title=None, labels={}, links=[])


class OpenIncident(State):
    """Empty until `show`; a later `show` of another incident replaces it."""

    def __init__(self, client: Client) -> None:
        super().__init__(client)
        self.id: str | None = None
        self.incident: Incident | None = None
        self.alerts: tuple[Alert, ...] = ()
        self.common = NOTHING
        self._compared: tuple[str, int] | None = None
        self.unfolded = False
        self.timeline: tuple[TimelineEntry, ...] = ()
        self.similar: tuple[SimilarIncident, ...] = ()
        self.changes: tuple[ServiceChange, ...] = ()
        self.asking: Ask | None = None

    async def show(self, incident_id: str) -> None:
        """Open this incident."""
        if self.id != incident_id:
            self.forget()
            self.id = incident_id
        await self.load()

    async def load(self) -> None:
        """Read it anew."""
        wanted = self.id
        if wanted is None:
            return
        found = await self.read(
            asyncio.gather(
                self._client.incident(wanted),
                self._client.alerts(wanted, limit=FOLDED),
                self._whole_timeline(wanted),
                self._client.read(routes.INCIDENT_SIMILAR.format(incident_id=wanted), Page[SimilarIncident]),
                self._client.read(routes.INCIDENT_CHANGES.format(incident_id=wanted), Page[ServiceChange]),
            )
        )
        if found is not None and wanted == self.id:
            self.incident, alerts, self.timeline, similar, changes = found
            self.alerts, self.error = tuple(alerts.items), None
            self.similar, self.changes = tuple(similar.items), tuple(changes.items)
            await self._compare(self.incident)

    async def _compare(self, incident: Incident) -> None:
        """What its alerts have in common, again when there are more."""
        now = (incident.id, incident.alert_count)
        if incident.alert_count <= FOLDED or now == self._compared:
            return
        path = routes.INCIDENT_ALERTS_COMMON.format(incident_id=incident.id)
        common = await self.read(self._client.read(path, Alike))
        if common is not None and incident.id == self.id:
            self.common, self._compared = common, now

    async def change(self, wanted: ChangeIncident) -> None:
        """Change title, severity or what was written about it; raises ApiError and Unreachable."""
        if self.incident is None:
            return
        path = routes.INCIDENT.format(incident_id=self.incident.id)
        changed = {name: value for name, value in structs.asdict(wanted).items() if value is not None}
        self.put(await self._client.write("PATCH", path, changed, answer=Incident, rev=self.incident.rev))

    async def mergeable(self, words: str) -> list[IncidentItem]:
        """Open incidents that it may be merged into, at most 30; raises ApiError and Unreachable."""
        page = await self._client.incidents(scope="all", states=OPEN, text=words, limit=30)
        return [item for item in page.items if item.id != self.id]

    async def unfollow(self) -> None:
        """Be told no more; raises ApiError and Unreachable."""
        if self.incident is None:
            return
        path = routes.INCIDENT_FOLLOWER.format(incident_id=self.incident.id, user_id="me")
        self.put(await self._client.write("DELETE", path, answer=Incident))

    async def _whole_timeline(self, incident_id: str) -> tuple[TimelineEntry, ...]:
        entries: list[TimelineEntry] = []
        page = await self._client.timeline(incident_id)
        entries += page.items
        while page.next_cursor is not None and len(entries) < 1000:
            page = await self._client.timeline(incident_id, page.next_cursor)
            entries += page.items
        return tuple(entries)

    def unfold(self) -> None:
        """Show the whole timeline of a storm."""
        self.unfolded = True

    def put(self, incident: Incident) -> None:
        """Take an incident that a verb answered."""
        if incident.id == self.id:
            self.incident = incident

    def ask(self, what: Ask | None) -> None:
        """Open the sheet of a verb that asks once, or close it."""
        self.asking = what

    def forget(self) -> None:
        """Close it."""
        self._turn += 1
        self.id, self.incident, self.error, self.asking = None, None, None, None
        self.alerts, self.timeline, self.common, self._compared, self.unfolded = (), (), NOTHING, None, False
        self.similar, self.changes = (), ()
