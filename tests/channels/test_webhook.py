"""Webhooks: signed, guarded, and what each answer means."""

# pyright: basic

import base64
import hashlib
import hmac
from datetime import timedelta

import pytest

from server.channels.base import Channel, DeliveryFailed, Now
from server.channels.webhook import Address, Webhook, signed_headers
from server.kernel.outbound import Outbound
from server.kernel.settings import Settings
from tests.channels.conftest import INCIDENT, NOTIFICATION, NOW, page
from tests.kit.fake_http import Reply, running
from tests.kit.fake_webhook import FakeWebhook

SECRET = "whsec_" + base64.b64encode(b"0123456789abcdef01234567").decode()


def channel(outbound: Outbound, now: Now = lambda: NOW) -> Channel:
    made = Webhook.configured(Settings(), outbound, now)
    assert made is not None
    return made


def test_the_signature_is_that_of_the_standard():
    # The example of the Standard Webhooks specification.
    headers = signed_headers(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        NOW.fromtimestamp(1614265330, NOW.tzinfo),
        b'{"test": 2432232314}',
    )
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


async def test_a_receiver_can_tell_that_it_is_us(outbound: Outbound):
    async with running(FakeWebhook()) as hook:
        await channel(outbound).send(page(), Address(url=hook.url("/a?b=1"), secret=SECRET))
        [request] = hook.requests
    assert (request.method, request.path) == ("POST", "/a?b=1")
    assert request.headers["webhook-id"] == NOTIFICATION
    assert request.headers["webhook-timestamp"] == str(int(NOW.timestamp()))
    signed = f"{NOTIFICATION}.{int(NOW.timestamp())}.".encode() + request.body
    digest = hmac.new(b"0123456789abcdef01234567", signed, hashlib.sha256).digest()
    assert request.headers["webhook-signature"] == "v1," + base64.b64encode(digest).decode()
    data = request.json["data"]
    assert request.json["type"] == "notification.page"
    assert (data["title"], data["incident"]["incident_id"]) == ("Checkout answers 5xx", INCIDENT)


async def test_without_a_secret_nothing_is_signed(outbound: Outbound):
    async with running(FakeWebhook()) as hook:
        await channel(outbound).send(page(), Address(url=hook.url()))
        assert "webhook-signature" not in hook.requests[0].headers


async def test_a_retry_differs_in_nothing_but_the_time(outbound: Outbound):
    moments = iter([NOW, NOW + timedelta(seconds=5)])
    sender = channel(outbound, lambda: next(moments))
    async with running(FakeWebhook()) as hook:
        for _ in range(2):
            await sender.send(page(), Address(url=hook.url(), secret=SECRET))
        first, second = hook.requests
    assert first.body == second.body
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.headers["webhook-signature"] != second.headers["webhook-signature"]


async def test_privacy_holds_for_webhooks_too(outbound: Outbound):
    async with running(FakeWebhook()) as hook:
        await channel(outbound).send(page(privacy="minimal"), Address(url=hook.url()))
        assert b"heckout" not in hook.requests[0].body
        assert b"eu-west-1" not in hook.requests[0].body


ROWS = [
    (Reply(410), "gone", True, True, None),
    (Reply(400), "http_400", True, False, None),
    (Reply(404), "http_404", True, False, None),
    (Reply(302, headers={"location": "http://169.254.169.254/"}), "http_302", True, False, None),
    (Reply(408), "http_408", False, False, None),
    (Reply(425), "http_425", False, False, None),
    (Reply(429, headers={"retry-after": "30"}), "rate_limited", False, False, 30.0),
    (Reply(500), "http_500", False, False, None),
    (Reply(503, headers={"retry-after": "999999"}), "http_503", False, False, 3600.0),
    (Reply(drop=True), "connection_lost", False, False, None),
]


@pytest.mark.parametrize(("reply", "reason", "permanent", "dead", "wait_s"), ROWS)
async def test_refusal(
    outbound: Outbound, reply: Reply, reason: str, permanent: bool, dead: bool, wait_s: float | None
):
    async with running(FakeWebhook()) as hook:
        hook.answer(reply)
        with pytest.raises(DeliveryFailed) as caught:
            await channel(outbound).send(page(), Address(url=hook.url()))
    failed = caught.value
    assert (failed.reason, failed.permanent, failed.dead_address) == (reason, permanent, dead)
    assert (failed.retry_after_s, failed.bad_credentials) == (wait_s, False)


@pytest.mark.parametrize(
    ("url", "reason", "permanent"),
    [
        ("http://169.254.169.254/latest", "blocked_address", True),
        ("http://[::1]/", "blocked_address", True),
        ("http://10.0.0.1:9/", "blocked_address", True),
        ("ftp://example.com/", "bad_url", True),
        ("", "bad_url", True),
        ("http://nowhere.invalid/", "unresolved", False),
        ("http://127.0.0.1:1/", "unreachable", False),
    ],
)
async def test_an_address_that_leads_nowhere(outbound: Outbound, url: str, reason: str, permanent: bool):
    with pytest.raises(DeliveryFailed) as caught:
        await channel(outbound).send(page(), Address(url=url))
    assert (caught.value.reason, caught.value.permanent) == (reason, permanent)


async def test_a_hanging_receiver_is_given_up(outbound: Outbound, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("server.channels.webhook.CONFIGURED_TIMEOUT_S", 0.2)
    async with running(FakeWebhook()) as hook:
        hook.answer(Reply(hang=True))
        with pytest.raises(DeliveryFailed) as caught:
            await channel(outbound).send(page(), Address(url=hook.url()))
    assert (caught.value.reason, caught.value.permanent) == ("timeout", False)
