"""Whose button it is: worth something as long as its address, its device and its session are theirs."""

from datetime import datetime

from msgspec import Struct

from server.accounts.access.actors import Actor, load_actor
from server.accounts.sign_in.sessions import is_session_over
from server.kernel.database import Database
from server.kernel.errors import Unauthenticated


class _Sent(Struct, frozen=True, kw_only=True):
    user_id: str
    session_id: str | None
    dead_at: datetime | None


def dead_button() -> Unauthenticated:
    """The one refusal of a button, whatever is wrong with it: who tries tokens learns nothing from it."""
    return Unauthenticated("this button is not valid any more", code="bad_action_token")


async def owner_of(db: Database, delivery_id: str, *, now: datetime) -> Actor:
    """The person that a message went to; raises Unauthenticated once what it went to is gone, and says no more."""
    sent = await db.row(
        _Sent,
        "SELECT user_id, session_id, dead_at FROM delivery JOIN address ON address.id = address_id"
        " WHERE delivery.id = :id",
        id=delivery_id,
    )
    refusal = dead_button()
    if sent is None or sent.dead_at is not None:
        raise refusal
    if sent.session_id is not None and await is_session_over(db, sent.session_id, now=now):
        raise refusal
    actor = await load_actor(db, sent.user_id)
    if actor is None:
        raise refusal
    return actor
