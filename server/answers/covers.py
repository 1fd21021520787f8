"""The buttons of a notice that asks for cover."""

from datetime import datetime

from msgspec import Struct

from server.accounts.access.actors import Actor
from server.accounts.access.permissions import INCIDENTS_ACT
from server.answers.owner import dead_button
from server.channels.base import Message
from server.covers.answers import accept_cover, decline_cover
from server.covers.requests import read_cover
from server.delivery.receipts import mark_acted
from server.kernel.database import Database, Writes
from server.kernel.errors import Conflict, Forbidden
from shared.wire.actions import Action, ActionResult
from shared.wire.covers import CoverAnswer

COVER_BUTTONS = ("accept_cover", "decline_cover")


class _Sent(Struct, frozen=True):
    message: Message


async def answer_cover(
    db: Database, delivery_id: str, action: Action, *, actor: Actor, now: datetime
) -> tuple[Writes, ActionResult]:
    """As whoever was asked, with what they may do now; who comes late is told who has it."""
    sent = await db.row(_Sent, "SELECT <fields> FROM delivery WHERE id = :id", id=delivery_id)
    asked = sent.message.cover if sent is not None else None
    if asked is None or asked.user_id != actor.user_id:
        raise dead_button()
    if not actor.may(INCIDENTS_ACT):
        raise Forbidden("your role does not allow this", code="role")
    writes, done = Writes(), True
    try:
        if action.verb == "accept_cover":
            writes, seen = await accept_cover(db, actor, asked.request_id, CoverAnswer(), now=now)
        else:
            writes, seen = await decline_cover(db, actor, asked.request_id, now=now)
    except Conflict as refused:
        if refused.code != "already_covered":
            raise
        done, seen = False, await read_cover(db, actor, asked.request_id, now=now)
    mark_acted(writes, delivery_id, now=now)
    by = actor.name if done else seen.accepted_by.name if seen.accepted_by else None
    return writes, ActionResult(state=seen.state, by=by, done=done, cover_request_id=seen.id)
