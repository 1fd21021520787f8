"""Rows of followers: who they are, and how they come and go, whoever decides it."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from server.kernel.database import Database, Writes
from server.kernel.ids import new_id
from server.tables.incidents import Follower
from shared.wire.lists import Ref


class _Name(Struct, frozen=True):
    id: str
    name: str


async def followers_of(db: Database, incident_id: str) -> list[Ref]:
    rows = await db.rows(
        _Name,
        "SELECT user_account.id, user_account.name FROM incident_follower"
        " JOIN user_account ON user_account.id = incident_follower.user_id"
        " WHERE incident_id = :incident ORDER BY user_account.name, user_account.id",
        incident=incident_id,
    )
    return [Ref(row.id, row.name) for row in rows]


async def is_followed(db: Database, incident_id: str) -> bool:
    """Whether there is anybody to get a notice."""
    found = await db.value("SELECT 1 FROM incident_follower WHERE incident_id = :id LIMIT 1", id=incident_id)
    return found is not None


def add_followers(writes: Writes, incident_id: str, user_ids: Sequence[str], *, now: datetime) -> None:
    """People who don't follow it yet; stale when one does by now."""
    rows = [{"id": new_id(now), "incident_id": incident_id, "user_id": id, "since_at": now} for id in user_ids]
    writes.insert_many(Follower, rows)


def remove_follower(writes: Writes, incident_id: str, user_id: str) -> None:
    """Somebody who follows it; stale when they don't by now."""
    writes.sql(
        "DELETE FROM incident_follower WHERE incident_id = :incident AND user_id = :user",
        expect=1,
        incident=incident_id,
        user=user_id,
    )


def bring_followers(writes: Writes, target: str, user_ids: Sequence[str], *, now: datetime) -> None:
    """Whoever follows an incident follows the one that it is merged into."""
    for user_id in user_ids:
        writes.sql(
            "INSERT INTO incident_follower (id, incident_id, user_id, since_at) VALUES (:id, :incident, :user, :now)"
            " ON CONFLICT (incident_id, user_id) DO NOTHING",
            id=new_id(now),
            incident=target,
            user=user_id,
            now=now,
        )
