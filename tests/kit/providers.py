"""A world whose pages leave by HTTP/2 over TLS, SMTP and webhooks, to fakes on loopback."""

import contextlib
import dataclasses
import ipaddress
import re
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from server.kernel.clock import machine_time
from server.kernel.database import Database
from server.kernel.settings import Settings
from tests.kit.certificates import Authority, write_apns_key
from tests.kit.client import Client
from tests.kit.fake_apns import FakeApns
from tests.kit.fake_fcm import FakeFcm
from tests.kit.fake_http import Request, running
from tests.kit.fake_smtp import FakeSmtp
from tests.kit.fake_webhook import FakeWebhook
from tests.kit.world import World, world_of

LOOPBACK = (ipaddress.ip_network("127.0.0.0/8"),)
IPHONE_TOKEN = "ab" * 32


@dataclass
class Providers:
    """The fakes, and the world that sends to them."""

    world: World
    fcm: FakeFcm
    apns: FakeApns
    smtp: FakeSmtp
    webhook: FakeWebhook

    async def add_android(self, client: Client, value: str = "fid-1") -> Any:
        device = {"name": "Pixel 8", "platform": "android", "kind": "fid", "value": value}
        return await client.post("/api/v1/me/devices", device)

    async def add_iphone(self, client: Client, value: str = IPHONE_TOKEN) -> Any:
        return await client.post("/api/v1/me/devices", {"name": "iPhone", "platform": "ios", "value": value})

    async def add_contact(self, client: Client, channel: str, value: str, **more: str) -> Any:
        """An address that is proven: the challenge or the mailed code is not among the fake's requests any more."""
        body = {"channel": channel, "name": channel, "value": value, **more}
        made = await client.post("/api/v1/me/contact-methods", body)
        fake = self.webhook if channel == "webhook" else self.smtp
        await self.world.settle()
        if channel == "email":
            code = code_in(self.smtp.mails[-1])
            made = await client.post(f"/api/v1/me/contact-methods/{made['id']}/verify", {"code": code})
        fake.requests.pop()
        return made

    def android_data(self) -> list[dict[str, Any]]:
        """What each Android message carried, in order, refused ones included."""
        return [request.json["message"]["data"] for request in self.fcm.requests]


def text_of(mail: EmailMessage, kind: str = "plain") -> str:
    """What a mail says, as plain text or as HTML."""
    body = mail.get_body((kind,))
    assert body is not None
    return body.get_content()


def code_in(mail: EmailMessage) -> str:
    """The six digits that a mail asks to enter."""
    found = re.search(r"\b\d{6}\b", text_of(mail))
    assert found is not None
    return found[0]


def taken(requests: list[Request]) -> list[Request]:
    return [request for request in requests if 200 <= request.status < 300]


@contextlib.asynccontextmanager
async def providers_of(settings: Settings, db: Database, folder: Path) -> AsyncGenerator[Providers]:
    """Its clock begins at the machine's time, because provider tokens are checked against that.

    The caller lets SSL_CERT_FILE name `folder / "ca.pem"` before.
    """
    authority = Authority()
    authority.write(folder / "ca.pem")
    key = write_apns_key(folder / "key.p8")
    async with (
        running(FakeFcm(authority)) as fcm,
        running(FakeApns(authority, key_file=key)) as apns,
        running(FakeSmtp()) as smtp,
        running(FakeWebhook()) as webhook,
    ):
        real = dataclasses.replace(
            settings,
            public_url="https://oncall.example.com",
            fcm_credentials=fcm.credentials(folder / "service-account.json"),
            fcm_endpoint=fcm.endpoint,
            apns_key=key,
            apns_key_id="KEY1234567",
            apns_team_id="TEAM123456",
            apns_topic="dev.dogwatch.app",
            apns_endpoint=apns.endpoint,
            smtp_url=smtp.url,
            smtp_from="dogwatch@example.com",
            egress_allow_cidrs=LOOPBACK,
        )
        async with world_of(real, db, start=machine_time()) as world:
            try:
                yield Providers(world, fcm, apns, smtp, webhook)
            finally:
                for channel in world.engine.channels.values():
                    await channel.close()
