"""Time off that Ana enters and a cover that Bo accepts, each in a browser of their own, against a real server."""

import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page

from tests.kit.browser import PATIENCE_MS, chromium, open_app, sees, sign_in
from tests.kit.installation import ADMIN, FIRST_ADMIN, Api, dogwatch

PASSWORD = "seven lanterns over the harbour"
PEOPLE = {"Ana Ruiz": "ana@example.com", "Bo Lindqvist": "bo@example.com", "陈梅": "mei@example.com"}


async def rota(api: Api) -> str:
    """Ana and 陈梅 take turns, a day each; Bo is of the team and has no turn."""
    team = (await api.call("POST", "/api/v1/teams", {"name": "Payments"}))["id"]
    ids: dict[str, str] = {}
    for name, email in PEOPLE.items():
        body = {"name": name, "email": email, "password": PASSWORD, "role": "responder", "team_ids": [team]}
        ids[name] = (await api.call("POST", "/api/v1/users", body))["id"]
    groups = [{"members": [{"user_id": ids[name], "role_id": "primary"}]} for name in ("Ana Ruiz", "陈梅")]
    layer = {"name": "Turns", "start": "2026-01-01T00:00", "rotation": {"unit": "day"}, "groups": groups}
    body = {"name": "Payments watch", "team_id": team, "time_zone": "UTC", "layers": [layer]}
    return (await api.call("POST", "/api/v1/schedules", body))["id"]


async def press(page: Page, name: str) -> None:
    await page.get_by_role("button", name=re.compile(name)).last.click(timeout=PATIENCE_MS)


async def next_of(api: Api) -> Any:
    """Ana's next shift that has not begun."""
    now: str = (await api.call("GET", "/api/v1/me/on-call"))["next"]["start"]
    return datetime.fromisoformat(now)


@pytest.mark.browser
async def test_ana_enters_time_off_and_bo_who_accepts_is_on_call_then(tmp_path: Path) -> None:
    async with dogwatch(tmp_path, FIRST_ADMIN) as (api, site, _), chromium() as browser:
        await api.sign_in(ADMIN["email"], ADMIN["password"])
        ident = await rota(api)
        start = await next_of(await Api(api.url).sign_in(PEOPLE["Ana Ruiz"], PASSWORD))

        ana = await open_app(browser, site)
        await sign_in(ana, PEOPLE["Ana Ruiz"], PASSWORD)
        await press(ana, "^On call")
        await press(ana, "^Time off")
        await sees(ana, "^1 of your shifts is inside")
        await press(ana, "^Change")
        await press(ana, "陈梅")
        await press(ana, "^Ask Bo and 陈梅$")
        await sees(ana, "Time off entered, cover asked for one shift")

        bo = await open_app(browser, site)
        await sign_in(bo, PEOPLE["Bo Lindqvist"], PASSWORD)
        await press(bo, "^On call")
        await sees(bo, "Ana Ruiz asks you to stand in")
        await press(bo, "^Accept$")
        await sees(bo, "You are on call then, and Ana Ruiz is told at once")
        await press(bo, "^Accept$")
        await sees(bo, "Accepted: you are on call then")

        noon = (start + timedelta(hours=12)).isoformat()
        [entry] = (await api.call("GET", f"/api/v1/schedules/{ident}/on-call", params={"at": noon}))["entries"]
        assert entry["name"] == "Bo Lindqvist"
        [off] = (await (await Api(api.url).sign_in(PEOPLE["Ana Ruiz"], PASSWORD)).call("GET", "/api/v1/me/time-off"))[
            "items"
        ]
        assert datetime.fromisoformat(off["start"]) == start
        await press(ana, "^All requests for cover")
        await sees(ana, "Bo Lindqvist is on call then")
