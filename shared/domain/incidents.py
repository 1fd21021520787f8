"""What an incident may do next, and how grave it is."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Literal

from msgspec import Struct

from shared.domain.alerts import Severity

State = Literal["triggered", "acknowledged", "resolved"]
Verb = Literal["acknowledge", "resolve", "escalate", "undo"]
UNDO = timedelta(seconds=5)
UNDO_GRACE = timedelta(seconds=5)


class Refusal(Struct, frozen=True):
    """Why a verb is not possible now; `code` is translated, `message` is for curl."""

    code: str
    message: str


def refusal(verb: Verb, state: State, *, undo_until: datetime | None = None, now: datetime) -> Refusal | None:
    """None when the verb is legal."""
    match verb:
        case "acknowledge" if state == "acknowledged":
            return Refusal("already_acknowledged", "somebody has acknowledged it already")
        case "acknowledge" | "escalate" | "resolve" if state == "resolved":
            return Refusal("already_resolved", "it is resolved already")
        case "undo" if undo_until is None:
            return Refusal("nothing_to_undo", "there is nothing to undo")
        case "undo" if undo_until is not None and now > undo_until + UNDO_GRACE:
            return Refusal("too_late_to_undo", "it is too late to undo that")
        case _:
            return None


def legal_verbs(state: State, *, undo_until: datetime | None = None, now: datetime) -> list[Verb]:
    verbs: tuple[Verb, ...] = ("acknowledge", "resolve", "escalate", "undo")
    return [verb for verb in verbs if refusal(verb, state, undo_until=undo_until, now=now) is None]


def worst(severities: Iterable[Severity], *, otherwise: Severity) -> Severity:
    """The gravest of the open alerts; what it was when none is open."""
    return max(severities, key=lambda severity: severity.rank, default=otherwise)
