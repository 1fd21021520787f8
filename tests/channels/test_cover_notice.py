"""A notice that asks for cover: what phones, mailboxes and webhooks get of it."""

import json

import pytest

from server.channels.base import Asked, Message
from server.channels.email import compose
from server.channels.push.apns_payload import ios
from server.channels.push.fcm_payload import android
from server.channels.push.payload import Address
from server.channels.webhook import webhook_body
from tests.channels.conftest import NOTIFICATION, NOW

REQUEST = "019c7a3e-0000-7000-8000-00000000c0fe"
ASKED = "019c7a3e-0000-7000-8000-000000000a5c"
URL = f"https://oncall.example.com/covers/{REQUEST}"
PHONE = Address(provider="fcm", value="v", device_id="d")


def notice(**changes: object) -> Message:
    values = {
        "id": NOTIFICATION,
        "kind": "notice",
        "title": "Ana asks you to stand in",
        "body": "Watch",
        "verbs": ("accept_cover", "decline_cover"),
        "cover": Asked(request_id=REQUEST, user_id=ASKED),
        "url": URL,
        "action_token": "t",
        "sent_at": NOW,
    }
    return Message(**(values | changes))  # pyright: ignore[reportArgumentType] the fields of a message


def test_phones_get_the_buttons_and_what_they_are_about() -> None:
    data = json.loads(android(notice(), PHONE, server="s", now=NOW).body)["message"]["data"]
    assert (data["cover_request_id"], data["url"], data["verbs"]) == (REQUEST, URL, "accept_cover,decline_cover")
    assert (data["kind"], data["action_token"]) == ("notice", "t")
    apple = json.loads(ios(notice(), PHONE, server="s", now=NOW, topic="t").body)
    assert (apple["aps"]["category"], apple["cover_request_id"]) == ("COVER", REQUEST)
    assert apple["aps"]["interruption-level"] == "active"


def test_nobody_but_the_server_learns_who_was_asked() -> None:
    sent = [
        android(notice(), PHONE, server="s", now=NOW).body,
        ios(notice(), PHONE, server="s", now=NOW, topic="t").body,
        webhook_body(notice()),
    ]
    assert all(ASKED.encode() not in body for body in sent)


def test_a_webhook_says_which_request_it_is() -> None:
    data = json.loads(webhook_body(notice()))["data"]
    assert (data["cover_request_id"], data["incident"]) == (REQUEST, None)


@pytest.mark.parametrize("url", [URL, ""])
def test_a_mail_opens_what_it_is_about(url: str) -> None:
    mail = compose(notice(url=url), "a@example.com", sender="Dogwatch <d@example.com>", now=lambda: NOW)
    text = mail.get_body(("plain",)).get_content()  # pyright: ignore[reportOptionalMemberAccess] every mail has one
    assert ("/covers/" in text) is bool(url)
    assert "accept_cover" not in text


@pytest.mark.parametrize("privacy", ["minimal", "id"])
def test_privacy_keeps_its_words_at_home(privacy: str) -> None:
    data = json.loads(android(notice(privacy=privacy), PHONE, server="s", now=NOW).body)["message"]["data"]
    assert (data["title"], data.get("body", "")) == ("News from Dogwatch", "")
