"""Who was paged for an incident as it stands, who was called in, and who has answered."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from server.kernel.database import Database, Writes
from server.kernel.ids import new_id
from shared.wire.incidents import Responder
from shared.wire.lists import Ref


class _Page(Struct, frozen=True, kw_only=True):
    user_id: str
    name: str
    state: str
    created_at: datetime


class _Called(Struct, frozen=True, kw_only=True):
    user_id: str
    name: str
    asked_by: str
    asked_by_name: str
    asked_at: datetime
    answered_at: datetime | None


class _Answer(Struct, frozen=True):
    id: str
    name: str
    acknowledged_at: datetime


async def responders_of(db: Database, incident_id: str, cycle: int) -> list[Responder]:
    """In the order in which they were paged; whoever has it, or joined, has acknowledged."""
    pages = await db.rows(
        _Page,
        "SELECT notification.user_id, user_account.name, delivery.state, notification.created_at FROM notification"
        " JOIN delivery ON delivery.id = notification.id JOIN user_account ON user_account.id = notification.user_id"
        " WHERE incident_id = :incident AND cycle = :cycle ORDER BY notification.created_at, notification.id",
        incident=incident_id,
        cycle=cycle,
    )
    called = await db.rows(
        _Called,
        "SELECT user_id, user_account.name, asked_by, asker.name AS asked_by_name, asked_at, answered_at"
        " FROM incident_responder JOIN user_account ON user_account.id = user_id"
        " JOIN user_account AS asker ON asker.id = asked_by WHERE incident_id = :incident ORDER BY asked_at",
        incident=incident_id,
    )
    holder = await db.row(
        _Answer,
        "SELECT user_account.id, user_account.name, acknowledged_at FROM incident"
        " JOIN user_account ON user_account.id = acknowledged_by WHERE incident.id = :incident",
        incident=incident_id,
    )
    return _responders(pages, called, holder)


def _responders(pages: list[_Page], called: list[_Called], holder: _Answer | None) -> list[Responder]:
    found: dict[str, Responder] = {}
    for user_id in dict.fromkeys(page.user_id for page in pages):
        own = [page for page in pages if page.user_id == user_id]
        states = {page.state for page in own}
        state = "paged" if "accepted" in states else "unreachable" if states == {"failed"} else "asked"
        found[user_id] = Responder(user=Ref(user_id, own[0].name), state=state, at=own[0].created_at)
    for each in called:
        known = found.get(each.user_id)
        state = "acknowledged" if each.answered_at else known.state if known else "asked"
        found[each.user_id] = Responder(
            user=Ref(each.user_id, each.name),
            state=state,
            at=each.answered_at or each.asked_at,
            asked_by=Ref(each.asked_by, each.asked_by_name),
        )
    if holder is not None:
        asked_by = found[holder.id].asked_by if holder.id in found else None
        found[holder.id] = Responder(
            user=Ref(holder.id, holder.name), state="acknowledged", at=holder.acknowledged_at, asked_by=asked_by
        )
    return list(found.values())


def call(writes: Writes, incident_id: str, user_ids: Sequence[str], *, by: str | None, now: datetime) -> None:
    """Ask people for help; who was called in before is called again."""
    for user_id in user_ids:
        writes.sql(
            "INSERT INTO incident_responder (id, incident_id, user_id, asked_by, asked_at, step, answered_at)"
            " VALUES (:id, :incident, :user, :by, :now, NULL, NULL) ON CONFLICT (incident_id, user_id)"
            " DO UPDATE SET asked_by = excluded.asked_by, asked_at = excluded.asked_at, step = NULL,"
            " answered_at = NULL",
            id=new_id(now),
            incident=incident_id,
            user=user_id,
            by=by,
            now=now,
        )


def answer(writes: Writes, incident_id: str, user_id: str, *, now: datetime) -> None:
    """Whoever was called in takes part; stale if they do already."""
    writes.sql(
        "UPDATE incident_responder SET answered_at = :now WHERE incident_id = :incident AND user_id = :user"
        " AND answered_at IS NULL",
        expect=1,
        now=now,
        incident=incident_id,
        user=user_id,
    )


def forget_answers(writes: Writes, incident_id: str, *, at: datetime) -> None:
    """Whoever answered at that instant has not."""
    text = "UPDATE incident_responder SET answered_at = NULL WHERE incident_id = :id AND answered_at = :at"
    writes.sql(text, id=incident_id, at=at)


def free_called(writes: Writes, incident_id: str) -> None:
    """Nobody is called in any more."""
    writes.sql("DELETE FROM incident_responder WHERE incident_id = :id", id=incident_id)
