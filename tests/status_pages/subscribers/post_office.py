"""A public page whose visitors subscribe, and a relay that takes their mail, on loopback."""

import contextlib
import dataclasses
import re
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

from server.kernel.database import Database
from server.kernel.settings import Settings
from shared.wire import routes
from shared.wire.status_pages import StatusEvent, StatusPage
from tests.kit.fake_http import running
from tests.kit.fake_smtp import FakeSmtp
from tests.kit.world import World, world_of

LINK = re.compile(r"https?://\S+")


@dataclass
class PostOffice:
    """Ana publishes on the page Nordwind; mails are those that the relay took, in their order."""

    world: World
    smtp: FakeSmtp
    page: StatusPage

    @property
    def mails(self) -> list[EmailMessage]:
        return self.smtp.mails

    async def visit(self, path: str, **fields: Any) -> httpx.Response:
        """What a visitor without scripts does: read a page, or with fields send a form."""
        url = f"{routes.STATUS_SITES}/nordwind/{path}"
        if fields:
            return await self.world.http.post(url, data=fields)
        return await self.world.http.get(url)

    async def subscribe(self, email: str, **fields: Any) -> httpx.Response:
        answer = await self.visit("subscribe", email=email, **fields)
        await self.world.settle()
        return answer

    async def confirmed(self, email: str, **fields: Any) -> str:
        """Somebody who has confirmed; the token by which they manage their subscription."""
        before = len(self.mails)
        await self.subscribe(email, **fields)
        token = token_in(self.mails[before], "confirm")
        answer = await self.visit("confirm", t=token)
        assert answer.status_code == 200, answer.text
        found = re.search(r"manage\?t=([^\"]+)", answer.text)
        assert found is not None
        return found[1]

    async def publish(self, *said: dict[str, Any], title: str = "Cards fail", **more: Any) -> StatusEvent:
        event = await self.world.add_status_event(self.page, title, *said, **more)
        await self.world.settle()
        return event

    def to(self, email: str) -> list[EmailMessage]:
        return [each for each in self.mails if each["To"] == email]


def token_in(mail: EmailMessage, path: str) -> str:
    """Of a link of the mail."""
    for link in LINK.findall(text_of(mail)):
        if urlsplit(link).path.endswith(f"/{path}"):
            return urlsplit(link).query.removeprefix("t=")
    raise AssertionError(f"no link to {path}: {text_of(mail)}")


def text_of(mail: EmailMessage, kind: str = "plain") -> str:
    part = mail.get_body((kind,))
    assert part is not None
    return part.get_content()


@contextlib.asynccontextmanager
async def post_office(settings: Settings, db: Database, folder: Path, **more: Any) -> AsyncGenerator[PostOffice]:
    async with running(FakeSmtp()) as smtp:
        real = dataclasses.replace(
            settings, smtp_url=smtp.url, smtp_from="Nordwind Status <status@nordwind.example>",
            public_url="http://localhost", status_folder=str(folder), **more,
        )  # fmt: skip
        async with world_of(real, db) as world:
            await world.add_team("Payments")
            await world.add_person("Root", role="admin", reach="email")
            await world.add_person("Ana", team="Payments", role="manager", reach="email")
            page = await world.add_status_page("Nordwind", "Payments: Checkout, Payouts", "API")
            await world.parts.site_keeper.refresh()
            try:
                yield PostOffice(world, smtp, page)
            finally:
                for channel in world.engine.channels.values():
                    await channel.close()
