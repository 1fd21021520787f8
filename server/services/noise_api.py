"""Handlers of what keeps noise away: rules and silences."""

from datetime import datetime

from litestar import Response, delete, get, post, put
from litestar.params import FromPath, JSONBody

from server.accounts.access.actors import Actor
from server.accounts.access.needs import needs
from server.accounts.access.permissions import CONFIGURATION_EDIT, INCIDENTS_ACT, READ
from server.kernel.database import Database, Writes
from server.kernel.http import Given, Once, path
from server.services.read import list_rules, list_silences
from server.services.rules import remove_rule, save_rule
from server.services.silences import arm_look, end_silence, look_now, save_silence
from shared.wire import routes
from shared.wire import services as wire
from shared.wire.lists import Page

EDIT = needs(CONFIGURATION_EDIT)


@get(path(routes.INTEGRATION_RULES), operation_id="listRules", opt=needs(READ), tags=["rules"])
async def rules(integration_id: FromPath[str], actor: Given[Actor], db: Given[Database]) -> Page[wire.Rule]:
    return Page(items=await list_rules(db, actor, integration_id))


@post(path(routes.INTEGRATION_RULES), operation_id="makeRule", opt=EDIT, tags=["rules"])
async def add_rule(
    integration_id: FromPath[str],
    data: JSONBody[wire.RuleInput],
    actor: Given[Actor],
    db: Given[Database],
    now: Given[datetime],
    once: Given[Once],
) -> Response[wire.Rule]:
    return await once.carry_out(
        lambda: save_rule(db, actor, integration_id, data, id=None, rev=None, now=now), status=201
    )


@put(path(routes.INTEGRATION_RULE), operation_id="changeRule", opt=EDIT, tags=["rules"])
async def change_rule(
    integration_id: FromPath[str],
    rule_id: FromPath[str],
    data: JSONBody[wire.RuleInput],
    actor: Given[Actor],
    db: Given[Database],
    now: Given[datetime],
    rev: Given[int],
    once: Given[Once],
) -> Response[wire.Rule]:
    return await once.carry_out(lambda: save_rule(db, actor, integration_id, data, id=rule_id, rev=rev, now=now))


@delete(path(routes.INTEGRATION_RULE), operation_id="removeRule", opt=EDIT, tags=["rules"])
async def delete_rule(
    integration_id: FromPath[str],
    rule_id: FromPath[str],
    actor: Given[Actor],
    db: Given[Database],
    now: Given[datetime],
    rev: Given[int],
) -> None:
    await db.apply(await remove_rule(db, actor, integration_id, rule_id, rev=rev, now=now))


@get(path(routes.SILENCES), operation_id="listSilences", opt=needs(READ), tags=["silences"])
async def silences(actor: Given[Actor], db: Given[Database]) -> Page[wire.Silence]:
    return Page(items=await list_silences(db, actor))


@post(path(routes.SILENCES), operation_id="makeSilence", opt=needs(INCIDENTS_ACT), tags=["silences"])
async def add_silence(
    data: JSONBody[wire.SilenceInput],
    actor: Given[Actor],
    db: Given[Database],
    now: Given[datetime],
    once: Given[Once],
) -> Response[wire.Silence]:
    async def decide() -> tuple[Writes, wire.Silence]:
        writes, saved = await save_silence(db, actor, data, id=None, rev=None, now=now)
        arm_look(writes, saved, now=now)
        return writes, saved

    return await once.carry_out(decide, status=201)


@put(path(routes.SILENCE), operation_id="changeSilence", opt=needs(INCIDENTS_ACT), tags=["silences"])
async def change_silence(
    silence_id: FromPath[str],
    data: JSONBody[wire.SilenceInput],
    actor: Given[Actor],
    db: Given[Database],
    now: Given[datetime],
    rev: Given[int],
    once: Given[Once],
) -> Response[wire.Silence]:
    async def decide() -> tuple[Writes, wire.Silence]:
        writes, saved = await save_silence(db, actor, data, id=silence_id, rev=rev, now=now)
        arm_look(writes, saved, now=now)
        look_now(writes, saved.id, now=now)
        return writes, saved

    return await once.carry_out(decide)


@delete(path(routes.SILENCE), operation_id="endSilence", opt=needs(INCIDENTS_ACT), tags=["silences"])
async def delete_silence(
    silence_id: FromPath[str],
    actor: Given[Actor],
    db: Given[Database],
    now: Given[datetime],
    rev: Given[int],
) -> None:
    await db.apply(await end_silence(db, actor, silence_id, rev=rev, now=now))


HANDLERS = [
    rules,
    add_rule,
    change_rule,
    delete_rule,
    silences,
    add_silence,
    change_silence,
    delete_silence,
]
