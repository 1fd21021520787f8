"""One search over everything that has a name."""

from datetime import datetime
from typing import Literal

from msgspec import Struct

from shared.domain.incidents.allowed_verbs import State
from shared.wire.incidents import Severity

FoundKind = Literal["incident", "service", "user", "team", "integration", "escalation_policy", "schedule"]


class Found(Struct, frozen=True, kw_only=True):
    """One hit; `note` is a second line such as a mail address or a team.

    `number`, `severity`, `state` and `triggered_at` are those of an incident.
    """

    kind: FoundKind
    id: str
    name: str
    note: str = ""
    number: int | None = None
    severity: Severity | None = None
    state: State | None = None
    triggered_at: datetime | None = None


class SearchResult(Struct, frozen=True, kw_only=True):
    """At most a handful of each kind, best first."""

    items: list[Found]
