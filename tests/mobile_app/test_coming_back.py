"""A window that comes back to its session, at the address that it has now; a server that goes away and comes back."""

import pytest

from shared.wire import routes
from tests.kit.fake_api import FakeApi
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


def die(api: FakeApi) -> None:
    """As the server's processes do when they are killed."""
    api.offline = api.live.refuse = True
    for socket in list(api.live.sockets):
        socket.close(1006)


@pytest.mark.parametrize("route", ["/incidents", "/incidents/inc-4821", "/on-call", "/me", "/first-run", "/configure"])
async def test_a_server_that_dies_is_missed_on_every_screen_although_nothing_is_asked_of_it(route: str) -> None:
    api = FakeApi()
    api.as_role("owner", "incidents:act", "configuration:edit")
    async with HeadlessApp(api, route=route) as app:
        assert not app.says("No connection to the server")
        die(api)
        await app.until(lambda: app.says("No connection to the server"))
        api.offline = api.live.refuse = False
        await app.until(lambda: not app.says("No connection to the server"))


async def test_without_the_server_nobody_claims_that_all_is_quiet() -> None:
    api = FakeApi()
    api.incidents = []
    async with HeadlessApp(api) as app:
        assert app.says("All quiet")
        assert app.says("Nothing is waiting for you.")
        die(api)
        await app.until(lambda: app.says("The server does not answer."))
        assert app.says("Not known now whether something waits for you.")
        for claim in ("All quiet", "Nothing is waiting", "live"):
            assert not app.says(claim)


async def test_a_lost_socket_alone_is_no_lost_server() -> None:
    api = FakeApi()
    async with HeadlessApp(api) as app:
        api.live.refuse = True
        api.live.sockets[0].close(1006)
        await app.until(lambda: app.says("reconnecting"))
        await app.until(lambda: ("GET", routes.HEALTH) in api.calls)
        await app.settle()
        assert not app.says("No connection to the server")
