"""The list of incidents in each of its forms."""

import asyncio
from typing import Any

import flet as ft
import msgspec
import pytest

from phone.base.device.habits import Habits
from shared.wire import routes
from shared.wire.incidents import Incident, NextPage
from shared.wire.sessions import Language
from tests.kit.fake_api import FakeApi
from tests.kit.headless_app import HeadlessApp, texts_of
from tests.kit.night import ANA, JONAS, ahead, incident


async def test_the_card_names_the_incident_who_is_next_and_counts_down() -> None:
    async with HeadlessApp() as app:
        assert app.says("On call · Payments primary")
        assert app.says("until 09:00, then Ana Ruiz")
        assert app.says("Waiting for you. Bo Lindqvist is paged in\u00a04:10.")
        app.clock.move(seconds=71)
        await app.settle()
        assert app.says("Waiting for you. Bo Lindqvist is paged in\u00a02:59.")
        app.clock.move(minutes=4)
        await app.settle()
        assert app.says("Bo Lindqvist is being paged.")


async def test_rows_stand_in_two_groups_and_say_their_state_in_words() -> None:
    async with HeadlessApp() as app:
        texts = app.texts()
        assert texts.index("Waiting for you") < texts.index("Everything else")
        assert "Triggered · paging you, next Bo Lindqvist in\u00a04:10" in texts
        assert "Acknowledged · Ana Ruiz, 14\u00a0min ago" in texts
        assert "Triggered · nobody is paged" in texts
        assert "Critical" in texts
        assert app.attention.told[-1] == 1


async def test_acknowledging_on_the_card_is_confirmed_and_can_be_undone() -> None:
    async with HeadlessApp() as app:
        await app.tap(key="card-acknowledge")
        await app.until(lambda: app.says("Acknowledged. Bo Lindqvist is not paged."))
        assert app.says("Acknowledged · you, just now")
        assert app.says("Nothing is waiting for you.")
        await app.tap(key="toast-undo")
        await app.until(lambda: app.says("Undone."))
        await app.until(lambda: app.says("Waiting for you. Bo Lindqvist is paged in\u00a04:10."))
        assert app.api.verbs() == ["acknowledge", "undo"]


async def test_swiping_right_acknowledges_and_keeps_the_row() -> None:
    async with HeadlessApp() as app:
        row = app.one(ft.Dismissible, key="swipe-inc-4821")
        await app.fire(row, "confirm_dismiss", {"direction": "startToEnd"})
        assert ("confirm_dismiss", {"dismiss": False}) in app.connection.calls
        await app.until(lambda: app.api.verbs() == ["acknowledge"])
        await app.until(lambda: not app.find(ft.Dismissible, key="swipe-inc-4821"))
        assert app.find(ft.TextButton, key="row-inc-4821")
        assert not app.says("swipe right to acknowledge")


@pytest.mark.parametrize("touches", [True, False])
async def test_swiping_is_proposed_where_something_can_be_swiped(touches: bool) -> None:
    async with HeadlessApp(habits=Habits(touches=touches)) as app:
        await app.until(lambda: app.says("Waiting for you"))
        assert app.says("swipe right to acknowledge") is touches


async def at_once(_: float) -> None:
    """A wait that is over."""


async def test_the_message_with_undo_goes_after_five_seconds() -> None:
    async with HeadlessApp() as app:
        await app.tap(key="card-acknowledge")
        await app.until(lambda: app.find(ft.TextButton, key="toast-undo"))
        bar = app.state.toast
        bar._sleep = at_once
        assert bar.message is not None
        bar.show(bar.message)
        await app.settle()
        assert not app.find(ft.TextButton, key="toast-undo")


async def test_several_that_wait_are_counted_and_acknowledged_together() -> None:
    api = FakeApi()
    second = incident(4822, "Search is slow", waits_for_me=True, triggered_at=api.incidents[0].triggered_at)
    api.incidents.insert(0, second)
    async with HeadlessApp(api) as app:
        assert app.says("2 incidents are waiting for you")
        await app.tap(key="card-acknowledge")
        await app.until(lambda: app.says("Acknowledged 2 incidents."))
        assert api.verbs() == ["acknowledge", "acknowledge"]


async def test_several_count_as_acknowledged_once_the_server_says_so() -> None:
    api = FakeApi()
    second = incident(4822, "Search is slow", waits_for_me=True, triggered_at=api.incidents[0].triggered_at)
    api.incidents.insert(0, second)
    async with HeadlessApp(api) as app:
        answers, act = asyncio.Event(), app.state.outbox._act

        async def slowly(*path: Any, **key: Any) -> Incident:
            await answers.wait()
            return await act(*path, **key)

        app.state.outbox._act = slowly
        await app.tap(key="card-acknowledge")
        assert app.says("Acknowledging 2 incidents…")
        assert not app.says("Acknowledged 2 incidents.")
        answers.set()
        await app.until(lambda: app.says("Acknowledged 2 incidents."))


async def test_undo_takes_back_all_of_them_though_one_met_the_lost_line() -> None:
    api = FakeApi()
    second = incident(4822, "Search is slow", waits_for_me=True, triggered_at=api.incidents[0].triggered_at)
    api.incidents.insert(0, second)
    async with HeadlessApp(api) as app:
        api.offline = True
        await app.tap(key="card-acknowledge")
        await app.until(lambda: app.says("No connection. It is sent as soon as there is one."))
        await app.undo()
        assert not app.state.outbox.pending


async def test_somebody_was_faster() -> None:
    async with HeadlessApp() as app:
        app.api.refuse(routes.INCIDENT_ACKNOWLEDGE.format(incident_id="inc-4821"), 409, "not_triggered")
        await app.tap(key="card-acknowledge")
        await app.until(lambda: app.says("Not done: Somebody was faster"))


async def test_segments_carry_counts_and_change_the_list() -> None:
    async with HeadlessApp() as app:
        assert app.says("Mine  1")
        assert app.says("Teams  4")
        await app.tap(key="choice-mine")
        await app.until(lambda: not app.says("Payment webhooks delayed"))
        await app.tap(key="choice-all")
        await app.until(lambda: app.says("Uplink lost"))
        assert app.says("214 alerts")


async def test_the_filter_narrows_by_state_severity_and_words() -> None:
    async with HeadlessApp() as app:
        await app.tap(key="filter")
        await app.tap(key="severity-warning")
        await app.tap(key="state-acknowledged")
        await app.type("filter-text", "disk")
        await app.tap(key="filter-apply")
        await app.until(lambda: not app.says("Payment webhooks delayed"))
        assert app.says("Disk 91 %")
        query = next(each.url.params for each in reversed(app.api.requests) if each.url.params.get("q"))
        assert query.get_list("state") == ["triggered"]
        assert query.get_list("severity") == ["warning"]
        assert app.says("Filter incidents, 3 set")


async def test_a_filter_without_a_match_can_be_cleared() -> None:
    async with HeadlessApp() as app:
        await app.tap(key="filter")
        await app.type("filter-text", "no such thing")
        await app.tap(key="filter-apply")
        await app.until(lambda: app.says("No incident matches the filter."))
        await app.tap(key="clear-filter")
        await app.until(lambda: app.says("Disk 91 %"))


async def test_a_change_of_somebody_else_arrives_by_itself() -> None:
    async with HeadlessApp() as app:
        app.api.change("inc-4818", state="acknowledged", acknowledged_at=ahead(0), acknowledged_by=ANA)
        await app.until(lambda: app.says("Acknowledged · Ana Ruiz, just now"))
        assert app.says("Sat 03:12 · live")


async def test_a_new_page_is_counted_within_two_seconds() -> None:
    async with HeadlessApp() as app:
        app.api.incidents.insert(0, incident(4830, "Login fails", waits_for_me=True))
        app.api.live.say("incident", "inc-4830")
        await app.until(lambda: app.attention.told[-1] == 2, within_s=2)
        await app.until(lambda: app.says("Login fails"))


async def test_a_long_list_comes_in_pages() -> None:
    api = FakeApi()
    api.incidents += [incident(5000 + i, f"Host {i} is down") for i in range(8)]
    api.page_size = 5
    async with HeadlessApp(api) as app:
        assert not app.says("Host 7 is down")
        await app.tap(key="more")
        await app.until(lambda: app.says("Host 5 is down"))
        await app.tap(key="more")
        await app.until(lambda: app.says("Host 7 is down"))
        assert not app.find(ft.TextButton, key="more")


@pytest.mark.parametrize("more_first", [True, False])
async def test_a_page_asked_for_while_the_list_is_read_anew_comes_too(more_first: bool) -> None:
    api = FakeApi()
    api.incidents += [incident(5000 + i, f"Host {i} is down") for i in range(8)]
    api.page_size = 5
    async with HeadlessApp(api) as app:
        api.held = asyncio.Event()
        if more_first:
            await app.tap(key="more")
        reading = asyncio.create_task(app.state.incidents.load())
        await app.settle()
        if not more_first:
            await app.tap(key="more")
        api.held.set()
        await reading
        await app.until(lambda: app.says("Host 5 is down"))
        await app.tap(key="more")
        await app.until(lambda: app.says("Host 7 is down"))


async def test_pulling_down_reads_anew() -> None:
    async with HeadlessApp() as app:
        before = len(app.api.calls)
        scroll = {
            "pixels": 0.0,
            "min_scroll_extent": 0.0,
            "max_scroll_extent": 900.0,
            "viewport_dimension": 700.0,
        }
        for kind, extra in [
            ("start", {}),
            ("overscroll", {"overscroll": -60.0}),
            ("overscroll", {"overscroll": -40.0}),
            ("end", {}),
        ]:
            await app.fire(app.one(ft.ListView), "scroll", {"event_type": kind, **scroll, **extra})
        assert len(app.api.calls) > before


async def test_loading_shows_a_skeleton() -> None:
    api = FakeApi()
    async with HeadlessApp(api) as app:
        api.held = asyncio.Event()
        await app.tap(key="choice-all")
        assert app.says("Loading")
        api.held.set()
        await app.until(lambda: app.says("Uplink lost"))


@pytest.mark.parametrize(
    ("scope", "lesson"),
    [
        ("mine", "Nothing of yours is open."),
        ("teams", "Your teams have no open incident."),
        ("all", "No open incident anywhere."),
    ],
)
async def test_an_empty_list_teaches(scope: str, lesson: str) -> None:
    api = FakeApi()
    api.incidents = []
    async with HeadlessApp(api) as app:
        await app.tap(key=f"choice-{scope}")
        await app.until(lambda: app.says(lesson))
        assert app.says("All quiet")


async def test_an_error_says_what_to_do_and_tries_again() -> None:
    api = FakeApi()
    api.refuse(routes.INCIDENTS, 500, "internal")
    async with HeadlessApp(api) as app:
        assert app.says("The server has a problem. Nothing you did is lost; try again.")
        api.refused.clear()
        await app.tap(key="retry")
        await app.until(lambda: app.says("Disk 91 %"))


async def test_offline_keeps_the_list_and_what_was_tapped_until_the_network_is_back() -> None:
    async with HeadlessApp() as app:
        app.api.offline = True
        await app.tap(key="refresh")
        await app.until(lambda: app.says("No connection to the server"))
        assert app.says("You see what was known just now.")
        assert app.says("Disk 91 %")
        await app.tap(key="card-acknowledge")
        assert app.says("Sending “Acknowledge”… Acknowledged · you, just now")
        assert app.says("1 action is waiting and will be sent.")
        assert app.says("No connection. It is sent as soon as there is one.")
        app.api.offline = False
        await app.tap(key="banner-retry")
        await app.until(lambda: app.says("Acknowledged. Bo Lindqvist is not paged."))
        assert not app.says("No connection to the server")


async def test_undoing_offline_takes_back_what_was_never_sent() -> None:
    async with HeadlessApp() as app:
        app.api.offline = True
        await app.tap(key="card-acknowledge")
        await app.until(lambda: app.says("No connection to the server"))
        await app.tap(key="toast-undo")
        assert app.says("Taken back before it was sent.")
        assert app.says("Waiting for you. Bo Lindqvist is paged in\u00a04:10.")
        assert app.api.verbs() == []


async def test_a_phone_that_starts_offline_shows_the_last_list() -> None:
    api = FakeApi()
    first = HeadlessApp(api)
    async with first:
        assert first.says("Disk 91 %")
    api.offline = True
    again = HeadlessApp(api)
    again.preferences, again.secrets = first.preferences, first.secrets
    async with again as app:
        assert app.says("Disk 91 %")
        assert app.says("No connection to the server")


async def test_amber_when_a_page_may_not_arrive() -> None:
    api = FakeApi()
    api.incidents = []
    api.mine = msgspec.structs.replace(api.mine, unreachable="no_phone")
    async with HeadlessApp(api) as app:
        assert app.says("A page may not reach you")
        assert app.says("No phone of yours is paired, so nothing rings at night.")


async def test_not_on_call_names_the_next_watch() -> None:
    api = FakeApi()
    api.incidents = []
    api.mine = msgspec.structs.replace(api.mine, watches=[])
    async with HeadlessApp(api) as app:
        assert app.says("Not on call")
        assert app.says("Your next watch: Payments secondary, Mon 09:00.")


@pytest.mark.parametrize(
    ("language", "card", "row"),
    [
        ("en", "Waiting for you. You are paged in\u00a04:10.", "Triggered · you are paged in\u00a04:10"),
        ("zh", "等你认领。4:10 后呼叫你。", "待认领 · 4:10 后呼叫你"),
    ],
)
async def test_the_readers_own_card_says_you(language: Language, card: str, row: str) -> None:
    api = FakeApi(language=language)
    coming = NextPage(at=ahead(4.17), level=2, names=[JONAS.name])
    api.incidents[0] = msgspec.structs.replace(api.incidents[0], paging=[], next=coming)
    async with HeadlessApp(api) as app:
        assert app.says(card)
        assert app.says(row)


async def test_in_chinese() -> None:
    async with HeadlessApp(FakeApi(language="zh")) as app:
        assert app.says("故障")
        assert app.says("等你认领。4:10 后呼叫 Bo Lindqvist。")
        assert app.says("已认领 · Ana Ruiz，14\u00a0分钟前")
        assert app.one(ft.FilledButton, key="card-acknowledge")
        assert "认领" in texts_of(app.one(ft.FilledButton, key="card-acknowledge"))


async def test_every_icon_has_a_name_and_every_button_a_word() -> None:
    for route in ("/incidents", "/incidents/inc-4821", "/on-call", "/outbox", "/me"):
        async with HeadlessApp(route=route) as app:
            for button in app.find(ft.IconButton):
                assert button.tooltip, route
            for kind in (ft.FilledButton, ft.TextButton, ft.OutlinedButton):
                for button in app.find(kind):
                    assert texts_of(button), (route, button)
