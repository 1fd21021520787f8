"""Handlers of what keeps noise away: rules and silences."""

from litestar import Response, delete, get, post, put
from litestar.params import FromPath, JSONBody

from server.accounts.access.call import Call, Edit
from server.accounts.access.needs import needs
from server.accounts.access.permissions import CONFIGURATION_EDIT, INCIDENTS_ACT, READ
from server.kernel.database import Writes
from server.kernel.http import Given, Handlers
from server.services.read import list_rules, list_silences
from server.services.rules import remove_rule, save_rule
from server.services.silences import arm_look, end_silence, look_now, save_silence
from shared.wire import routes
from shared.wire import services as wire
from shared.wire.lists import Page

EDIT = needs(CONFIGURATION_EDIT)


class Rules(Handlers):
    tags = ["rules"]
    opt = needs(READ)

    @get(routes.INTEGRATION_RULES, operation_id="listRules")
    async def rules(self, call: Given[Call], integration_id: FromPath[str]) -> Page[wire.Rule]:
        return Page(items=await list_rules(call.db, call.actor, integration_id))

    @post(routes.INTEGRATION_RULES, operation_id="makeRule", opt=EDIT)
    async def add_rule(
        self, call: Given[Call], integration_id: FromPath[str], data: JSONBody[wire.RuleInput]
    ) -> Response[wire.Rule]:
        return await call.once(
            lambda: save_rule(call.db, call.actor, integration_id, data, id=None, rev=None, now=call.now), status=201
        )

    @put(routes.INTEGRATION_RULE, operation_id="changeRule", opt=EDIT)
    async def change_rule(
        self, edit: Given[Edit], integration_id: FromPath[str], rule_id: FromPath[str], data: JSONBody[wire.RuleInput]
    ) -> Response[wire.Rule]:
        return await edit.once(
            lambda: save_rule(edit.db, edit.actor, integration_id, data, id=rule_id, rev=edit.rev, now=edit.now)
        )

    @delete(routes.INTEGRATION_RULE, operation_id="removeRule", opt=EDIT)
    async def delete_rule(self, edit: Given[Edit], integration_id: FromPath[str], rule_id: FromPath[str]) -> None:
        await edit.db.apply(await remove_rule(edit.db, edit.actor, integration_id, rule_id, rev=edit.rev, now=edit.now))


class Silences(Handlers):
    tags = ["silences"]
    opt = needs(READ)

    @get(routes.SILENCES, operation_id="listSilences")
    async def silences(self, call: Given[Call]) -> Page[wire.Silence]:
        return Page(items=await list_silences(call.db, call.actor))

    @post(routes.SILENCES, operation_id="makeSilence", opt=needs(INCIDENTS_ACT))
    async def add_silence(self, call: Given[Call], data: JSONBody[wire.SilenceInput]) -> Response[wire.Silence]:
        async def decide() -> tuple[Writes, wire.Silence]:
            writes, saved = await save_silence(call.db, call.actor, data, id=None, rev=None, now=call.now)
            arm_look(writes, saved, now=call.now)
            return writes, saved

        return await call.once(decide, status=201)

    @put(routes.SILENCE, operation_id="changeSilence", opt=needs(INCIDENTS_ACT))
    async def change_silence(
        self, edit: Given[Edit], silence_id: FromPath[str], data: JSONBody[wire.SilenceInput]
    ) -> Response[wire.Silence]:
        async def decide() -> tuple[Writes, wire.Silence]:
            writes, saved = await save_silence(edit.db, edit.actor, data, id=silence_id, rev=edit.rev, now=edit.now)
            arm_look(writes, saved, now=edit.now)
            look_now(writes, saved.id, now=edit.now)
            return writes, saved

        return await edit.once(decide)

    @delete(routes.SILENCE, operation_id="endSilence", opt=needs(INCIDENTS_ACT))
    async def delete_silence(self, edit: Given[Edit], silence_id: FromPath[str]) -> None:
        await edit.db.apply(await end_silence(edit.db, edit.actor, silence_id, rev=edit.rev, now=edit.now))
