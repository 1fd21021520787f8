"""A schedule made by hand: the preset, people, what the preview says, and what the server then answers."""

import contextlib
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, TimeoutError

from tests.kit.browser import PATIENCE_MS, chromium, open_app, sees, sign_in, write
from tests.kit.installation import ADMIN, FIRST_ADMIN, Api, dogwatch
from tests.kit.processes import until

TALL = (1280, 2400)
PEOPLE = {"Ana Ruiz": "ana@example.com", "Bo Lindqvist": "bo@example.com"}


async def payments(api: Api) -> str:
    """A team with two people in it."""
    team = await api.call("POST", "/api/v1/teams", {"name": "Payments"})
    for name, email in PEOPLE.items():
        await api.call(
            "POST",
            "/api/v1/users",
            {"name": name, "email": email, "password": "a long enough password", "team_ids": [team["id"]]},
        )
    return str(team["id"])


async def press(page: Page, name: str, *, exact: bool = False) -> None:
    found = page.get_by_role("button", name=name if exact else re.compile(re.escape(name)), exact=exact)
    await found.first.click(timeout=PATIENCE_MS)


async def fill(page: Page, name: str, text: str) -> None:
    await write(page, page.get_by_role("textbox", name=re.compile(name)).first, text)


async def created(api: Api, page: Page) -> dict[str, Any]:
    """Tap until the server has it: a tap on what is drawn anew at that moment goes nowhere."""
    button = page.get_by_role("button", name="Create", exact=True).first

    async def first() -> dict[str, Any] | None:
        if await button.count():
            with contextlib.suppress(TimeoutError):
                await button.click(timeout=2_000)
        items = (await api.call("GET", "/api/v1/schedules"))["items"]
        return items[0] if items else None

    return await until("the schedule is saved", first)


def shape(layer: dict[str, Any], names: dict[str, str]) -> list[tuple[str, str]]:
    """Who has which turn in which role."""
    members = [member for group in layer["groups"] for member in group["members"]]
    return [(names[member["user_id"]], member["role_id"]) for member in members]


@pytest.mark.browser
async def test_primary_and_backup_are_made_from_the_preset_seen_ahead_and_saved(tmp_path: Path) -> None:
    async with dogwatch(tmp_path, FIRST_ADMIN) as (api, site, _), chromium() as browser:
        await api.sign_in(ADMIN["email"], ADMIN["password"])
        team = await payments(api)
        page = await open_app(browser, site, size=TALL)
        await sign_in(page, ADMIN["email"], ADMIN["password"])
        await press(page, "Configure")
        await press(page, "week by week")
        await press(page, "New schedule")
        await fill(page, "^Name", "Payments on call")
        await press(page, "Primary and backup")
        await sees(page, "Choose people in every layer")
        await press(page, "Add people")
        await press(page, "Bo Lindqvist")
        await press(page, "Ana Ruiz")
        await press(page, "Add 2 people", exact=True)
        await press(page, "Backup Every week")
        await press(page, "Same people as Primary")
        await sees(page, r"\d\d:\d\d to Mon \d+ \w+ 10:00")
        saved = await created(api, page)
        await sees(page, "2 layers. Every week, handoff Mon 10:00, as Primary: Bo Lindqvist and Ana Ruiz")
        names = {each["id"]: each["name"] for each in (await api.call("GET", "/api/v1/users"))["items"]}
        assert saved["name"] == "Payments on call"
        assert saved["team_id"] == team
        assert [shape(layer, names) for layer in saved["layers"]] == [
            [("Bo Lindqvist", "primary"), ("Ana Ruiz", "primary")],
            [("Ana Ruiz", "backup"), ("Bo Lindqvist", "backup")],
        ]
        on_call = (await api.call("GET", f"/api/v1/schedules/{saved['id']}/on-call"))["entries"]
        assert sorted(entry["role_id"] for entry in on_call) == ["backup", "primary"]
