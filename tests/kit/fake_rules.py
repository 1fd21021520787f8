"""Rules of integrations, as the server keeps them."""

import re
from typing import Any

import httpx
import msgspec

from shared.domain.pipeline.conditions import AlertCondition
from shared.domain.pipeline.rules import AddLabel, Drop, stage_of
from shared.wire import routes
from shared.wire.lists import Page
from shared.wire.services import Rule, RuleInput
from tests.kit.answers import answered, refused

PATH = re.compile(routes.INTEGRATION_RULES.format(integration_id="([^/]+)") + "(?:/([^/]+))?")


class FakeRules:
    """The first integration drops what its backup job sends."""

    def __init__(self, integration_id: str) -> None:
        conditions = ((AlertCondition(key="labels.job", values=("backup",)),),)
        by = RuleInput(name="By hand", effect=AddLabel(label="by", value="hand"))
        backup = RuleInput(name="Backup", conditions=conditions, effect=Drop(), position=1)
        self.items = [_made("rule-by", integration_id, by), _made("rule-backup", integration_id, backup)]

    def answer(self, request: httpx.Request, body: dict[str, Any]) -> httpx.Response | None:
        """None when the path is somebody else's."""
        found = PATH.fullmatch(request.url.path)
        if found is None:
            return None
        if found[2] is None:
            return self._list(request.method, found[1], body)
        rule = next((each for each in self.items if each.id == found[2]), None)
        if rule is None:
            return refused(404, "not_found")
        if request.method == "GET":
            return answered(rule)
        if request.headers.get("if-match") != str(rule.rev):
            return refused(412, "stale")
        self.items.remove(rule)
        if request.method == "DELETE":
            return httpx.Response(204)
        changed = msgspec.structs.replace(_made(rule.id, found[1], msgspec.convert(body, RuleInput)), rev=rule.rev + 1)
        self.items.append(changed)
        return answered(changed)

    def _list(self, method: str, integration_id: str, body: dict[str, Any]) -> httpx.Response:
        if method == "GET":
            mine = [each for each in self.items if each.integration_id == integration_id]
            return answered(Page(items=sorted(mine, key=lambda each: each.position)))
        self.items.append(_made(f"rule-{len(self.items)}", integration_id, msgspec.convert(body, RuleInput)))
        return answered(self.items[-1], 201)


def _made(ident: str, integration_id: str, given: RuleInput) -> Rule:
    fields = {name: getattr(given, name) for name in given.__struct_fields__}
    return Rule(id=ident, integration_id=integration_id, stage=stage_of(given.effect), rev=1, **fields)
