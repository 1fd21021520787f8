"""What an incident becomes when silences cover all that is open of it, and when they cover it no more."""

from datetime import datetime
from typing import Any

from shared.domain.incidents.case import Case
from shared.domain.incidents.changes import (
    Change,
    Hush,
    Stop,
    again,
)
from shared.domain.incidents.timeline import Entry


def silence(case: Case, *, until: datetime) -> Change:
    """Silences cover all that is open: nobody is paged until then.

    A step that was due and not taken is what is paged afterwards, as if the run had stood there.
    """
    run, stop = case.run, None
    if run is not None and run.state == "running":
        level_at = run.levels_at or run.next_at
        is_due = level_at is not None and level_at <= case.now
        stop = Stop(run.position + is_due, level_at)
    if until == case.incident.silenced_until:
        return Change(run=stop, pages=Hush())
    told = Entry("silenced", {"until": until, "cancelled": case.queued})
    return Change(new={"silenced_until": until}, entries=(told,), run=stop, pages=Hush())


def silence_over(case: Case) -> Change:
    """Silences cover it no more: whoever the run had reached is paged."""
    goes_on: dict[str, Any] = again(case)
    return Change(new={"silenced_until": None}, entries=(Entry("silence_over", {}),), **goes_on)
