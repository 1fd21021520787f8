"""The Console: lists, forms, what changes when saved, who was faster, and what a viewer may see."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import flet as ft
import msgspec
import pytest

from shared.domain.paging.escalation import Target
from shared.wire import routes
from shared.wire.problems import FieldProblem
from shared.wire.services import Refusal, StraySender, WayHealth
from tests.kit.answers import refused
from tests.kit.fake_api import FakeApi
from tests.kit.headless_app import BUTTONS, HeadlessApp
from tests.kit.night import NOW

TABLET = 1280
CHECKOUT = f"{routes.SERVICES}/svc-checkout"
OBJECT = "/configure/services/svc-checkout"


@asynccontextmanager
async def console(
    route: str = "/configure", *, width: float = TABLET, role: Any = "admin", language: Any = "en"
) -> AsyncGenerator[HeadlessApp]:
    """An administrator's window at an address of the Console."""
    api = FakeApi(language=language)
    granted = {"admin": ("configuration:edit", "people:edit"), "manager": ("configuration:edit",)}.get(role, ())
    api.as_role(role, *granted)
    async with HeadlessApp(api, width=width) as app:
        await app.goto(route)
        await app.settle(0.1)
        yield app


async def save(app: HeadlessApp) -> None:
    """Tap Save, which stands there a moment after something was typed."""
    await app.until(lambda: app.find(ft.FilledButton, key="save"))
    await app.tap(key="save")


def written(app: HeadlessApp, method: str) -> list[tuple[str, dict[str, Any]]]:
    return [(path, body) for each, path, body in app.api.console.written if each == method]


def last_header(app: HeadlessApp, method: str, name: str) -> str | None:
    return next(each for each in reversed(app.api.requests) if each.method == method).headers.get(name)


async def test_a_phone_goes_from_me_through_kind_and_list_to_the_object_and_back() -> None:
    async with console("/me", width=412) as app:
        await app.tap(key="configure")
        await app.until(lambda: app.says("Backup script: Refused 14 requests"))
        await app.tap(key="kind-services")
        await app.until(lambda: app.says("Payments. Pages by Payments 24×7."))
        await app.tap(key="row-svc-checkout")
        await app.until(lambda: app.says("Who is paged now"))
        assert app.state.place.route == OBJECT
        await app.session.dispatch_event(app.page._i, "view_pop", {"route": OBJECT})
        await app.until(lambda: app.state.place.route == "/configure/services")


async def test_a_list_is_searched_by_name_and_by_what_it_says() -> None:
    async with console("/configure/services") as app:
        assert app.find(ft.TextButton, key="row-svc-edge")
        await app.type("list-search", "working hours")
        assert [each.key for each in app.find(ft.TextButton) if str(each.key).startswith("row-")] == ["row-svc-net"]
        await app.type("list-search", "nothing like it")
        assert app.says("Nothing matches “nothing like it”.")


async def test_what_is_changed_is_named_and_saved_under_its_revision() -> None:
    async with console(OBJECT) as app:
        assert not app.find(ft.FilledButton, key="save")
        await app.type("field-name", "checkout")
        await app.until(lambda: app.says("1 unsaved change: Name"))
        assert app.says("Name: checkout-api → checkout")
        await save(app)
        await app.until(lambda: app.says("Saved. It holds from the next alert on."))
        path, body = written(app, "PUT")[0]
        assert path == CHECKOUT
        assert body["name"] == "checkout"
        assert body["grouping"] == {"by": "check", "labels": []}
        assert last_header(app, "PUT", "if-match") == "3"
        assert not app.find(ft.FilledButton, key="save")
        assert "checkout" in app.texts()


async def test_a_choice_changes_the_form_and_says_what_will_happen() -> None:
    async with console(OBJECT) as app:
        await app.tap(key="field-policy_id")
        await app.tap(key="option-none")
        assert app.says("A new incident pages nobody.")
        assert app.says("Escalation policy: Payments 24×7 → nothing")
        await app.tap(key="field-grouping.by")
        await app.tap(key="option-labels")
        await app.type("field-grouping.labels", "region, zone")
        await app.tap(key="add-grouping.labels")
        await save(app)
        await app.until(lambda: written(app, "PUT"))
        body = written(app, "PUT")[0][1]
        assert body["policy_id"] is None
        assert body["grouping"] == {"by": "labels", "labels": ["region", "zone"]}


async def test_discarding_asks_once_and_names_what_is_lost() -> None:
    async with console(OBJECT) as app:
        await app.type("field-name", "other")
        await app.until(lambda: app.find(ft.OutlinedButton, key="discard"))
        await app.tap(key="discard")
        assert app.says("What you changed is lost: Name.")
        await app.tap(key="discard-yes")
        assert app.one(ft.TextField, key="field-name").value == "checkout-api"
        assert not app.find(ft.FilledButton, key="save")
        assert written(app, "PUT") == []


async def test_a_draft_waits_while_the_reader_looks_elsewhere() -> None:
    async with console(OBJECT) as app:
        await app.type("field-name", "half done")
        await app.goto("/configure/services/svc-pg")
        await app.settle(0.1)
        assert app.says("Not saved yet")
        await app.goto(OBJECT)
        await app.settle(0.1)
        assert app.one(ft.TextField, key="field-name").value == "half done"


async def test_who_was_faster_is_shown_and_mine_can_be_kept_on_top() -> None:
    async with console(OBJECT) as app:
        await app.type("field-name", "mine")
        app.api.console.change(app.api.console.services, "svc-checkout", description="theirs")
        await save(app)
        await app.until(lambda: app.says("saved meanwhile"))
        assert app.says("Description: Takes orders and money. → theirs")
        await app.tap(key="conflict-mine")
        await app.until(lambda: len(written(app, "PUT")) == 2)
        body = written(app, "PUT")[1][1]
        assert (body["name"], body["description"]) == ("mine", "theirs")
        assert last_header(app, "PUT", "if-match") == "4"


async def test_the_newest_can_be_loaded_instead() -> None:
    async with console(OBJECT) as app:
        await app.type("field-name", "mine")
        app.api.console.change(app.api.console.services, "svc-checkout", name="theirs")
        await save(app)
        await app.until(lambda: app.says("saved meanwhile"))
        await app.tap(key="conflict-newest")
        assert app.one(ft.TextField, key="field-name").value == "theirs"
        assert not app.says("saved meanwhile")
        assert len(written(app, "PUT")) == 1


async def test_a_refusal_stands_at_its_field_and_keeps_what_was_typed() -> None:
    async with console(OBJECT) as app:
        problem = FieldProblem(field="runbook_url", code="bad_url", message="must start with https://")
        app.api.console.answers["PUT", CHECKOUT] = lambda _: refused(400, "invalid", problem)
        await app.type("field-runbook_url", "wiki")
        await save(app)
        await app.until(lambda: app.says("must start with https://"))
        assert app.says("Nothing was saved: 1 field needs another look.")
        assert app.one(ft.TextField, key="field-runbook_url").value == "wiki"


async def test_what_is_missing_is_said_before_anything_is_sent() -> None:
    async with console(OBJECT) as app:
        await app.type("field-name", "  ")
        await save(app)
        assert app.says("This is needed.")
        assert written(app, "PUT") == []


async def test_without_a_network_nothing_is_lost() -> None:
    async with console(OBJECT) as app:
        await app.type("field-name", "later")
        app.api.offline = True
        await save(app)
        await app.until(lambda: app.says("The server does not answer. Nothing was lost"))
        assert app.one(ft.TextField, key="field-name").value == "later"
        app.api.offline = False
        await save(app)
        await app.until(lambda: written(app, "PUT"))


async def test_a_list_that_can_not_be_loaded_says_so_and_tries_again() -> None:
    async with console("/on-call", role="viewer") as app:
        app.api.refuse(routes.ESCALATION_POLICIES, 503, "unavailable")
        await app.goto("/configure/policies")
        await app.until(lambda: app.says("The server is busy. Try again in a moment."))
        app.api.refused.clear()
        await app.tap(key="retry")
        await app.until(lambda: app.says("Platform working hours"))


async def test_an_object_that_does_not_exist_says_so() -> None:
    async with console("/configure/services/gone") as app:
        assert app.says("This does not exist, or you may not see it.")


async def test_a_viewer_reads_and_can_change_nothing() -> None:
    async with console(OBJECT, role="viewer") as app:
        assert app.says("You can read this. Changing it takes more than the role Viewer.")
        assert app.one(ft.TextField, key="field-name").read_only
        assert not app.find(ft.IconButton, key="remove")
        assert not app.find(ft.IconButton, key="new")
        assert not app.find(ft.TextButton, key="field-policy_id")


async def test_a_manager_changes_what_their_teams_own_only() -> None:
    async with console("/configure/services/svc-net", role="manager") as app:
        assert app.one(ft.TextField, key="field-name").read_only
        await app.goto(OBJECT)
        await app.settle(0.1)
        assert not app.one(ft.TextField, key="field-name").read_only


async def test_removing_asks_once_and_names_the_consequence() -> None:
    async with console("/configure/services/svc-relay") as app:
        await app.tap(key="remove")
        assert app.says("Alerts for it page nobody any more.")
        assert written(app, "DELETE") == []
        await app.tap(key="remove-yes")
        await app.until(lambda: app.says("webhook-relay is removed."))
        await app.until(lambda: app.state.place.route == "/configure/services")
        assert not app.find(ft.TextButton, key="row-svc-relay")


async def test_a_new_service_is_made_once_and_shown() -> None:
    async with console("/configure/services/new") as app:
        await save(app)
        assert app.says("This is needed.")
        await app.type("field-name", "search")
        await save(app)
        await app.until(lambda: app.says("Created."))
        path, body = written(app, "POST")[0]
        assert (path, body["name"], body["team_id"]) == (routes.SERVICES, "search", "t-data")
        assert last_header(app, "POST", "idempotency-key")
        await app.until(lambda: app.state.place.route == "/configure/services/new-5")
        await app.until(lambda: app.says("No integration sends to it"))
        assert app.one(ft.TextField, key="field-name").value == "search"


async def test_an_empty_list_teaches_and_leads_on() -> None:
    async with console() as app:
        app.api.console.empty()
        await app.goto("/configure/integrations")
        await app.until(lambda: app.says("No integrations yet"))
        assert app.says("copy its address into Grafana")
        assert app.find(ft.OutlinedButton, key="new-empty")


async def test_the_history_tells_who_changed_what() -> None:
    async with console(OBJECT) as app:
        assert app.says("You changed it.")
        assert app.says("Wed 03:12")
        assert app.says("Escalation policy: nothing → Payments 24×7")


async def test_a_policy_is_built_level_by_level_and_read_as_a_sentence() -> None:
    async with console("/configure/policies/new") as app:
        await app.type("field-name", "Nights")
        await app.tap(key="add-level")
        await app.tap(key="option-schedule:s-pay-1")
        await app.tap(key="add-target-0")
        await app.tap(key="option-user:u-bo")
        await app.tap(key="add-level")
        await app.tap(key="option-team:t-pay")
        await app.tap(key="field-levels.0.delay_s")
        await app.tap(key="option-600")
        sentence = (
            "Pages Payments primary and Bo Lindqvist, after 10\u00a0min everybody in Payments; all of it 2 times."
        )
        assert app.says(sentence)
        await app.tap(key="level-up-1")
        await app.tap(key="target-1-u-bo")
        await save(app)
        await app.until(lambda: written(app, "POST"))
        levels = written(app, "POST")[0][1]["levels"]
        assert [level["delay_s"] for level in levels] == [300, 600]
        assert [[target["id"] for target in level["targets"]] for level in levels] == [["t-pay"], ["s-pay-1"]]


async def test_a_level_can_be_removed() -> None:
    async with console("/configure/policies/p-pay") as app:
        await app.tap(key="level-remove-1")
        await save(app)
        await app.until(lambda: written(app, "PUT"))
        kept = [level.targets for level in app.api.console.policies.items[0].levels]
        assert kept == [(Target(kind="schedule", id="s-pay-1"),), (Target(kind="team", id="t-pay"),)]


async def test_a_number_out_of_range_is_refused_here() -> None:
    async with console("/configure/policies/p-pay") as app:
        await app.type("field-rounds", "40")
        await save(app)
        assert app.says("Enter a number from 1 to 10.")
        assert written(app, "PUT") == []


async def test_chinese_speaks_the_same_console() -> None:
    api = FakeApi(language="zh")
    api.as_role("admin", "configuration:edit", "people:edit")
    async with HeadlessApp(api, width=TABLET) as app:
        await app.goto("/configure/policies/p-pay")
        await app.settle(0.1)
        assert app.says("呼叫 Payments primary，5\u00a0分钟后呼叫 Payments secondary 和 Bo Lindqvist")
        assert app.says("变更记录")


async def test_a_role_is_changed_with_what_it_then_may() -> None:
    async with console("/configure/people/u-bo") as app:
        await app.tap(key="field-role")
        await app.tap(key="option-viewer")
        assert app.says("Reads, and is never paged.")
        assert app.says("Role: Manager → Viewer")
        await save(app)
        await app.until(lambda: written(app, "PATCH"))
        assert written(app, "PATCH") == [
            (
                f"{routes.USERS}/u-bo",
                {"name": "Bo Lindqvist", "role": "viewer", "language": "en", "time_zone": "Europe/Berlin"},
            )
        ]


async def test_an_integration_says_what_it_refused_and_why() -> None:
    async with console("/configure/integrations") as app:
        await app.until(lambda: app.says("Refused 14 requests, last 12\u00a0min ago"))
        await app.goto("/configure/integrations/i-backup")
        await app.until(lambda: app.says("Refused or not readable lately"))
        assert app.says("400: title is required to trigger")
        assert app.says("413: at most 262144 bytes")
        assert app.says("3 events came under an Idempotency-Key that another body had used, and were taken.")
        await app.goto("/configure/integrations/i-pingdom")
        await app.until(lambda: app.says("https://dogwatch.nordwind.example/ingest/events/gf-7K4M2Q9XW3"))
        assert not app.says("Refused or not readable lately")


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", ("Senders without an integration", "Keys that never existed", "Old pager", "Refused 4 requests, last")),
        ("zh", ("没有对应集成的发送方", "从未存在过的密钥", "Old pager", "已拒绝 4 个请求")),
    ],
)
async def test_who_sends_without_an_integration_stands_below_them_with_the_reasons(
    language: Any, told: tuple[str, ...]
) -> None:
    at = NOW - timedelta(minutes=12)
    reasons = [Refusal(at=at, status=404, code="unknown_key", message=f"no such key {n}") for n in "abc"]
    health = WayHealth(refused=4, since=at, last_at=at, reasons=reasons)
    gone = NOW - timedelta(days=2)
    async with console(language=language) as app:
        app.api.console.strays = [
            StraySender(id="unknown", name=None, source=None, removed_at=None, health=health),
            StraySender(id="i-old", name="Old pager", source="pagerduty", removed_at=gone, health=health),
        ]
        await app.goto("/configure/integrations")
        await app.until(lambda: app.says(told[0]))
        for each in (*told, *(f"no such key {n}" for n in "abc")):
            assert app.says(each), each


async def test_without_strays_nothing_stands_there() -> None:
    async with console("/configure/integrations") as app:
        await app.until(lambda: app.says("Refused 14 requests, last 12\u00a0min ago"))
        assert not app.says("Senders without an integration")


@pytest.mark.parametrize("route", ["/configure/channels", "/configure/channels/email"])
async def test_ways_out_are_named_in_the_readers_language(route: str) -> None:
    async with console(route, language="zh", width=412) as app:
        await app.until(lambda: "邮件" in app.texts())
        assert "Email" not in app.texts()


async def test_a_permission_set_for_one_team_opens_what_that_team_owns_and_nothing_else() -> None:
    api = FakeApi()
    held = ["read", "incidents:act", "configuration:edit"]
    services = api.console.services.items
    here, elsewhere = (next(each for each in services if (each.team_id == "t-pay") is own) for own in (True, False))
    api.me = msgspec.structs.replace(api.me, permissions=held, team_permissions={"t-pay": held})
    async with HeadlessApp(api, width=1280) as app:
        await app.goto(f"/configure/services/{here.id}")
        await app.until(lambda: can_remove(app))
        await app.goto(f"/configure/services/{elsewhere.id}")
        await app.until(lambda: app.says(elsewhere.name) and not can_remove(app))


def can_remove(app: HeadlessApp) -> bool:
    return any(each.key == "remove" for each in app.controls() if isinstance(each, BUTTONS))
