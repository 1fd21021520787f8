"""Whose own apps read anew who they are and what they may do."""

from datetime import datetime
from typing import Any

from server.kernel.database import Writes
from server.kernel.live import publish_change


def person_revision(user_id: str) -> str:
    """The revision of whether a person can be on call: it moves with their account, teams, grants and time off."""
    return f"who:{user_id}"


def refresh_person(writes: Writes, user_id: str, *, now: datetime) -> None:
    """Have their own apps, and nobody else's, read anew who they are, what they may do and how they are reached."""
    publish_change(writes, kind="user", id=user_id, rev=0, team_id=user_id, now=now)


def refresh_people(writes: Writes, chosen: str, *, now: datetime, **args: Any) -> None:
    """The same for everybody whom a query of ours finds at that place of `writes`."""
    writes.hurries = True
    writes.sql(
        "INSERT INTO change (kind, object_id, rev, team_id, changed_at)"  # noqa: S608 a query of ours
        f" SELECT 'user', id, 0, id, :now FROM user_account WHERE id IN ({chosen})",
        now=now,
        **args,
    )
