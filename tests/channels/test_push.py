"""The push channel against real HTTP/2 servers: every row of the error tables."""

# pyright: basic

import asyncio
import time
from collections.abc import AsyncGenerator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from server.channels.base import Channel, DeliveryFailed, Receipt
from server.channels.push import Push
from server.channels.push.fcm import fcm_failure
from server.channels.push.payload import Address
from server.kernel import outbound as outbound_module
from server.kernel.outbound import Outbound
from server.kernel.settings import SettingError, Settings
from tests.channels.conftest import INCIDENT, NOTIFICATION, NOW, page
from tests.kit.certificates import Authority, write_apns_key
from tests.kit.fake_apns import FakeApns, apns_error
from tests.kit.fake_fcm import FakeFcm, fcm_error
from tests.kit.fake_http import Reply, running

ANDROID = Address(provider="fcm", kind="fid", value="fid-1", device_id="d1", name="Pixel 8", platform="Android")
IPHONE = Address(provider="apns", value="ab" * 32, device_id="d2", name="Anna's iPhone", platform="iOS")


@dataclass
class Phones:
    """Both providers and the channel that is configured for them."""

    fcm: FakeFcm
    apns: FakeApns
    channel: Channel


@pytest.fixture
async def phones(authority: Authority, outbound: Outbound, tmp_path: Path) -> AsyncGenerator[Phones]:
    key = write_apns_key(tmp_path / "key.p8")
    async with running(FakeFcm(authority)) as fcm, running(FakeApns(authority, key_file=key)) as apns:
        settings = Settings(
            public_url="https://oncall.example.com",
            fcm_credentials=fcm.credentials(tmp_path / "service-account.json"),
            fcm_endpoint=fcm.endpoint,
            apns_key=key,
            apns_key_id="KEY1234567",
            apns_team_id="TEAM123456",
            apns_topic="dev.dogwatch.app",
            apns_endpoint=apns.endpoint,
        )
        channel = Push.configured(settings, outbound, real_now)
        assert channel is not None
        yield Phones(fcm, apns, channel)
        await channel.close()


def real_now() -> datetime:
    """Apple's fake judges the age of a provider token by the real time."""
    return datetime.now(UTC)


LASTING: dict[str, Any] = {"expires_at": datetime(2100, 1, 1, tzinfo=UTC)}


async def failure(phones: Phones, address: Address) -> DeliveryFailed:
    with pytest.raises(DeliveryFailed) as caught:
        await phones.channel.send(page(**LASTING), address)
    return caught.value


def flags(failed: DeliveryFailed) -> set[str]:
    return {name for name in ("permanent", "dead_address", "bad_credentials") if getattr(failed, name)}


async def test_android_gets_a_data_message_with_a_bearer_token(phones: Phones):
    await phones.channel.open()
    receipt = await phones.channel.send(page(**LASTING), ANDROID)
    assert receipt == Receipt(reference="projects/dogwatch-test/messages/1")
    [request] = phones.fcm.requests
    assert request.path == "/v1/projects/dogwatch-test/messages:send"
    assert request.headers["authorization"] == f"Bearer {phones.fcm.issued[0]}"
    assert request.json["message"]["fid"] == "fid-1"
    assert request.json["message"]["data"]["notification_id"] == NOTIFICATION
    assert len(phones.fcm.issued) == 1


async def test_an_iphone_gets_an_alert_signed_by_us(phones: Phones):
    receipt = await phones.channel.send(page(**LASTING), IPHONE)
    assert receipt == Receipt(reference=NOTIFICATION)
    [request] = phones.apns.requests
    assert request.path == f"/3/device/{IPHONE.value}"
    assert request.headers["apns-id"] == NOTIFICATION
    assert request.headers["apns-collapse-id"] == INCIDENT
    assert request.headers["apns-topic"] == "dev.dogwatch.app"
    assert request.json["aps"]["alert"]["title"] == "Checkout answers 5xx"


FCM_ROWS = [
    (fcm_error(404, "NOT_FOUND", "UNREGISTERED"), "unregistered", {"permanent", "dead_address"}, None),
    (fcm_error(404, "NOT_FOUND"), "http_404", {"bad_credentials"}, None),
    (Reply(404, "<html>"), "http_404", {"bad_credentials"}, None),
    (
        fcm_error(400, "INVALID_ARGUMENT", "INVALID_ARGUMENT", field="message.token"),
        "invalid_address",
        {"permanent", "dead_address"},
        None,
    ),
    (
        fcm_error(400, "INVALID_ARGUMENT", "INVALID_ARGUMENT", field="message.data[0].value"),
        "invalid_message",
        {"permanent"},
        None,
    ),
    (fcm_error(400, "INVALID_ARGUMENT", "INVALID_ARGUMENT"), "invalid_message", {"permanent"}, None),
    (
        fcm_error(403, "PERMISSION_DENIED", "SENDER_ID_MISMATCH"),
        "wrong_app",
        {"permanent", "bad_credentials"},
        None,
    ),
    (fcm_error(403, "PERMISSION_DENIED"), "bad_credentials", {"bad_credentials"}, None),
    (
        fcm_error(401, "UNAUTHENTICATED", "THIRD_PARTY_AUTH_ERROR"),
        "bad_credentials",
        {"bad_credentials"},
        None,
    ),
    (fcm_error(429, "RESOURCE_EXHAUSTED", "QUOTA_EXCEEDED"), "rate_limited", set(), 60.0),
    (
        fcm_error(429, "RESOURCE_EXHAUSTED", "QUOTA_EXCEEDED", headers={"retry-after": "17"}),
        "rate_limited",
        set(),
        17.0,
    ),
    (fcm_error(500, "INTERNAL", "INTERNAL"), "http_500", set(), None),
    (fcm_error(503, "UNAVAILABLE", "UNAVAILABLE", headers={"retry-after": "9"}), "http_503", set(), 9.0),
    (Reply(502, "<html>bad gateway"), "http_502", set(), None),
    (Reply(302, headers={"location": "https://elsewhere.example/"}), "http_302", {"permanent"}, None),
    (Reply(drop=True), "connection_lost", set(), None),
]


@pytest.mark.parametrize(("reply", "reason", "expected", "wait_s"), FCM_ROWS)
async def test_fcm_refusal(phones: Phones, reply: Reply, reason: str, expected: set[str], wait_s: float | None):
    phones.fcm.script.usual = reply
    failed = await failure(phones, ANDROID)
    assert (failed.reason, flags(failed), failed.retry_after_s) == (reason, expected, wait_s)


APNS_ROWS = [
    (
        apns_error(410, "Unregistered", timestamp_ms=1_772_300_000_000),
        "unregistered",
        {"permanent", "dead_address"},
        None,
    ),
    (apns_error(410, "ExpiredToken"), "unregistered", {"permanent", "dead_address"}, None),
    (apns_error(400, "BadDeviceToken"), "invalid_address", {"permanent", "dead_address"}, None),
    (apns_error(400, "DeviceTokenNotForTopic"), "invalid_address", {"permanent", "dead_address"}, None),
    (apns_error(400, "TopicDisallowed"), "wrong_app", {"permanent", "bad_credentials"}, None),
    (apns_error(400, "BadTopic"), "wrong_app", {"permanent", "bad_credentials"}, None),
    (apns_error(400, "BadExpirationDate"), "invalid_message", {"permanent"}, None),
    (apns_error(403, "InvalidProviderToken"), "bad_credentials", {"bad_credentials"}, None),
    (apns_error(403, "ExpiredProviderToken"), "bad_credentials", {"bad_credentials"}, None),
    (apns_error(403, "Forbidden"), "bad_credentials", {"bad_credentials"}, None),
    (apns_error(405, "MethodNotAllowed"), "http_405", {"permanent"}, None),
    (apns_error(429, "TooManyRequests"), "rate_limited", set(), 30.0),
    (apns_error(429, "TooManyRequests", headers={"retry-after": "5"}), "rate_limited", set(), 5.0),
    (apns_error(500, "InternalServerError"), "http_500", set(), None),
    (apns_error(503, "ServiceUnavailable", headers={"retry-after": "2"}), "http_503", set(), 2.0),
    (apns_error(503, "Shutdown", split=True), "http_503", set(), None),
    (apns_error(410, "Unregistered", split=True), "unregistered", {"permanent", "dead_address"}, None),
    (Reply(drop=True), "connection_lost", set(), None),
]


@pytest.mark.parametrize(("reply", "reason", "expected", "wait_s"), APNS_ROWS)
async def test_apns_refusal(phones: Phones, reply: Reply, reason: str, expected: set[str], wait_s: float | None):
    phones.apns.script.usual = reply
    failed = await failure(phones, IPHONE)
    assert (failed.reason, flags(failed), failed.retry_after_s) == (reason, expected, wait_s)


async def test_a_dead_iphone_says_since_when(phones: Phones):
    phones.apns.answer(apns_error(410, "Unregistered", timestamp_ms=1_772_300_000_000))
    failed = await failure(phones, IPHONE)
    assert failed.dead_since == datetime.fromtimestamp(1_772_300_000, UTC)


async def test_an_absurd_answer_is_a_failure_like_any_other(phones: Phones):
    phones.apns.answer(apns_error(410, "Unregistered", timestamp_ms=10**25), Reply(410, "gone"), Reply(400, "[]"))
    assert (await failure(phones, IPHONE)).dead_since is None
    assert (await failure(phones, IPHONE)).dead_address
    assert (await failure(phones, IPHONE)).reason == "invalid_message"


async def test_a_sandbox_build_is_reached_through_the_sandbox(tmp_path: Path):
    asked: list[str] = []

    class Recorder(Outbound):
        async def request(self, method: str, url: str, **rest: Any) -> outbound_module.Reply:
            asked.append(url)
            return outbound_module.Reply(200, {}, b"")

    settings = Settings(apns_key=write_apns_key(tmp_path / "k.p8"), apns_key_id="K", apns_team_id="T", apns_topic="t")
    channel = Push.configured(settings, Recorder(), real_now)
    assert channel is not None
    for sandbox in (True, False):
        address = Address(provider="apns", value="be/ef", device_id="d", sandbox=sandbox)
        await channel.send(page(**LASTING), address)
    assert asked == [
        "https://api.sandbox.push.apple.com/3/device/be%2Fef",
        "https://api.push.apple.com/3/device/be%2Fef",
    ]


async def test_retry_after_may_be_a_date():
    reply = outbound_module.Reply(503, {"retry-after": "Sun, 01 Mar 2026 08:00:20 GMT"}, b"")
    assert fcm_failure(reply, NOW).retry_after_s == 20.0
    odd = outbound_module.Reply(503, {"retry-after": "soon"}, b"")
    assert fcm_failure(odd, NOW).retry_after_s is None


async def test_a_revoked_access_token_is_replaced_once(phones: Phones):
    await phones.channel.open()
    phones.fcm.revoke()
    await phones.channel.send(page(**LASTING), ANDROID)
    assert [request.status for request in phones.fcm.requests] == [401, 200]
    phones.fcm.script.usual = fcm_error(401, "UNAUTHENTICATED")
    assert (await failure(phones, ANDROID)).bad_credentials
    assert len(phones.fcm.requests) == 4


async def test_google_refusing_our_account_blames_the_credentials(phones: Phones):
    phones.fcm.token_replies = [Reply(400, {"error": "invalid_grant", "error_description": "no such account"})]
    failed = await failure(phones, ANDROID)
    assert (failed.reason, flags(failed)) == ("bad_credentials", {"bad_credentials"})
    assert await phones.channel.send(page(**LASTING), ANDROID)


async def test_an_expired_provider_token_is_renewed_once_and_not_again_for_a_while(phones: Phones):
    await phones.channel.send(page(**LASTING), IPHONE)
    phones.apns.answer(apns_error(403, "ExpiredProviderToken"))
    await phones.channel.send(page(**LASTING), IPHONE)
    assert [request.status for request in phones.apns.requests] == [200, 403, 200]
    phones.apns.script.usual = apns_error(403, "ExpiredProviderToken")
    assert (await failure(phones, IPHONE)).bad_credentials
    assert len(phones.apns.requests) == 4, "Apple counts renewals within 20 minutes as abuse"


async def test_too_large_for_apple_is_sent_again_as_an_id(phones: Phones):
    phones.apns.answer(apns_error(413, "PayloadTooLarge"))
    await phones.channel.send(page(**LASTING), IPHONE)
    assert [request.status for request in phones.apns.requests] == [413, 200]
    assert phones.apns.requests[1].json["aps"]["alert"] == {"title": "New page"}
    phones.apns.script.usual = apns_error(413, "PayloadTooLarge")
    assert (await failure(phones, IPHONE)).reason == "too_large"


async def test_too_large_for_google_is_sent_again_as_an_id(phones: Phones):
    phones.fcm.answer(fcm_error(400, "INVALID_ARGUMENT", message="Android message is too big"))
    await phones.channel.send(page(**LASTING), ANDROID)
    assert phones.fcm.requests[1].json["message"]["data"]["title"] == "New page"


@pytest.mark.parametrize("address", [ANDROID, IPHONE])
async def test_silence_ends_in_time_and_the_connection_is_not_used_again(
    phones: Phones, address: Address, monkeypatch: pytest.MonkeyPatch
):
    for module in ("fcm", "apns"):
        monkeypatch.setattr(f"server.channels.push.{module}.PUSH_TIMEOUT_S", 0.3)
    fake = phones.fcm if address.provider == "fcm" else phones.apns
    await phones.channel.send(page(**LASTING), address)
    fake.answer(Reply(hang=True))
    began = time.monotonic()
    failed = await failure(phones, address)
    assert (failed.reason, flags(failed)) == ("timeout", set())
    assert time.monotonic() - began < 2
    await phones.channel.send(page(**LASTING), address)
    assert fake.requests[-1].connection != fake.requests[0].connection
    for _ in range(50):
        await asyncio.sleep(0.02)
        if fake.server.closed:
            break
    assert fake.server.closed == 1, "the silent connection is closed, not kept"


@pytest.mark.parametrize("address", [ANDROID, IPHONE])
async def test_goaway_costs_at_most_one_try(phones: Phones, address: Address):
    fake = phones.fcm if address.provider == "fcm" else phones.apns
    await phones.channel.send(page(**LASTING), address)
    fake.answer(Reply(goaway=True))
    first = (await asyncio.gather(phones.channel.send(page(**LASTING), address), return_exceptions=True))[0]
    if not isinstance(first, Receipt):
        assert isinstance(first, DeliveryFailed)
        assert not first.permanent
        await phones.channel.send(page(**LASTING), address)
    ids = {
        request.headers.get("apns-id") or request.json["message"]["data"]["notification_id"]
        for request in fake.requests
    }
    assert ids == {NOTIFICATION}


async def test_many_at_once_share_a_connection(phones: Phones):
    await phones.channel.send(page(**LASTING), IPHONE)
    receipts = await asyncio.gather(*(phones.channel.send(page(**LASTING), IPHONE) for _ in range(200)))
    assert len(receipts) == 200
    assert phones.apns.server.connections <= 4


async def test_a_provider_that_is_missing_is_said_so(authority: Authority, outbound: Outbound, tmp_path: Path):
    settings = Settings(apns_key=write_apns_key(tmp_path / "k.p8"), apns_key_id="K", apns_team_id="T", apns_topic="t")
    channel = Push.configured(settings, outbound, real_now)
    assert channel is not None
    for address in (ANDROID, Address(provider="local", value="x", device_id="d")):
        with pytest.raises(DeliveryFailed) as caught:
            await channel.send(page(**LASTING), address)
        assert (caught.value.reason, flags(caught.value)) == ("not_configured", {"permanent"})


@pytest.mark.parametrize(
    ("values", "name"),
    [({"fcm_credentials": "odd"}, "FCM_CREDENTIALS"), ({"apns_key": "odd"}, "APNS_KEY")],
)
def test_a_file_that_is_not_what_it_should_be_stops_the_start(values: dict[str, str], name: str, tmp_path: Path):
    (tmp_path / "odd").write_text("{}")
    settings = replace(Settings(), **{field: str(tmp_path / file) for field, file in values.items()})
    with pytest.raises(SettingError) as caught:
        Push.configured(settings, Outbound(), real_now)
    assert caught.value.name == name
