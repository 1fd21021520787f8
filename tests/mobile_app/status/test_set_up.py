"""Setting a status page up in the app: the page, components, templates, rules, subscribers, and who may not."""

import flet as ft
import msgspec

from phone.status.pages.components import moved
from shared.wire import routes
from shared.wire.status_pages import ComponentInput, GroupInput, Phrase
from tests.kit.fake_api import FakeApi
from tests.kit.opened import at

PAGE = routes.STATUS_PAGE.format(status_page_id="page-nordwind")
BELOW = "/status-pages/page-nordwind"


def keeper() -> FakeApi:
    """Somebody who sets up Payments' pages, and publishes nowhere."""
    api = FakeApi()
    held = [*api.me.permissions, "status_pages:edit"]
    api.me = msgspec.structs.replace(api.me, permissions=held, team_permissions={"t-pay": held, "t-plat": ["read"]})
    return api


async def test_a_new_page_is_made_and_leads_to_its_components() -> None:
    api = keeper()
    async with at("/status-pages", api) as app:
        await app.tap(key="make-page")
        await app.until(lambda: app.find(ft.TextField, key="page-name"))
        await app.type("page-name", "Shop of Nordwind")
        await app.tap(key="page-send")
        await app.until(lambda: app.state.place.route == "/status-pages/page-2/components")
        [(path, body)] = api.status.sent()
        assert path == routes.STATUS_PAGES
        assert (body["slug"], body["team_id"], body["is_public"]) == ("shop-of-nordwind", "t-pay", True)
        await app.until(lambda: app.find(ft.OutlinedButton, key="add-group"))
        await app.tap(key="add-group")
        await app.type("group-0", "Shop")
        await app.type("component-0-0", "Checkout")
        await app.tap(key="components-send")
        await app.until(lambda: api.status.sent("PUT"))
        groups = api.status.sent("PUT")[0][1]["groups"]
        assert groups[0]["name"]["en"] == "Shop"
        assert [each["name"]["en"] for each in groups[0]["components"]] == ["Checkout"]


async def test_a_page_keeps_what_the_form_does_not_show() -> None:
    api = keeper()
    async with at(f"{BELOW}/settings", api) as app:
        await app.until(lambda: app.find(ft.TextField, key="page-name"))
        await app.type("page-name", "Nordwind Pay")
        await app.tap(key="page-send")
        await app.until(lambda: api.status.sent("PUT"))
        [(path, body)] = api.status.sent("PUT")
        assert path == PAGE
        assert (body["name"], len(body["links"]), body["domain"]) == ("Nordwind Pay", 2, "status.nordwind.example")


async def test_taking_a_page_down_asks_once() -> None:
    api = keeper()
    async with at(f"{BELOW}/settings", api) as app:
        await app.until(lambda: app.find(ft.OutlinedButton, key="remove-page"))
        await app.tap(key="remove-page")
        assert app.says("Visitors find nothing there any more")
        await app.tap(key="remove-page-yes")
        await app.until(lambda: app.state.place.route == "/status-pages")
        assert api.status.sent("DELETE")[0][0] == PAGE


def test_a_component_moves_out_of_its_group_at_the_edge() -> None:
    def named(*names: str) -> GroupInput:
        return GroupInput(components=tuple(ComponentInput(name=Phrase(en=each)) for each in names))

    def told(groups: tuple[GroupInput, ...]) -> list[str]:
        return ["".join(each.name.en for each in group.components) for group in groups]

    groups = (named("a", "b"), named("c"))
    assert told(moved(groups, 0, 0, 1)) == ["ba", "c"]
    assert told(moved(groups, 0, 1, 1)) == ["a", "bc"]
    assert told(moved(groups, 1, 0, -1)) == ["abc", ""]
    assert told(moved(groups, 0, 0, -1)) == ["ab", "c"]


async def test_templates_are_made_changed_and_deleted() -> None:
    api = keeper()
    async with at(f"{BELOW}/templates", api) as app:
        await app.until(lambda: app.says("Incident, A whole event: Some payments are failing"))
        await app.tap(key="new-template")
        await app.type("template-name", "Sign-in fails")
        await app.type("template-title", "Signing in fails")
        await app.tap(key="template-send")
        await app.until(lambda: app.says("Sign-in fails"))
        assert api.status.sent()[0][1]["title"]["en"] == "Signing in fails"
        await app.tap(key="template-tpl-over")
        await app.tap(key="remove-template")
        await app.tap(key="remove-template-yes")
        await app.until(lambda: not app.find(ft.TextButton, key="template-tpl-over"))


async def test_a_rule_is_a_sentence_and_can_be_changed() -> None:
    api = keeper()
    async with at(f"{BELOW}/rules", api) as app:
        await app.until(lambda: app.says("checkout-api, Critical or graver: asks before it publishes"))
        await app.tap(key="rule-rule-checkout")
        await app.until(lambda: app.find(ft.TextField, key="rule-labels"))
        await app.type("rule-labels", "region=eu-west-1\nnonsense")
        await app.tap(key="rule-send")
        await app.until(lambda: app.says("“nonsense” is no label with a value"))
        assert not api.status.sent("PUT")
        await app.type("rule-labels", "region = eu-west-1\n\n")
        await app.tap(key="rule-send")
        await app.until(lambda: api.status.sent("PUT"))
        body = api.status.sent("PUT")[0][1]
        assert body["labels"] == [{"label": "region", "value": "eu-west-1"}]
        assert (body["service_ids"], body["approver_ids"], "lines" in body) == (["svc-checkout"], ["u-ana"], False)


async def test_subscribers_are_found_removed_and_taken_in_after_a_count() -> None:
    api = keeper()
    async with at(f"{BELOW}/subscribers", api) as app:
        await app.until(lambda: app.says("ops@anchor.example"))
        assert app.says("Card checkout and Payouts, in 中文")
        assert app.says("Has not confirmed yet")
        assert app.says("The last message failed: the email server answered 550")
        await app.type("subscriber-search", "gone")
        await app.until(lambda: not app.says("ops@anchor.example"))
        await app.tap(key="drop-sub-gone@pier.example")
        await app.tap(key="drop-sub-gone@pier.example-yes")
        await app.until(lambda: app.says("No address begins like that."))
        await app.tap(key="take-in")
        await app.type(
            "subscribers-table", "email,language,components\nlea@berth.example,en,\nops@anchor.example,en,\n"
        )
        await app.tap(key="take-in-send")
        await app.until(lambda: app.says("1 is new, 1 are there already."))
        assert not any(each.email == "lea@berth.example" for each in api.status.subscribers)
        await app.tap(key="take-in-send")
        await app.until(lambda: any(each.email == "lea@berth.example" for each in api.status.subscribers))


async def test_whoever_sets_pages_up_and_publishes_nowhere_is_offered_no_publishing() -> None:
    async with at(BELOW, keeper()) as app:
        await app.until(lambda: app.find(ft.TextButton, key="page-subscribers"))
        assert not app.find(ft.FilledButton, key="publish")
        await app.goto("/incidents/inc-4821")
        await app.settle()
        assert not app.find(ft.OutlinedButton, key="publish-incident")


async def test_whoever_publishes_and_sets_nothing_up_only_reads_templates() -> None:
    api = FakeApi()
    held = [*api.me.permissions, "status_events:edit"]
    api.me = msgspec.structs.replace(api.me, permissions=held, team_permissions={"t-pay": held})
    async with at(f"{BELOW}/templates", api) as app:
        await app.until(lambda: app.says("Payments fail"))
        assert not app.find(ft.IconButton, key="new-template")
        for part in ("settings", "components", "subscribers"):
            await app.goto(f"{BELOW}/{part}")
            await app.until(lambda: app.says("Only whoever sets the page up opens this"))
            assert not app.find(ft.TextField)
            assert not app.find(ft.IconButton, key="take-in")
            assert not app.says("ops@anchor.example")
        await app.goto("/status-pages/new")
        await app.until(lambda: app.says("Only whoever sets the page up opens this"))
        assert not api.status.sent("PUT")
