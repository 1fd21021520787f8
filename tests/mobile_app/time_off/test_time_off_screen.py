"""My time off, the calendars it comes from, my calendar's address; and the handover on a schedule's screen."""

import flet as ft

from shared.wire import routes
from shared.wire.handovers import Handover
from tests.kit.fake_api import FakeApi
from tests.kit.night import PRIMARY
from tests.kit.opened import at

REMARK = routes.SCHEDULE_REMARK.format(schedule_id="s-pay-1")
FILE = "BEGIN:VCALENDAR\nEND:VCALENDAR"


async def test_what_is_ahead_is_listed_and_one_that_was_entered_is_cancelled() -> None:
    async with at("/me/time-off") as app:
        assert app.says("Wed 23 Dec 09:00 to Wed 30 Dec 09:00")
        assert app.says("7 days")
        assert app.says("1 day, from a calendar")
        assert not app.says("Wed 25 Nov"), "it was taken back"
        assert not app.find(ft.IconButton, key="cancel-off-cal"), "its calendar says so"
        await app.fire(app.one(ft.IconButton, key="cancel-off-xmas"))
        assert app.says("Covers that were agreed on stay, and so do open requests.")
        await app.tap(key="cancel-off")
        await app.until(lambda: app.says("The time off is cancelled."))
        assert app.api.covers.asked[-1][:2] == ("DELETE", f"{routes.MY_TIME_OFF}/off-xmas")
        assert not app.says("Wed 23 Dec 09:00")


async def test_time_off_is_entered_from_here_too() -> None:
    async with at("/me") as app:
        await app.tap(key="time-off")
        await app.until(lambda: app.state.place.route == "/me/time-off")
        await app.until(lambda: app.find(ft.OutlinedButton, key="enter-off"))
        await app.tap(key="enter-off")
        await app.until(lambda: app.find(ft.FilledButton, key="off-send"))
        await app.tap(key="off-send")
        await app.until(lambda: app.says("Mon 23 Nov 09:00 to Wed 25 Nov 09:00"))


async def test_a_refused_cancelling_is_told_in_words() -> None:
    api = FakeApi()
    api.refuse(f"{routes.MY_TIME_OFF}/off-xmas", 409, "already_cancelled")
    async with at("/me/time-off", api) as app:
        await app.fire(app.one(ft.IconButton, key="cancel-off-xmas"))
        await app.tap(key="cancel-off")
        await app.until(lambda: app.says("It is cancelled already."))


async def test_a_calendar_is_added_from_a_pasted_file() -> None:
    async with at("/me/time-off") as app:
        assert app.says("It could not be read (http_503). What was known before still holds.")
        await app.tap(key="add-calendar")
        assert app.one(ft.FilledButton, key="calendar-send").disabled
        await app.type("calendar-name", "Summer")
        await app.type("calendar-content", "a shopping list")
        await app.tap(key="calendar-send")
        await app.until(lambda: app.says("This is not an iCalendar file."))
        await app.type("calendar-content", FILE)
        await app.tap(key="calendar-send")
        await app.until(lambda: app.says("The calendar was added."))
        assert app.api.covers.sent(routes.MY_TIME_OFF_CALENDARS)[-1] == {"name": "Summer", "content": FILE, "url": None}
        assert app.says("File, 2 entries ahead, read just now")


async def test_what_was_left_out_of_a_calendar_is_said() -> None:
    async with at("/me/time-off") as app:
        await app.tap(key="add-calendar")
        await app.type("calendar-name", "Summer")
        await app.type("calendar-content", FILE + "RRULE:banana, DTSTART:banana")
        await app.tap(key="calendar-send")
        await app.until(lambda: app.says("2 entries were left out: they can't be read."))


async def test_a_calendar_is_added_by_its_address_and_removed_once_asked() -> None:
    async with at("/me/time-off") as app:
        await app.tap(key="add-calendar")
        await app.tap(key="choice-address")
        await app.type("calendar-name", "Portal")
        await app.type("calendar-url", " https://hr.example/me.ics ")
        await app.tap(key="calendar-send")
        await app.until(lambda: app.says("Address, 2 entries ahead, last read just now"))
        [sent] = app.api.covers.sent(routes.MY_TIME_OFF_CALENDARS)
        assert (sent["content"], sent["url"]) == (None, "https://hr.example/me.ics")
        await app.fire(app.one(ft.IconButton, key="remove-cal-hr"))
        assert app.says("Remove Leave portal?")
        await app.tap(key="remove-calendar")
        await app.until(lambda: not app.says("Leave portal"))


async def test_my_shifts_have_an_address_for_calendars() -> None:
    async with at("/me/time-off") as app:
        assert app.says("Any calendar can subscribe to your shifts.")
        await app.tap(key="feed-make")
        await app.until(lambda: app.says("nw-4f7Qk2-1.ics"))
        await app.tap(key="feed-renew")
        await app.tap(key="feed-renew-yes")
        await app.until(lambda: app.says("nw-4f7Qk2-2.ics"))
        await app.tap(key="feed-remove")
        await app.tap(key="feed-remove-yes")
        await app.until(lambda: app.says("There is no address yet."))
        assert ("DELETE", routes.MY_FEED) in app.api.calls


async def test_without_a_network_it_says_so() -> None:
    async with at("/me/time-off") as app:
        app.api.offline = True
        await app.state.refresh()
        await app.until(lambda: app.says("This needs a connection."))
        assert app.says("Wed 23 Dec 09:00")


# The handover


async def test_whoever_comes_on_call_reads_what_to_know() -> None:
    async with at("/schedules/s-pay-1") as app:
        await app.until(lambda: app.says("Handover"))
        for told in (
            "The webhook relay is slow since the deploy on Thursday.",
            "Ana Ruiz, 18\u00a0h ago",
            "1 open incident",
            "Critical · Acknowledged · 18\u00a0min ago",
            "“pg-payments-2 is being resized” stops being silenced: 10:12",
            "Most alerts this week: postgres 31 and webhook-relay 12",
        ):
            assert app.says(told), told
        await app.tap(key="handover-inc-4820")
        await app.until(lambda: app.state.place.route == "/incidents/inc-4820")


async def test_a_remark_is_left_and_taken_back() -> None:
    async with at("/schedules/s-pay-1") as app:
        await app.until(lambda: app.find(ft.OutlinedButton, key="leave-remark"))
        await app.tap(key="leave-remark")
        await app.type("remark", "Watch the relay.")
        await app.tap(key="remark-send")
        await app.until(lambda: app.says("You, just now"))
        await app.tap(key="leave-remark")
        assert app.one(ft.TextField, key="remark").value == "Watch the relay.", "my own is changed, not begun anew"
        await app.type("remark", "")
        await app.tap(key="remark-send")
        await app.until(lambda: not app.says("Watch the relay."))
        assert app.api.covers.sent(REMARK) == [{"text": "Watch the relay."}, {"text": ""}]


async def test_a_remark_that_is_refused_stays_typed() -> None:
    api = FakeApi()
    api.refuse(REMARK, 403, "not_your_team")
    async with at("/schedules/s-pay-1", api) as app:
        await app.until(lambda: app.find(ft.OutlinedButton, key="leave-remark"))
        await app.tap(key="leave-remark")
        await app.type("remark", "Watch the relay.")
        await app.tap(key="remark-send")
        await app.until(lambda: app.says("It belongs to a team that you are not in."))
        assert app.one(ft.TextField, key="remark").value == "Watch the relay."


async def test_a_quiet_handover_says_so_and_one_that_is_unknown_says_nothing() -> None:
    api = FakeApi()
    api.covers.handover = Handover(schedule=PRIMARY, incidents=[], silences=[], noise=[])
    async with at("/schedules/s-pay-1", api) as app:
        await app.until(lambda: app.says("Nothing open, nothing noisy."))
    api = FakeApi()
    api.refuse(routes.SCHEDULE_HANDOVER.format(schedule_id="s-pay-1"), 503, "busy")
    async with at("/schedules/s-pay-1", api) as app:
        assert app.says("Payments primary")
        assert not app.says("Handover")
