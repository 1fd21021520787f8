"""Handlers of escalation policies."""

from datetime import timedelta
from typing import Annotated

from litestar import Response, delete, get, post, put
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from server.accounts.access.call import Call, Edit
from server.accounts.access.needs import needs
from server.accounts.access.permissions import CONFIGURATION_EDIT, READ
from server.escalation.policies import archive_policy, list_policies, read_policy, save_policy
from server.escalation.prove_coverage import as_report, prove, read_services
from server.kernel.http import Given, Handlers, Limit
from shared.wire import escalation_policies as wire
from shared.wire import routes
from shared.wire.coverage import CoverageReport
from shared.wire.lists import Page


class Policies(Handlers):
    tags = ["escalation"]
    opt = needs(READ)

    @get(routes.ESCALATION_POLICIES, operation_id="listEscalationPolicies")
    async def policies(self, call: Given[Call]) -> Page[wire.EscalationPolicy]:
        return Page(items=await list_policies(call.db, call.actor))

    @get(routes.ESCALATION_POLICY, operation_id="readEscalationPolicy")
    async def policy(self, call: Given[Call], policy_id: FromPath[str]) -> wire.EscalationPolicy:
        return await read_policy(call.db, call.actor, policy_id)

    @post(routes.ESCALATION_POLICIES, operation_id="makeEscalationPolicy", opt=needs(CONFIGURATION_EDIT))
    async def add_policy(
        self, call: Given[Call], data: JSONBody[wire.EscalationPolicyInput]
    ) -> Response[wire.EscalationPolicy]:
        return await call.once(
            lambda: save_policy(call.db, call.actor, data, id=None, rev=None, now=call.now), status=201
        )

    @put(routes.ESCALATION_POLICY, operation_id="changeEscalationPolicy", opt=needs(CONFIGURATION_EDIT))
    async def change_policy(
        self, edit: Given[Edit], policy_id: FromPath[str], data: JSONBody[wire.EscalationPolicyInput]
    ) -> Response[wire.EscalationPolicy]:
        return await edit.once(lambda: save_policy(edit.db, edit.actor, data, id=policy_id, rev=edit.rev, now=edit.now))

    @delete(routes.ESCALATION_POLICY, operation_id="archiveEscalationPolicy", opt=needs(CONFIGURATION_EDIT))
    async def remove_policy(self, edit: Given[Edit], policy_id: FromPath[str]) -> None:
        await edit.db.apply(await archive_policy(edit.db, edit.actor, policy_id, rev=edit.rev, now=edit.now))

    @get(routes.COVERAGE, operation_id="readCoverage")
    async def coverage(
        self,
        call: Given[Call],
        within_s: Annotated[int, QueryParameter(ge=60, le=86_400)] = 900,
        days: Annotated[int, QueryParameter(ge=1, le=366)] = 90,
        team_id: FromQuery[list[str] | None] = None,
        service_id: FromQuery[list[str] | None] = None,
        limit: Limit = 200,
        cursor: FromQuery[str | None] = None,
    ) -> CoverageReport:
        """For each service, severity and level: proven, or the first time at which nobody would be reached."""
        services = await read_services(call.db, call.actor.visible_ids)
        if team_id is not None:
            services = [each for each in services if each.team_id in team_id]
        if service_id is not None:
            services = [each for each in services if each.id in service_id]
        end, within = call.now + timedelta(days=days), timedelta(seconds=within_s)
        proofs = await prove(call.db, services, call.now, end, within=within)
        seen = call.actor.visible_ids
        return await as_report(call.db, proofs, call.now, end, within=within, visible=seen, limit=limit, cursor=cursor)
