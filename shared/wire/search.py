"""One search over everything that has a name."""

from typing import Literal

from msgspec import Struct

FoundKind = Literal["incident", "service", "user", "team", "integration", "escalation_policy", "schedule"]


class Found(Struct, frozen=True, kw_only=True):
    """One hit; `note` is a second line such as a mail address or a team, `number` that of an incident."""

    kind: FoundKind
    id: str
    name: str
    note: str = ""
    number: int | None = None


class SearchResult(Struct, frozen=True, kw_only=True):
    """At most a handful of each kind, best first."""

    items: list[Found]
