"""How many taps each flow takes, counted with touches on what has an accessible name, in a real browser."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from playwright.async_api import Browser, Page

from tests.kit.browser import PATIENCE_MS, PHONE, chromium, sees, sign_in, switch_semantics_on
from tests.kit.installation import ADMIN, FIRST_ADMIN, Api, dogwatch

PASSWORD = "seven lanterns over the harbour"
ANA, BO = "ana@example.com", "bo@example.com"
BUDGETS = {
    "acknowledge": 1,
    "acknowledge a storm": 2,
    "escalate": 2,
    "give the pager": 2,
    "override from a slot": 3,
    "ask for cover": 3,
    "accept a cover": 2,
    "time off": 3,
    "publish from an incident": 2,
    "publish from nothing": 4,
}
"""Of a cover that is accepted the app asks once, because that can't be taken back; a message's button takes one tap."""


FRAMES_S = 0.15
"""Long enough for something that slides to be elsewhere."""


class Finger:
    """Touches, and counts them."""

    def __init__(self, page: Page) -> None:
        self.page, self.taps = page, 0

    async def at(self, name: str) -> tuple[float, float]:
        found = self.page.get_by_role("button", name=re.compile(name)).or_(self.page.get_by_label(re.compile(name)))
        await found.last.wait_for(timeout=PATIENCE_MS)
        box = await found.last.bounding_box()
        assert box is not None
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    async def settled(self, name: str) -> None:
        """What slides in has come to rest: twice at the same place."""
        at = await self.at(name)
        await asyncio.sleep(FRAMES_S)
        while (now := await self.at(name)) != at:
            at = now
            await asyncio.sleep(FRAMES_S)

    async def tap(self, name: str) -> None:
        await self.settled(name)
        await self.page.touchscreen.tap(*await self.at(name))
        self.taps += 1

    async def swipe_right(self, name: str) -> None:
        """One drag over the row that is named so."""
        _, y = await self.at(name)
        line = await self.page.context.new_cdp_session(self.page)
        await line.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": 40, "y": y}]})
        for x in range(60, 400, 20):
            await line.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [{"x": x, "y": y}]})
        await line.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        self.taps += 1

    def keeps_to(self, flow: str) -> None:
        assert self.taps <= BUDGETS[flow], f"{flow}: {self.taps} taps"


@asynccontextmanager
async def phone_of(browser: Browser, site: str, email: str) -> AsyncIterator[Finger]:
    """Somebody's phone, on Incidents."""
    context = await browser.new_context(
        viewport={"width": PHONE[0], "height": PHONE[1]}, has_touch=True, locale="en-GB"
    )
    page = await context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    await page.goto(site)
    await switch_semantics_on(page)
    await sign_in(page, email, PASSWORD)
    await sees(page, "^On call · |^Not on call")
    yield Finger(page)
    await context.close()


async def build(api: Api) -> dict[str, Any]:
    """Ana and Bo take turns, a week each, and a push reaches both."""
    team = (await api.call("POST", "/api/v1/teams", {"name": "Payments"}))["id"]
    ids: dict[str, str] = {}
    for name, email, role in (("Ana Ruiz", ANA, "manager"), ("Bo Lindqvist", BO, "responder")):
        body = {"name": name, "email": email, "password": PASSWORD, "role": role, "team_ids": [team]}
        ids[name] = (await api.call("POST", "/api/v1/users", body))["id"]
    for name, email in (("Ana Ruiz", ANA), ("Bo Lindqvist", BO)):
        person = await Api(api.url).sign_in(email, PASSWORD)
        await person.call("POST", "/api/v1/me/devices", {"name": f"{name}'s", "platform": "android", "value": name})
    groups = [{"members": [{"user_id": ids[name], "role_id": "primary"}]} for name in ids]
    layer = {"name": "Turns", "start": "2026-01-05T00:00", "rotation": {"unit": "week"}, "groups": groups}
    body = {"name": "Payments watch", "team_id": team, "time_zone": "UTC", "layers": [layer]}
    schedule = (await api.call("POST", "/api/v1/schedules", body))["id"]
    levels = [
        {"delay_s": 600, "targets": [{"kind": "schedule", "id": schedule}]},
        {"delay_s": 600, "targets": [{"kind": "user", "id": ids["Bo Lindqvist"]}]},
    ]
    policy = {"name": "Payments", "team_id": team, "rounds": 1, "levels": levels}
    policy_id = (await api.call("POST", "/api/v1/escalation-policies", policy))["id"]
    service = {"name": "checkout", "team_id": team, "policy_id": policy_id}
    service_id = (await api.call("POST", "/api/v1/services", service))["id"]
    made = {"name": "Events", "source": "events", "service_id": service_id}
    integration = await api.call("POST", "/api/v1/integrations", made)
    now = await api.call("GET", f"/api/v1/schedules/{schedule}/on-call")
    holder = now["entries"][0]["name"]
    mine = ANA if holder == "Ana Ruiz" else BO
    return {
        "team": team,
        "schedule": schedule,
        "ids": ids,
        "key": integration["key"],
        "on_call": mine,
        "other": BO if mine == ANA else ANA,
    }


async def fire(api: Api, key: str, *titles: str) -> None:
    for title in titles:
        body = {"action": "trigger", "dedup_key": str(uuid4()), "title": title, "severity": "critical"}
        await api.call("POST", f"/ingest/events/{key}", body)


@pytest.mark.browser
async def test_incidents_keep_to_their_taps(tmp_path: Path) -> None:
    async with dogwatch(tmp_path, FIRST_ADMIN) as (api, site, _), chromium() as browser:
        await api.sign_in(ADMIN["email"], ADMIN["password"])
        known = await build(api)
        async with phone_of(browser, site, known["on_call"]) as finger:
            await fire(api, known["key"], "Disk full")
            await sees(finger.page, "Disk full")
            await finger.swipe_right("^Disk full|Disk full.*Triggered")
            await sees(finger.page, "^Acknowledged")
            finger.keeps_to("acknowledge")

            await fire(api, known["key"], "Queue one", "Lag two", "Cache three")
            await sees(finger.page, "^3 incidents are waiting")
            finger.taps = 0
            await finger.tap("^Acknowledge all 3")
            await sees(finger.page, "Acknowledged 3 incidents")
            finger.keeps_to("acknowledge a storm")

            await fire(api, known["key"], "Checkout down")
            await finger.tap("Checkout down")
            await sees(finger.page, "What happens next")
            finger.taps = 0
            await finger.tap("^Escalate$")
            await finger.tap("^Escalate now")
            await sees(finger.page, "Escalated")
            finger.keeps_to("escalate")


@pytest.mark.browser
async def test_handing_over_keeps_to_its_taps(tmp_path: Path) -> None:
    async with dogwatch(tmp_path, FIRST_ADMIN) as (api, site, _), chromium() as browser:
        await api.sign_in(ADMIN["email"], ADMIN["password"])
        known = await build(api)
        async with phone_of(browser, site, known["other"]) as finger:
            await finger.tap("^On call")
            await finger.tap("^Ask for cover")
            await finger.tap("^Ask (Ana|Bo)")
            await sees(finger.page, "^Asked\\. You are told")
            finger.keeps_to("ask for cover")

        async with phone_of(browser, site, known["on_call"]) as finger:
            await finger.tap("^On call")
            await sees(finger.page, "asks you to stand in")
            finger.taps = 0
            await finger.tap("^Accept$")
            await sees(finger.page, "Take this watch")
            await finger.tap("^Accept$")
            await sees(finger.page, "Accepted: you are on call then")
            finger.keeps_to("accept a cover")


@pytest.mark.browser
async def test_time_off_and_overrides_keep_to_their_taps(tmp_path: Path) -> None:
    async with dogwatch(tmp_path, FIRST_ADMIN) as (api, site, _), chromium() as browser:
        await api.sign_in(ADMIN["email"], ADMIN["password"])
        known = await build(api)
        async with phone_of(browser, site, known["on_call"]) as finger:
            await finger.tap("^Give pager")
            await finger.tap("^Give (Ana|Bo).* the pager until")
            await sees(finger.page, "has the pager until")
            finger.keeps_to("give the pager")

        async with phone_of(browser, site, known["other"]) as finger:
            await finger.tap("^On call")
            await finger.tap("^Time off")
            await finger.tap("^Ask (Ana|Bo)|^Enter")
            await sees(finger.page, "[Tt]ime off (is )?entered")
            finger.keeps_to("time off")

        async with phone_of(browser, site, ANA) as finger:
            await finger.page.goto(f"{site}/schedules/{known['schedule']}")
            await switch_semantics_on(finger.page)
            day = datetime.now().astimezone() + timedelta(days=2)
            await sees(finger.page, "Payments watch")
            finger.taps = 0
            await finger.tap(rf"{day:%a} {day.day} {day:%b}")
            await finger.tap("^Override this shift")
            await finger.tap("^Put (Ana Ruiz|Bo Lindqvist|you|yourself) on call")
            await sees(finger.page, "The override is set")
            finger.keeps_to("override from a slot")


@pytest.mark.browser
async def test_publishing_keeps_to_its_taps(tmp_path: Path) -> None:
    async with dogwatch(tmp_path, FIRST_ADMIN) as (api, site, _), chromium() as browser:
        await api.sign_in(ADMIN["email"], ADMIN["password"])
        known = await build(api)
        for name in ("Shop", "Office"):
            page = {"name": name, "slug": name.lower(), "team_id": known["team"]}
            id = (await api.call("POST", "/api/v1/status-pages", page))["id"]
            groups = {"groups": [{"components": [{"name": {"en": "Checkout"}}]}]}
            await api.call("PUT", f"/api/v1/status-pages/{id}/components", groups, headers={"if-match": "1"})
        async with phone_of(browser, site, ANA) as finger:
            await fire(api, known["key"], "db-7 of checkout is down")
            await finger.tap("db-7 of checkout")
            await finger.at("^Publish on a status page")
            finger.taps = 0
            await finger.tap("^Publish on a status page")
            await finger.settled("^Publish now")
            await finger.tap("^Publish now")
            await sees(finger.page, "Published. Visitors see it within seconds")
            finger.keeps_to("publish from an incident")

            await finger.page.goto(f"{site}/")
            await switch_semantics_on(finger.page)
            finger.taps = 0
            await finger.tap("^Status$")
            await finger.tap("^Publish an event")
            await finger.settled("^Publish now")
            await finger.tap("^Publish now")
            await sees(finger.page, "We are looking into a problem")
            finger.keeps_to("publish from nothing")
        pages = (await api.call("GET", "/api/v1/status-pages"))["items"]
        told = [await api.call("GET", f"/api/v1/status-pages/{each['id']}/events") for each in pages]
        titles = [event["title"]["en"] for each in told for event in each["items"]]
        assert titles == ["We are looking into a problem"] * 2, "customers read no name of a machine"
