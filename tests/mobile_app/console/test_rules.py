"""Rules of an integration: told in a sentence, switched off, one more."""

import flet as ft
import pytest

from phone.console.condition_words import conditions_typed
from shared.domain.alerts import Severity
from shared.domain.pipeline.conditions import AlertCondition
from shared.domain.pipeline.rules import AddLabel, Drop, Effect, Rewrite
from shared.wire.services import Rule
from tests.kit.fake_api import FakeApi
from tests.kit.headless_app import HeadlessApp


def administrator() -> FakeApi:
    api = FakeApi()
    api.as_role("admin", "incidents:act", "configuration:edit")
    return api


def rule_of(api: FakeApi, name: str) -> Rule:
    return next(each for each in api.console.rules.items if each.name == name)


@pytest.mark.parametrize(("typed", "keys"), [
    ("job=backup", ["labels.job"]),
    ("job=backup, severity=info", ["labels.job", "severity"]),
    ("集群=生产，job=a=b", ["labels.集群", "labels.job"]),
    ("", []),
])  # fmt: skip
def test_what_is_typed_is_one_group_that_all_has_to_hold(typed: str, keys: list[str]) -> None:
    found = conditions_typed(typed)
    assert found is not None
    assert [each.key for group in found for each in group] == keys


@pytest.mark.parametrize("typed", ["job", "=backup", "job=", "job=a, b"])
def test_what_has_no_name_or_no_value_is_no_condition(typed: str) -> None:
    assert conditions_typed(typed) is None


async def test_a_rule_is_told_and_switched_off_and_another_added() -> None:
    api = administrator()
    rules = api.console.rules
    async with HeadlessApp(api, route="/configure/integrations/i-grafana", width=1280) as app:
        await app.until(lambda: app.says("When job is backup: it becomes no alert."))
        await app.fire(app.one(ft.Switch, key="rule-rule-backup"), "change", "false")
        await app.until(lambda: not rule_of(api, "Backup").is_enabled)
        await app.tap(key="add-rule")
        await app.until(lambda: app.says("When all of these hold"))
        await app.type("rule-name", "Staging is a warning")
        await app.type("rule-when", "cluster")
        await app.tap(key="rule-save")
        await app.until(lambda: app.says("Write name=value, several with a comma."))
        await app.type("rule-when", "cluster=staging")
        await app.tap(key="choice-severity")
        await app.tap(key="choice-info")
        await app.tap(key="choice-warning")
        await app.tap(key="rule-save")
        await app.until(lambda: len(rules.items) == 3)
        made = rule_of(api, "Staging is a warning")
        assert made.effect == Rewrite(severity=Severity.WARNING)
        assert made.conditions == ((AlertCondition(key="labels.cluster", values=("staging",)),),)
        assert made.position == 2
        await app.until(lambda: app.says("When cluster is staging: severity Warning."))
        assert rule_of(api, "Backup").effect == Drop()
        assert app.says("When anything comes in: the label by is added.")


async def test_who_may_not_change_the_integration_reads_its_rules() -> None:
    api = FakeApi()
    async with HeadlessApp(api, route="/configure/integrations/i-grafana", width=1280) as app:
        await app.until(lambda: app.says("When job is backup: it becomes no alert."))
        assert not app.says("Add a rule")
        assert not app.says("Remove rule")


@pytest.mark.parametrize(
    ("doing", "typed", "effect"),
    [
        ("drop", {}, Drop()),
        ("title", {"title": "{labels.cluster}: {title}"}, Rewrite(title="{labels.cluster}: {title}")),
        ("check", {"check": "{labels.job}"}, Rewrite(check="{labels.job}")),
        (
            "label",
            {"label": "site", "from_key": "labels.host", "pattern": "^([a-z]+)"},
            AddLabel(label="site", from_key="labels.host", pattern="^([a-z]+)"),
        ),
    ],
)
async def test_every_effect_that_there_is_can_be_chosen(doing: str, typed: dict[str, str], effect: Effect) -> None:
    api = administrator()
    async with HeadlessApp(api, route="/configure/integrations/i-grafana", width=1280) as app:
        await app.until(lambda: app.says("Add a rule"))
        await app.tap(key="add-rule")
        await app.type("rule-name", "One more")
        await app.type("rule-when", "cluster=staging")
        await app.tap(key=f"choice-{doing}")
        if typed:
            await app.tap(key="rule-save")
            await app.until(lambda: app.says("Say what it becomes."))
        for name, value in typed.items():
            await app.type(f"rule-{name}", value)
        await app.tap(key="rule-save")
        await app.until(lambda: len(api.console.rules.items) == 3)
        assert rule_of(api, "One more").effect == effect
