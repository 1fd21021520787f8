"""From an empty database to the first page that was answered, as somebody who has only the set-up link."""

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Locator, Page, expect

from phone.base.i18n import Words
from shared.wire.sessions import Language
from tests.kit.browser import PATIENCE_MS, chromium, open_app, sign_in, switch_semantics_on, write
from tests.kit.installation import Api, dogwatch, paged
from tests.kit.processes import until

PASSWORD = "seven lanterns over the harbour"
EMAIL = "ana@example.com"
LINK = re.compile(r"http://\S+/setup/\S+")
NAMES = {"en": ("Ana Ruiz", "Payments", "checkout"), "zh": ("李雷", "支付", "结算")}


class Hands:
    """What somebody does in the app, by the words that they read there."""

    def __init__(self, page: Page, language: Language) -> None:
        self.page = page
        self.words = Words(language)

    def button(self, key: str) -> Locator:
        name = re.compile(f"^{re.escape(self.words(key))}")
        return self.page.get_by_role("button", name=name).first

    async def press(self, key: str) -> None:
        await self.button(key).click(timeout=PATIENCE_MS)

    async def sees(self, text: str) -> None:
        found = self.page.get_by_text(re.compile(text)).or_(self.page.get_by_label(re.compile(text))).first
        await expect(found).to_be_attached(timeout=PATIENCE_MS)

    async def type(self, key: str, text: str) -> None:
        box = self.page.get_by_role("textbox", name=re.compile(re.escape(self.words(key)))).first
        await write(self.page, box, text)


async def set_up(page: Page, link: str, name: str, language: Language) -> None:
    """The page behind the link, which needs no app."""
    await page.goto(link)
    assert await page.locator("html").get_attribute("lang") == language
    await page.locator("#name").fill(name)
    await page.locator("#email").fill(EMAIL)
    await page.locator("#password").fill("short")
    await page.locator("button").click()
    await expect(page.locator(".flaw")).to_be_visible()
    await page.locator("#password").fill(PASSWORD)
    await page.locator("button").click()


@pytest.mark.browser
@pytest.mark.parametrize("language", ["en", "zh"])
async def test_an_empty_database_becomes_a_page_that_is_answered(tmp_path: Path, language: Language) -> None:
    name, team, service = NAMES[language]
    words = Words(language)
    async with dogwatch(tmp_path) as (api, site, pushes), chromium() as browser:
        link = await until("the set-up link is printed", lambda: _link(tmp_path / "serve.log"))
        plain = await browser.new_page(locale="zh-CN" if language == "zh" else "en-GB")
        await set_up(plain, link, name, language)
        await expect(plain.get_by_role("link")).to_have_attribute("href", site)
        await plain.goto(link)
        await expect(plain.locator("form")).to_have_count(0)

        page = await open_app(browser, site, language=language)
        hands = Hands(page, language)
        await sign_in(page, EMAIL, PASSWORD, button=words("sign_in.submit"))
        await hands.press("first.continue")

        await hands.type("first.team_name", team)
        await hands.type("first.emails", "bo@example.com")
        await hands.press("kind_new.teams")
        await hands.type("first.service_name", service)
        await page.get_by_role("button", name=re.compile(re.escape(words("first.source")))).first.click()
        await page.get_by_role("button", name=re.compile("^Prometheus Alertmanager")).first.click()
        await hands.press("first.make_service")
        await hands.press("first.make_policy")

        me = await Api(api.url).sign_in(EMAIL, PASSWORD)
        await hands.sees(words("reach.mail_first"))
        await me.call("POST", "/api/v1/me/devices", {"name": "Ana's", "platform": "android", "value": "Ana"})
        await page.reload()
        await switch_semantics_on(page)
        await hands.press("first.send_page")
        await until("the phone was paged", lambda: _when(paged(pushes)[:1] == ["Ana"]))

        await hands.press("first.open_page")
        await hands.press("verb.acknowledge")
        incident = await until("it is acknowledged", lambda: _acknowledged(me))
        assert incident["acknowledged_by"]["name"] == name
        await page.go_back()
        await hands.sees(words("first.all_done"))
        await hands.sees(words("first_done.page", seconds="SECONDS").replace("SECONDS", r"\d+"))

        assert [each["email"] for each in (await me.call("GET", "/api/v1/invitations"))["items"]] == ["bo@example.com"]
        [made] = (await me.call("GET", "/api/v1/services"))["items"]
        assert made["name"] == service
        assert made["policy_id"] is not None


async def _link(log: Path) -> str | None:
    found = LINK.search(log.read_text("utf-8", "replace")) if log.exists() else None
    return found[0] if found else None


async def _when(condition: bool) -> bool | None:
    return condition or None


async def _acknowledged(api: Api) -> dict[str, Any] | None:
    incident = await api.incident()
    return incident if incident and incident["state"] == "acknowledged" else None
