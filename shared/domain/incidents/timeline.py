"""What a timeline says: entries, their kinds and the arguments that each carries, and who did it."""

from typing import Any, Final, Literal

from msgspec import Struct

PAGE: Final = ("person", "channel", "label", "paged_at")
"""Of a page whose result is told; `paged_at` is the `at` of the line that it was planned with."""
KINDS: Final[dict[str, tuple[str, ...]]] = {
    "opened": ("title", "source", "integration"),
    "opened_by_hand": ("title", "people"),
    "alerts_joined": ("count", "title"),
    "alerts_recovered": ("count", "open", "title"),
    "severity_changed": ("was", "now"),
    "severity_unpinned": (),
    "retitled": ("title", "before"),
    "described": (),
    "reviewed": ("fields",),
    "level_paged": ("level", "levels", "people", "targets"),
    "level_skipped": ("level", "reason", "targets"),
    "round_started": ("round",),
    "round_unreached": ("round", "rounds", "until"),
    "rounds_over": ("rounds", "every_min"),
    "fallback_paged": ("people", "reason"),
    "exhausted": ("reason",),
    "paged_anew": ("people", "severity"),
    "silenced": ("until", "cancelled"),
    "silence_over": (),
    "hurried": ("level", "reason"),
    "page_accepted": (*PAGE, "took_ms"),
    "page_failed": (*PAGE, "reason", "permanent"),
    "page_received": (*PAGE, "took_ms"),
    "page_opened": PAGE,
    "page_unconfirmed": (*PAGE, "waited_s"),
    "page_skipped": ("person", "reason"),
    "acknowledged": ("via", "cancelled"),
    "unacknowledged": ("via",),
    "snoozed": ("via", "until", "cancelled"),
    "snooze_ended": ("reason",),
    "resolved": ("via", "cancelled", "method"),
    "reopened": ("via", "quiet"),
    "escalated": ("level", "levels"),
    "reassigned": ("people", "policy", "cancelled"),
    "responders_added": ("people",),
    "responders_paged": ("people",),
    "responder_joined": ("via",),
    "followers_added": ("people",),
    "follower_removed": ("person",),
    "commented": ("text",),
    "merged_into": ("number", "title", "cancelled"),
    "merged_from": ("number", "title", "count"),
    "status_published": ("page", "title", "status", "rule"),
    "status_joined": ("page", "title"),
    "status_updated": ("page", "title", "status"),
    "status_asked": ("page", "rule", "people"),
    "status_declined": ("page", "rule"),
    "status_not_published": ("page", "rule"),
    "undone": ("verb", "left"),
    "repaired": ("what",),
}


class Who(Struct, frozen=True):
    """Who did it."""

    kind: Literal["user", "api_key", "integration", "system"]
    id: str | None = None

    @property
    def person(self) -> str | None:
        """Their id; None for whatever is no person."""
        return self.id if self.kind == "user" else None


SYSTEM: Final = Who("system")


class Entry(Struct, frozen=True):
    """One thing that happened; `args` are those that the kind names."""

    kind: str
    args: dict[str, Any]
    by: Who = SYSTEM
