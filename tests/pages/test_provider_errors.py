"""What each answer of a provider does to the address, to the page, to its person and to the administrators."""

import dataclasses
from dataclasses import dataclass
from typing import Any

import pytest

from tests.kit.client import Client
from tests.kit.fake_apns import apns_error
from tests.kit.fake_fcm import fcm_error
from tests.kit.fake_http import Reply
from tests.kit.providers import IPHONE_TOKEN, Providers, taken
from tests.stories.test_pages_leave_for_real import EVENT, addresses, page, set_up


@dataclass(frozen=True)
class Row:
    """One signal, and its effect once everything that is due at that moment is done."""

    signal: str
    provider: str
    replies: tuple[Reply, ...]
    reason: str
    is_dead: bool = False
    is_told: bool = False
    mail_after_s: int = 0
    admins_hear: bool = False
    is_taken: bool = False
    tries: int = 1


QUOTA = fcm_error(429, "RESOURCE_EXHAUSTED", "QUOTA_EXCEEDED")
FIELD = {"field": "message.fid"}
ROWS = [
    Row("FCM 404 UNREGISTERED", "fcm", (fcm_error(404, "NOT_FOUND", "UNREGISTERED"),), "unregistered", True, True),
    Row(
        "APNs 410",
        "apns",
        (apns_error(410, "Unregistered", timestamp_ms=4_000_000_000_000),),
        "unregistered",
        True,
        True,
    ),
    Row("FCM 400 on the token", "fcm", (fcm_error(400, "INVALID_ARGUMENT", **FIELD),), "invalid_address", True, True),
    Row("APNs BadDeviceToken", "apns", (apns_error(400, "BadDeviceToken"),), "invalid_address", True, True),
    Row(
        "APNs DeviceTokenNotForTopic",
        "apns",
        (apns_error(400, "DeviceTokenNotForTopic"),),
        "invalid_address",
        True,
        True,
    ),
    Row("FCM 400 on the payload", "fcm", (fcm_error(400, "INVALID_ARGUMENT"),), "invalid_message"),
    Row(
        "FCM SENDER_ID_MISMATCH",
        "fcm",
        (fcm_error(403, "PERMISSION_DENIED", "SENDER_ID_MISMATCH"),),
        "wrong_app",
        admins_hear=True,
    ),
    Row("FCM 401", "fcm", (fcm_error(401, "UNAUTHENTICATED"),) * 2, "bad_credentials", admins_hear=True, tries=2),
    Row(
        "APNs ExpiredProviderToken",
        "apns",
        (apns_error(403, "ExpiredProviderToken"),) * 2,
        "bad_credentials",
        admins_hear=True,
        tries=2,
    ),
    Row("APNs BadTopic", "apns", (apns_error(400, "BadTopic"),), "wrong_app", admins_hear=True),
    Row("FCM 429", "fcm", (QUOTA,), "rate_limited"),
    Row("APNs 429", "apns", (apns_error(429, "TooManyRequests"),), "rate_limited"),
    Row("FCM 401, once", "fcm", (fcm_error(401, "UNAUTHENTICATED"),), "", is_taken=True, mail_after_s=60, tries=2),
    Row(
        "APNs 403, once",
        "apns",
        (apns_error(403, "ExpiredProviderToken"),),
        "",
        is_taken=True,
        mail_after_s=60,
        tries=2,
    ),
    Row("APNs 413", "apns", (apns_error(413, "PayloadTooLarge"),), "", is_taken=True, mail_after_s=60, tries=2),
    Row("FCM too big", "fcm", (Reply(413),), "", is_taken=True, mail_after_s=60, tries=2),
    Row("APNs 413 twice", "apns", (apns_error(413, "PayloadTooLarge"),) * 2, "too_large", tries=2),
    Row("FCM 503", "fcm", (fcm_error(503, "UNAVAILABLE"),) * 3, "http_503", mail_after_s=10),
    Row("APNs 500", "apns", (apns_error(500, "InternalServerError"),) * 3, "http_500", mail_after_s=10),
]


async def arrange(providers: Providers, row: Row) -> tuple[Client, str]:
    """Ana with one phone and a mail address, Bo at level 2, and Root, an administrator who reads mail."""
    _, ana, _, address = await set_up(providers, delay_s=1800)
    await providers.world.add_person("Root", role="admin", reach="email")
    if row.provider == "fcm":
        await providers.add_android(ana)
        providers.fcm.answer(*row.replies)
    else:
        await providers.add_iphone(ana)
        providers.apns.answer(*row.replies)
    await providers.add_contact(ana, "email", "ana@example.com")
    return ana, address


def mails(providers: Providers, to: str, words: str) -> int:
    return sum(mail["To"] == to and words in mail["Subject"] for mail in providers.smtp.mails)


@pytest.mark.parametrize("row", ROWS, ids=[row.signal for row in ROWS])
async def test_every_signal_has_its_effect(providers: Providers, row: Row) -> None:
    ana, address = await arrange(providers, row)
    requests = providers.fcm.requests if row.provider == "fcm" else providers.apns.requests
    await page(providers, address)
    assert len(requests) == row.tries
    assert bool(taken(requests)) is row.is_taken
    [phone] = [each for each in (await addresses(ana)).values() if each["channel"] == "push"]
    assert (phone["dead_at"] is not None) is row.is_dead
    assert mails(providers, "ana@example.com", "can't be reached") == int(row.is_told)
    assert mails(providers, "root@example.com", "credentials are refused") == int(row.admins_hear)
    assert mails(providers, "ana@example.com", EVENT["title"]) == int(row.mail_after_s == 0)
    pushed = await push_of(ana)
    assert pushed["reason"] == (row.reason or None)
    assert pushed["state"] in (("accepted",) if row.is_taken else ("failed", "queued"))
    await providers.world.advance(seconds=10)
    assert mails(providers, "ana@example.com", EVENT["title"]) == int(row.mail_after_s <= 10)
    await providers.world.advance(seconds=51)
    assert mails(providers, "ana@example.com", EVENT["title"]) == 1
    assert len({request.json["notification_id"] for request in providers.apns.requests}) <= 1, "one id over all tries"


async def push_of(client: Client) -> Any:
    items = (await client.get("/api/v1/notifications"))["items"]
    [found] = [item for item in items if item["channel"] == "push" and item["kind"] == "page"]
    return found


async def test_what_was_too_large_says_nothing_but_its_id_the_second_time(providers: Providers) -> None:
    _, address = await arrange(
        providers, dataclasses.replace(ROWS[0], provider="apns", replies=(apns_error(413, "x"),))
    )
    await page(providers, address)
    first, second = providers.apns.requests
    assert EVENT["title"].encode() in first.body
    assert EVENT["title"].encode() not in second.body
    assert b"checkout" not in second.body
    assert second.json["incident_id"] == first.json["incident_id"]


async def test_a_quota_is_waited_out_beside_the_mail(providers: Providers) -> None:
    ana, address = await arrange(providers, dataclasses.replace(ROWS[0], replies=(QUOTA,)))
    await page(providers, address)
    assert mails(providers, "ana@example.com", EVENT["title"]) == 1
    await providers.world.advance(seconds=61)
    assert [request.status for request in providers.fcm.requests] == [429, 200]
    assert (await push_of(ana))["state"] == "accepted"


async def test_administrators_hear_of_refused_credentials_once_an_hour(providers: Providers) -> None:
    _, address = await arrange(providers, dataclasses.replace(ROWS[0], replies=()))
    providers.fcm.script.usual = fcm_error(403, "PERMISSION_DENIED", "SENDER_ID_MISMATCH")
    for n in range(3):
        await providers.world.nobody.post(address, {**EVENT, "dedup_key": f"k{n}", "check": f"c{n}"})
        await providers.world.advance(minutes=5)
    assert mails(providers, "root@example.com", "credentials are refused") == 1
    await providers.world.advance(minutes=50)
    await providers.world.nobody.post(address, {**EVENT, "dedup_key": "late", "check": "late"})
    await providers.world.settle()
    assert mails(providers, "root@example.com", "credentials are refused") == 2


async def test_a_phone_that_registered_again_after_apple_said_so_lives(providers: Providers) -> None:
    ana, address = await arrange(providers, dataclasses.replace(ROWS[0], provider="apns", replies=()))
    registered_ms = int(providers.world.clock.now().timestamp() * 1000)
    providers.apns.script.addresses[IPHONE_TOKEN] = apns_error(410, "Unregistered", timestamp_ms=registered_ms - 60_000)
    await page(providers, address)
    assert (await addresses(ana))["iPhone"]["dead_at"] is None
    assert mails(providers, "ana@example.com", "can't be reached") == 0
    assert mails(providers, "ana@example.com", EVENT["title"]) == 1, "this page was not taken all the same"


async def test_two_phones_that_fail_hurry_one_step(providers: Providers) -> None:
    ana, address = await arrange(providers, dataclasses.replace(ROWS[0], replies=()))
    await providers.add_iphone(ana)
    providers.fcm.script.addresses["fid-1"] = fcm_error(404, "NOT_FOUND", "UNREGISTERED")
    providers.apns.script.addresses[IPHONE_TOKEN] = apns_error(400, "BadDeviceToken")
    push, mail = {"channel": "push"}, {"channel": "email", "delay_s": 60}
    later = {"channel": "email", "delay_s": 300}
    rules = {"critical": [push, mail, later], "warning": [push], "info": [push]}
    await ana.put("/api/v1/me/notification-rules", rules, rev=0)
    await page(providers, address)
    assert mails(providers, "ana@example.com", EVENT["title"]) == 1
    await providers.world.advance(seconds=301)
    assert mails(providers, "ana@example.com", EVENT["title"]) == 2


async def test_administrators_are_told_whatever_messages_may_say(providers: Providers) -> None:
    _, address = await arrange(providers, dataclasses.replace(ROWS[0], replies=ROWS[6].replies))
    root = await providers.world.sign_in("Root")
    await root.put("/api/v1/notification-settings", {"lock_screen": "id"}, rev=1)
    await page(providers, address)
    assert mails(providers, "root@example.com", "credentials are refused") == 1
    assert mails(providers, "ana@example.com", EVENT["title"]) == 0
