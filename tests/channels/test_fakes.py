"""The fakes as processes of their own, as chaos and story tests start them."""

# pyright: basic

import asyncio
import json
import ssl
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from server.channels.base import DeliveryFailed, Message
from server.channels.email import Address as MailAddress
from server.channels.email import Email
from server.channels.push import Push
from server.channels.push.payload import Address
from server.channels.webhook import Address as HookAddress
from server.channels.webhook import Webhook
from server.kernel.outbound import Outbound
from server.kernel.settings import Settings
from tests.channels.conftest import LOOPBACK, page
from tests.kit.certificates import write_apns_key

ROOT = Path(__file__).parents[2]


@asynccontextmanager
async def started(module: str, *options: str) -> AsyncGenerator[int]:
    """The port that a fake in another process listens on."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", f"tests.kit.{module}", *options, cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    try:
        yield int(await asyncio.wait_for(process.stdout.readline(), 20))
    finally:
        process.terminate()
        await process.wait()


def lines(log: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in log.read_text().splitlines()]


def now() -> datetime:
    return datetime.now(UTC)


def message() -> Message:
    return page(expires_at=datetime(2100, 1, 1, tzinfo=UTC))


async def test_push_fakes_share_an_authority_and_are_steered_by_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    ca, log, steer = tmp_path / "ca.pem", tmp_path / "log", tmp_path / "behaviour.json"
    account, key = tmp_path / "account.json", write_apns_key(tmp_path / "key.p8")
    common = ("--ca", str(ca), "--log", str(log), "--behaviour", str(steer))
    async with (
        started("fake_fcm", *common, "--credentials", str(account)) as fcm_port,
        started("fake_apns", *common, "--key", key) as apns_port,
    ):
        monkeypatch.setenv("SSL_CERT_FILE", str(ca))
        settings = Settings(
            fcm_credentials=str(account),
            fcm_endpoint=f"https://localhost:{fcm_port}",
            apns_key=key,
            apns_key_id="K",
            apns_team_id="T",
            apns_topic="t",
            apns_endpoint=f"https://localhost:{apns_port}",
        )
        outbound = Outbound()
        push = Push.configured(settings, outbound, now)
        assert push is not None
        android = Address(provider="fcm", value="a-1", device_id="d")
        iphone = Address(provider="apns", value="beef", device_id="d")
        await push.send(message(), android)
        await push.send(message(), iphone)
        steer.write_text(json.dumps({"addresses": {"beef": {"status": 410, "body": {"reason": "Unregistered"}}}}))
        with pytest.raises(DeliveryFailed) as caught:
            await push.send(message(), iphone)
        assert caught.value.dead_address
        await push.send(message(), android)
        await push.close()
        await outbound.close()
    rows = [(row["fake"], row["status"]) for row in lines(log)]
    assert rows == [("fcm", 200), ("apns", 200), ("apns", 410), ("fcm", 200)]
    assert ssl.create_default_context(cafile=str(ca))


async def test_mail_and_webhook_fakes(tmp_path: Path):
    log = tmp_path / "log"
    outbound = Outbound(allow=LOOPBACK)
    async with (
        started("fake_smtp", "--log", str(log)) as smtp_port,
        started("fake_webhook", "--log", str(log)) as hook_port,
    ):
        mail = Email.configured(Settings(smtp_url=f"smtp://127.0.0.1:{smtp_port}"), outbound, now)
        hook = Webhook.configured(Settings(), outbound, now)
        assert mail is not None
        assert hook is not None
        await mail.send(message(), MailAddress(email="anna@example.com"))
        await hook.send(message(), HookAddress(url=f"http://127.0.0.1:{hook_port}/x"))
    await outbound.close()
    assert [(row["fake"], row["status"], row["path"]) for row in lines(log)] == [
        ("smtp", 250, "anna@example.com"),
        ("webhook", 200, "/x"),
    ]
