"""A window that comes back to its session, at the address that it has now."""

import pytest

from tests.kit.headless_app import HeadlessApp, ident


@pytest.mark.parametrize("route", ["/on-call", "/incidents/inc-4820"])
async def test_a_window_that_comes_back_elsewhere_shows_what_stands_there(route: str) -> None:
    async with HeadlessApp(route="/incidents/inc-4815") as app:
        await app.session.dispatch_event(ident(app.page), "disconnect", None)
        app.session.apply_page_patch({"route": route})
        await app.session.dispatch_event(ident(app.page), "connect", None)
        await app.until(lambda: app.state.place.route == route)


async def test_a_window_that_changed_while_nobody_listened_is_drawn_in_its_width() -> None:
    async with HeadlessApp(width=412) as app:
        await app.session.dispatch_event(ident(app.page), "disconnect", None)
        app.session.apply_page_patch({"width": 1280})
        await app.session.dispatch_event(ident(app.page), "connect", None)
        await app.until(lambda: app.state.look.is_split)


async def test_a_session_that_begins_anew_shows_the_segment_that_was_chosen() -> None:
    async with HeadlessApp() as app:
        await app.tap(key="choice-mine")
        await app.until(lambda: app.state.incidents.scope == "mine")
        kept = app.preferences
    again = HeadlessApp()
    again.preferences = kept
    async with again as app:
        await app.until(lambda: app.state.incidents.status == "ready")
        assert app.state.incidents.scope == "mine"


async def test_a_sheet_says_that_the_server_is_gone() -> None:
    async with HeadlessApp(route="/incidents/inc-4821") as app:
        await app.tap(text="Snooze")
        told = "What stands here may be old."
        assert not app.says(told)
        app.api.offline = True
        await app.state.refresh()
        await app.until(lambda: app.says(told))
        app.api.offline = False
        await app.state.refresh()
        await app.until(lambda: not app.says(told))
