"""The page as JSON in the shape of Atlassian Statuspage's public API v2, which existing widgets read.

Written from its published description; ids are ours, times are UTC in milliseconds.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, Final

import msgspec

from server.status_pages.components import ComponentRow, GroupRow
from server.status_pages.read import LoadedEvent, current_impacts
from server.status_pages.site.content import SiteContent
from server.status_pages.site.markdown import as_text
from server.status_pages.site.pages import SiteFile
from shared.domain.status.events import ComponentImpact, EventStatus, Impact, worst

MOST: Final = 50
STATUSES: Final[dict[Impact, str]] = {
    "operational": "operational",
    "degraded_performance": "degraded_performance",
    "partial_outage": "partial_outage",
    "full_outage": "major_outage",
    "under_maintenance": "under_maintenance",
}
IMPACTS: Final[dict[Impact, str]] = {
    "operational": "none",
    "degraded_performance": "minor",
    "partial_outage": "major",
    "full_outage": "critical",
    "under_maintenance": "maintenance",
}
DESCRIPTIONS: Final = {
    "none": "All Systems Operational",
    "minor": "Minor Service Outage",
    "major": "Partial System Outage",
    "critical": "Major Service Outage",
    "maintenance": "Service Under Maintenance",
}
Object = dict[str, Any]


class StatuspageFiles:
    """The files of `api/v2`."""

    def __init__(self, content: SiteContent, now: datetime) -> None:
        self.content, self.page, self.now = content, content.page, now
        self.impacts = current_impacts(content.events, now)
        self._names = {each.id: self._in_own_language(each.name) for each in content.components}

    def files(self) -> Iterator[tuple[str, SiteFile]]:
        for name, shown in self._shown().items():
            body = msgspec.json.encode({"page": self._page(), **shown})
            yield f"api/v2/{name}.json", SiteFile(body, "application/json")

    def _shown(self) -> dict[str, Object]:
        incidents = [each for each in self.content.events if each.row.kind == "incident"]
        planned = [each for each in self.content.events if each.row.kind == "maintenance"]
        unresolved = _open(incidents)
        upcoming = [each for each in planned if each.row.status == "scheduled"]
        active = [each for each in planned if each.row.status == "in_progress"]
        components, status = self._components(), self._status(unresolved, active)
        return {
            "summary": {
                "status": status,
                "components": components,
                "incidents": self._events(unresolved),
                "scheduled_maintenances": self._events([*active, *upcoming]),
            },
            "status": {"status": status},
            "components": {"components": components},
            "incidents": {"incidents": self._events(incidents[:MOST])},
            "incidents/unresolved": {"incidents": self._events(unresolved)},
            "scheduled-maintenances": {"scheduled_maintenances": self._events(planned[:MOST])},
            "scheduled-maintenances/upcoming": {"scheduled_maintenances": self._events(upcoming)},
            "scheduled-maintenances/active": {"scheduled_maintenances": self._events(active)},
        }

    def _in_own_language(self, words: Any) -> str:
        return words.said(self.page.language, self.page.language)

    def _page(self) -> Object:
        changed = [each.at for event in self.content.events for each in event.updates]
        return {
            "id": self.page.id,
            "name": self.page.name,
            "url": self.content.address.rstrip("/"),
            "time_zone": self.page.time_zone,
            "updated_at": _time(max(changed, default=self.now)),
        }

    def _status(self, unresolved: list[LoadedEvent], active: list[LoadedEvent]) -> Object:
        held = worst(impact for impact in self.impacts.values() if impact != "under_maintenance")
        indicator = IMPACTS[held]
        if indicator == "none" and unresolved:
            indicator = "minor"
        if indicator == "none" and active:
            indicator = "maintenance"
        return {"indicator": indicator, "description": DESCRIPTIONS[indicator]}

    def _components(self) -> list[Object]:
        living = self.content.living
        found = [self._component(each) for each in living]
        for group in self.content.groups:
            if group.name is not None:
                found.append(self._group(group, [each for each in living if each.group_id == group.id]))
        return found

    def _component(self, row: ComponentRow) -> Object:
        named = {group.id for group in self.content.groups if group.name is not None}
        return {
            **self._common(row.id, self._names[row.id], self.impacts.get(row.id, "operational"), row.position + 1),
            "description": self._in_own_language(row.description) or None,
            "start_date": row.available_since_at.date().isoformat(),
            "group_id": row.group_id if row.group_id in named else None,
            "group": False,
        }

    def _group(self, group: GroupRow, components: list[ComponentRow]) -> Object:
        held = worst(self.impacts.get(each.id, "operational") for each in components)
        return {
            **self._common(group.id, self._in_own_language(group.name), held, group.position + 1),
            "description": None,
            "start_date": None,
            "group_id": None,
            "group": True,
            "components": [each.id for each in components],
        }

    def _common(self, id: str, name: str, impact: Impact, position: int) -> Object:
        first = min((each.available_since_at for each in self.content.components), default=self.now)
        return {
            "id": id,
            "name": name,
            "status": STATUSES[impact],
            "created_at": _time(first),
            "updated_at": _time(first),
            "position": position,
            "showcase": True,
            "page_id": self.page.id,
            "only_show_if_degraded": False,
        }

    def _events(self, events: Iterable[LoadedEvent]) -> list[Object]:
        return [self._event(each) for each in events]

    def _event(self, loaded: LoadedEvent) -> Object:
        row = loaded.row
        gravest = worst(change.impact for each in loaded.updates for change in each.changes)
        named = {change.component_id for each in loaded.updates for change in each.changes}
        return {
            "id": row.id,
            "name": self._in_own_language(row.title),
            "status": row.status,
            "impact": "maintenance" if row.kind == "maintenance" else IMPACTS[gravest],
            "created_at": _time(row.began_at),
            "updated_at": _time(loaded.updates[-1].at),
            "started_at": _time(row.began_at),
            "monitoring_at": _first(loaded, "monitoring"),
            "resolved_at": _time(row.closed_at) if row.closed_at else None,
            "shortlink": f"{self.content.address}events/{row.number}.html",
            "page_id": self.page.id,
            "scheduled_for": _time(row.starts_at) if row.starts_at else None,
            "scheduled_until": _time(row.ends_at) if row.ends_at else None,
            "incident_updates": list(reversed(list(self._updates(loaded)))),
            "components": [self._component(each) for each in self.content.living if each.id in named],
        }

    def _updates(self, loaded: LoadedEvent) -> Iterator[Object]:
        """Oldest first, each with what it changed from what."""
        held: dict[str, Impact] = {}
        for each in loaded.updates:
            affected = [self._affected(change, held) for change in each.changes]
            held |= {change.component_id: change.impact for change in each.changes}
            yield {
                "id": each.id,
                "status": each.status,
                "body": as_text(self._in_own_language(each.body)),
                "incident_id": loaded.row.id,
                "created_at": _time(each.at),
                "updated_at": _time(each.edited_at or each.at),
                "display_at": _time(each.at),
                "affected_components": affected or None,
                "deliver_notifications": True,
            }

    def _affected(self, change: ComponentImpact, held: dict[str, Impact]) -> Object:
        return {
            "code": change.component_id,
            "name": self._names.get(change.component_id, ""),
            "old_status": STATUSES[held.get(change.component_id, "operational")],
            "new_status": STATUSES[change.impact],
        }


def _open(events: Iterable[LoadedEvent]) -> list[LoadedEvent]:
    return [each for each in events if each.row.closed_at is None]


def _first(loaded: LoadedEvent, status: EventStatus) -> str | None:
    return next((_time(each.at) for each in loaded.updates if each.status == status), None)


def _time(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
