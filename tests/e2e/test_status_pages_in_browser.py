"""Status pages in a real browser without JavaScript: a visitor lives through an incident, a member signs in."""

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, expect

from shared.wire import routes
from tests.kit.browser import PATIENCE_MS, PHONE, TABLET, chromium
from tests.kit.installation import ADMIN, FIRST_ADMIN, Api
from tests.kit.processes import answering, free_port, python, running, until

pytestmark = pytest.mark.browser


@contextlib.asynccontextmanager
async def server(folder: Path) -> AsyncIterator[Api]:
    port = free_port()
    env = {"DATABASE_URL": f"sqlite:///{folder / 'dogwatch.sqlite'}", "DOGWATCH_PORT": str(port), **FIRST_ADMIN}
    async with running(*python("server.cli", "serve"), log=folder / "serve.log", env=env):
        await answering(f"http://127.0.0.1:{port}/health")
        yield await Api(f"http://127.0.0.1:{port}").sign_in(**ADMIN)


async def made(api: Api, name: str, **more: Any) -> tuple[str, str]:
    """A page with one component: its path in the API, and the component's id."""
    team = await api.call("POST", routes.TEAMS, {"name": f"Team of {name}"})
    page = {"name": name, "slug": name.lower(), "team_id": team["id"], **more}
    path = f"{routes.STATUS_PAGES}/{(await api.call('POST', routes.STATUS_PAGES, page))['id']}"
    group = {"name": {"en": "Payments", "zh": "支付"}, "components": [{"name": {"en": "Checkout", "zh": "收单"}}]}
    saved = await api.call("PUT", f"{path}/components", {"groups": [group]}, headers={"if-match": "1"})
    return path, saved["groups"][0]["components"][0]["id"]


async def comes(page: Page, address: str, text: str) -> None:
    """Loading it again and again shows this in the end."""

    async def look() -> bool | None:
        await page.goto(address)
        return await page.get_by_text(text).first.is_visible() or None

    await until(f"{address} says {text}", look)


async def fits(page: Page) -> None:
    """Nothing is to be scrolled sideways."""
    wide, seen = await page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert wide <= seen


async def test_a_visitor_without_scripts_lives_through_an_incident(tmp_path: Path) -> None:
    async with server(tmp_path) as api, chromium() as browser:
        path, component = await made(api, "Nordwind")
        context = await browser.new_context(java_script_enabled=False, viewport={"width": 320, "height": 640})
        page = await context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        address = f"{api.url}/status/nordwind/"
        await comes(page, address, "Everything works")
        await fits(page)
        down = {"status": "investigating", "body": {"en": "Cards fail."}}
        down |= {"changes": [{"component_id": component, "impact": "full_outage"}]}
        title = {"en": "Payments are down", "zh": "支付中断"}
        event = await api.call("POST", f"{path}/events", {"kind": "incident", "title": title, "updates": [down]})
        await comes(page, address, "Payments are down")
        await expect(page.get_by_role("heading", level=1)).to_have_text("Payments are down")
        await expect(page.locator(".component .state")).to_have_text("Full outage")
        await fits(page)
        await page.get_by_role("link", name="简体中文").first.click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("支付中断")
        await page.goto(address)
        await expect(page.get_by_role("heading", level=1)).to_have_text("支付中断")
        await page.get_by_role("link", name="English").first.click()
        await page.get_by_role("link", name="All of this incident").click()
        await expect(page.get_by_text("Cards fail.")).to_be_visible()
        over = {"status": "resolved", "body": {"en": "All is well again."}}
        await api.call("POST", f"{path}/events/{event['id']}/updates", over)
        await comes(page, address, "Everything works")
        await expect(page.get_by_text("All is well again.")).to_be_visible()
        story = page.locator(".bars a").last
        await story.focus()
        await expect(story.get_by_text("Payments are down")).to_be_visible()


async def test_a_member_signs_in_on_an_internal_page(tmp_path: Path) -> None:
    async with server(tmp_path) as api, chromium() as browser:
        await made(api, "Inside", is_public=False)
        for size, is_scripted in ((PHONE, False), (TABLET, True)):
            context = await browser.new_context(
                java_script_enabled=is_scripted, viewport={"width": size[0], "height": size[1]}
            )
            page = await context.new_page()
            page.set_default_timeout(PATIENCE_MS)
            address = f"{api.url}/status/inside/"
            await comes(page, address, "This page is for members.")
            assert "Checkout" not in await page.content()
            await page.get_by_label("Email").fill(ADMIN["email"])
            await page.get_by_label("Password").fill("not the password at all")
            await page.get_by_role("button", name="Sign in").click()
            await expect(page.get_by_role("alert")).to_have_text("Email or password is wrong.")
            await page.get_by_label("Password").fill(ADMIN["password"])
            await page.get_by_role("button", name="Sign in").click()
            await expect(page.get_by_role("heading", level=1)).to_have_text("Everything works")
            await expect(page.get_by_text("Checkout")).to_be_visible()
            assert page.url == address
            if is_scripted:
                assert await page.evaluate("document.cookie") == ""
            await context.close()
