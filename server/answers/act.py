"""Use the token of a notification: one verb on what it is about, once."""

from datetime import datetime

from msgspec import Struct

from server.accounts.access.actors import Actor
from server.accounts.access.names import name_of_person
from server.accounts.access.permissions import INCIDENTS_ACT
from server.accounts.audit.trail import audit
from server.answers.covers import COVER_BUTTONS, answer_cover
from server.answers.owner import dead_button
from server.delivery.receipts import mark_acted
from server.incidents.current import IncidentRow, load_incident
from server.incidents.snoozing import snooze_end
from server.incidents.verbs import acknowledge, escalate, resolve, snooze
from server.kernel.clock import EPOCH, from_us
from server.kernel.database import Database, Writes
from server.kernel.errors import Conflict, Forbidden
from server.kernel.secrets import Secrets
from shared.domain.incidents.timeline import Who
from shared.wire.actions import Action, ActionResult, Button
from shared.wire.incidents import State

STATE_AFTER: dict[Button, State] = {
    "acknowledge": "acknowledged",
    "snooze": "acknowledged",
    "resolve": "resolved",
    "escalate": "triggered",
}


class Bound(Struct, frozen=True, kw_only=True):
    """What a token is bound to."""

    notification_id: str
    verbs: tuple[str, ...]


class _Paged(Struct, frozen=True, kw_only=True):
    incident_id: str
    user_id: str
    channel: str


def read_token(secrets: Secrets, token: str, now: datetime) -> Bound:
    """Raises Unauthenticated for a token that is not ours or too old, as for one whose owner is gone."""
    text, _, signature = token.rpartition(".")
    parts = text.split(".")
    if len(parts) != 4 or parts[0] != "dwn" or not secrets.is_signed(text, signature):
        raise dead_button()
    if from_us(int(parts[3]) * 1_000_000) < max(now, EPOCH):
        raise dead_button()
    return Bound(notification_id=parts[1], verbs=tuple(parts[2].split("-")))


async def act(
    db: Database, bound: Bound, action: Action, *, actor: Actor, now: datetime
) -> tuple[Writes, ActionResult]:
    """What the person may do now counts, not what they might when they were paged.

    Raises Forbidden for a verb that the token isn't bound to or the role doesn't allow, NotFound for what they can't
    see any more, Conflict with the reason when the verb isn't legal.
    """
    if action.verb not in bound.verbs:
        raise Forbidden("this button can't do that", code="verb_not_bound")
    if action.verb in COVER_BUTTONS:
        return await answer_cover(db, bound.notification_id, action, actor=actor, now=now)
    paged = await db.row(_Paged, "SELECT <fields> FROM notification WHERE id = :id", id=bound.notification_id)
    if paged is None or paged.user_id != actor.user_id:
        raise dead_button()
    if not actor.may(INCIDENTS_ACT):
        raise Forbidden("your role does not allow this", code="role")
    incident = await load_incident(db, paged.incident_id)
    actor.require_team(incident.team_id, INCIDENTS_ACT)
    writes, done = Writes(), True
    try:
        writes = await _decide(db, incident, actor, paged.channel, action, now)
        audit(writes, actor, incident.about, verb=action.verb, now=now)
    except Conflict as refused:
        if refused.code != "already_acknowledged":
            raise
        done = False
    mark_acted(writes, bound.notification_id, now=now)
    holder = actor.name if done else await name_of_person(db, incident.acknowledged_by)
    result = ActionResult(
        incident_id=incident.id,
        number=incident.number,
        state=STATE_AFTER[action.verb],
        by=holder,
        done=done,
    )
    return writes, result


async def _decide(
    db: Database, incident: IncidentRow, actor: Actor, channel: str, action: Action, now: datetime
) -> Writes:
    by = Who("user", actor.user_id)
    match action.verb:
        case "acknowledge":
            return await acknowledge(db, incident, by=by, via=channel, now=now)
        case "resolve":
            return await resolve(db, incident, by=by, via=channel, now=now)
        case "snooze":
            until = snooze_end(seconds=action.seconds, until=None, now=now)
            return await snooze(db, incident, by=by, via=channel, until=until, now=now)
        case "escalate":
            return await escalate(db, incident, by=by, level=None, now=now)
        case "accept_cover" | "decline_cover":
            raise Forbidden("this button can't do that", code="verb_not_bound")
