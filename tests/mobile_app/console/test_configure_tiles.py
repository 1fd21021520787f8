"""Configure as five questions: tiles that say how their objects do, and what endangers pages on top."""

import flet as ft
import pytest

from phone.console.configure import GROUPS, PAGES
from phone.console.kinds import SHOWN
from tests.kit.headless_app import HeadlessApp, texts_of
from tests.mobile_app.console.test_console import console


def tiles(app: HeadlessApp) -> dict[str, str]:
    found = app.find(ft.TextButton)
    return {str(each.key): " ".join(texts_of(each)) for each in found if str(each.key or "").startswith("kind-")}


def test_every_kind_and_page_belongs_to_one_question() -> None:
    named = [slug for slugs in GROUPS.values() for slug in slugs]
    assert sorted(named) == sorted([*(each.slug for each in SHOWN), *PAGES])


@pytest.mark.parametrize("width", [1280, 1024, 840, 412])
async def test_each_tile_tells_what_is_wrong_first_and_else_which_there_are(width: int) -> None:
    async with console("/configure", width=width) as app:
        await app.until(lambda: "Payments 24×7, Platform" in tiles(app).get("kind-policies", ""))
        assert "Pages nobody" in tiles(app)["kind-services"]
        assert "Refused 14 requests" in tiles(app)["kind-integrations"]
        said = app.texts()
        assert {"Alerts in", "On call", "People", "Ways out", "Proof"} <= set(said)


async def test_a_tile_leads_to_its_list_and_the_strip_to_the_nearest_danger() -> None:
    async with console("/configure") as app:
        await app.until(lambda: app.find(ft.TextButton, key="danger"))
        assert app.says("things could keep a page from arriving.")
        await app.tap(key="danger")
        assert app.page.route == "/configure/coverage"
        await app.goto("/configure")
        await app.tap(key="kind-teams")
        assert app.page.route == "/configure/teams"
