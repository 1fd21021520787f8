"""My shifts as a month, with the covers that I gave and took; and shifts that last longer than what is looked at."""

from datetime import timedelta

import flet as ft
import msgspec

from shared.domain.on_call.schedules import shifts
from tests.kit.fake_api import FakeApi
from tests.kit.headless_app import HeadlessApp
from tests.kit.night import ANA, JONAS, NOW
from tests.kit.nordwind_covers import requests
from tests.kit.opened import at


def label(app: HeadlessApp, key: str) -> str:
    button = app.find(ft.TextButton, key=key)[-1]
    return str(next(each.semantics_label for each in app.find(ft.Text) if each in _texts(button)))


def _texts(button: ft.TextButton) -> list[ft.Text]:
    content = button.content
    assert isinstance(content, ft.Column)
    return [each for each in content.controls if isinstance(each, ft.Text)]


async def test_the_last_shift_of_a_range_is_told_with_its_real_end() -> None:
    async with at("/schedules/mine") as app:
        await app.tap(key="choice-four_days")
        mine = app.state.my_shifts
        found = mine.answer(app.state.look.person, app.state.look.zone_name)
        assert found is not None
        edge = mine.window(app.state.look.zone_name)[1]
        last = found.items[-1]
        assert last.shift.end > edge, "it lasts longer than the range"
        rota = next(each.rota for each in app.state.rotas.items or () if each.schedule.id == last.schedule.id)
        real = [each for each in shifts(rota, NOW, NOW + timedelta(days=60)) if each.start == last.shift.start]
        assert last.shift.end == real[0].end
        assert not last.shift.continues_after
        assert not app.says("and on")


async def test_a_running_shift_asks_for_what_is_left_of_it() -> None:
    async with at("/schedules/mine") as app:
        names = [str(each.tooltip) for each in app.find(ft.IconButton) if str(each.key).startswith("ask-")]
        assert names[0] == "Ask for cover of the rest, until Sat 21 Nov 09:00"
        assert all(name.startswith("Ask for cover of ") for name in names)


async def test_a_month_marks_my_days_and_tells_a_day_that_is_picked() -> None:
    async with at("/schedules/mine") as app:
        await app.tap(key="choice-calendar")
        assert app.says("November 2026")
        assert label(app, "mine-2026-11-24").startswith("Tue 24 Nov, Payments")
        assert label(app, "mine-2026-11-22") == "Sun 22 Nov, not on call"
        await app.tap(key="mine-2026-11-24")
        assert app.says("Mon 23 Nov 09:00 to Wed 25 Nov 09:00")
        await app.tap(key="month-after")
        assert app.says("December 2026")
        assert app.preferences.kept["my_view"] == "calendar"


async def test_covers_given_and_taken_are_listed_with_who_and_when() -> None:
    api = FakeApi()
    one = requests()[0]
    start = NOW + timedelta(days=2)
    agreed = {"state": "accepted", "needs_approval": False, "start": start, "end": start + timedelta(days=1)}
    given = msgspec.structs.replace(one, id="c-given", requester=JONAS, accepted_by=ANA, **agreed)
    taken = msgspec.structs.replace(one, id="c-taken", requester=ANA, accepted_by=JONAS, **agreed)
    open_one = msgspec.structs.replace(one, id="c-open", requester=JONAS, accepted_by=None, start=start)
    api.covers.requests = [given, taken, open_one]
    async with at("/schedules/mine", api) as app:
        await app.until(lambda: app.says("Covers given and taken"))
        assert app.says("Ana Ruiz stands in for you on ")
        assert app.says("You stand in for Ana Ruiz on ")
        assert not app.find(ft.TextButton, key="swap-c-open")
        await app.tap(key="choice-calendar")
        day = (start + timedelta(hours=12)).astimezone(app.state.look.zone).date()
        assert "Ana Ruiz stands in for you" in label(app, f"mine-{day.isoformat()}")
        await app.tap(key="swap-c-given")
        assert app.page.route == "/covers/c-given"
