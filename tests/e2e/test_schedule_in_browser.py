"""An override made from a slot of the calendar, and my shifts in all five ranges, against a real server."""

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page

from phone.base.i18n import Words
from phone.base.moments import day_date
from phone.base.weeks import next_month
from tests.kit.browser import PATIENCE_MS, chromium, open_app, sees, sign_in
from tests.kit.installation import ADMIN, FIRST_ADMIN, Api, dogwatch

WORDS = Words("en")
DAYS = {"day": 1, "four_days": 4, "week": 7, "two_weeks": 14}


async def rota(api: Api) -> str:
    """The administrator and Bo take turns, a day each, at midnight UTC."""
    me = await api.call("GET", "/api/v1/me")
    team = (await api.call("POST", "/api/v1/teams", {"name": "Payments"}))["id"]
    bo = {"name": "Bo Lindqvist", "email": "bo@example.com", "password": "seven lanterns over the harbour"}
    user = (await api.call("POST", "/api/v1/users", {**bo, "role": "responder", "team_ids": [team]}))["id"]
    await api.call("POST", f"/api/v1/teams/{team}/members", {"user_id": me["id"]})
    groups = [{"members": [{"user_id": each, "role_id": "primary"}]} for each in (me["id"], user)]
    layer = {"name": "Turns", "start": "2026-01-01T00:00", "rotation": {"unit": "day"}, "groups": groups}
    body = {"name": "Payments watch", "team_id": team, "time_zone": "UTC", "layers": [layer]}
    return (await api.call("POST", "/api/v1/schedules", body))["id"]


async def press(page: Page, name: str) -> None:
    await page.get_by_role("button", name=re.compile(name)).last.click(timeout=PATIENCE_MS)


async def today(api: Api, ident: str) -> date:
    """The server's, in the schedule's zone."""
    at: str = (await api.call("GET", f"/api/v1/schedules/{ident}/on-call"))["at"]
    return datetime.fromisoformat(at).astimezone(UTC).date()


async def shifts(api: Api, path: str, start: date, end: date) -> list[Any]:
    span = {"from": f"{start.isoformat()}T00:00:00Z", "to": f"{end.isoformat()}T00:00:00Z"}
    return (await api.call("GET", path, params=span))["items"]


@pytest.mark.browser
async def test_somebody_stands_in_and_every_range_shows_what_is_left(tmp_path: Path) -> None:
    async with dogwatch(tmp_path, FIRST_ADMIN) as (api, site, _), chromium() as browser:
        await api.sign_in(ADMIN["email"], ADMIN["password"])
        ident = await rota(api)
        now = await today(api, ident)
        mine = await shifts(api, "/api/v1/me/shifts", now, now + timedelta(days=3))
        day = max(datetime.fromisoformat(each["shift"]["start"]).date() for each in mine)

        page = await open_app(browser, site)
        await sign_in(page, ADMIN["email"], ADMIN["password"])
        await press(page, "^Schedules")
        await press(page, f"^{day_date(WORDS, day)}; ")
        await press(page, "^Override this day")
        await press(page, "^Bo Lindqvist")
        await sees(page, "Instead of you")
        await press(page, "^Put Bo Lindqvist on call")
        await sees(page, "The override is set")
        [stood_in] = await shifts(api, f"/api/v1/schedules/{ident}/shifts", day, day + timedelta(days=1))
        assert stood_in["override_id"] is not None
        await sees(page, f"^{day_date(WORDS, day)}; Bo Lindqvist, Primary, .*, override")

        await page.goto(f"{site}/schedules/mine")
        await page.wait_for_selector("flt-semantics-placeholder", state="attached")
        await page.evaluate("document.querySelector('flt-semantics-placeholder').click()")
        left = mine
        for chosen in (*DAYS, "month"):
            end = next_month(now) if chosen == "month" else now + timedelta(days=DAYS[chosen])
            left = await shifts(api, "/api/v1/me/shifts", now, end)
            await press(page, f"^{WORDS(f'mine.{chosen}_long')}")
            if left:
                await sees(page, f"^{len(left)} shifts?, ")
            else:
                await sees(page, "^No shift of yours")
        # 13 to 16 days of a month without the one that Bo has taken.
        assert len(left) > 12
