"""Handlers of what is published from incidents of on call: by hand, by rules, with approval."""

from litestar import Response, delete, get, post, put
from litestar.params import FromPath, FromQuery, JSONBody

from server.accounts.access.call import Call, Edit
from server.accounts.access.needs import needs
from server.accounts.access.permissions import READ, STATUS_EVENTS_EDIT, STATUS_PAGES_EDIT
from server.kernel.http import Given, Handlers, Limit
from server.status_pages.from_incidents.proposals import approve, decline, list_proposals
from server.status_pages.from_incidents.publish import list_publications, publish_incident
from server.status_pages.from_incidents.rules import list_rules, remove_rule, save_rule
from shared.wire import routes
from shared.wire import status_publishing as wire
from shared.wire.lists import Page
from shared.wire.status_pages import StatusEvent

EDIT = needs(STATUS_PAGES_EDIT)


class FromIncidents(Handlers):
    tags = ["status events"]
    opt = needs(STATUS_EVENTS_EDIT)

    @post(routes.INCIDENT_PUBLISH, operation_id="publishIncident")
    async def publish(
        self, call: Given[Call], incident_id: FromPath[str], data: JSONBody[wire.PublishInput]
    ) -> Response[StatusEvent]:
        """On a status page, in words for customers; the incident's timeline says so."""
        return await call.once(
            lambda: publish_incident(call.db, call.actor, incident_id, data, now=call.now), status=201
        )

    @get(routes.INCIDENT_PUBLICATIONS, operation_id="listPublications", opt=needs(READ))
    async def publications(self, call: Given[Call], incident_id: FromPath[str]) -> Page[wire.Publication]:
        """What pages say of an incident, and what they could say next."""
        return Page(items=await list_publications(call.db, call.actor, incident_id, call.now))

    @get(routes.STATUS_PROPOSALS, operation_id="listStatusProposals")
    async def proposals(
        self,
        call: Given[Call],
        status_page_id: FromPath[str],
        limit: Limit = 50,
        cursor: FromQuery[str | None] = None,
    ) -> Page[wire.StatusProposal]:
        """What rules would publish on a page, the last first."""
        return await list_proposals(call.db, call.actor, status_page_id, limit=limit, cursor=cursor)

    @post(routes.STATUS_PROPOSAL_APPROVE, operation_id="approveStatusProposal")
    async def approve(
        self,
        call: Given[Call],
        status_page_id: FromPath[str],
        proposal_id: FromPath[str],
        data: JSONBody[wire.ProposalAnswer],
    ) -> Response[StatusEvent]:
        """Publishes it; what the answer leaves out is said as the rule says it."""
        return await call.once(
            lambda: approve(call.db, call.actor, status_page_id, proposal_id, data, now=call.now), status=201
        )

    @post(routes.STATUS_PROPOSAL_DECLINE, operation_id="declineStatusProposal", status_code=204)
    async def decline(
        self, call: Given[Call], status_page_id: FromPath[str], proposal_id: FromPath[str]
    ) -> Response[None]:
        return await call.done(lambda: decline(call.db, call.actor, status_page_id, proposal_id, now=call.now))


class StatusRules(Handlers):
    tags = ["status pages"]
    opt = needs(READ)

    @get(routes.STATUS_RULES, operation_id="listStatusRules")
    async def rules(self, call: Given[Call], status_page_id: FromPath[str]) -> Page[wire.StatusRule]:
        return Page(items=await list_rules(call.db, call.actor, status_page_id))

    @post(routes.STATUS_RULES, operation_id="makeStatusRule", opt=EDIT)
    async def add_rule(
        self, call: Given[Call], status_page_id: FromPath[str], data: JSONBody[wire.StatusRuleInput]
    ) -> Response[wire.StatusRule]:
        return await call.once(
            lambda: save_rule(call.db, call.actor, status_page_id, data, id=None, rev=None, now=call.now), status=201
        )

    @put(routes.STATUS_RULE, operation_id="changeStatusRule", opt=EDIT)
    async def change_rule(
        self,
        edit: Given[Edit],
        status_page_id: FromPath[str],
        status_rule_id: FromPath[str],
        data: JSONBody[wire.StatusRuleInput],
    ) -> Response[wire.StatusRule]:
        return await edit.once(
            lambda: save_rule(edit.db, edit.actor, status_page_id, data, id=status_rule_id, rev=edit.rev, now=edit.now)
        )

    @delete(routes.STATUS_RULE, operation_id="removeStatusRule", opt=EDIT)
    async def delete_rule(
        self, edit: Given[Edit], status_page_id: FromPath[str], status_rule_id: FromPath[str]
    ) -> None:
        await edit.db.apply(
            await remove_rule(edit.db, edit.actor, status_page_id, status_rule_id, rev=edit.rev, now=edit.now)
        )
