"""Alerts and events: found by words and by what became of them, opened with everything known."""

import asyncio

import flet as ft
import msgspec

from phone.alerts.events import pretty
from shared.wire import routes
from tests.kit.fake_api import FakeApi
from tests.kit.headless_app import HeadlessApp


def queries(app: HeadlessApp, path: str) -> list[dict[str, str]]:
    return [dict(each.url.params) for each in app.api.requests if each.url.path == path]


async def test_every_outcome_stands_there_in_words() -> None:
    async with HeadlessApp(route="/alerts") as app:
        for told in ("Paged · INC-4821", "Silenced", "Dropped", "checkout-api · Grafana eu-west"):
            assert app.says(told)


async def test_the_search_asks_once_when_the_typing_rests() -> None:
    async with HeadlessApp(route="/alerts") as app:
        await app.until(lambda: app.says("Disk 91 %"))
        rested, over = asyncio.Event(), list[str]()

        async def rest(_: float) -> None:
            await rested.wait()
            over.append(app.state.alerts.wanted.text)

        app.state.alerts._sleep = rest
        for typed in ("b", "ba", "backup"):
            await app.type("alert-search", typed)
        await app.until(lambda: app.state.alerts.wanted.text == "backup")
        rested.set()
        await app.until(lambda: not app.says("Disk 91 %"))
        assert app.says("Backup of pg-payments-2 runs long")
        await app.until(lambda: over)
        await app.settle()
        assert over == ["backup"]


async def test_a_field_without_a_label_keeps_its_name_when_something_is_typed() -> None:
    for route, name in (("/alerts", "Title, text or label"), ("/configure/services", "Search")):
        async with HeadlessApp(route=route) as app:
            await app.until(lambda: app.find(ft.TextField))
            [box, *_] = app.find(ft.TextField)
            around = [(each.label or "", each.content) for each in app.find(ft.Semantics)]
            named = [label for label, within in around if isinstance(within, ft.Column) and box in within.controls]
            assert [name in label for label in named] == [True], route


async def test_chips_narrow_and_a_search_without_a_match_can_be_cleared() -> None:
    async with HeadlessApp(route="/alerts") as app:
        await app.tap(key="outcome-dropped")
        await app.until(lambda: not app.says("Paged · INC-4821"))
        assert app.says("Probe from the staging network failed")
        await app.type("alert-search", "no such thing")
        await app.until(lambda: app.says("Nothing found"))
        await app.tap(key="clear-filter")
        await app.until(lambda: app.says("Paged · INC-4821"))


async def test_the_filter_sends_time_labels_sources_and_services() -> None:
    async with HeadlessApp(route="/alerts") as app:
        await app.tap(key="filter")
        await app.tap(key="since-week")
        await app.tap(key="only-open")
        await app.type("label", "region=eu-west-1, nonsense")
        await app.type("source", "grafana")
        await app.until(lambda: app.find(ft.TextButton, key="pick-svc-pg"))
        await app.tap(key="pick-svc-pg")
        await app.tap(key="filter-apply")
        await app.until(lambda: app.says("Filter alerts, 5 set"))
        query = queries(app, routes.ALERTS)[-1]
        assert query["from"] == "2026-11-14T02:12:00+00:00"
        assert (query["label"], query["source"], query["open"]) == ("region=eu-west-1", "grafana", "true")
        assert query["service_id"] == "svc-pg"


async def test_an_alert_tells_its_incident_rules_and_payload() -> None:
    async with HeadlessApp(route="/alerts/a-1") as app:
        for told in ("Part of incident INC-4821", "Name the region changed it on its way.", "What came first"):
            assert app.says(told)
        assert app.find(ft.TextButton, key="open-incident")
        assert app.find(ft.TextButton, key="last-event")


async def test_an_alert_shows_what_else_was_sent_and_what_could_not_be_understood_of_it() -> None:
    api = FakeApi()
    details = {
        "build": 42,
        "hosts": {"eu": ["a", "b"]},
        "long": "x" * 5000,
        "not_understood": {"severity": "weird"},
        "more_links": ["javascript:alert(1)"],
    }
    api.phone.alerts[0] = msgspec.structs.replace(api.phone.alerts[0], details=details)
    async with HeadlessApp(api, route="/alerts/a-1") as app:
        for told in ("build", "42", "hosts.eu", '["a", "b"]', "Not understood", "weird", "javascript:alert(1)"):
            assert app.says(told), told
        assert not app.says("not_understood")
        assert not app.says("x" * 1001)
        assert not app.find(ft.TextButton, text="javascript")


async def test_the_arrow_of_an_alert_leads_back_to_the_incident_that_it_was_opened_from() -> None:
    async with HeadlessApp(route="/incidents/inc-4821") as app:
        await app.goto("/alerts/a-1")
        await app.fire(app.find(ft.IconButton, key="back")[-1])
        assert app.page.route == "/incidents/inc-4821"
        await app.goto("/alerts")
        await app.goto("/alerts/a-1")
        await app.fire(app.find(ft.IconButton, key="back")[-1])
        assert app.page.route == "/alerts"


async def test_why_nobody_was_paged_is_named() -> None:
    async with HeadlessApp(route="/alerts/a-5") as app:
        assert app.says("Silenced by “Nightly backups”: nobody is paged.")
        await app.goto("/alerts/a-6")
        await app.until(lambda: app.says("Dropped by the rule “Drop staging”."))


async def test_what_was_paged_stays_when_one_is_opened_and_a_page_asked_for_meanwhile_comes_too() -> None:
    api = FakeApi()
    api.phone.alerts = [msgspec.structs.replace(api.phone.alerts[0], id=f"a-{i}", title=f"Host {i}") for i in range(12)]
    api.page_size = 5
    async with HeadlessApp(api, route="/alerts") as app:
        await app.until(lambda: app.says("Host 4"))
        await app.tap(key="more")
        await app.until(lambda: app.says("Host 9"))
        api.held = asyncio.Event()
        reading = asyncio.create_task(app.state.alerts.load())
        await app.settle()
        await app.tap(key="more")
        api.held.set()
        await reading
        await app.until(lambda: app.says("Host 11"))
        await app.goto("/alerts/a-9")
        await app.goto("/alerts")
        await app.until(lambda: not app.state.alerts.busy)
        assert app.says("Host 11")


async def test_one_that_does_not_exist_says_so() -> None:
    async with HeadlessApp(route="/alerts/a-0") as app:
        await app.until(lambda: app.says("This does not exist, or you may not see it."))


async def test_events_show_their_state_and_why_they_could_not_be_read() -> None:
    async with HeadlessApp(route="/events") as app:
        assert app.says("Not readable")
        assert app.says("line 1, column 2: this is not JSON")
        await app.tap(key="event-failed")
        await app.until(lambda: not app.says("Understood") or len(app.find(ft.TextButton, key="received-ev-1")) == 0)
        assert queries(app, routes.EVENTS)[-1]["state"] == "failed"


async def test_an_event_shows_its_payload_to_copy_and_what_was_understood() -> None:
    async with HeadlessApp(route="/events/ev-1") as app:
        assert app.says("Opens or repeats an alert")
        assert app.says('"alertname": "Error ratio"')
        await app.tap(key="copy-body")
        await app.until(lambda: any(name == "set" for name, _ in app.connection.calls))


async def test_a_dropped_part_names_the_rule() -> None:
    async with HeadlessApp(route="/events/ev-2") as app:
        assert app.says("Dropped by the rule “Drop staging”.")


async def test_an_empty_installation_says_what_will_stand_here() -> None:
    api = FakeApi()
    api.phone.alerts = []
    async with HeadlessApp(api, route="/alerts") as app:
        assert app.says("Nothing was received yet")


async def test_a_tablet_shows_list_and_alert_side_by_side() -> None:
    async with HeadlessApp(route="/alerts/a-1", width=1280, height=800) as app:
        assert app.says("Part of incident INC-4821")
        assert app.find(ft.TextButton, key="alert-a-6")


async def test_an_alert_of_an_incident_opens() -> None:
    async with HeadlessApp(route="/incidents/inc-4821") as app:
        assert app.find(ft.TextButton, key="alert-a-1")


def test_what_is_not_json_is_shown_as_it_came_and_long_bodies_are_cut() -> None:
    assert pretty("<html>") == "<html>"
    assert pretty('{"a":1}') == '{\n  "a": 1\n}'
    assert pretty("x" * 30_000).endswith("\n…")


async def test_on_a_tablet_the_first_alert_is_open_until_another_is_picked() -> None:
    async with HeadlessApp(route="/alerts", width=1280, height=800) as app:
        await app.until(lambda: app.state.alerts.opened is not None)
        first, second, *_ = [*(app.state.alerts.items or [])]
        assert app.state.alerts.open_id == first.id
        assert not app.says("Pick one to see what became of it.")
        await app.tap(key=f"alert-{second.id}")
        await app.until(lambda: app.state.alerts.open_id == second.id)
        assert app.page.route == f"/alerts/{second.id}"


async def test_the_rules_that_touched_an_alert_are_named_apart() -> None:
    async with HeadlessApp(route="/alerts/a-1") as app:
        await app.until(lambda: app.says("The rule Name the region changed it on its way."))
