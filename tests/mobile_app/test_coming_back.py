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
