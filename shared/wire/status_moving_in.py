"""Events of the past from a table, and what they make of uptime."""

from typing import Annotated

from msgspec import Meta, Struct


class PastEventsTable(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table with the columns event, kind, title, at, status, component, impact and body.

    Lines with the same `event` are one event, lines of it with the same `at` and `status` one update. With `dry_run`
    nothing is kept.
    """

    csv: Annotated[str, Meta(min_length=1, max_length=900_000)]
    dry_run: bool = False


class UptimeChange(Struct, frozen=True, kw_only=True):
    """A component's uptime over the last 90 days, as it was and with what is imported."""

    component_id: str
    before: str | None
    after: str | None


class PastEventsImported(Struct, frozen=True, kw_only=True):
    events: int
    updates: int
    uptime: tuple[UptimeChange, ...]


class StatuspageExport(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A JSON object with Statuspage's lists `components`, `incidents`, `scheduled_maintenances` and `subscribers`.

    Any of them may be missing. With `dry_run` nothing is kept.
    """

    content: Annotated[str, Meta(max_length=950_000)]
    dry_run: bool = False


class SkippedEvent(Struct, frozen=True, kw_only=True):
    """What was not taken: it is there already, has not ended, or is refused for this reason."""

    name: str
    code: str


class StatuspageImported(Struct, frozen=True, kw_only=True):
    """How many of each are new."""

    components: int
    events: int
    subscribers: int
    skipped: tuple[SkippedEvent, ...]
