"""Several incidents at once, saved filters, and an incident by hand."""

import json

import flet as ft
import msgspec

from shared.wire import routes
from shared.wire.incidents import IncidentFilter, SavedFilter
from tests.kit.fake_api import FakeApi
from tests.kit.headless_app import HeadlessApp
from tests.kit.night import BO, JONAS, NOW


async def hold(app: HeadlessApp, ident: str) -> None:
    await app.fire(app.one(ft.TextButton, key=f"row-{ident}"), "long_press")


def saved(ident: str, name: str, *, is_default: bool = False, **query: object) -> SavedFilter:
    wanted = msgspec.convert({"scope": "all", "state": ["triggered"], **query}, IncidentFilter)
    return SavedFilter(id=ident, name=name, query=wanted, position=0, is_default=is_default, rev=1)


async def test_a_long_press_selects_and_further_taps_add() -> None:
    async with HeadlessApp() as app:
        await hold(app, "inc-4821")
        assert app.says("1 selected")
        await app.tap(key="row-inc-4818")
        assert app.says("2 selected")
        assert not app.find(ft.Dismissible)
        await app.tap(key="row-inc-4818")
        await app.tap(key="row-inc-4821")
        assert not app.says("selected")


async def test_a_bulk_acknowledge_tells_what_was_refused_and_why() -> None:
    async with HeadlessApp() as app:
        await hold(app, "inc-4821")
        await app.tap(key="row-inc-4820")
        await app.tap(key="bulk-acknowledge")
        await app.until(lambda: app.says("Acknowledge: 1 done, 1 not."))
        assert app.says("What came of each")
        assert app.says("Somebody has it already.")
        assert app.api.phone.bulk[0].ids == ("inc-4821", "inc-4820")
        assert not app.says("selected")


async def test_a_bulk_verb_can_be_undone_for_those_it_reached() -> None:
    async with HeadlessApp() as app:
        await hold(app, "inc-4821")
        await app.tap(key="row-inc-4818")
        await app.tap(key="bulk-acknowledge")
        await app.until(lambda: app.says("Acknowledge: 2 done."))
        await app.undo()
        await app.until(lambda: app.api.verbs()[1:] == ["undo", "undo"])


async def test_a_bulk_snooze_and_resolve_ask_once() -> None:
    async with HeadlessApp() as app:
        await hold(app, "inc-4821")
        await app.tap(key="select-all")
        assert app.says("4 selected")
        await app.tap(key="bulk-snooze")
        assert app.says("Snooze 4 incidents until when?")
        await app.tap(key="snooze-60")
        await app.until(lambda: app.says("Snooze: 4 done."))
        assert app.api.phone.bulk[0].args.until is not None
        await hold(app, "inc-4821")
        await app.tap(key="bulk-resolve")
        await app.type("resolution", "Rolled back")
        await app.tap(key="bulk-send")
        await app.until(lambda: app.says("Resolve: 1 done."))
        assert app.api.phone.bulk[1].args.method == "Rolled back"


async def test_merging_asks_which_one_stays() -> None:
    async with HeadlessApp() as app:
        await hold(app, "inc-4821")
        assert not app.find(ft.TextButton, key="bulk-merge")
        await app.tap(key="row-inc-4820")
        await app.tap(key="bulk-merge")
        assert app.says("Which one stays?")
        await app.tap(key="merge-inc-4820")
        assert app.says("This cannot be taken back.")
        assert not app.api.phone.bulk
        await app.tap(key="merge-sure")
        await app.until(lambda: app.says("Merge: 1 done."))
        assert not app.find(ft.TextButton, key="toast-undo")
        wanted = app.api.phone.bulk[0]
        assert (wanted.ids, wanted.args.into) == (("inc-4821",), "inc-4820")


async def test_without_a_network_the_choice_stays_and_the_reason_stands_there() -> None:
    async with HeadlessApp() as app:
        await hold(app, "inc-4821")
        app.api.offline = True
        await app.tap(key="bulk-acknowledge")
        await app.until(lambda: app.says("The server does not answer."))
        assert app.says("1 selected")


async def test_who_may_not_act_has_neither_swipe_nor_selection_nor_plus() -> None:
    api = FakeApi()
    api.me = msgspec.structs.replace(api.me, role="viewer", permissions=["read"])
    api.incidents = [msgspec.structs.replace(each, can=["follow"]) for each in api.incidents]
    async with HeadlessApp(api) as app:
        assert not app.find(ft.Dismissible)
        assert app.one(ft.TextButton, key="row-inc-4821").on_long_press is None
        assert not app.find(ft.IconButton, key="new")


async def test_the_filter_narrows_by_service_team_and_time_and_counts_by_state() -> None:
    async with HeadlessApp() as app:
        await app.tap(key="filter")
        await app.until(lambda: app.says("Triggered  3"))
        assert app.says("Critical  2")
        await app.tap(key="filter-services")
        await app.until(lambda: app.find(ft.TextButton, key="pick-svc-pg"))
        await app.tap(key="pick-svc-pg")
        await app.tap(key="since-week")
        await app.tap(key="filter-apply")
        await app.until(lambda: app.says("Filter incidents, 2 set"))
        lists = [each for each in app.api.requests if each.url.path == routes.INCIDENTS]
        query = next(each.url.params for each in reversed(lists) if "service_id" in each.url.params)
        assert query["service_id"] == "svc-pg"
        assert query["since"] == "2026-11-14T02:12:00+00:00"


async def test_a_filter_is_saved_shown_renamed_made_the_default_and_removed() -> None:
    async with HeadlessApp() as app:
        assert not app.find(ft.TextButton, key="save-filter")
        await app.tap(key="filter")
        await app.tap(key="severity-warning")
        await app.tap(key="filter-apply")
        await app.tap(key="save-filter")
        await app.tap(key="saved-save")
        assert app.says("A name is needed.")
        await app.type("saved-name", "Warnings")
        await app.tap(key="saved-save")
        await app.until(lambda: app.find(ft.TextButton, key="saved-f-1"))
        assert app.api.phone.filters[0].query.severity == ("warning",)
        await app.tap(key="manage")
        await app.type("saved-name", "All warnings")
        await app.tap(key="saved-save")
        await app.until(lambda: app.says("All warnings"))
        await app.tap(key="manage")
        await app.tap(key="saved-default")
        await app.until(lambda: app.api.phone.filters[0].is_default)
        await app.tap(key="manage")
        await app.tap(key="saved-remove")
        await app.tap(key="saved-remove-yes")
        await app.until(lambda: not app.api.phone.filters)
        assert not app.says("All warnings")


async def test_a_name_that_another_filter_has_is_refused_in_words() -> None:
    api = FakeApi()
    api.phone.filters = [saved("f-9", "Night")]
    async with HeadlessApp(api) as app:
        await app.tap(key="filter")
        await app.tap(key="severity-warning")
        await app.tap(key="filter-apply")
        await app.tap(key="save-filter")
        await app.type("saved-name", "Night")
        await app.tap(key="saved-save")
        await app.until(lambda: app.says("Another one has this name."))


async def test_the_app_opens_with_the_default_filter_and_a_tap_on_it_clears_it() -> None:
    api = FakeApi()
    api.phone.filters = [saved("f-1", "Triggered anywhere", is_default=True)]
    async with HeadlessApp(api) as app:
        await app.until(lambda: app.says("Disk 91 %"))
        assert not app.says("Payment webhooks delayed")
        assert app.state.incidents.scope == "all"
        await app.tap(key="saved-f-1")
        await app.until(lambda: app.says("Payment webhooks delayed"))


async def test_an_incident_by_hand_takes_a_title_a_service_and_one_button() -> None:
    async with HeadlessApp(route="/incidents/new") as app:
        await app.tap(key="new-send")
        assert app.says("A few words are needed: they wake somebody.")
        assert app.says("Choose a service or somebody to page.")
        await app.type("new-title", "Checkout fails for every card")
        await app.tap(key="pick-svc-checkout")
        assert app.says("Page for checkout-api")
        assert app.says("Its escalation policy begins at once.")
        await app.tap(key="new-send")
        await app.until(lambda: app.api.phone.opened)
        opened = app.api.phone.opened[0]
        assert (opened.title, opened.service_id, opened.severity) == (
            "Checkout fails for every card",
            "svc-checkout",
            "critical",
        )
        await app.until(lambda: ("navigate", "/incidents/inc-4822") in went(app))


def went(app: HeadlessApp) -> list[tuple[str, str]]:
    return [("navigate", str(args.get("route", ""))) for _, args in app.connection.calls if "route" in (args or {})]


async def test_paging_people_by_hand_names_them() -> None:
    async with HeadlessApp(route="/incidents/new") as app:
        await app.type("new-title", "Need eyes")
        await app.tap(key="new-people")
        await app.until(lambda: app.find(ft.TextButton, key=f"pick-{BO.id}"))
        await app.tap(key=f"pick-{BO.id}")
        await app.tap(key=f"pick-{JONAS.id}")
        assert app.says("Page you and Bo Lindqvist")
        await app.tap(key="severity-warning")
        await app.tap(key="new-send")
        await app.until(lambda: app.api.phone.opened)
        assert app.api.phone.opened[0].user_ids == (BO.id, JONAS.id)
        assert app.api.phone.opened[0].severity == "warning"


async def test_a_page_by_hand_whose_answer_was_lost_is_not_sent_twice() -> None:
    async with HeadlessApp(route="/incidents/new") as app:
        await app.type("new-title", "Checkout fails")
        await app.tap(key="pick-svc-checkout")
        app.api.offline = True
        await app.tap(key="new-send")
        await app.until(lambda: app.says("The server does not answer."))
        key = app.state.by_hand.key
        app.api.offline = False
        await app.tap(key="new-send")
        await app.until(lambda: app.api.phone.opened)
        sent = [each for each in app.api.requests if each.method == "POST" and each.url.path == routes.INCIDENTS]
        assert sent[0].headers["idempotency-key"] == key
        assert json.loads(sent[0].content)["title"] == "Checkout fails"


async def test_what_is_over_is_shown_without_a_number_that_nobody_counted() -> None:
    api = FakeApi()
    api.change("inc-4820", state="resolved", resolved_at=NOW)
    async with HeadlessApp(api) as app:
        await app.tap(key="filter")
        await app.until(lambda: "Triggered  3" in app.texts())
        assert "Resolved" in app.texts()
        assert not app.says("Resolved  0")
