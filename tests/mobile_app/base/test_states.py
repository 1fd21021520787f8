"""What the app knows: every store asks by one base, and signing out empties all of them."""

from typing import Any

import flet as ft
import msgspec

from phone.app import CHOSEN_SCOPE
from phone.base.state import State
from tests.kit.fake_api import FakeApi
from tests.kit.headless_app import HeadlessApp

OF_THE_DEVICE = {"look", "link", "place", "session", "shortcuts", "toast"}
"""What belongs to the window, whoever is signed in."""
OF_NOBODY = {"language", "theme", "text_size", "server"}
"""What the device keeps for whoever comes next."""
KEEPS = {"outbox": "verbs on their way wait for the same person, and are dropped when another signs in"}
EVERY_SCREEN = (
    "/incidents/inc-4821",
    "/alerts/a-1",
    "/events/ev-1",
    "/on-call",
    "/covers/cover-ana",
    "/schedules/mine",
    "/schedules/s-pay-1",
    "/status-pages/page-nordwind/events/e15",
    "/outbox",
    "/me",
    "/me/security",
    "/me/time-off",
    "/configure/people/u-bo",
    "/configure/schedules/s-pay-1",
    "/configure/service-calendars/new",
    "/configure/audit",
    "/configure/coverage",
    "/first-run",
)


async def test_every_store_is_one_that_signing_out_empties() -> None:
    async with HeadlessApp(FakeApi()) as app:
        stores = {name: each for name, each in vars(app.state).items() if isinstance(each, ft.Observable)}
        known = {id(each) for each in app.state.client.states}
        unknown = {name for name, each in stores.items() if id(each) not in known}
        assert unknown == OF_THE_DEVICE | set(KEEPS)
        assert len(stores) > 30


async def test_nothing_of_a_person_is_left_when_they_sign_out() -> None:
    api = FakeApi()
    api.as_role("admin", "incidents:act", "configuration:edit", "people:edit")
    async with HeadlessApp(api, width=1280) as app:
        before = {id(each): snapshot(each) for each in app.state.client.states}
        app.state.client.states[0].forget()
        for address in EVERY_SCREEN:
            await app.goto(address)
            await app.settle(0.02)
        full = [each for each in app.state.client.states if len(snapshot(each)) > len(before[id(each)])]
        assert len(full) > 12, "the walk has filled nothing"
        await app.state.schedule.choose(highlights_mine=True)
        await app.state.my_shifts.choose("month")
        await app.state.session.is_same_person()
        await app.state.preferences.set(f"{CHOSEN_SCOPE}.{app.state.look.person}", "all")
        kept = set(app.preferences.kept) - OF_NOBODY
        assert kept >= {"person", "zone", "calendar", "my_range", "incidents"}, "the walk has kept little"
        await app.state.sign_out()
        await app.until(lambda: "last_seen" not in app.preferences.kept)
        assert set(app.preferences.kept) - OF_NOBODY == set()
        assert app.secrets.kept == {}
        assert {type(each).__name__: left for each in app.state.client.states if (left := people_in(each))} == {}


def snapshot(store: Any) -> str:
    """What it holds of what the server said."""
    held = {name: each for name, each in vars(store).items() if is_held(name, each)}
    return repr(sorted(held.items(), key=lambda pair: pair[0]))


def people_in(store: Any) -> list[str]:
    return [name for name in ("u-ana", "u-bo", "Ana Ruiz", "Bo Lindqvist") if name in snapshot(store)]


def is_held(name: str, each: Any) -> bool:
    plain = (str, int, float, bool, tuple, list, dict, set, frozenset, msgspec.Struct, type(None))
    return not isinstance(each, State) and isinstance(each, plain) and not name.startswith("__")
