"""The Schedules tab, a schedule's calendar, overrides, my shifts, and all of it without a network."""

from datetime import timedelta

import flet as ft
import msgspec
import pytest
from msgspec import structs

from phone.rotas.store import KEPT_AS, Kept
from phone.schedules.store import KEPT_AS as CALENDAR
from shared.domain.on_call.shifts import Shift
from shared.wire import routes
from shared.wire.lists import Ref
from shared.wire.schedules import MyShift
from tests.kit.fake_api import FakeApi
from tests.kit.headless_app import HeadlessApp
from tests.kit.night import NOW
from tests.kit.opened import at, label

PRIMARY = "/schedules/s-pay-1"
OVERRIDES = routes.SCHEDULE_OVERRIDES.format(schedule_id="s-pay-1")


# The tab


async def test_the_tab_lists_mine_first_and_says_who_is_on_call() -> None:
    async with at("/schedules/all") as app:
        assert app.find(ft.TextButton, key="tab-/schedules")
        rows = [str(each.key) for each in app.find(ft.TextButton) if str(each.key).startswith("schedule-")]
        assert rows == ["schedule-s-pay-1", "schedule-s-pay-2", "schedule-s-data", "schedule-s-plat"]
        assert app.says("You until 09:00")
        assert app.says("No one on call until Mon 09:00")
        assert app.says("Mei Chen and Bo Lindqvist until 08:00")
        assert app.says("On call now: Payments primary")
        await app.tap(key="schedule-s-plat")
        await app.until(lambda: app.state.place.route == "/schedules/s-plat")
        await app.until(lambda: app.says("Team Platform"))


async def test_a_long_list_can_be_searched() -> None:
    api = FakeApi()
    first = api.schedules.rotas[0]
    api.schedules.rotas += [structs.replace(first, schedule=Ref(f"s-{n}", f"Region {n}")) for n in range(6)]
    async with at("/schedules/all", api) as app:
        await app.type("schedule-search", "region 3")
        assert app.find(ft.TextButton, key="schedule-s-3")
        assert not app.find(ft.TextButton, key="schedule-s-4")
        await app.type("schedule-search", "nothing such")
        assert app.says("Nothing by that name.")
        assert not app.find(ft.TextButton, key="schedule-s-3")


async def test_without_schedules_the_tab_teaches() -> None:
    api = FakeApi()
    api.schedules.rotas = []
    async with at("/schedules/all", api) as app:
        assert app.says("No schedule yet")


async def test_schedules_that_cannot_be_read_say_so_and_can_be_tried_again() -> None:
    api = FakeApi()
    api.refuse(routes.SCHEDULE_ROTAS, 403, "forbidden")
    async with at("/schedules/all", api) as app:
        assert app.says("You may see this, but not do it.")
        api.refused.clear()
        await app.tap(key="retry")
        await app.until(lambda: app.says("Payments primary"))


async def test_a_zone_that_this_device_does_not_know_is_named() -> None:
    api = FakeApi()
    first = api.schedules.rotas[0]
    moon = structs.replace(first.rota.schedule, time_zone="Moon/Tranquility")
    api.schedules.rotas[0] = structs.replace(first, rota=structs.replace(first.rota, schedule=moon))
    async with at("/schedules/all", api) as app:
        assert app.says("This device does not know the time zone of Data nights.")
        await app.goto("/schedules/s-data")
        assert app.says("Unknown time zone")


async def test_a_schedule_that_is_not_there_says_so() -> None:
    async with at("/schedules/s-none") as app:
        assert app.says("No such schedule")


# The calendar


async def test_slots_speak_their_bars_and_open_with_who_when_and_why() -> None:
    async with at(PRIMARY) as app:
        assert app.says("16 to 29 November")
        said = label(app, "slot-2026-11-25-primary")
        assert "Ana Ruiz, Primary, Sat 21 Nov 09:00 to Wed 25 Nov 09:00" in said
        assert "Bo Lindqvist, Primary, Wed 25 Nov 09:00 to Thu 26 Nov 09:00, override" in said
        assert "on time off" in label(app, "slot-2026-11-28-primary")
        await app.tap(key="slot-2026-11-25-primary")
        assert app.says("Bo Lindqvist, Primary")
        assert app.says("Wed 25 Nov 09:00 to Thu 26 Nov 09:00, 24\u00a0h")
        assert app.says("Override by Mei Chen, for Mei Chen only. “Swapped for the weekend after”")
        assert app.says("By the rotation “Week”.")
        await app.tap(key="slot-close")
        assert not app.says("By the rotation")


async def test_a_day_of_one_lane_is_one_stop_of_a_screen_reader() -> None:
    async with at(PRIMARY) as app:
        assert app.find(ft.TextButton, key="slot-2026-11-25-primary")
        assert not app.find(ft.TextButton, key="day-2026-11-25")
        await app.goto("/schedules/s-plat")
        assert app.find(ft.TextButton, key="day-2026-11-25"), "of all lanes together"


async def test_each_view_is_kept_and_can_be_moved() -> None:
    async with at(PRIMARY) as app:
        await app.tap(key="choice-month")
        assert app.says("November 2026")
        assert "No one on call, Mon 26 Oct 00:00 to 09:00" in label(app, "slot-2026-10-26")
        await app.fire(app.one(ft.IconButton, key="after"))
        assert app.says("December 2026")
        assert "No one on call, Mon 14 Dec 09:00" in label(app, "slot-2026-12-15")
        await app.tap(key="today")
        assert app.says("November 2026")
        await app.tap(key="choice-week")
        assert app.says("16 to 22 November")
        await app.fire(app.one(ft.IconButton, key="before"))
        assert app.says("9 to 15 November")
        assert '"view":"week"' in app.preferences.kept[CALENDAR]


async def test_lanes_by_role_or_by_layer_and_in_my_own_zone() -> None:
    async with at("/schedules/s-plat") as app:
        assert app.says("Primary")
        assert app.says("Backup")
        await app.tap(key="by-layer")
        assert app.says("Nights")
        assert app.find(ft.TextButton, key="slot-2026-11-18-Days")
        await app.goto("/schedules/s-data")
        assert app.says("Asia/Shanghai, UTC+8")
        await app.tap(key="my-zone")
        assert app.says("Europe/Berlin, UTC+1")
        assert "Mei Chen, Mon 23 Nov 09:00 to Fri 27 Nov 11:00" in label(app, "slot-2026-11-24-everybody")


async def test_the_day_on_which_clocks_change_says_so() -> None:
    async with at("/schedules/s-pay-2") as app:
        for _ in range(9):
            await app.fire(app.one(ft.IconButton, key="after"))
        assert app.says("Europe/Berlin, UTC+1; from Sun 28 Mar UTC+2")
        assert "UTC+2" in app.texts(), "above its date"


async def test_gaps_ahead_are_listed_with_their_reason() -> None:
    async with at(PRIMARY) as app:
        assert app.says("No one on call once in the next 30 days")
        assert app.says("From Mon 14 Dec 09:00 on")
        assert app.says("A layer has ended.")
        await app.tap(key="fill-202612140800")
        assert app.says("Mon 14 Dec")
        await app.goto("/schedules/s-pay-2")
        assert app.says("Somebody is on call at every moment of the next 30 days.")


async def test_the_description_is_shown_and_fetches_no_pictures() -> None:
    api = FakeApi()
    api.schedules.rotas[1] = structs.replace(api.schedules.rotas[1], description="![x](https://evil.example/x.png)")
    async with at(PRIMARY, api) as app:
        assert app.one(ft.Markdown).value == "[x](https://evil.example/x.png)"


async def test_who_may_not_edit_is_offered_no_override() -> None:
    async with at("/schedules/s-plat") as app:
        assert not app.find(ft.IconButton, key="add-override")
        await app.tap(key="slot-2026-11-24-primary")
        assert not app.find(ft.FilledButton, key="slot-override")


# Overrides


async def test_a_day_is_chosen_from_its_month() -> None:
    async with at(PRIMARY) as app:
        await app.fire(app.one(ft.IconButton, key="add-override"))
        await app.tap(key="from-day")
        assert app.says("November 2026")
        await app.fire(app.one(ft.IconButton, key="from-month-after"))
        await app.tap(key="from-2026-12-04")
        assert not app.says("December 2026")
        assert app.says("Sat 5 Dec")
        assert app.says("For Mei Chen only")


async def test_a_later_beginning_takes_the_end_along() -> None:
    async with at(PRIMARY) as app:
        await app.fire(app.one(ft.IconButton, key="add-override"))
        for _ in range(2):
            await app.fire(app.one(ft.IconButton, key="from-later"))
        assert not app.says("The end must come after the start.")
        assert app.says("Mon 23 Nov")
        assert app.says("Tue 24 Nov")


async def test_an_override_that_ends_first_cannot_be_sent() -> None:
    async with at(PRIMARY) as app:
        await app.fire(app.one(ft.IconButton, key="add-override"))
        await app.until(lambda: app.find(ft.TextButton, key="candidate-u-bo"))
        await app.tap(key="candidate-u-bo")
        for _ in range(2):
            await app.fire(app.one(ft.IconButton, key="to-earlier"))
        assert app.says("The end must come after the start.")
        assert app.one(ft.FilledButton, key="override-send").disabled


async def test_a_refused_override_stays_in_its_form_with_the_reason() -> None:
    api = FakeApi()
    async with at(PRIMARY, api) as app:
        await app.fire(app.one(ft.IconButton, key="add-override"))
        await app.until(lambda: app.find(ft.TextButton, key="candidate-u-mei"))
        await app.tap(key="candidate-u-mei")
        api.refuse(OVERRIDES, 403, "forbidden")
        await app.tap(key="override-send")
        await app.until(lambda: app.says("You may see this, but not do it."))
        keys = [each.headers.get("idempotency-key") for each in api.requests if each.method == "POST"]
        api.refused.clear()
        await app.tap(key="override-send")
        await app.until(lambda: app.says("The override is set."))
        last = next(each for each in reversed(api.requests) if each.method == "POST")
        assert last.headers["idempotency-key"] == keys[-1]


async def test_overrides_are_listed_and_cancelled_after_asking() -> None:
    async with at(PRIMARY) as app:
        assert app.says("Bo Lindqvist for Mei Chen only")
        assert app.says("By Mei Chen, Tue 11:05")
        assert not app.says("Ana is at the dentist")
        await app.tap(key="past-overrides")
        assert app.says("Ana is at the dentist")
        assert app.says("cancelled Thu 16:00")
        await app.fire(app.one(ft.IconButton, key="cancel-o-next"))
        assert app.says("Cancel this override?")
        assert app.says("The rotation stays as it was.")
        await app.tap(key="override-cancel-send")
        await app.until(lambda: app.says("The override is cancelled."))
        await app.until(lambda: "Mei Chen, Primary, Wed 25 Nov" in label(app, "slot-2026-11-25-primary"))
        assert app.api.schedules.asked == [("DELETE", f"{OVERRIDES}/o-next", {})]


# My shifts


async def test_my_shifts_name_where_i_am_on_call_and_link_there() -> None:
    async with at("/schedules/mine") as app:
        assert app.says("5 shifts, 6\u00a0d")
        assert app.says("until Sat 21 Nov 09:00")
        assert app.says("Mon 23 Nov 09:00 to Wed 25 Nov 09:00")
        await app.tap(key="now-s-pay-1")
        await app.until(lambda: app.state.place.route == PRIMARY)


async def test_my_shifts_of_a_team_that_i_have_left_are_there_and_lead_nowhere() -> None:
    api = FakeApi()
    api.schedules.held = held_elsewhere()
    async with at("/schedules/mine", api) as app:
        assert app.says("6 shifts, 7\u00a0d")
        assert app.says("Vault")
        assert app.says("You have left its team")
        assert not [each for each in app.find(ft.TextButton) if "s-vault" in str(each.key)]
        assert not [each for each in app.find(ft.IconButton) if "s-vault" in str(each.key)]
        await app.goto("/on-call")
        assert app.says("Vault")
        assert not [each for each in app.find(ft.TextButton) if "s-vault" in str(each.key)]
        kept = msgspec.json.decode(app.preferences.kept[KEPT_AS], type=Kept)
        assert kept.held == api.schedules.held


def held_elsewhere() -> list[MyShift]:
    """A day that runs, on a schedule that I don't see any more."""
    start = NOW - timedelta(hours=2)
    shift = Shift(start=start, end=start + timedelta(days=1), user_id="u-jonas", role_id=None, layer_id="l-v")
    return [MyShift(schedule=Ref("s-vault", "Vault"), shift=shift)]


@pytest.mark.parametrize(
    ("chosen", "shifts"), [("day", 1), ("four_days", 2), ("week", 3), ("two_weeks", 5), ("month", 8)]
)
async def test_every_range_and_the_last_one_is_kept(chosen: str, shifts: int) -> None:
    async with at("/schedules/mine") as app:
        await app.tap(key=f"choice-{chosen}")
        assert app.says(f"{shifts} shift")
        assert app.preferences.kept["my_range"] == chosen


async def test_no_shift_says_when_the_next_one_is() -> None:
    api = FakeApi()
    api.schedules.rotas = [each for each in api.schedules.rotas if each.schedule.id == "s-pay-2"]
    async with at("/schedules/mine", api) as app:
        await app.tap(key="choice-day")
        assert app.says("No shift of yours")
        assert app.says("Your next watch: Payments secondary, Mon 23 Nov 09:00.")
        assert app.says("Not on call")


# Without a network


async def test_without_a_network_everything_is_worked_out_here() -> None:
    async with at("/on-call") as app:
        app.api.offline = True
        app.state.rotas.touch()
        await app.goto("/schedules/all")
        await app.until(lambda: app.says("No connection to the server"))
        app.clock.move(minutes=6 * 60)
        await app.until(lambda: app.says("Ana Ruiz until"))
        await app.until(lambda: app.says("Worked out here from what was known 6\u00a0h ago."))
        await app.goto("/on-call")
        assert app.says("Your next watch")
        assert not app.says("You, Payments primary")
        await app.goto("/schedules/mine")
        assert app.says("5 shifts")
        assert app.says("Not on call")
        await app.goto(PRIMARY)
        assert app.says("Older ones need a connection.")
        assert app.says("Bo Lindqvist for Mei Chen only")


async def test_without_a_network_the_card_follows_the_clock() -> None:
    async with at("/incidents") as app:
        app.api.incidents = [each for each in app.api.incidents if not each.waits_for_me]
        await app.tap(key="refresh")
        await app.until(lambda: app.says("On call · Payments primary"))
        app.api.offline = True
        app.clock.move(minutes=6 * 60)
        await app.tap(key="refresh")
        await app.until(lambda: app.says("Not on call"))
        assert app.says("Your next watch: Payments secondary, Mon 09:00.")


async def test_the_copy_outlives_the_app() -> None:
    api = FakeApi()
    async with at("/schedules/all", api) as app:
        kept = msgspec.json.decode(app.preferences.kept[KEPT_AS], type=Kept)
        assert [each.schedule.name for each in kept.items] == [each.schedule.name for each in api.schedules.rotas]
        assert kept.read_at == NOW
        text, me = app.preferences.kept[KEPT_AS], app.preferences.kept["me"]
    later = HeadlessApp(api)
    later.preferences.kept |= {KEPT_AS: text, "me": me, "person": "u-jonas"}
    api.offline = True
    async with later as app:
        await app.goto("/schedules/mine")
        await app.until(lambda: app.says("5 shifts"))


async def test_signing_out_forgets_the_copy() -> None:
    async with at("/me") as app:
        assert KEPT_AS in app.preferences.kept
        await app.tap(key="sign-out")
        await app.tap(key="leave")
        await app.until(lambda: KEPT_AS not in app.preferences.kept)
        assert app.state.rotas.items is None


async def test_a_handoff_changes_who_is_on_call_without_asking_the_server() -> None:
    async with at("/on-call") as app:
        assert app.says("You, Payments primary")
        before = len(app.api.calls)
        app.clock.move(minutes=6 * 60)
        await app.until(lambda: not app.says("You, Payments primary"))
        assert not [path for _, path in app.api.calls[before:] if path == routes.SCHEDULE_ROTAS]


async def test_the_tablet_shows_the_list_beside_the_calendar() -> None:
    async with at(PRIMARY, width=1280) as app:
        assert app.says("Others")
        assert app.find(ft.TextButton, key="slot-2026-11-25-primary")
        await app.goto("/schedules/all")
        assert app.says("Pick a schedule.")
