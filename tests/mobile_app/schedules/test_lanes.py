"""The schedules of a team as lanes of one grid."""

from datetime import UTC, datetime
from typing import Any

import flet as ft
from msgspec import structs

from phone.base.draft import Draft
from phone.base.hues import COLOURS, FEET
from phone.base.theme import PALETTES
from phone.rotas.hues import numbers_of
from phone.schedules.lanes.store import KEPT_AS
from shared.wire import routes
from shared.wire.lists import Ref
from shared.wire.schedules import OverrideInput
from tests.kit.fake_api import FakeApi
from tests.kit.headless_app import HeadlessApp, under
from tests.kit.night import BO, DATA, JONAS, MEI, PAYMENTS, PLATFORM
from tests.kit.nordwind_rotas import platform, primary, rotas
from tests.kit.opened import at, label

LANES = "/schedules"


def keys(app: HeadlessApp, beginning: str) -> list[str]:
    return [str(each.key) for each in app.find(ft.TextButton) if str(each.key).startswith(beginning)]


async def drag(app: HeadlessApp, number: int, *xs: float) -> None:
    """From one place of a lane over others; lanes are counted from the top."""
    lane = app.find(ft.GestureDetector)[number]

    def told(x: float) -> dict[str, Any]:
        return {"l": {"x": x, "y": 20}, "g": {"x": x, "y": 300}, "k": "touch", "v": {"x": 0, "y": 0}}

    await app.fire(lane, "horizontal_drag_start", told(xs[0]))
    for x in xs[1:]:
        await app.fire(app.find(ft.GestureDetector)[number], "horizontal_drag_update", told(x))
    await app.fire(app.find(ft.GestureDetector)[number], "horizontal_drag_end", told(xs[-1]))


async def test_the_tab_shows_my_team_first_primary_on_top_around_now() -> None:
    async with at(LANES) as app:
        assert app.state.lanes.teams == [PAYMENTS, DATA, PLATFORM]
        assert list(dict.fromkeys(keys(app, "lane-"))) == ["lane-s-pay-1", "lane-s-pay-2"]
        assert app.says("16 to 29 November")
        assert "You, Primary, Fri 20 Nov 09:00 to Sat 21 Nov 09:00" in label(app, "slot-2026-11-20-primary")
        (team,) = under(app.one(ft.TextButton, key="field-team"), ft.Text)
        assert (team.semantics_label or team.value) == f"Team, {PAYMENTS.name}"
        await app.tap(key="field-team")
        await app.tap(key=f"option-{PLATFORM.id}")
        assert list(dict.fromkeys(keys(app, "lane-"))) == ["lane-s-plat"]
        assert PLATFORM.id in app.preferences.kept[KEPT_AS]


async def test_of_my_teams_the_one_with_my_own_shifts_comes_first() -> None:
    """Data stands before Payments in the alphabet, and this reader is on no schedule of it."""
    api = FakeApi()
    api.me = structs.replace(api.me, teams=[DATA, PAYMENTS])
    async with at(LANES, api) as app:
        assert app.state.lanes.teams[:2] == [PAYMENTS, DATA]


async def test_it_says_who_carries_how_much_of_what_is_shown_and_who_most() -> None:
    async with at(LANES) as app:
        assert next(each.user_id for each in app.state.lanes.carried) == BO.id
        assert app.says("These two weeks")
        assert app.says("240 h")
        assert [each.semantics_label for each in app.find(ft.Icon) if each.semantics_label] == ["most of all"]
        await app.tap(key="choice-week")
        assert app.says("This week")
        assert not app.says("240 h")


async def test_nights_are_counted_by_the_clock_that_somebody_chose() -> None:
    """Bo's days in Europe are evenings and nights in Shanghai."""
    nights: dict[str, int] = {}
    for there in ("Europe/Berlin", "Asia/Shanghai"):
        api = FakeApi()
        days = structs.replace(platform().rota.schedule, layers=platform().rota.schedule.layers[1:2])
        alone = structs.replace(platform().rota, schedule=days)
        api.schedules.rotas = [structs.replace(platform(), rota=alone, zones={BO.id: there})]
        async with at(LANES, api) as app:
            nights[there] = next(each.nights for each in app.state.lanes.carried if each.user_id == BO.id)
    assert nights == {"Europe/Berlin": 0, "Asia/Shanghai": 7}


async def test_dragging_across_days_fills_in_an_override_of_their_hours() -> None:
    async with at(LANES) as app:
        week = (412 - 32) / 7
        second_week_primary = 2
        await drag(app, second_week_primary, week * 1.5, week * 2.5, week * 3.5)
        await app.until(lambda: isinstance(app.state.schedule.asking, Draft))
        draft = app.state.schedule.asking
        assert isinstance(draft, Draft)
        assert app.state.schedule.id == "s-pay-1"
        assert draft.whole == OverrideInput(
            start=datetime(2026, 11, 23, 23, tzinfo=UTC), end=datetime(2026, 11, 26, 23, tzinfo=UTC), user_id=""
        )
        assert app.find(ft.FilledButton, key="override-send")
        assert app.state.lanes.dragged is None


async def test_what_is_over_is_left_out_and_a_drag_over_the_past_asks_nothing() -> None:
    async with at(LANES) as app:
        week = (412 - 32) / 7
        await drag(app, 0, week * 6.5, week * 4.5)
        await app.until(lambda: isinstance(app.state.schedule.asking, Draft))
        draft = app.state.schedule.asking
        assert isinstance(draft, Draft)
        assert draft.whole.start == app.clock.now().replace(second=0, microsecond=0)
        await app.tap(key="cancel")
        await drag(app, 0, week * 0.5, week * 1.5)
        assert app.state.schedule.asking is None


async def test_a_lane_of_a_role_beside_others_is_overridden_in_that_role() -> None:
    api = FakeApi()
    api.schedules.rotas = [structs.replace(platform(), may_edit=True)]
    async with at(LANES, api) as app:
        week = (412 - 32) / 7
        lanes = len(app.find(ft.GestureDetector))
        await drag(app, lanes - 1, week * 2.5)
        await app.until(lambda: isinstance(app.state.schedule.asking, Draft))
        draft = app.state.schedule.asking
        assert isinstance(draft, Draft)
        assert (draft.whole.scope.kind, draft.whole.scope.role_id) == ("role", "backup")


async def test_who_may_not_edit_drags_nothing_but_opens_every_slot() -> None:
    api = FakeApi()
    api.schedules.rotas = [structs.replace(each, may_edit=False) for each in rotas()]
    async with at(LANES, api) as app:
        assert not app.find(ft.GestureDetector)
        assert not app.says("Drag across a lane")
        slots = app.find(ft.TextButton, key="slot-2026-11-25-primary")
        assert len(slots) == 1
        await app.fire(slots[0])
        await app.until(lambda: app.says("Bo Lindqvist, Primary"))
        assert app.says("Override by Mei Chen")


async def test_hours_of_nobody_are_named_and_can_be_filled() -> None:
    async with at(LANES) as app:
        assert app.says("No one on call: Payments primary")
        assert app.says("A layer has ended.")
        await app.tap(key="fill-202612140800")
        await app.until(lambda: app.find(ft.FilledButton, key="override-send"))


async def test_weeks_of_which_the_device_knows_no_overrides_are_not_shown() -> None:
    async with at(LANES) as app:
        moves = 0
        while app.find(ft.IconButton, key="before") and moves < 9:
            await app.fire(app.one(ft.IconButton, key="before"))
            moves += 1
        assert moves == 1, "two weeks back; those before them reach further than 28 days"
        await app.tap(key="today")
        assert app.says("16 to 29 November")


async def test_a_tablet_shows_two_weeks_in_one_row_with_the_people_beside() -> None:
    async with HeadlessApp(width=1280, height=800, route=LANES) as app:
        await app.until(lambda: app.says("Payments primary"))
        assert len(app.find(ft.GestureDetector)) == 2
        assert app.find(ft.ProgressBar)
        await app.tap(key="lane-s-pay-2")
        await app.until(lambda: app.state.place.route == "/schedules/s-pay-2")
        assert app.says("All schedules"), "the list stands beside one that is open"


async def test_without_schedules_and_without_an_answer_it_says_so() -> None:
    api = FakeApi()
    api.schedules.rotas = []
    async with at(LANES, api) as app:
        assert app.says("No schedule yet")
    api = FakeApi()
    api.refuse(routes.SCHEDULE_ROTAS, 403, "forbidden")
    async with at(LANES, api) as app:
        assert app.says("You may see this, but not do it.")


async def test_an_override_shows_who_is_on_call_before_and_after_it() -> None:
    async with at("/schedules/s-pay-1") as app:
        await app.tap(key="slot-2026-11-24-primary")
        await app.tap(key="slot-override")
        assert not app.says("After")
        assert isinstance(app.state.schedule.asking, Draft)
        app.state.schedule.asking.fill(structs.replace(app.state.schedule.asking.whole, user_id=BO.id))
        await app.until(lambda: app.says("After"))
        assert app.says("Before")


def test_everybody_of_a_team_has_one_colour_on_all_of_its_calendars() -> None:
    numbers = numbers_of(rotas(), JONAS.id)
    assert JONAS.id not in numbers
    one = structs.replace(primary(), schedule=Ref("s-z", "Zebra"))
    assert numbers_of([*rotas(), one], JONAS.id) == numbers
    own = numbers_of([primary()], JONAS.id)
    assert sorted(own.values()) == list(range(len(own)))
    assert numbers_of([primary()], MEI.id).keys() == {JONAS.id} | set(own) - {MEI.id}


def test_whoever_is_in_two_teams_has_one_colour_and_shares_it_with_nobody_of_either() -> None:
    """Wherever two people stand in one grid, their colours differ; the same person looks the same everywhere."""
    numbers = numbers_of(rotas(), JONAS.id)
    for team in {each.team for each in rotas()}:
        people = {user for each in rotas() if each.team == team for user in each.people} & numbers.keys()
        assert len({numbers[each] for each in people}) == len(people)


def test_colours_of_people_can_be_read_and_seen() -> None:
    """WCAG 2.2: 4.5 : 1 for text, 3 : 1 for what is drawn; each has a foot of its own."""
    assert len(set(FEET)) == len(FEET)
    for brightness, colours in COLOURS.items():
        for ground, edge, ink in colours:
            assert _contrast(ink, ground) >= 7.9
            assert _contrast(edge, PALETTES[brightness].raised) >= 3.2


def _contrast(one: str, other: str) -> float:
    lighter, darker = sorted((_light(one), _light(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _light(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
