"""Status pages in the app: what is open, publishing, updating, editing and taking back, and who may."""

import flet as ft
import msgspec

from shared.wire import routes
from tests.kit.fake_api import FakeApi
from tests.kit.opened import at

EVENTS = routes.STATUS_EVENTS.format(status_page_id="page-nordwind")
OPEN = "/status-pages/page-nordwind/events/e15"


def publisher(*permissions: str) -> FakeApi:
    """Somebody who may publish on Payments' pages, and whatever is named besides."""
    api = FakeApi()
    held = [*api.me.permissions, "status_events:edit", *permissions]
    api.me = msgspec.structs.replace(api.me, permissions=held, team_permissions={"t-pay": held, "t-plat": ["read"]})
    return api


async def test_the_list_says_what_is_open_and_how_each_page_stands() -> None:
    async with at("/status-pages") as app:
        assert app.says("Some card payments in Europe are failing")
        assert app.says("Partial outage · Nordwind · Identified")
        assert app.says("Database upgrade, Reports")
        assert app.says("1 open event, for customers")
        assert "Everything works, for members only" in app.texts()
        assert not app.find(ft.IconButton, key="publish")


async def test_publishing_from_nothing_takes_four_taps_at_most() -> None:
    async with at("/incidents", publisher()) as app:
        await app.tap(key="tab-/status-pages")
        await app.until(lambda: app.find(ft.IconButton, key="publish"))
        await app.tap(key="publish")
        await app.until(lambda: app.find(ft.FilledButton, key="publish-send"))
        await app.tap(key="publish-send")
        await app.until(lambda: app.says("Published. Visitors see it within seconds."))
        [(path, body)] = app.api.status.sent()
        assert path == EVENTS
        assert body["title"] == {"en": "Some payments are failing", "zh": "部分支付失败"}
        assert body["updates"][0]["changes"] == [{"component_id": "checkout", "impact": "partial_outage"}]
        assert app.state.place.route.startswith("/status-pages/page-nordwind/events/made-")


async def test_without_a_template_customers_read_nobodys_internal_words() -> None:
    api = publisher()
    api.status.templates["page-nordwind"].clear()
    async with at("/status-pages", api) as app:
        await app.tap(key="publish")
        await app.until(lambda: app.find(ft.FilledButton, key="publish-send"))
        await app.tap(key="publish-send")
        await app.until(api.status.sent)
        assert api.status.sent()[0][1]["title"]["en"] == "We are looking into a problem"


async def test_an_event_is_updated_with_the_next_status_and_a_promise_and_closed() -> None:
    api = publisher()
    async with at(OPEN, api) as app:
        await app.tap(key="publish-update")
        await app.until(lambda: app.find(ft.FilledButton, key="publish-send"))
        await app.type("publish-message", "Half of it is rolled back.")
        await app.tap(key="choice-30")
        await app.tap(key="publish-send")
        await app.until(lambda: app.says("Half of it is rolled back."))
        [(path, body)] = api.status.sent()
        assert path == f"{EVENTS}/e15/updates"
        assert (body["status"], body["next_update_at"] is not None) == ("monitoring", True)
        assert app.says("The next update is promised by")
        await app.tap(key="publish-update")
        await app.until(lambda: app.says("This ends the event: every part works again."))
        await app.tap(key="publish-send")
        await app.until(lambda: len(api.status.sent()) == 2)
        assert api.status.sent()[1][1]["status"] == "resolved"
        assert api.status.sent()[1][1]["body"]["en"] == "All works again."
        await app.until(lambda: not app.find(ft.FilledButton, key="publish-update"))


async def test_a_part_becomes_what_was_chosen_of_it() -> None:
    api = publisher()
    async with at(OPEN, api) as app:
        await app.tap(key="publish-update")
        await app.tap(key="all-parts")
        await app.tap(key="part-payouts")
        await app.tap(key="impact-payouts-degraded_performance")
        await app.tap(key="publish-send")
        await app.until(api.status.sent)
        assert api.status.sent()[0][1]["changes"] == [{"component_id": "payouts", "impact": "degraded_performance"}]


async def test_what_was_said_is_edited_and_taken_back_and_stays_in_the_history() -> None:
    api = publisher()
    async with at(OPEN, api) as app:
        await app.tap(key="edit-u15-2")
        await app.type("publish-message", "A release is rolled back.")
        await app.tap(key="publish-send")
        await app.until(lambda: app.says("A release is rolled back."))
        await app.tap(key="remove-u15-0")
        assert app.says("Emails that were sent stay sent")
        await app.tap(key="remove-u15-0-yes")
        await app.until(lambda: api.status.sent("DELETE"))
        await app.tap(key="show-history")
        await app.until(lambda: app.says("You removed it"))
        assert app.says("We see more failing card payments than usual")
        assert app.says("You edited it")


async def test_an_event_is_deleted_after_one_question() -> None:
    api = publisher()
    async with at(OPEN, api) as app:
        await app.tap(key="remove-event")
        assert not api.status.sent("DELETE")
        await app.tap(key="remove-event-yes")
        await app.until(lambda: app.state.place.route == "/status-pages/page-nordwind")
        assert api.status.sent("DELETE")[0][0] == f"{EVENTS}/e15"


async def test_a_maintenance_has_hours_and_can_be_published_later() -> None:
    api = publisher()
    async with at("/status-pages", api) as app:
        await app.tap(key="publish")
        await app.tap(key="choice-maintenance")
        await app.until(lambda: app.says("Begins and ends by itself"))
        await app.tap(key="choice-later")
        await app.tap(key="publish-send")
        await app.until(api.status.sent)
        body = api.status.sent()[0][1]
        assert (body["kind"], body["updates"][0]["status"]) == ("maintenance", "scheduled")
        assert body["starts_at"] < body["ends_at"]
        assert body["publish_at"] is not None


async def test_what_is_over_is_told_afterwards_with_its_beginning_and_its_end() -> None:
    api = publisher()
    async with at("/status-pages", api) as app:
        await app.tap(key="publish")
        await app.until(lambda: app.find(ft.TextButton, key="publish-further"))
        await app.tap(key="publish-further")
        await app.tap(key="choice-past")
        await app.type("publish-ended", "A cable was replaced.")
        await app.tap(key="publish-send")
        await app.until(api.status.sent)
        body = api.status.sent()[0][1]
        assert body["is_past"]
        assert [each["status"] for each in body["updates"]] == ["investigating", "resolved"]
        assert body["updates"][1]["body"]["en"] == "A cable was replaced."


async def test_a_refusal_is_said_and_what_was_typed_stays() -> None:
    api = publisher()
    async with at("/status-pages", api) as app:
        await app.tap(key="publish")
        await app.type("publish-event-title", " ")
        await app.tap(key="publish-send")
        await app.until(lambda: app.says("a title in the page's language"))
        assert app.one(ft.TextField, key="publish-event-title").value == " "


async def test_how_many_were_told_and_who_waits_for_tomorrow() -> None:
    api = publisher()
    api.status.held = 200
    async with at(OPEN, api) as app:
        assert app.says("1001 sent · 200 wait for tomorrow's quota · 3 failed")
        assert app.says("The rest is sent tomorrow.")
        await app.tap(key="show-letters")
        await app.until(lambda: app.says("g…@pier.example"))
        assert app.says("Failed: the email server answered 550")


async def test_whoever_only_reads_is_offered_nothing() -> None:
    async with at(OPEN) as app:
        assert app.says("A release from 14:48 rejects some card payments")
        for key in ("publish-update", "remove-event", "edit-u15-2", "show-letters"):
            assert not [each for each in app.controls() if getattr(each, "key", None) == key], key


async def test_a_grant_for_one_page_opens_that_page_alone() -> None:
    api = FakeApi()
    held = [*api.me.permissions, "status_events:edit"]
    api.me = msgspec.structs.replace(
        api.me, permissions=held, object_permissions={"page-nordwind": ["status_events:edit"]}
    )
    async with at("/status-pages/page-nordwind", api) as app:
        # While something goes on, what is likely is an update of it: this button isn't the loud one.
        await app.until(lambda: app.find(ft.OutlinedButton, key="publish"))
        assert not app.find(ft.TextButton, key="page-settings")
        await app.goto("/status-pages/page-inside")
        await app.until(lambda: app.says("Nordwind inside"))
        assert not [*app.find(ft.FilledButton, key="publish"), *app.find(ft.OutlinedButton, key="publish")]


async def test_without_a_network_what_was_read_last_stays_and_publishing_says_that_nothing_is_sent() -> None:
    api = publisher()
    async with at("/status-pages", api) as app:
        api.offline = True
        await app.state.retry()
        await app.until(lambda: app.says("No connection"))
        assert app.says("Some card payments in Europe are failing")
        await app.goto("/status-pages/page-nordwind")
        await app.until(lambda: app.find(ft.OutlinedButton, key="retry"))


async def test_a_tablet_has_the_page_beside_the_event() -> None:
    async with at(OPEN, publisher(), width=1280) as app:
        await app.until(lambda: app.says("99.94 % up in 90 days"))
        assert app.says("A release from 14:48 rejects some card payments")


async def test_a_tablet_opens_the_page_that_something_is_open_on() -> None:
    async with at("/status-pages", publisher(), width=1280) as app:
        await app.until(lambda: app.says("99.94 % up in 90 days"))
        assert app.says("Nordwind inside")
        assert app.state.place.route == "/status-pages"
        assert not app.says("Choose a page or an event")


async def test_a_maintenance_that_is_planned_is_not_said_to_be_under_way() -> None:
    async with at("/status-pages", FakeApi(language="zh")) as app:
        await app.until(lambda: app.says("已计划"))
        assert not app.says("维护中")
