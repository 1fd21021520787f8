"""Handlers of everything that is done to incidents."""

import msgspec
from litestar import Response, delete, patch, post
from litestar.params import FromPath, JSONBody

from server.accounts.access.actors import Actor
from server.accounts.access.call import Call, Edit
from server.accounts.access.needs import needs
from server.accounts.access.permissions import INCIDENTS_ACT, READ
from server.accounts.audit.trail import About, audit
from server.accounts.sign_in.api_keys import require_person
from server.incidents.bulk import InBulk
from server.incidents.by_hand import open_by_hand
from server.incidents.current import IncidentRow
from server.incidents.merging import NamedMerge
from server.incidents.named_in_requests import assignees, people_named
from server.incidents.one_request import USE, Use
from server.incidents.read import read_incident
from server.incidents.snoozing import snooze_end
from server.incidents.verbs import (
    acknowledge,
    add_responders,
    change,
    comment,
    escalate,
    follow,
    reassign,
    reopen,
    resolve,
    snooze,
    unacknowledge,
    undo,
    unfollow,
    unsnooze,
)
from server.kernel.database import Priority, Writes
from server.kernel.errors import Forbidden, Invalid
from server.kernel.http import Given, Handlers
from server.kernel.idempotency import request_hash
from shared.domain.incidents.timeline import Who
from shared.wire import incidents as wire
from shared.wire import routes
from shared.wire.lists import Ref


def _require_right(actor: Actor, found: IncidentRow, user_ids: tuple[str, ...]) -> None:
    if set(user_ids) != {actor.user_id} and not actor.may_in(INCIDENTS_ACT, found.team_id):
        raise Forbidden("your role does not allow this for others", code="role")


class Incidents(Handlers):
    tags = ["incidents"]
    opt = needs(INCIDENTS_ACT)

    @post(routes.INCIDENTS, operation_id="openIncident")
    async def open_incident(self, call: Given[Call], data: JSONBody[wire.NewIncident]) -> Response[wire.Incident]:
        """A repeat with the same Idempotency-Key answers with the same incident, as it is by then."""

        async def decide() -> tuple[Writes, Ref]:
            writes, opened = await open_by_hand(call.db, call.actor, data, now=call.now)
            audit(
                writes,
                call.actor,
                About("incident", opened.id, opened.name, opened.team_id),
                verb="opened",
                after=data,
                now=call.now,
            )
            return writes, Ref(opened.id, opened.name)

        async def reveal(remembered: bytes) -> wire.Incident:
            opened = msgspec.json.decode(remembered, type=Ref)
            return await read_incident(call.db, call.actor, opened.id, now=call.now)

        return await call.once(decide, status=201, reveal=reveal)

    @post(
        routes.INCIDENTS_BULK,
        operation_id="useVerbInBulk",
        opt=needs(INCIDENTS_ACT, priority=Priority.BULK),
        status_code=200,
    )
    async def bulk(self, call: Given[Call], data: JSONBody[wire.Bulk]) -> wire.BulkResult:
        hashed = request_hash("POST", routes.INCIDENTS_BULK, msgspec.json.encode(data))
        key = call.request.headers.get("idempotency-key", "")
        return await InBulk(call.db, call.actor, data, key, hashed, call.now).carry_out()


class Verbs(Handlers):
    tags = ["incidents"]
    dependencies = USE
    opt = needs(INCIDENTS_ACT)

    @patch(routes.INCIDENT, operation_id="changeIncident", status_code=200)
    async def change_incident(
        self, edit: Given[Edit], data: JSONBody[wire.ChangeIncident], use: Given[Use]
    ) -> Response[wire.Incident]:
        return await use.verb(
            "edit", lambda found, by: change(use.db, found, data, rev=edit.rev, by=by, now=use.now), said=data
        )

    @post(routes.INCIDENT_ACKNOWLEDGE, operation_id="acknowledgeIncident", status_code=200)
    async def acknowledge_incident(self, use: Given[Use]) -> Response[wire.Incident]:
        return await use.verb(
            "acknowledge", lambda found, by: acknowledge(use.db, found, by=by, via=use.via, now=use.now)
        )

    @post(routes.INCIDENT_UNACKNOWLEDGE, operation_id="unacknowledgeIncident", status_code=200)
    async def unacknowledge_incident(self, use: Given[Use]) -> Response[wire.Incident]:
        return await use.verb(
            "unacknowledge", lambda found, by: unacknowledge(use.db, found, by=by, via=use.via, now=use.now)
        )

    @post(routes.INCIDENT_SNOOZE, operation_id="snoozeIncident", status_code=200)
    async def snooze_incident(self, data: JSONBody[wire.Snooze], use: Given[Use]) -> Response[wire.Incident]:
        until = snooze_end(seconds=data.seconds, until=data.until, now=use.now)
        return await use.verb(
            "snooze", lambda found, by: snooze(use.db, found, by=by, via=use.via, until=until, now=use.now), said=data
        )

    @post(routes.INCIDENT_UNSNOOZE, operation_id="unsnoozeIncident", status_code=200)
    async def unsnooze_incident(self, use: Given[Use]) -> Response[wire.Incident]:
        return await use.verb("unsnooze", lambda found, by: unsnooze(use.db, found, by=by, now=use.now))

    @post(routes.INCIDENT_RESOLVE, operation_id="resolveIncident", status_code=200)
    async def resolve_incident(self, data: JSONBody[wire.Resolve], use: Given[Use]) -> Response[wire.Incident]:
        return await use.verb(
            "resolve", lambda found, by: resolve(use.db, found, by=by, via=use.via, words=data, now=use.now), said=data
        )

    @post(routes.INCIDENT_REOPEN, operation_id="reopenIncident", status_code=200)
    async def reopen_incident(self, use: Given[Use]) -> Response[wire.Incident]:
        return await use.verb("reopen", lambda found, by: reopen(use.db, found, by=by, via=use.via, now=use.now))

    @post(routes.INCIDENT_ESCALATE, operation_id="escalateIncident", status_code=200)
    async def escalate_incident(self, data: JSONBody[wire.Escalate], use: Given[Use]) -> Response[wire.Incident]:
        return await use.verb(
            "escalate", lambda found, by: escalate(use.db, found, by=by, level=data.level, now=use.now), said=data
        )

    @post(routes.INCIDENT_REASSIGN, operation_id="reassignIncident", status_code=200)
    async def reassign_incident(self, data: JSONBody[wire.Reassign], use: Given[Use]) -> Response[wire.Incident]:
        async def decide(found: IncidentRow, by: Who) -> Writes:
            policy, people = await assignees(use.db, use.actor, data, team_id=found.team_id)
            return await reassign(use.db, found, policy, people, by=by, now=use.now)

        return await use.verb("reassign", decide, said=data)

    @post(routes.INCIDENT_RESPONDERS, operation_id="addResponders", status_code=200)
    async def add_incident_responders(
        self, data: JSONBody[wire.AddResponders], use: Given[Use]
    ) -> Response[wire.Incident]:
        async def decide(found: IncidentRow, by: Who) -> Writes:
            people = await people_named(use.db, data.user_ids, team_id=found.team_id)
            return await add_responders(use.db, found, people, by=by, now=use.now)

        return await use.verb("add_responders", decide, said=data)

    @post(routes.INCIDENT_FOLLOWERS, operation_id="addFollowers", opt=needs(READ), status_code=200)
    async def add_followers(self, data: JSONBody[wire.AddFollowers], use: Given[Use]) -> Response[wire.Incident]:
        """Whoever reads may follow; letting others follow takes the right to act."""

        async def decide(found: IncidentRow, by: Who) -> Writes:
            if data.user_ids:
                _require_right(use.actor, found, data.user_ids)
                people = await people_named(use.db, data.user_ids, team_id=found.team_id)
            else:
                require_person(use.actor)
                people = [Ref(use.actor.user_id, use.actor.name)]
            return await follow(use.db, found, people, by=by, now=use.now)

        said = data if data.user_ids else wire.AddFollowers(user_ids=tuple(filter(None, [use.actor.user_id])))
        return await use.verb("follow", decide, said=said)

    @delete(routes.INCIDENT_FOLLOWER, operation_id="removeFollower", opt=needs(READ), status_code=200)
    async def remove_follower(self, user_id: FromPath[str], use: Given[Use]) -> Response[wire.Incident]:
        """`me` is whoever asks."""
        wanted = use.actor.user_id if user_id == "me" else user_id

        async def decide(found: IncidentRow, by: Who) -> Writes:
            if wanted == use.actor.user_id:
                require_person(use.actor)
            _require_right(use.actor, found, (wanted,))
            return await unfollow(use.db, found, wanted, by=by, now=use.now)

        return await use.verb("follow", decide, said=wire.AddFollowers(user_ids=(wanted,)), audited="unfollow")

    @post(routes.INCIDENT_COMMENTS, operation_id="commentIncident", status_code=200)
    async def comment_incident(self, data: JSONBody[wire.Comment], use: Given[Use]) -> Response[wire.Incident]:
        return await use.verb(
            "comment", lambda found, by: comment(use.db, found, data.text, by=by, now=use.now), said=data
        )

    @post(routes.INCIDENT_MERGE, operation_id="mergeIncident", status_code=200)
    async def merge_incident(self, data: JSONBody[wire.Merge], use: Given[Use]) -> Response[wire.Incident]:
        if (data.into is None) == (not data.sources):
            raise Invalid.one("into", "one_of", "give either into or sources")
        merging = NamedMerge(use.db, use.actor, data, use.now)
        return await use.verb("merge", merging.decide, said=lambda: merging.told)

    @post(routes.INCIDENT_UNDO, operation_id="undoLastVerb", status_code=200)
    async def undo_verb(self, use: Given[Use]) -> Response[wire.Incident]:
        return await use.verb("undo", lambda found, by: undo(use.db, found, by=by, now=use.now))
