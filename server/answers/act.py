"""Use the token of a notification: one verb on one incident, once."""

from datetime import datetime

from msgspec import Struct

from server.accounts.actors import load_actor
from server.incidents.verbs import acknowledge, escalate, load_incident, resolve
from server.kernel.clock import EPOCH, from_us
from server.kernel.database import Database, Writes
from server.kernel.errors import Conflict, Forbidden, Unauthenticated
from server.kernel.secrets import Secrets
from server.timeline.append import Who
from shared.wire.actions import Action, ActionResult
from shared.wire.incidents import State, Verb

STATE_AFTER: dict[Verb, State] = {"acknowledge": "acknowledged", "resolve": "resolved", "escalate": "triggered"}


class Bound(Struct, frozen=True, kw_only=True):
    """What a token is bound to."""

    notification_id: str
    verbs: tuple[str, ...]


class _Paged(Struct, frozen=True, kw_only=True):
    incident_id: str
    user_id: str
    channel: str


def read_token(secrets: Secrets, token: str, now: datetime) -> Bound:
    """Raises Unauthenticated for a token that is not ours or too old."""
    text, _, signature = token.rpartition(".")
    parts = text.split(".")
    if len(parts) != 4 or parts[0] != "dwn" or not secrets.is_signed(text, signature):
        raise Unauthenticated("this button is not valid", code="bad_action_token")
    if from_us(int(parts[3]) * 1_000_000) < max(now, EPOCH):
        raise Unauthenticated("this button is too old; open the app", code="action_token_expired")
    return Bound(notification_id=parts[1], verbs=tuple(parts[2].split("-")))


async def act(db: Database, bound: Bound, action: Action, *, now: datetime) -> tuple[Writes, ActionResult]:
    """Raises Forbidden for a verb the token isn't bound to, Conflict once the incident is resolved."""
    if action.verb not in bound.verbs:
        raise Forbidden("this button can't do that", code="verb_not_bound")
    paged = await db.row(_Paged, "SELECT * FROM notification WHERE id = :id", id=bound.notification_id)
    actor = await load_actor(db, paged.user_id) if paged is not None else None
    if paged is None or actor is None:
        raise Unauthenticated("this button is not valid any more", code="bad_action_token")
    incident = await load_incident(db, paged.incident_id)
    by = Who("user", actor.user_id)
    writes, done = Writes(), True
    match action.verb:
        case "acknowledge" if incident.state == "acknowledged":
            done = False
        case "acknowledge":
            writes = await acknowledge(db, incident, by=by, via=paged.channel, now=now)
        case "resolve":
            writes = await resolve(db, incident, by=by, via=paged.channel, resolution=None, now=now)
        case "escalate":
            if incident.state == "resolved":
                raise Conflict("it is resolved already", code="already_resolved")
            writes = await escalate(db, incident, by=by, level=None, now=now)
    writes.sql(
        "UPDATE delivery SET acted_at = :now WHERE id = :id AND acted_at IS NULL", now=now, id=bound.notification_id
    )
    holder = actor.name if done else await _name(db, incident.acknowledged_by)
    result = ActionResult(
        incident_id=incident.id,
        number=incident.number,
        state=STATE_AFTER[action.verb],
        by=holder,
        done=done,
    )
    return writes, result


async def _name(db: Database, user_id: str | None) -> str | None:
    return await db.value("SELECT name FROM user_account WHERE id = :id", id=user_id)
