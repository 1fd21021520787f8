"""What a verb or alerts change: of the incident's row, its run, its pages and alerts, and what is recorded of it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal, TypeVar

import msgspec
from msgspec import Struct

from shared.domain.incidents.case import Case, IncidentFacts
from shared.domain.incidents.timeline import Entry, Who
from shared.domain.paging.escalation import Policy

F = TypeVar("F", bound=IncidentFacts)
SnoozeEnd = Literal["acknowledged", "unacknowledged", "unsnoozed", "escalated", "reassigned", "resolved", "merged"]


class Stop(Struct, frozen=True):
    """The run pages nobody else; it keeps this place to be resumed."""

    position: int
    next_at: datetime | None


class Resume(Struct, frozen=True):
    """The run goes on from `position` at `at`."""

    position: int
    at: datetime


class Start(Struct, frozen=True):
    """A run of the cycle's own follows the policy from its first level, now; without one the fallback is paged."""

    cycle: int
    policy: Policy | None


class TakeBack(Struct, frozen=True):
    """What waits of its pages is taken back, and devices clear what they show.

    With `answered_by`, those who were called in beside the run are paged still, but for whoever answered.
    """

    answered_by: str | None = None


class Hush(Struct, frozen=True):
    """What waits of the run's pages is taken back, and devices go on showing what they show."""


class GoOn(Struct, frozen=True):
    """Devices clear what they show, and the pages of others follow: nobody has answered."""


class Restore(Struct, frozen=True):
    """What was taken back at that instant waits again."""

    cancelled_at: datetime


class TakeBackSteps(Struct, frozen=True):
    """The run's steps from `since` on count no more, and what waits of their pages is taken back."""

    since: int


class OpenAgain(Struct, frozen=True):
    """These alerts of the incident, closed at `closed_at`, are open again, and the `held` ones are its own by now."""

    ids: tuple[str, ...]
    held: tuple[str, ...]
    closed_at: datetime


class Change(Struct, frozen=True, kw_only=True):
    """What becomes of it all; `new` are the new values of the incident's row by their names.

    `commutes`: it decides nothing, so that it rests on nothing and makes no decision old (decision 17).
    `wakes_at`: a snooze ends then; `awake`: none is waited for any more.
    `answers_call`: whoever was called in has come; `call_unanswered_at`: whoever came at that instant has not.
    `frees_called`: nobody is called in any more; `calls`: these people are, beside the run.
    `closes_alerts`: everything that is open by the time it is written; `closes_groups`: what was merged into it is
    joined no more; `opens_groups`: these incidents are joined again.
    `follows`, `unfollows`: these people get notices of it from now on, and this one no more.
    `merges_into`: all that it has moves there, those who follow it too.
    `looks_for_silences`, `looks_for_milder`: the paging looks at once whether silences cover it, or whether people were
    told of something milder.
    """

    new: Mapping[str, Any] = {}
    entries: tuple[Entry, ...] = ()
    commutes: bool = False
    run: Stop | Resume | None = None
    start: Start | None = None
    pages: TakeBack | Hush | GoOn | Restore | None = None
    steps: TakeBackSteps | None = None
    wakes_at: datetime | None = None
    awake: bool = False
    answers_call: bool = False
    call_unanswered_at: datetime | None = None
    frees_called: bool = False
    calls: tuple[str, ...] = ()
    closes_alerts: bool = False
    alerts: OpenAgain | None = None
    closes_groups: bool = False
    opens_groups: tuple[str, ...] = ()
    follows: tuple[str, ...] = ()
    unfollows: str | None = None
    merges_into: str | None = None
    looks_for_silences: bool = False
    looks_for_milder: bool = False

    @property
    def is_turn(self) -> bool:
        """Whether it may wait for others from now on, or for nobody."""
        return not self.new.keys().isdisjoint(("state", "cycle", "silenced_until"))

    def of(self, incident: F) -> F:
        """The incident as it will be, as far as its facts say."""
        known = {name: value for name, value in self.new.items() if name in incident.__struct_fields__}
        return msgspec.structs.replace(incident, **known)


class Tally(Struct, frozen=True):
    """What is recorded once a second: so many alerts joined or recovered, and their names."""

    kind: Literal["alerts_joined", "alerts_recovered"]
    number: int
    title: str
    by: Who


class Adjustment(Struct, frozen=True, kw_only=True):
    """What alerts change of an incident by the hundred; it rests on named facts and makes no decision old.

    `given`: columns that must be as they were found; `above`: columns that must be more than this.
    `added`, `new`: what is added to counters, and other new values, by column.
    `through`: the incident by whose group they came; it must be merged into this one still.
    """

    given: tuple[str, ...]
    above: Mapping[str, int] = {}
    added: Mapping[str, int] = {}
    new: Mapping[str, Any] = {}
    entries: tuple[Entry, ...] = ()
    tally: Tally | None = None
    through: str | None = None
    looks_for_silences: bool = False
    looks_for_milder: bool = False

    def of(self, incident: F) -> F:
        """The incident as it will be."""
        counts = {name: getattr(incident, name) + number for name, number in self.added.items()}
        return msgspec.structs.replace(incident, **counts, **self.new)


def turned(**new: Any) -> dict[str, Any]:
    """New values with another state or cycle: whatever becomes of it is no silence's any more."""
    return {"silenced_until": None, **new}


def stopped(case: Case) -> Stop | None:
    """The run's end, if it runs."""
    run = case.run
    if run is None or run.state != "running":
        return None
    return Stop(run.position, run.levels_at or run.next_at)


def again(case: Case) -> dict[str, Resume | Start]:
    """The last step once more, now: nobody has it any longer."""
    if case.run is None:
        return {"start": Start(case.incident.cycle, None)}
    return {"run": Resume(max(case.run.position - 1, 0), case.now)}


def snooze_over(case: Case, reason: SnoozeEnd) -> tuple[Entry, ...]:
    """What is told of a snooze that something else ends; nothing when there was none."""
    if case.incident.snoozed_until is None:
        return ()
    return (Entry("snooze_ended", {"reason": reason}, case.by),)
