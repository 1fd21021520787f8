"""What an incident may do next, and how grave it is."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final, Literal, get_args

from msgspec import Struct

from shared.domain.alerts import Severity

State = Literal["triggered", "acknowledged", "resolved"]
Verb = Literal[
    "acknowledge",
    "unacknowledge",
    "snooze",
    "unsnooze",
    "escalate",
    "reassign",
    "add_responders",
    "merge",
    "resolve",
    "reopen",
    "comment",
    "edit",
    "follow",
    "undo",
]
Condition = Literal["triggered", "acknowledged", "snoozed", "resolved", "merged"]
VERBS: Final[tuple[Verb, ...]] = get_args(Verb)
READERS_VERBS: Final[tuple[Verb, ...]] = ("follow",)
UNDO = timedelta(seconds=5)
UNDO_GRACE = timedelta(seconds=5)


class Refusal(Struct, frozen=True):
    """Why a verb is not possible now; `code` is translated, `message` is for curl."""

    code: str
    message: str


class Situation(Struct, frozen=True, kw_only=True):
    """What decides about verbs; `is_asked`: the reader was called in beside the run and has not answered."""

    state: State
    is_snoozed: bool = False
    is_merged: bool = False
    is_asked: bool = False
    undo_until: datetime | None = None

    @property
    def condition(self) -> Condition:
        if self.is_merged:
            return "merged"
        return "snoozed" if self.state == "acknowledged" and self.is_snoozed else self.state


REASONS: Final = {
    "already_acknowledged": "somebody has acknowledged it already",
    "already_resolved": "it is resolved already",
    "merged": "it was merged into another incident; go on there",
    "not_acknowledged": "nobody has acknowledged it",
    "not_snoozed": "it is not snoozed",
    "not_resolved": "it is not resolved",
    "nothing_to_undo": "there is nothing to undo",
    "too_late_to_undo": "it is too late to undo that",
    "fired_again": "its source has fired again since, which is incident",
    "recovered": "its source says meanwhile that it is over",
}
_OVER: Final[dict[Condition, str]] = {"resolved": "already_resolved", "merged": "merged"}
_UNTIL_RESOLVED: Final[dict[Condition, str]] = {
    "triggered": "not_resolved",
    "acknowledged": "not_resolved",
    "snoozed": "not_resolved",
    "merged": "merged",
}
REFUSED: Final[dict[Verb, dict[Condition, str]]] = {
    "acknowledge": {"acknowledged": "already_acknowledged", **_OVER},
    "unacknowledge": {"triggered": "not_acknowledged", **_OVER},
    "snooze": _OVER,
    "unsnooze": {"triggered": "not_snoozed", "acknowledged": "not_snoozed", **_OVER},
    "escalate": _OVER,
    "reassign": _OVER,
    "add_responders": _OVER,
    "merge": _OVER,
    "resolve": _OVER,
    "reopen": _UNTIL_RESOLVED,
    "comment": {},
    "edit": {},
    "follow": {},
    "undo": {},
}
"""Why not, for each condition in which a verb is not legal."""


def refusal(verb: Verb, found: Situation, *, now: datetime) -> Refusal | None:
    """None when the verb is legal."""
    condition = found.condition
    code = REFUSED[verb].get(condition)
    if verb == "acknowledge" and condition == "acknowledged" and found.is_asked:
        code = None
    if verb == "undo":
        code = _why_not_undo(found.undo_until, now)
    return Refusal(code, REASONS[code]) if code is not None else None


def _why_not_undo(until: datetime | None, now: datetime) -> str | None:
    if until is None:
        return "nothing_to_undo"
    return "too_late_to_undo" if now > until + UNDO_GRACE else None


class Ended(Struct, frozen=True, kw_only=True):
    """An alert that was closed with its incident: whether it has recovered since, or fires again, and in which one.

    `held` is the alert that fires again under its key without an incident, because a silence or a rule holds it.
    """

    id: str
    is_over: bool
    fires_in: int | None = None
    held: str | None = None


def to_open_again(ended: Sequence[Ended], *, is_undo: bool) -> tuple[str, ...] | Refusal:
    """The alerts that a resolution taken back opens again; a refusal when one fault would have two incidents.

    What fires again and is held goes on in place of what was closed, as if there had been no resolution.
    An undo is refused too when everything recovered meanwhile: nothing would ever end the incident. Whoever reopens
    one for which nothing fires says that it is not over, and ends it by hand.
    """
    again = next((each.fires_in for each in ended if each.fires_in is not None), None)
    found = tuple(each.held or each.id for each in ended if each.fires_in is None and (each.held or not each.is_over))
    if not found and again is not None:
        return Refusal("fired_again", f"{REASONS['fired_again']} #{again}")
    if not found and ended and is_undo:
        return Refusal("recovered", REASONS["recovered"])
    return found


def legal_verbs(found: Situation, *, may_act: bool = True, now: datetime) -> list[Verb]:
    """What a reader may do now; one who may not act may still follow."""
    verbs = VERBS if may_act else READERS_VERBS
    return [verb for verb in verbs if refusal(verb, found, now=now) is None]


def worst(severities: Iterable[Severity], *, otherwise: Severity) -> Severity:
    """The gravest of the open alerts; what it was when none is open."""
    return max(severities, key=lambda severity: severity.rank, default=otherwise)
