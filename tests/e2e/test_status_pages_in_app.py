"""A publisher in the app and a visitor without scripts, on a real server whose mail really leaves by SMTP."""

import contextlib
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Browser, Page, expect

from shared.wire import routes
from tests.e2e.test_status_pages_in_browser import comes, fits, made
from tests.kit.browser import PATIENCE_MS, PHONE, TABLET, chromium, open_app, sees, sign_in, switch_semantics_on, write
from tests.kit.fake_http import running
from tests.kit.fake_smtp import FakeSmtp
from tests.kit.installation import ADMIN, FIRST_ADMIN, Api, dogwatch
from tests.kit.processes import until
from tests.status_pages.subscribers.post_office import text_of

pytestmark = pytest.mark.browser
PASSWORD = "nine buoys before the pier"
PUBLISHER, KEEPER = "eve@example.com", "pat@example.com"
SETS = {PUBLISHER: "Status Page Event Management", KEEPER: "Status Page Management"}
LINK = re.compile(r"https?://\S+")


@dataclass(frozen=True)
class Site:
    """A page with one component, its people, its relay, and where each of them finds it."""

    api: Api
    app: str
    smtp: FakeSmtp
    path: str
    component: str
    browser: Browser

    @property
    def page_id(self) -> str:
        return self.path.rpartition("/")[2]

    @property
    def address(self) -> str:
        return f"{self.api.url}/status/nordwind/"

    def mails(self, subject: str) -> list[EmailMessage]:
        return [each for each in self.smtp.mails if subject in str(each["Subject"])]

    async def mail(self, subject: str) -> EmailMessage:
        async def look() -> EmailMessage | None:
            return next(iter(self.mails(subject)), None)

        return await until(f"a mail about {subject}", look)

    async def visitor(self) -> Page:
        context = await self.browser.new_context(
            java_script_enabled=False, viewport={"width": 320, "height": 640}, locale="en-GB"
        )
        page = await context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        return page

    async def person(self, email: str, *, size: tuple[int, int] = PHONE) -> Page:
        page = await open_app(self.browser, self.app, size=size)
        await sign_in(page, email, PASSWORD)
        await press(page, "^Status$")
        return page


@contextlib.asynccontextmanager
async def site(folder: Path) -> AsyncIterator[Site]:
    """With two viewers, of whom each holds one of the ready permission sets for the whole account."""
    async with running(FakeSmtp()) as smtp:
        mail = {"SMTP_URL": smtp.url, "SMTP_FROM": "Nordwind Status <status@nordwind.example>"}
        async with dogwatch(folder, {**FIRST_ADMIN, **mail}) as (api, app, _), chromium() as browser:
            await api.sign_in(**ADMIN)
            path, component = await made(api, "Nordwind")
            sets = {each["name"]: each["id"] for each in (await api.call("GET", routes.ROLES))["items"]}
            for email, name in SETS.items():
                person = {"name": email.partition("@")[0].title(), "email": email, "password": PASSWORD}
                user = await api.call("POST", routes.USERS, {**person, "role": "viewer", "team_ids": []})
                grant = {"role_id": sets[name], "scope": {"kind": "account"}}
                await api.call("POST", routes.USER_GRANTS.format(user_id=user["id"]), grant)
            yield Site(api=api, app=app, smtp=smtp, path=path, component=component, browser=browser)


async def go(page: Page, address: str) -> None:
    """By its address, as from a link."""
    await page.goto(address)
    await switch_semantics_on(page)


async def press(page: Page, name: str) -> None:
    await page.get_by_role("button", name=re.compile(name)).last.click(timeout=PATIENCE_MS)


async def turned(page: Page, name: str, shown: str) -> None:
    """Pressed until it shows: a sheet that still slides in takes no tap."""

    async def look() -> bool | None:
        await page.get_by_role("button", name=re.compile(name)).first.click(timeout=PATIENCE_MS)
        with contextlib.suppress(AssertionError):
            await expect(page.get_by_role("switch", name=re.compile(shown))).to_be_attached(timeout=3_000)
            return True
        return None

    await until(f"{name} shows {shown}", look)


async def absent(page: Page, name: str) -> None:
    await expect(page.get_by_role("button", name=re.compile(name))).to_have_count(0)


def link_in(mail: EmailMessage, path: str) -> str:
    return next(each for each in LINK.findall(text_of(mail)) if urlsplit(each).path.endswith(f"/{path}"))


async def subscribe(on: Site, page: Page) -> None:
    await comes(page, on.address, "Everything works")
    await page.goto(f"{on.address}subscribe.html")
    await page.get_by_label("Email").fill("vera@example.com")
    await page.get_by_role("button", name="Subscribe").click()
    await expect(page.get_by_text("Look into your inbox")).to_be_visible()
    await page.goto(link_in(await on.mail("Confirm your subscription"), "confirm"))
    await page.get_by_role("button", name="Confirm").click()
    await expect(page.get_by_text("You are subscribed")).to_be_visible()


async def test_a_publisher_in_the_app_and_a_visitor_live_through_an_incident_and_its_mail(tmp_path: Path) -> None:
    async with site(tmp_path) as on:
        visitor = await on.visitor()
        await subscribe(on, visitor)

        eve = await on.person(PUBLISHER)
        await press(eve, "^Publish an event$")
        await write(eve, eve.get_by_role("textbox", name="Title for visitors"), "Payments fail")
        await press(eve, "^Checkout")
        await press(eve, "^Full outage$")
        await write(eve, eve.get_by_role("textbox", name="Message"), "Cards are refused.")
        await press(eve, "^Publish now$")
        await sees(eve, "Published. Visitors see it within seconds")
        await comes(visitor, on.address, "Payments fail")
        await expect(visitor.locator(".component .state")).to_have_text("Full outage")
        await expect(visitor.get_by_text("Cards are refused.")).to_be_visible()
        await fits(visitor)
        letter = await on.mail("Payments fail: Investigating")
        assert "Checkout: Full outage" in text_of(letter)

        await press(eve, "^Publish update$")
        await write(eve, eve.get_by_role("textbox", name="Message"), "A release is rolled back.")
        await press(eve, "^Publish now$")
        await sees(eve, "A release is rolled back")
        await comes(visitor, on.address, "A release is rolled back.")
        await on.mail("Payments fail: Identified")

        await press(eve, "^Publish update$")
        await press(eve, "^Resolved$")
        await sees(eve, "This ends the event: every part works again")
        await press(eve, "^Publish now$")
        await sees(eve, "Update published")
        await comes(visitor, on.address, "Everything works")

        await visitor.goto(link_in(await on.mail("Payments fail: Resolved"), "unsubscribe"))
        await visitor.get_by_role("button", name="Unsubscribe").click()
        await expect(visitor.get_by_text("You are unsubscribed")).to_be_visible()


async def test_a_publisher_in_the_app_and_a_visitor_live_through_a_maintenance(tmp_path: Path) -> None:
    async with site(tmp_path) as on:
        visitor = await on.visitor()
        await comes(visitor, on.address, "Everything works")
        eve = await on.person(PUBLISHER)
        await press(eve, "^Publish an event$")
        await sees(eve, "^Publish now$")
        await turned(eve, "^Maintenance$", "^Begins and ends by itself")
        await write(eve, eve.get_by_role("textbox", name="Title for visitors"), "New database")
        await press(eve, "^Checkout")
        await expect(eve.get_by_role("button", name="Maintenance", exact=True)).to_have_count(2)
        await press(eve, "^Maintenance$")
        await press(eve, "^Publish now$")
        await sees(eve, "Scheduled")
        await comes(visitor, on.address, "New database")
        await press(eve, "^Publish update$")
        await press(eve, "^In progress$")
        await press(eve, "^Publish now$")
        await sees(eve, "Update published")
        await comes(visitor, on.address, "Under maintenance")
        await press(eve, "^Publish update$")
        await press(eve, "^Completed$")
        await press(eve, "^Publish now$")
        await comes(visitor, on.address, "Everything works")


async def test_event_management_alone_publishes_and_sets_nothing_up(tmp_path: Path) -> None:
    async with site(tmp_path) as on:
        eve = await on.person(PUBLISHER, size=TABLET)
        await absent(eve, "^New status page$")
        await sees(eve, "This page")
        await sees(eve, "^Templates")
        for name in ("^Subscribers", "^Components and groups", "^Name and address"):
            await absent(eve, name)
        await press(eve, "^Templates")
        await sees(eve, "^No templates yet")
        await absent(eve, "^New template$")
        await press(eve, "^Publish an event$")
        await press(eve, "^Publish now$")
        await sees(eve, "We are looking into a problem")
        [event] = (await on.api.call("GET", f"{on.path}/events"))["items"]
        assert event["title"]["en"] == "We are looking into a problem"

        await press(eve, "^Edit, ")
        await write(eve, eve.get_by_role("textbox", name="Message"), "Nothing is lost.")
        await press(eve, "^Save$")
        await sees(eve, "Saved. What it said before stays in the history")
        await sees(eve, "Nothing is lost")
        await press(eve, "^Show what was edited")
        await sees(eve, "You edited it")
        await press(eve, "^Delete this event$")
        await sees(eve, "The event disappears from the page")
        await press(eve, "^Delete this event$")
        await sees(eve, "Event deleted")
        assert (await on.api.call("GET", f"{on.path}/events"))["items"] == []

        for part in ("settings", "components", "subscribers"):
            await go(eve, f"{on.app}/status-pages/{on.page_id}/{part}")
            await sees(eve, "Only whoever sets the page up opens this")
            await absent(eve, "^Take in a table|^Save$|^Take this page down")


async def test_page_management_alone_sets_up_and_publishes_nothing(tmp_path: Path) -> None:
    async with site(tmp_path) as on:
        said = {"status": "investigating", "body": {"en": "Looking."}}
        body = {"kind": "incident", "title": {"en": "Cards fail"}, "updates": [said]}
        event = await on.api.call("POST", f"{on.path}/events", body)
        pat = await on.person(KEEPER, size=TABLET)
        await sees(pat, "^New status page$")
        await absent(pat, "^Publish an event$")
        await press(pat, "^Components and groups")
        await press(pat, "^Add a component, ")
        await write(pat, pat.get_by_role("textbox", name="Component").nth(1), "Payouts")
        await press(pat, "^Save$")
        await sees(pat, "Saved. Visitors see it within seconds")
        await expect(pat.get_by_role("heading", name="Components and groups")).to_have_count(0)
        await absent(pat, "^Publish an event$")
        found = await on.api.call("GET", f"{on.path}/components")
        assert [each["name"]["en"] for each in found["groups"][0]["components"]] == ["Checkout", "Payouts"]
        await press(pat, "^Subscribers")
        await sees(pat, "Nobody subscribes yet")
        await go(pat, f"{on.app}/status-pages/{on.page_id}/events/{event['id']}")
        await sees(pat, "Cards fail")
        for name in ("^Publish update$", "^Edit$", "^Delete this event$", "^Change title or times$"):
            await absent(pat, name)
