"""The kinds of timeline entries, and the arguments that each carries."""

from typing import Final

KINDS: Final[dict[str, tuple[str, ...]]] = {
    "opened": ("title", "source", "integration"),
    "alerts_joined": ("count", "title"),
    "alerts_recovered": ("count", "open"),
    "severity_changed": ("was", "now"),
    "level_paged": ("level", "levels", "people", "targets"),
    "level_skipped": ("level", "reason"),
    "round_started": ("round",),
    "fallback_paged": ("people", "reason"),
    "exhausted": ("reason",),
    "hurried": ("level", "reason"),
    "page_accepted": ("person", "channel", "label", "took_ms"),
    "page_failed": ("person", "channel", "label", "reason", "permanent"),
    "page_received": ("person", "channel", "label", "took_ms"),
    "page_opened": ("person", "channel", "label"),
    "page_unconfirmed": ("person", "channel", "label", "waited_s"),
    "page_skipped": ("person", "reason"),
    "acknowledged": ("via", "cancelled"),
    "resolved": ("via", "cancelled", "resolution"),
    "escalated": ("level",),
    "undone": ("verb",),
    "repaired": ("what",),
}
