"""Who follows an incident, and of which of its entries followers get a notice."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from msgspec import Struct

from shared.domain.incidents.allowed_verbs import UNDO, Verb
from shared.domain.incidents.case import Case, Follower
from shared.domain.incidents.changes import Change
from shared.domain.incidents.timeline import Entry

NOTABLE: Final = frozenset(
    {
        "acknowledged",
        "unacknowledged",
        "snoozed",
        "snooze_ended",
        "escalated",
        "reassigned",
        "resolved",
        "reopened",
        "commented",
        "merged_into",
        "retitled",
    }
)
"""The kinds of timeline entries that followers get a notice of."""
UNDOABLE: Final = {"acknowledged": "acknowledge", "snoozed": "snooze", "escalated": "escalate", "resolved": "resolve"}
"""The verbs behind kinds that may be taken back: their notice waits until that is over."""
UNNOTICED: Final[tuple[Verb, ...]] = ("add_responders", "follow", "undo")
"""Verbs that make no notable entry, so that nobody asks who follows."""


class Notice(Struct, frozen=True):
    """Followers get a notice of the entry of this kind, at this time."""

    kind: str
    at: datetime


def notices_of(case: Case, entries: Sequence[Entry]) -> tuple[Notice, ...]:
    """What followers get of entries that are recorded now; nothing where nobody follows."""
    if not case.is_followed:
        return ()
    kinds = [entry.kind for entry in entries if entry.kind in NOTABLE]
    return tuple(Notice(kind, case.now + UNDO if kind in UNDOABLE else case.now) for kind in kinds)


def follow(case: Case, *, people: Sequence[Follower]) -> Change:
    """They get notices from now on; those who follow already go on doing so."""
    known = {each.id for each in case.followers}
    added = [person for person in people if person.id not in known]
    if not added:
        return Change()
    line = Entry("followers_added", {"people": [person.name for person in added]}, case.by)
    return Change(entries=(line,), commutes=True, follows=tuple(person.id for person in added))


def unfollow(case: Case, *, id: str) -> Change:
    """They get no more notices; whoever doesn't follow it is left as they are."""
    gone = next((each for each in case.followers if each.id == id), None)
    if gone is None:
        return Change()
    line = Entry("follower_removed", {"person": gone.name}, case.by)
    return Change(entries=(line,), commutes=True, unfollows=id)
