"""What changes other people's nights can be taken back for a while: an override, the pager, time off, a request."""

import flet as ft

from phone.base.draft import Draft
from phone.schedules.overrides.override_sheet import PERSON
from shared.wire import routes
from tests.kit.headless_app import HeadlessApp
from tests.kit.opened import at


async def take_back(app: HeadlessApp) -> None:
    await app.until(lambda: app.find(ft.TextButton, key="toast-undo"))
    assert app.state.toast.message is not None
    assert app.state.toast.message.shown_for_s == 10
    await app.undo()
    await app.until(lambda: app.says("Taken back."))


def overrides(app: HeadlessApp) -> int:
    """How many are in force or will be."""
    return sum(each.cancelled_at is None for rota in app.api.schedules.rotas for each in rota.rota.overrides)


async def test_the_pager_that_was_given() -> None:
    async with at("/on-call") as app:
        before = overrides(app)
        await app.tap(key="give-s-pay-1")
        await app.until(lambda: app.find(ft.FilledButton, key="give-send"))
        await app.until(lambda: not app.one(ft.FilledButton, key="give-send").disabled)
        await app.tap(key="give-send")
        await app.until(lambda: overrides(app) == before + 1)
        await take_back(app)
        assert overrides(app) == before


async def test_time_off_with_the_requests_that_went_with_it() -> None:
    async with at("/on-call") as app:
        await app.tap(key="off-s-pay-1")
        await app.until(lambda: app.find(ft.FilledButton, key="off-send"))
        await app.until(lambda: not app.one(ft.FilledButton, key="off-send").disabled)
        await app.tap(key="off-send")
        await app.until(lambda: app.api.covers.sent(routes.MY_TIME_OFF))
        await take_back(app)
        newest = app.api.covers.time_off[-1]
        assert newest.cancelled_at is not None
        made = [each for each in app.api.covers.requests if each.id.startswith("cover-new")]
        assert made
        assert {each.state for each in made} == {"cancelled"}


async def test_an_override() -> None:
    async with at("/schedules/s-pay-1") as app:
        before = overrides(app)
        app.state.schedule.draft()
        asking = app.state.schedule.asking
        assert isinstance(asking, Draft)
        asking.choose(PERSON, "u-bo")
        await app.state.schedule.make()
        assert overrides(app) == before + 1
        await take_back(app)
        assert overrides(app) == before
