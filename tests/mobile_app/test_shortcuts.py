"""Keys that do something by themselves, and the list of them."""

import flet as ft
import pytest

from phone.base.i18n import LANGUAGES, Words
from phone.search.shortcuts import KEYS, SHORTCUTS, meant
from phone.start import press
from shared.wire.sessions import Language
from tests.kit.headless_app import HeadlessApp


async def key(app: HeadlessApp, name: str, *, shift: bool = False) -> None:
    event = ft.KeyboardEvent(
        name="keyboard_event", control=app.page, key=name, shift=shift, ctrl=False, alt=False, meta=False
    )
    press(app.state, event)
    await app.settle()


def test_every_key_is_listed() -> None:
    listed = {name for names in SHORTCUTS.values() for name in names}
    assert set(KEYS.values()) <= listed


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_key_is_told_in_both_languages(language: Language) -> None:
    words = Words(language)
    for names in SHORTCUTS.values():
        assert all(words.has(f"shortcut.{name}") and words.has(f"keys.{name}") for name in names)


def test_with_ctrl_all_but_the_search_belongs_to_the_browser() -> None:
    assert meant("K", shift=False, command=True) == "search"
    assert meant("R", shift=False, command=True) is None
    assert meant("/", shift=True, command=False) == meant("?", shift=True, command=False) == "list"


async def test_a_question_mark_lists_them_and_no_key_acts_behind_the_list() -> None:
    async with HeadlessApp(width=1280, height=800, route="/incidents") as app:
        await app.until(lambda: app.state.incident.incident is not None)
        await key(app, "?", shift=True)
        await app.until(lambda: app.says("Keyboard shortcuts"))
        assert app.says("The next incident of the list")
        await key(app, "A")
        assert not app.state.outbox.pending
        assert not [path for method, path in app.api.calls if method == "POST" and "acknowledge" in path]
        await key(app, "Escape")
        assert not app.state.shortcuts.is_open
        await key(app, "A")
        await app.until(lambda: [path for method, path in app.api.calls if method == "POST" and "acknowledge" in path])


async def test_the_list_is_walked_and_an_incident_acknowledged_without_a_pointer() -> None:
    async with HeadlessApp(width=1280, height=800, route="/incidents") as app:
        await app.until(lambda: app.state.incident.incident is not None)
        waiting, rest = app.state.incidents.groups
        order = [each.id for each in (*waiting, *rest)]
        await key(app, "J")
        assert app.page.route == f"/incidents/{order[1]}"
        await app.until(lambda: app.state.incident.incident is not None and app.state.incident.id == order[1])
        await key(app, "K")
        assert app.page.route == f"/incidents/{order[0]}"
        await app.until(lambda: app.state.incident.incident is not None and app.state.incident.id == order[0])
        await key(app, "a")
        await app.until(lambda: [path for method, path in app.api.calls if method == "POST" and "acknowledge" in path])


async def test_a_letter_that_is_written_is_a_letter() -> None:
    async with HeadlessApp(width=1280, height=800, route="/incidents") as app:
        await app.until(lambda: app.state.incident.incident is not None)
        app.state.look.hands.write(True)
        for each in ("A", "X", "2", "?"):
            await key(app, each)
        assert app.page.route == "/incidents"
        assert not app.state.selection.ids
        assert not app.state.shortcuts.is_open


async def test_incidents_are_selected_by_keys_and_said_to_be_checked() -> None:
    async with HeadlessApp(width=1280, height=800, route="/incidents") as app:
        await app.until(lambda: app.state.incident.incident is not None)
        await key(app, "X")
        opened = app.state.incident.id
        await app.until(lambda: app.state.selection.ids)
        checked = {each.checked for each in app.find(ft.Semantics) if each.checked is not None}
        assert checked == {True, False}
        assert opened in app.state.selection.ids
        await key(app, "X")
        assert not app.state.selection.ids


async def test_digits_go_to_the_screens_in_order() -> None:
    async with HeadlessApp(width=1280, height=800, route="/incidents") as app:
        await key(app, "3")
        assert app.page.route == "/on-call"


async def test_at_the_bare_address_after_signing_in_keys_mean_the_same() -> None:
    async with HeadlessApp(width=1280, height=800, route="/") as app:
        await app.until(lambda: app.state.incident.incident is not None)
        assert app.state.place.route == "/"
        await key(app, "A")
        await app.until(
            lambda: [path for method, path in app.api.calls if method == "POST" and "acknowledge" in path], within_s=3
        )


async def test_a_field_that_went_with_its_screen_keeps_no_keys_from_acting() -> None:
    async with HeadlessApp(width=1280, height=800, route="/covers") as app:
        app.state.look.hands.write(True)
        await app.goto("/incidents")
        await key(app, "?", shift=True)
        assert app.state.shortcuts.is_open
