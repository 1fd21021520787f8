"""Incidents on a tablet: the first is open beside the list, and its buttons stand in one row."""

import flet as ft
import pytest

from shared.wire.sessions import Language
from tests.kit.fake_api import FakeApi
from tests.kit.headless_app import HeadlessApp, under

VERBS = ("acknowledge", "escalate", "snooze", "reassign", "more")


def row_of(app: HeadlessApp) -> list[str]:
    """The verbs that stand side by side in one row with the filled button."""
    for row in app.find(ft.Row):
        cells = [[str(part.key) for part in under(each, ft.Control) if part.key in VERBS] for each in row.controls]
        if not row.wrap and ["acknowledge"] in cells and all(len(each) <= 1 for each in cells):
            return [key for each in cells for key in each]
    return []


async def test_the_first_that_waits_is_open_beside_the_list_until_another_is_picked() -> None:
    async with HeadlessApp(width=1280, height=800, route="/incidents") as app:
        await app.until(lambda: app.says("What happens next"))
        first = app.state.incidents.groups[0][0]
        assert app.state.incident.id == first.id
        assert app.find(ft.Semantics, text=first.title)
        assert not app.says("Pick an incident")
        other = next(each for each in app.state.incidents.items if each.id != first.id)
        await app.tap(key=f"row-{other.id}")
        await app.until(lambda: app.state.incident.id == other.id)
        assert app.page.route == f"/incidents/{other.id}"


async def test_what_is_open_stays_when_another_comes_in_before_it() -> None:
    api = FakeApi()
    async with HeadlessApp(api, width=1280, height=800, route="/incidents") as app:
        await app.until(lambda: app.state.incident.incident is not None)
        opened = app.state.incident.id
        items = app.state.incidents.items
        later = [each for each in items if each.id != opened]
        app.state.incidents.items = (*later, *(each for each in items if each.id == opened))
        await app.settle()
        assert app.state.incident.id == opened


async def test_where_nothing_is_listed_it_asks_for_nothing() -> None:
    api = FakeApi()
    api.incidents.clear()
    async with HeadlessApp(api, width=1280, height=800, route="/incidents") as app:
        await app.until(lambda: app.state.incidents.status == "ready")
        assert app.says("Pick an incident")
        assert app.state.incident.id is None


async def test_nothing_is_opened_unasked_on_a_phone() -> None:
    async with HeadlessApp(route="/incidents") as app:
        await app.until(lambda: app.state.incidents.items)
        assert app.state.incident.id is None


@pytest.mark.parametrize("width", [1024, 1280, 1440])
@pytest.mark.parametrize("language", ["en", "zh"])
async def test_the_buttons_stand_in_one_row(width: int, language: Language) -> None:
    async with HeadlessApp(FakeApi(language=language), width=width, height=800, route="/incidents/inc-4821") as app:
        await app.until(lambda: row_of(app))
        assert row_of(app) == list(VERBS)


@pytest.mark.parametrize(("width", "size"), [(1024, "200"), (840, "100"), (412, "100")])
async def test_where_words_would_be_cut_the_signs_stand_below(width: int, size: str) -> None:
    app = HeadlessApp(width=width, height=800, route="/incidents/inc-4821")
    app.preferences.kept["text_size"] = size
    async with app:
        await app.until(lambda: app.find(ft.FilledButton, key="acknowledge"))
        assert row_of(app) == []
        assert app.find(ft.TextButton, key="reassign")
