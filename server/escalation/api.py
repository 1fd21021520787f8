"""Handlers of escalation policies."""

from datetime import datetime, timedelta
from typing import Annotated

from litestar import Response, delete, get, post, put
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from server.accounts.access.actors import Actor
from server.accounts.access.needs import needs
from server.accounts.access.permissions import CONFIGURATION_EDIT, READ
from server.escalation.coverage import as_report, prove, read_services
from server.escalation.policies import archive_policy, list_policies, read_policy, save_policy
from server.kernel.database import Database
from server.kernel.http import Given, Once, path
from shared.wire import escalation_policies as wire
from shared.wire import routes
from shared.wire.coverage import CoverageReport
from shared.wire.lists import Page

TAGS = ["escalation"]


@get(path(routes.ESCALATION_POLICIES), operation_id="listEscalationPolicies", opt=needs(READ), tags=TAGS)
async def policies(actor: Given[Actor], db: Given[Database]) -> Page[wire.EscalationPolicy]:
    return Page(items=await list_policies(db, actor))


@get(path(routes.ESCALATION_POLICY), operation_id="readEscalationPolicy", opt=needs(READ), tags=TAGS)
async def policy(policy_id: FromPath[str], actor: Given[Actor], db: Given[Database]) -> wire.EscalationPolicy:
    return await read_policy(db, actor, policy_id)


@post(path(routes.ESCALATION_POLICIES), operation_id="makeEscalationPolicy", opt=needs(CONFIGURATION_EDIT), tags=TAGS)
async def add_policy(
    data: JSONBody[wire.EscalationPolicyInput],
    actor: Given[Actor],
    db: Given[Database],
    now: Given[datetime],
    once: Given[Once],
) -> Response[wire.EscalationPolicy]:
    return await once.carry_out(lambda: save_policy(db, actor, data, id=None, rev=None, now=now), status=201)


@put(path(routes.ESCALATION_POLICY), operation_id="changeEscalationPolicy", opt=needs(CONFIGURATION_EDIT), tags=TAGS)
async def change_policy(
    policy_id: FromPath[str],
    data: JSONBody[wire.EscalationPolicyInput],
    actor: Given[Actor],
    db: Given[Database],
    now: Given[datetime],
    rev: Given[int],
    once: Given[Once],
) -> Response[wire.EscalationPolicy]:
    return await once.carry_out(lambda: save_policy(db, actor, data, id=policy_id, rev=rev, now=now))


@delete(
    path(routes.ESCALATION_POLICY), operation_id="archiveEscalationPolicy", opt=needs(CONFIGURATION_EDIT), tags=TAGS
)
async def remove_policy(
    policy_id: FromPath[str],
    actor: Given[Actor],
    db: Given[Database],
    now: Given[datetime],
    rev: Given[int],
) -> None:
    await db.apply(await archive_policy(db, actor, policy_id, rev=rev, now=now))


@get(path(routes.COVERAGE), operation_id="readCoverage", opt=needs(READ), tags=TAGS)
async def coverage(
    actor: Given[Actor],
    db: Given[Database],
    now: Given[datetime],
    within_s: Annotated[int, QueryParameter(ge=60, le=86_400)] = 900,
    days: Annotated[int, QueryParameter(ge=1, le=366)] = 90,
    team_id: FromQuery[list[str] | None] = None,
    service_id: FromQuery[list[str] | None] = None,
) -> CoverageReport:
    """For each service, severity and level: proven, or the first time at which nobody would be reached."""
    services = await read_services(db, actor.visible_ids)
    if team_id is not None:
        services = [each for each in services if each.team_id in team_id]
    if service_id is not None:
        services = [each for each in services if each.id in service_id]
    end, within = now + timedelta(days=days), timedelta(seconds=within_s)
    proofs = await prove(db, services, now, end, within=within)
    return await as_report(db, proofs, now, end, within=within, visible=actor.visible_ids)


HANDLERS = [coverage, policies, policy, add_policy, change_policy, remove_policy]
