"""Which incidents of on call a rule publishes, and what is to be said next of those that are published."""

from collections.abc import Collection, Iterable, Mapping
from typing import Final, Literal

from msgspec import Struct

from shared.domain.alerts import Severity
from shared.domain.status.events import STATUSES, EventStatus

IncidentState = Literal["triggered", "acknowledged", "resolved"]
NEXT: Final[Mapping[EventStatus, EventStatus]] = dict(
    zip(STATUSES["incident"][:-1], STATUSES["incident"][1:], strict=True)
)


class WantedLabel(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A label that one of an incident's alerts has."""

    label: str
    value: str


class IncidentOnCall(Struct, frozen=True, kw_only=True):
    """What a rule looks at; of `labels`, those of each alert."""

    service_id: str | None
    team_id: str
    severity: Severity
    labels: tuple[Mapping[str, str], ...] = ()


class WantedIncident(Struct, frozen=True, kw_only=True):
    """What an incident must be: of one of the services, or of `team_id` where none is named, at least so grave."""

    team_id: str
    service_ids: Collection[str]
    labels: tuple[WantedLabel, ...]
    severity: Severity


def is_wanted(wanted: WantedIncident, incident: IncidentOnCall) -> bool:
    """Whether the rule is right for it: one of its alerts must have all labels."""
    if incident.severity.rank < wanted.severity.rank:
        return False
    is_of = incident.service_id in wanted.service_ids if wanted.service_ids else incident.team_id == wanted.team_id
    return is_of and (not wanted.labels or any(_has(each, wanted.labels) for each in incident.labels))


def _has(labels: Mapping[str, str], wanted: Iterable[WantedLabel]) -> bool:
    return all(labels.get(each.label) == each.value for each in wanted)


def next_status(status: EventStatus, states: Collection[IncidentState]) -> EventStatus | None:
    """What a status event of these incidents would say next: its end once all of them are resolved.

    None where it has ended.
    """
    if status not in NEXT:
        return None
    return "resolved" if states and all(each == "resolved" for each in states) else NEXT[status]
