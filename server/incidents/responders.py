"""Who was paged for an incident as it stands, and who has answered."""

from datetime import datetime

from msgspec import Struct

from server.kernel.database import Database
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
