"""Handlers of everything that is done to incidents."""

from datetime import datetime

import msgspec
from litestar import Response, delete, patch, post
from litestar.params import FromPath, JSONBody

from server.accounts.access.actors import Actor
from server.accounts.access.needs import needs
from server.accounts.access.permissions import INCIDENTS_ACT, READ
from server.accounts.audit.trail import About, note
from server.accounts.sign_in.api_keys import require_person
from server.incidents.bulk import InBulk
from server.incidents.by_hand import open_by_hand
from server.incidents.current import IncidentRow
from server.incidents.followers import follow, unfollow
from server.incidents.merging import merge_named
from server.incidents.named import assignees, people_named
from server.incidents.read import read_incident
from server.incidents.snoozing import snooze_end
from server.incidents.telling import change, comment
from server.incidents.using import Use, verb_options
from server.incidents.verbs import (
    acknowledge,
    add_responders,
    escalate,
    reassign,
    reopen,
    resolve,
    snooze,
    unacknowledge,
    undo,
    unsnooze,
)
from server.kernel.database import Database, Priority, Writes
from server.kernel.errors import Forbidden, Invalid
from server.kernel.http import AnyRequest, Given, Once, path
from server.kernel.idempotency import request_hash
from shared.domain.incidents.timeline import Who
from shared.wire import incidents as wire
from shared.wire import routes
from shared.wire.lists import Ref

VERB = verb_options(INCIDENTS_ACT)
READERS_VERB = verb_options(READ)


@post(path(routes.INCIDENTS), operation_id="openIncident", opt=needs(INCIDENTS_ACT), tags=["incidents"])
async def open_incident(
    data: JSONBody[wire.NewIncident],
    actor: Given[Actor],
    db: Given[Database],
    now: Given[datetime],
    once: Given[Once],
) -> Response[wire.Incident]:
    """A repeat with the same Idempotency-Key answers with the same incident, as it is by then."""

    async def decide() -> tuple[Writes, Ref]:
        writes, opened = await open_by_hand(db, actor, data, now=now)
        note(
            writes, actor, About("incident", opened.id, opened.name, opened.team_id), verb="opened", after=data, now=now
        )
        return writes, Ref(opened.id, opened.name)

    async def reveal(remembered: bytes) -> wire.Incident:
        opened = msgspec.json.decode(remembered, type=Ref)
        return await read_incident(db, actor, opened.id, now=now)

    return await once.carry_out(decide, status=201, reveal=reveal)


@patch(path(routes.INCIDENT), operation_id="changeIncident", **VERB)
async def change_incident(
    data: JSONBody[wire.ChangeIncident], use: Given[Use], rev: Given[int]
) -> Response[wire.Incident]:
    return await use.verb("edit", lambda found, by: change(use.db, found, data, rev=rev, by=by, now=use.now), said=data)


@post(path(routes.INCIDENT_ACKNOWLEDGE), operation_id="acknowledgeIncident", **VERB)
async def acknowledge_incident(use: Given[Use]) -> Response[wire.Incident]:
    return await use.verb("acknowledge", lambda found, by: acknowledge(use.db, found, by=by, via=use.via, now=use.now))


@post(path(routes.INCIDENT_UNACKNOWLEDGE), operation_id="unacknowledgeIncident", **VERB)
async def unacknowledge_incident(use: Given[Use]) -> Response[wire.Incident]:
    return await use.verb(
        "unacknowledge", lambda found, by: unacknowledge(use.db, found, by=by, via=use.via, now=use.now)
    )


@post(path(routes.INCIDENT_SNOOZE), operation_id="snoozeIncident", **VERB)
async def snooze_incident(data: JSONBody[wire.Snooze], use: Given[Use]) -> Response[wire.Incident]:
    until = snooze_end(seconds=data.seconds, until=data.until, now=use.now)
    return await use.verb(
        "snooze", lambda found, by: snooze(use.db, found, by=by, via=use.via, until=until, now=use.now), said=data
    )


@post(path(routes.INCIDENT_UNSNOOZE), operation_id="unsnoozeIncident", **VERB)
async def unsnooze_incident(use: Given[Use]) -> Response[wire.Incident]:
    return await use.verb("unsnooze", lambda found, by: unsnooze(use.db, found, by=by, now=use.now))


@post(path(routes.INCIDENT_RESOLVE), operation_id="resolveIncident", **VERB)
async def resolve_incident(data: JSONBody[wire.Resolve], use: Given[Use]) -> Response[wire.Incident]:
    return await use.verb(
        "resolve", lambda found, by: resolve(use.db, found, by=by, via=use.via, words=data, now=use.now), said=data
    )


@post(path(routes.INCIDENT_REOPEN), operation_id="reopenIncident", **VERB)
async def reopen_incident(use: Given[Use]) -> Response[wire.Incident]:
    return await use.verb("reopen", lambda found, by: reopen(use.db, found, by=by, via=use.via, now=use.now))


@post(path(routes.INCIDENT_ESCALATE), operation_id="escalateIncident", **VERB)
async def escalate_incident(data: JSONBody[wire.Escalate], use: Given[Use]) -> Response[wire.Incident]:
    return await use.verb(
        "escalate", lambda found, by: escalate(use.db, found, by=by, level=data.level, now=use.now), said=data
    )


@post(path(routes.INCIDENT_REASSIGN), operation_id="reassignIncident", **VERB)
async def reassign_incident(data: JSONBody[wire.Reassign], use: Given[Use]) -> Response[wire.Incident]:
    async def decide(found: IncidentRow, by: Who) -> Writes:
        policy, people = await assignees(use.db, use.actor, data, team_id=found.team_id)
        return await reassign(use.db, found, policy, people, by=by, now=use.now)

    return await use.verb("reassign", decide, said=data)


@post(path(routes.INCIDENT_RESPONDERS), operation_id="addResponders", **VERB)
async def add_incident_responders(data: JSONBody[wire.AddResponders], use: Given[Use]) -> Response[wire.Incident]:
    async def decide(found: IncidentRow, by: Who) -> Writes:
        people = await people_named(use.db, data.user_ids, team_id=found.team_id)
        return await add_responders(use.db, found, people, by=by, now=use.now)

    return await use.verb("add_responders", decide, said=data)


@post(path(routes.INCIDENT_FOLLOWERS), operation_id="addFollowers", **READERS_VERB)
async def add_followers(data: JSONBody[wire.AddFollowers], use: Given[Use]) -> Response[wire.Incident]:
    """Whoever reads may follow; letting others follow takes the right to act."""

    async def decide(found: IncidentRow, by: Who) -> Writes:
        if data.user_ids:
            _require_right(use.actor, found, data.user_ids)
            people = await people_named(use.db, data.user_ids, team_id=found.team_id)
        else:
            require_person(use.actor)
            people = [Ref(use.actor.user_id, use.actor.name)]
        return await follow(use.db, found, people, by=by, now=use.now)

    return await use.verb("follow", decide, said=data)


@delete(path(routes.INCIDENT_FOLLOWER), operation_id="removeFollower", **READERS_VERB)
async def remove_follower(user_id: FromPath[str], use: Given[Use]) -> Response[wire.Incident]:
    """`me` is whoever asks."""
    wanted = use.actor.user_id if user_id == "me" else user_id

    async def decide(found: IncidentRow, by: Who) -> Writes:
        if wanted == use.actor.user_id:
            require_person(use.actor)
        _require_right(use.actor, found, (wanted,))
        return await unfollow(use.db, found, wanted, by=by, now=use.now)

    return await use.verb("follow", decide)


def _require_right(actor: Actor, found: IncidentRow, user_ids: tuple[str, ...]) -> None:
    if set(user_ids) != {actor.user_id} and not actor.may_in(INCIDENTS_ACT, found.team_id):
        raise Forbidden("your role does not allow this for others", code="role")


@post(path(routes.INCIDENT_COMMENTS), operation_id="commentIncident", **VERB)
async def comment_incident(data: JSONBody[wire.Comment], use: Given[Use]) -> Response[wire.Incident]:
    return await use.verb("comment", lambda found, by: comment(use.db, found, data.text, by=by, now=use.now), said=data)


@post(path(routes.INCIDENT_MERGE), operation_id="mergeIncident", **VERB)
async def merge_incident(data: JSONBody[wire.Merge], use: Given[Use]) -> Response[wire.Incident]:
    if (data.into is None) == (not data.sources):
        raise Invalid.one("into", "one_of", "give either into or sources")
    return await use.verb(
        "merge", lambda found, by: merge_named(use.db, use.actor, found, data, by=by, now=use.now), said=data
    )


@post(path(routes.INCIDENT_UNDO), operation_id="undoLastVerb", **VERB)
async def undo_verb(use: Given[Use]) -> Response[wire.Incident]:
    return await use.verb("undo", lambda found, by: undo(use.db, found, by=by, now=use.now))


@post(
    path(routes.INCIDENTS_BULK),
    operation_id="useVerbInBulk",
    opt=needs(INCIDENTS_ACT, priority=Priority.BULK),
    status_code=200,
    tags=["incidents"],
)
async def bulk(
    request: AnyRequest,
    data: JSONBody[wire.Bulk],
    actor: Given[Actor],
    db: Given[Database],
    now: Given[datetime],
) -> wire.BulkResult:
    hashed = request_hash("POST", routes.INCIDENTS_BULK, msgspec.json.encode(data))
    key = request.headers.get("idempotency-key", "")
    return await InBulk(db, actor, data, key, hashed, now).carry_out()


HANDLERS = [
    open_incident,
    bulk,
    change_incident,
    acknowledge_incident,
    unacknowledge_incident,
    snooze_incident,
    unsnooze_incident,
    resolve_incident,
    reopen_incident,
    escalate_incident,
    reassign_incident,
    add_incident_responders,
    add_followers,
    remove_follower,
    comment_incident,
    merge_incident,
    undo_verb,
]
