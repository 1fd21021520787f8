"""Whose own apps read anew who they are and what they may do."""

from datetime import datetime
from typing import Any, Final

from server.kernel.database import Writes
from server.kernel.live import publish_change, publish_to_each
from server.kernel.revisions import touch_each
from server.tables.accounts import User

PREFIX: Final = "who:"


def person_revision(user_id: str) -> str:
    """The revision of whether a person can be on call: it moves with their account, teams, grants and time off."""
    return f"{PREFIX}{user_id}"


def touch_people(writes: Writes, chosen: str, **args: Any) -> None:
    """Move the revisions of everybody whom a query of ours finds at that place of `writes`."""
    touch_each(writes, PREFIX, User, chosen, **args)


def refresh_person(writes: Writes, user_id: str, *, now: datetime) -> None:
    """Have their own apps, and nobody else's, read anew who they are, what they may do and how they are reached."""
    publish_change(writes, kind="user", id=user_id, rev=0, team_id=user_id, now=now)


def refresh_people(writes: Writes, chosen: str, *, now: datetime, **args: Any) -> None:
    """The same for everybody whom a query of ours finds at that place of `writes`."""
    publish_to_each(writes, User, chosen, kind="user", now=now, **args)
