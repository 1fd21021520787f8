"""The hand-over sheet: time off with who is asked, cover of a shift, the pager given and taken."""

from datetime import UTC, datetime, timedelta

import flet as ft
import httpx
import msgspec
import pytest

from phone.hand_over.asking import first_asked
from shared.wire import routes
from tests.kit.fake_api import FakeApi
from tests.kit.headless_app import FixedClock, HeadlessApp
from tests.kit.night import DATA, PAYMENTS
from tests.kit.opened import at, label

GIVE = routes.SCHEDULE_GIVE.format(schedule_id="s-pay-1")


# Time off


async def test_time_off_is_sent_in_two_taps_and_asks_the_best_candidate() -> None:
    async with at("/on-call") as app:
        await app.tap(key="off-s-pay-1")
        await app.until(lambda: app.says("1 of your shifts is inside"))
        assert app.says("Mon 23 Nov 09:00 to Wed 09:00 · Payments secondary")
        assert app.says("48\u00a0h on call in 8 weeks, well rested, on this schedule")
        assert app.says("You stay on call until somebody accepts.")
        assert label(app, "off-send") == "Ask Bo"
        await app.tap(key="off-send")
        await app.until(lambda: app.says("Time off entered, cover asked for one shift."))
        covers = app.api.covers
        hours = {"start": "2026-11-23T08:00:00Z", "end": "2026-11-25T08:00:00Z"}
        assert covers.sent(routes.MY_TIME_OFF) == [{**hours, "reason": ""}]
        assert covers.sent(routes.COVER_REQUESTS) == [
            {**hours, "schedule_id": "s-pay-2", "user_id": None, "asked": ["u-bo"], "reason": ""}
        ]
        assert all(covers.keys[1:]), "the preview alone changes nothing"
        assert app.state.hand_over.side is None
        await app.until(lambda: app.says("2 of yours are open"))


class RestlessClock(FixedClock):
    """Goes on with each look, as a real one does."""

    def now(self) -> datetime:
        self.at += timedelta(milliseconds=1)
        return super().now()


async def test_the_next_shift_is_proposed_and_not_the_one_that_runs_while_the_clock_goes_on() -> None:
    app = HeadlessApp()
    app.clock = RestlessClock()
    async with app:
        await app.goto("/on-call")
        await app.tap(key="off-s-pay-1")
        await app.until(lambda: app.says("1 of your shifts is inside"))
        assert app.state.taking_off.form.whole.start == datetime(2026, 11, 23, 8, tzinfo=UTC)


async def test_other_hours_are_looked_at_anew_and_an_end_before_the_start_is_not_sent() -> None:
    async with at("/on-call") as app:
        await app.tap(key="off-s-pay-1")
        await app.until(lambda: app.says("1 of your shifts is inside"))
        await app.tap(key="off-tile-to")
        await app.type("off-to-time", "08:00")
        for _ in range(5):
            await app.fire(app.one(ft.IconButton, key="off-to-later"))
        await app.until(lambda: app.says("2 of your shifts are inside"))
        assert app.says("08:00, 6\u00a0d 23\u00a0h")
        assert app.says("You have asked for cover of these hours already.")
        for _ in range(8):
            await app.fire(app.one(ft.IconButton, key="off-to-earlier"))
        assert app.says("The end must come after the start.")
        assert not app.find(ft.FilledButton, key="off-send")
        for _ in range(6):
            await app.fire(app.one(ft.IconButton, key="off-to-later"))
        await app.tap(key="off-tile-from")
        for _ in range(3):
            await app.fire(app.one(ft.IconButton, key="off-from-earlier"))
        await app.until(lambda: app.says("This watch runs already."))


async def test_others_are_chosen_and_the_button_names_them_all() -> None:
    async with at("/on-call") as app:
        await app.tap(key="off-s-pay-1")
        await app.until(lambda: app.says("1 of your shifts is inside"))
        await app.tap(text="Change")
        assert app.says("9\u00a0d on call in 8 weeks, 24\u00a0h of rest, on this schedule")
        assert app.says("4\u00a0d on call in 8 weeks, only 3\u00a0h of rest, in the team")
        await app.tap(key="candidate-u-ana")
        assert label(app, "off-send") == "Ask Bo and Ana"
        await app.tap(key="candidate-u-bo")
        await app.tap(key="candidate-u-mei")
        assert label(app, "off-send") == "Ask Ana and Mei"
        await app.tap(text="Ask nobody")
        assert app.says("Nobody is asked")
        assert app.says("You stay on call during these shifts: nobody is asked.")
        assert label(app, "off-send") == "Enter time off"
        await app.type("cover-reason", "  Dentist ")
        await app.tap(key="off-send")
        await app.until(lambda: app.says("Your time off is entered."))
        assert [each["reason"] for each in app.api.covers.sent(routes.MY_TIME_OFF)] == ["Dentist"]
        assert app.api.covers.sent(routes.COVER_REQUESTS) == []


async def test_where_nobody_is_free_anybody_can_be_asked() -> None:
    api = FakeApi()
    api.covers.busy = {"u-bo", "u-ana", "u-mei"}
    async with at("/on-call", api) as app:
        await app.tap(key="off-s-pay-1")
        await app.until(lambda: app.says("Nobody is free"))
        assert label(app, "off-send") == "Enter time off"
        await app.tap(text="Choose")
        await app.until(lambda: app.find(ft.TextButton, key="pick-u-bo"))
        assert not app.find(ft.TextButton, key="pick-u-jonas"), "nobody stands in for themselves"
        await app.tap(key="pick-u-bo")
        assert label(app, "off-send") == "Ask Bo"


async def test_what_was_half_sent_says_so_and_is_not_sent_twice() -> None:
    api = FakeApi()
    async with at("/on-call", api) as app:
        await app.tap(key="off-s-pay-1")
        await app.until(lambda: app.says("1 of your shifts is inside"))
        send, lost = api.covers.answer, httpx.ConnectError("no network")

        def cut(request: httpx.Request) -> httpx.Response | None:
            if request.method == "POST" and request.url.path == routes.COVER_REQUESTS:
                raise lost
            return send(request)

        api.covers.answer = cut
        await app.tap(key="off-send")
        await app.until(lambda: app.says("This needs a connection."))
        assert app.says("Entered: Mon 23 Nov 09:00 to Wed 25 Nov 09:00")
        api.covers.answer = send
        app.state.link.online = True
        await app.settle()
        assert app.says("Your time off is entered, but not everybody was asked.")
        await app.tap(key="off-send")
        await app.until(lambda: app.state.hand_over.side is None)
        assert len(api.covers.sent(routes.MY_TIME_OFF)) == 1
        assert len(api.covers.sent(routes.COVER_REQUESTS)) == 1


async def test_without_a_network_the_sheet_says_that_it_needs_one() -> None:
    async with at("/on-call") as app:
        app.api.offline = True
        await app.tap(key="off-s-pay-1")
        await app.until(lambda: app.says("This needs a connection. Nothing is sent until you are online."))
        for side in ("ask", "give"):
            await app.tap(key=f"choice-{side}")
            assert app.says("This needs a connection.")
            assert not app.find(ft.FilledButton, key=f"{side}-send")


# Asking for cover


async def test_the_rest_of_a_running_watch_is_asked_about_from_the_next_quarter() -> None:
    async with at("/on-call") as app:
        await app.tap(key="ask-s-pay-1")
        await app.until(lambda: app.find(ft.FilledButton, key="ask-send"))
        assert app.says("09:00, 5\u00a0h 30\u00a0m")
        await app.tap(key="candidate-u-mei")
        assert label(app, "ask-send") == "Ask Bo and Mei"
        await app.tap(key="ask-send")
        await app.until(lambda: app.says("2 colleagues are asked."))
        [sent] = app.api.covers.sent(routes.COVER_REQUESTS)
        assert (sent["schedule_id"], sent["start"], sent["end"]) == (
            "s-pay-1",
            "2026-11-21T02:30:00Z",
            "2026-11-21T08:00:00Z",
        )
        assert sent["asked"] == ["u-bo", "u-mei"]


async def test_a_shift_of_mine_leads_to_asking_for_part_of_it() -> None:
    async with at("/schedules/mine") as app:
        assert app.says("cover asked")
        await app.fire(app.one(ft.IconButton, key="ask-s-pay-2-202611230800"))
        await app.until(lambda: app.find(ft.FilledButton, key="ask-send"))
        await app.tap(key="ask-tile-to")
        await app.fire(app.one(ft.IconButton, key="ask-to-earlier"))
        await app.until(lambda: app.says("09:00, 1 day"))
        await app.fire(app.one(ft.IconButton, key="ask-to-earlier"))
        assert app.says("Choose hours inside your shift that have not begun yet.")
        await app.fire(app.one(ft.IconButton, key="ask-to-later"))
        await app.until(lambda: app.find(ft.FilledButton, key="ask-send"))
        await app.tap(key="ask-send")
        await app.until(lambda: app.state.hand_over.side is None)
        [sent] = app.api.covers.sent(routes.COVER_REQUESTS)
        assert (sent["start"], sent["end"]) == ("2026-11-23T08:00:00Z", "2026-11-24T08:00:00Z")


async def test_another_shift_can_be_meant_and_a_refusal_is_told_in_words() -> None:
    api = FakeApi()
    async with at("/on-call", api) as app:
        await app.tap(key="ask-s-pay-1")
        await app.until(lambda: app.find(ft.FilledButton, key="ask-send"))
        await app.tap(key="shift-choice-0")
        await app.tap(key="shift-choice-2")
        await app.until(lambda: app.find(ft.FilledButton, key="ask-send"))
        assert app.state.asking_cover.form.whole.start == datetime(2026, 11, 27, 8, tzinfo=UTC)
        api.refuse_with(routes.COVER_REQUESTS, 409, "already_asked", method="POST")
        answer = api.covers.answer
        api.covers.answer = lambda request: (
            answer(request) if request.method == "GET" else api.console.answers["POST", request.url.path](request)
        )
        await app.tap(key="ask-send")
        await app.until(lambda: app.says("These hours are asked about already."))


async def test_the_slot_of_my_own_shift_leads_to_asking_and_others_do_not() -> None:
    async with at("/schedules/s-pay-1") as app:
        await app.tap(key="slot-2026-11-25-primary")
        assert not app.find(ft.OutlinedButton, key="slot-ask")
        await app.tap(key="slot-close")
        await app.tap(key="slot-2026-11-27-primary")
        sheets = len(app.page._dialogs.controls)
        await app.tap(key="slot-ask")
        await app.until(lambda: app.says("Who is asked? The first to accept takes it."))
        assert app.state.schedule.asking is None
        assert app.state.asking_cover.form.whole.start == datetime(2026, 11, 27, 8, tzinfo=UTC)
        assert len(app.page._dialogs.controls) == sheets, "one sheet in the place of the other"


@pytest.mark.parametrize(
    ("now", "start"),
    [("02:12:20", "02:30"), ("02:24:59", "02:30"), ("02:25:00", "02:45"), ("23:50:00", "00:00")],
)
def test_from_when_a_running_watch_can_be_asked_about(now: str, start: str) -> None:
    at_now = datetime.fromisoformat(f"2026-11-21T{now}+00:00")
    found = first_asked(at_now - timedelta(hours=3), at_now)
    assert f"{found:%H:%M}" == start
    assert found - at_now >= timedelta(minutes=5)
    later = at_now + timedelta(minutes=1)
    assert first_asked(later, at_now) == later


# The pager


async def test_the_pager_is_given_for_half_an_hour_and_comes_back() -> None:
    async with at("/on-call") as app:
        await app.tap(key="give-s-pay-1")
        await app.until(lambda: app.find(ft.FilledButton, key="give-send"))
        assert app.says("Bo is paged from now until 03:42, without having to accept. Then it is yours again.")
        await app.tap(key="candidate-u-ana")
        await app.tap(key="choice-own")
        await app.until(lambda: app.find(ft.FilledButton, key="give-send"))
        assert app.says("Ana is paged from now to the end of your watch, without having to accept.")
        await app.tap(key="choice-60")
        await app.until(lambda: app.find(ft.FilledButton, key="give-send"))
        assert label(app, "give-send") == "Give Ana the pager until 04:12"
        await app.tap(key="give-send")
        await app.until(lambda: app.says("Ana Ruiz has the pager until 04:12."))
        assert app.api.covers.sent(GIVE) == [{"to_user_id": "u-ana", "until": "2026-11-21T03:12:20Z", "reason": ""}]
        await app.until(lambda: app.says("Your next watch: Payments primary, 04:12."))


async def test_a_give_that_got_no_answer_is_sent_again_as_it_was() -> None:
    async with at("/on-call") as app:
        await app.tap(key="give-s-pay-1")
        await app.until(lambda: app.find(ft.FilledButton, key="give-send"))
        app.api.offline = True
        await app.tap(key="give-send")
        await app.until(lambda: app.says("This needs a connection."))
        app.api.offline = False
        app.state.link.online = True
        app.clock.move(minutes=7)
        await app.settle()
        await app.tap(key="give-send")
        await app.until(lambda: app.state.hand_over.side is None)
        assert [each["until"] for each in app.api.covers.sent(GIVE)] == ["2026-11-21T02:42:20Z"]


async def test_the_pager_of_a_colleague_is_taken_once_its_end_was_named() -> None:
    async with at("/on-call") as app:
        await app.tap(key="person-s-plat-u-mei")
        await app.until(lambda: app.find(ft.TextButton, key="page-person"))
        assert not app.find(ft.TextButton, key="take-s-plat-u-mei"), "of another team"
        await app.fire(app.one(ft.BottomSheet), "dismiss")
        await app.tap(key="person-s-pay-2-u-bo")
        await app.tap(key="take-s-pay-2-u-bo")
        told = "From now until 09:00 you are on call for Payments secondary instead of Bo Lindqvist."
        assert app.says(told)
        await app.tap(key="take-send")
        await app.until(lambda: app.says("You are on call for Payments secondary until"))
        path = routes.SCHEDULE_TAKE.format(schedule_id="s-pay-2")
        assert app.api.covers.sent(path) == [{"from_user_id": "u-bo", "reason": ""}]


async def test_whoever_gets_the_pager_and_cannot_be_paged_is_named() -> None:
    api = FakeApi()
    api.schedules.out_of_reach = {"u-ana", "u-jonas"}
    async with at("/on-call", api) as app:
        await app.tap(key="give-s-pay-1")
        await app.until(lambda: app.find(ft.FilledButton, key="give-send"))
        await app.tap(key="candidate-u-ana")
        await app.tap(key="give-send")
        await app.until(lambda: app.says("Ana Ruiz has the pager until 03:42, but can't be paged yet."))
        await app.tap(key="person-s-pay-2-u-bo")
        await app.tap(key="take-s-pay-2-u-bo")
        await app.tap(key="take-send")
        await app.until(lambda: app.says("No page can reach you yet"))


async def test_a_gap_of_my_team_is_taken_for_a_day_at_most() -> None:
    api = FakeApi()
    api.me = msgspec.structs.replace(api.me, teams=[PAYMENTS, DATA])
    async with at("/on-call", api) as app:
        await app.tap(key="take-s-data-gap")
        assert app.says("until Sun 03:12 you are on call for Data nights, where nobody is now.")
        await app.tap(key="take-send")
        await app.until(lambda: app.state.hand_over.side is None)
        path = routes.SCHEDULE_TAKE.format(schedule_id="s-data")
        assert api.covers.sent(path) == [{"from_user_id": None, "reason": ""}]


async def test_who_may_not_act_is_offered_nothing() -> None:
    api = FakeApi()
    api.as_role("viewer")
    async with at("/on-call", api) as app:
        assert app.says("You, Payments primary")
        assert not app.find(ft.TextButton, key="off-s-pay-1")
        assert not app.find(ft.IconButton, key="page-s-pay-2-u-bo")
        await app.tap(key="person-s-pay-2-u-bo")
        await app.until(lambda: app.find(ft.TextButton, key="mail-person"))
        assert not app.find(ft.TextButton, key="take-s-pay-2-u-bo")


async def test_signing_out_shuts_the_sheet() -> None:
    async with at("/on-call") as app:
        await app.tap(key="off-s-pay-1")
        await app.until(lambda: app.says("Hand over"))
        await app.state.sign_out()
        assert app.state.hand_over.side is None
        assert app.state.taking_off.affected is None
