"""Push payloads: golden, and never too large."""

# pyright: basic

import json
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.channels.base import DeliveryFailed, Message, Subject
from server.channels.push.apns_payload import ios
from server.channels.push.fcm_payload import android
from server.channels.push.payload import LIMIT_BYTES, Address
from tests.channels.conftest import NOW, SUBJECT, page

GOLDEN = Path(__file__).parents[1] / "fixtures" / "channels" / "push"
SERVER = "https://oncall.example.com"
ANDROID = Address(provider="fcm", kind="fid", value="fid-1", device_id="d1", name="Pixel 8")
IPHONE = Address(provider="apns", value="ab" * 32, device_id="d2", name="iPhone", critical_alerts=True)

CASES: dict[str, Message] = {
    "page": page(),
    "page_warning": page(
        subject=msgspec.structs.replace(SUBJECT, severity="warning"), privacy="minimal", language="zh"
    ),
    "page_id_only": page(privacy="id"),
    "cleared": page(kind="cleared", title="", body="", verbs=(), action_token="", badge=0),
    "test": page(kind="test", subject=None, collapse_key="", verbs=(), action_token="", badge=None),
    "notice": page(
        kind="notice",
        subject=None,
        collapse_key="shift",
        verbs=(),
        action_token="",
        badge=None,
        expires_at=None,
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_golden(name: str, request: pytest.FixtureRequest):
    message = CASES[name]
    to_android = android(message, ANDROID, server=SERVER, now=NOW)
    to_ios = ios(message, IPHONE, server=SERVER, now=NOW, topic="dev.dogwatch.app")
    assert to_android.headers == {"content-type": "application/json"}
    built = {
        "android": json.loads(to_android.body),
        "ios": {"headers": to_ios.headers, "payload": json.loads(to_ios.body)},
    }
    assert built == json.loads((GOLDEN / f"{name}.json").read_text())


def test_android_data_holds_strings_only():
    data = json.loads(android(page(), ANDROID, server=SERVER, now=NOW).body)["message"]["data"]
    assert all(isinstance(value, str) for value in data.values())


def test_a_registration_token_goes_where_tokens_go():
    address = Address(provider="fcm", kind="token", value="t-1", device_id="d")
    message = json.loads(android(page(), address, server=SERVER, now=NOW).body)["message"]
    assert message["token"] == "t-1"
    assert "fid" not in message


def test_every_retry_has_the_same_ids_and_less_time_to_live():
    first = ios(page(), IPHONE, server=SERVER, now=NOW, topic="t").headers
    later = ios(page(), IPHONE, server=SERVER, now=NOW + timedelta(minutes=9), topic="t").headers
    assert first == later
    ttl = json.loads(android(page(), ANDROID, server=SERVER, now=NOW + timedelta(minutes=9)).body)
    assert ttl["message"]["android"]["ttl"] == "60s"


def test_a_phone_without_the_permission_gets_no_critical_alert():
    quiet = msgspec.structs.replace(IPHONE, critical_alerts=False)
    aps = json.loads(ios(page(), quiet, server=SERVER, now=NOW, topic="t").body)["aps"]
    assert aps["interruption-level"] == "time-sensitive"
    assert aps["sound"] == "page.caf"


def test_what_has_expired_is_not_sent():
    with pytest.raises(DeliveryFailed) as caught:
        android(page(), ANDROID, server=SERVER, now=NOW + timedelta(hours=1))
    assert caught.value.reason == "expired"
    assert caught.value.permanent


def test_a_long_collapse_key_is_hashed_and_an_odd_id_becomes_a_uuid():
    headers = ios(page(id="odd", collapse_key="k" * 65), IPHONE, server=SERVER, now=NOW, topic="t").headers
    assert len(headers["apns-collapse-id"].encode()) <= 64
    assert len(headers["apns-id"]) == 36


@pytest.mark.parametrize("privacy", ["minimal", "id"])
def test_privacy_keeps_words_and_service_at_home(privacy: str):
    message = page(privacy=privacy)
    for parcel in (
        android(message, ANDROID, server=SERVER, now=NOW),
        ios(message, IPHONE, server=SERVER, now=NOW, topic="t"),
    ):
        assert b"Checkout" not in parcel.body
        assert b"checkout" not in parcel.body


def test_the_body_gives_way_before_the_title():
    message = page(body="b" * 9000, title="t" * 500)
    data = json.loads(android(message, ANDROID, server=SERVER, now=NOW).body)["message"]["data"]
    assert data["title"] == "t" * 500
    assert data["body"].endswith("b…")
    both = page(body="b" * 9000, title="t" * 9000)
    data = json.loads(android(both, ANDROID, server=SERVER, now=NOW).body)["message"]["data"]
    assert "body" not in data
    assert data["title"].endswith("t…")


def test_what_cannot_shrink_is_refused():
    subject = msgspec.structs.replace(SUBJECT, url="https://x/" + "u" * 5000)
    with pytest.raises(DeliveryFailed) as caught:
        android(page(subject=subject), ANDROID, server=SERVER, now=NOW)
    assert caught.value.reason == "too_large"


words = st.text(max_size=6000)


@given(title=words, body=words, service=st.text(max_size=200), number=st.integers(1, 2**31))
def test_never_more_than_the_limit(title: str, body: str, service: str, number: int):
    subject = Subject(
        incident_id="i" * 36,
        number=number,
        severity="critical",
        rev=1,
        service=service,
        url="https://x/incidents/1",
    )
    message = page(title=title, body=body, subject=subject)
    for parcel in (
        android(message, ANDROID, server=SERVER, now=NOW),
        ios(message, IPHONE, server=SERVER, now=NOW, topic="t"),
    ):
        assert len(parcel.body) <= LIMIT_BYTES
        json.loads(parcel.body)
