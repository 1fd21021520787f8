"""Who may have become another: their own apps read it anew, and what was decided on them is looked at again."""

from datetime import datetime
from typing import Any, Final

from server.kernel.database import Priority, Writes
from server.kernel.due import Kind, Payload, arm
from server.kernel.live import publish_change, publish_to_each
from server.kernel.revisions import touch, touch_each
from server.tables.accounts import User

PREFIX: Final = "who:"
ANYBODY: Final = "*"


class Changed(Payload, frozen=True):
    """A schedule, or a person, whose account may have ended or may do less; or ANYBODY."""

    id: str


REVIEW = Kind("covers.review", Priority.NOTICE, Changed)
"""What is asked about them may be over."""


def person_revision(user_id: str) -> str:
    """The revision of whether a person can be on call: it moves with their account, teams, grants and time off."""
    return f"{PREFIX}{user_id}"


def person_changed(writes: Writes, user_id: str, *, now: datetime) -> None:
    """Whatever is decided on whether they can be on call is decided again, and what is asked of them looked at."""
    touch(writes, person_revision(user_id))
    arm(writes, REVIEW, Changed(user_id), at=now, now=now)


def people_changed(writes: Writes, chosen: str, *, now: datetime, **args: Any) -> None:
    """The same for everybody whom a query of ours finds at that place of `writes`."""
    touch_each(writes, PREFIX, User, chosen, **args)
    arm(writes, REVIEW, Changed(ANYBODY), at=now, now=now)


def refresh_person(writes: Writes, user_id: str, *, now: datetime) -> None:
    """Have their own apps, and nobody else's, read anew who they are, what they may do and how they are reached."""
    publish_change(writes, kind="user", id=user_id, rev=0, team_id=user_id, now=now)


def refresh_people(writes: Writes, chosen: str, *, now: datetime, **args: Any) -> None:
    """The same for everybody whom a query of ours finds at that place of `writes`."""
    publish_to_each(writes, User, chosen, kind="user", now=now, **args)
