"""Pages leave for Firebase, Apple, mail and webhooks, on the wire as it is; what providers answer has its effect."""

import uuid
from typing import Any

import pytest

from tests.kit.client import Client
from tests.kit.fake_apns import apns_error
from tests.kit.fake_fcm import fcm_error
from tests.kit.fake_http import Reply
from tests.kit.providers import IPHONE_TOKEN, Providers, taken
from tests.pages.conftest import providers as providers
from tests.stories.test_one_alert import EVENT, kinds, only_incident


async def set_up(providers: Providers, *, delay_s: int = 300) -> tuple[Client, Client, Client, str]:
    """Ana (level 1) and Bo (level 2), without addresses; returns Mia, Ana, Bo and an integration's address."""
    world = providers.world
    await world.add_team("Payments")
    await world.add_person("Mia", team="Payments", role="manager", reach="")
    for name in ("Ana", "Bo"):
        await world.add_person(name, team="Payments", reach="")
    service = await world.add_service(policy=await world.add_policy("Ana", "Bo", delay_s=delay_s))
    integration = await world.add_integration(service)
    mia, ana, bo = [await world.client(name) for name in ("Mia", "Ana", "Bo")]
    await providers.add_android(bo, "fid-of-bo")
    return mia, ana, bo, f"/ingest/events/{integration.key}"


async def page(providers: Providers, address: str) -> None:
    await providers.world.nobody.post(address, EVENT)
    await providers.world.settle()


async def addresses(client: Client) -> dict[str, Any]:
    return {each["name"]: each for each in (await client.get("/api/v1/me/contact-methods"))["items"]}


async def test_one_page_reaches_an_android_an_iphone_a_webhook_and_a_mailbox(providers: Providers) -> None:
    _, ana, _, address = await set_up(providers)
    await providers.add_android(ana)
    await providers.add_iphone(ana)
    await providers.add_contact(ana, "email", "ana@example.com")
    await providers.add_contact(ana, "webhook", providers.webhook.url(), secret="whsec_" + "QUJD" * 8)
    await page(providers, address)
    item = await only_incident(ana)
    [android] = providers.fcm.requests
    message = android.json["message"]
    assert android.path == "/v1/projects/dogwatch-test/messages:send"
    assert message["fid"] == "fid-1"
    assert message["android"]["priority"] == "HIGH"
    assert "collapse_key" not in message["android"], "Firebase drops pages that share few collapse keys"
    assert "notification" not in message, "the app itself draws the page"
    assert all(isinstance(value, str) for value in message["data"].values())
    assert message["data"]["incident_id"] == item["id"]
    assert message["data"]["kind"] == "page"
    [iphone] = providers.apns.requests
    assert iphone.path == f"/3/device/{IPHONE_TOKEN}"
    assert iphone.headers["apns-priority"] == "10"
    assert iphone.headers["apns-push-type"] == "alert"
    assert iphone.headers["apns-topic"] == "dev.dogwatch.app"
    assert iphone.headers["apns-collapse-id"] == item["id"]
    assert iphone.headers["apns-id"] == iphone.json["notification_id"]
    assert uuid.UUID(iphone.headers["apns-id"]).version == 7
    assert iphone.json["aps"]["interruption-level"] == "time-sensitive"
    [hook] = providers.webhook.requests
    assert hook.headers["webhook-id"] == hook.json["data"]["notification_id"]
    assert hook.headers["webhook-signature"].startswith("v1,")
    assert providers.smtp.mails == []
    await providers.world.advance(seconds=61)
    [mail] = providers.smtp.mails
    assert mail["To"] == "ana@example.com"
    assert EVENT["title"] in mail["Subject"]
    ids = {message["data"]["notification_id"], iphone.headers["apns-id"], hook.headers["webhook-id"]}
    assert len(ids) == 3, "each address has a notification of its own"


async def test_the_button_of_a_push_acknowledges_once_and_answers_the_same_again(providers: Providers) -> None:
    _, ana, _, address = await set_up(providers)
    await providers.add_iphone(ana)
    await page(providers, address)
    pushed = providers.apns.requests[0].json
    assert pushed["verbs"] == ["acknowledge", "escalate", "resolve", "snooze"]
    action = {"verb": "acknowledge", "token": pushed["action_token"]}
    first = await providers.world.nobody.post("/api/v1/actions", action)
    assert first["state"] == "acknowledged"
    assert first["by"] == "Ana"
    assert await providers.world.nobody.post("/api/v1/actions", action) == first
    await providers.world.advance(minutes=10)
    assert providers.fcm.requests == [], "level 2 is not paged any more"
    assert (await only_incident(ana))["state"] == "acknowledged"


async def test_a_forged_button_does_nothing(providers: Providers) -> None:
    _, ana, _, address = await set_up(providers)
    await providers.add_iphone(ana)
    await page(providers, address)
    token = providers.apns.requests[0].json["action_token"]
    other = token.replace("acknowledge-escalate-resolve", "acknowledge-escalate-resolve-own")
    for forged in (other, token[:-2] + "é!", "dwn.x", "", "....", token + "x"):
        answer = await providers.world.nobody.send("POST", "/api/v1/actions", {"verb": "acknowledge", "token": forged})
        assert answer.status_code == 401, forged
    assert (await only_incident(ana))["state"] == "triggered"


async def test_503s_are_tried_again_under_the_same_id_until_one_is_taken(providers: Providers) -> None:
    manager, ana, _, address = await set_up(providers)
    await providers.add_android(ana)
    await providers.add_iphone(ana)
    providers.fcm.answer(fcm_error(503, "UNAVAILABLE"), fcm_error(500, "INTERNAL"))
    providers.apns.answer(apns_error(503, "ServiceUnavailable"), apns_error(503, "Shutdown"))
    await page(providers, address)
    await providers.world.advance(seconds=40)
    assert [request.status for request in providers.fcm.requests] == [503, 500, 200]
    assert len({data["notification_id"] for data in providers.android_data()}) == 1
    assert len({data["action_token"] for data in providers.android_data()}) == 1
    assert [request.status for request in providers.apns.requests] == [503, 503, 200]
    assert len({request.headers["apns-id"] for request in providers.apns.requests}) == 1
    told = await kinds(manager, (await only_incident(manager))["id"])
    assert told.count("page_accepted") == 2
    assert told.count("page_failed") == 2, "trouble is told once for each address"


async def test_retry_after_is_honoured(providers: Providers) -> None:
    _, ana, _, address = await set_up(providers)
    await providers.add_android(ana)
    providers.fcm.answer(fcm_error(429, "RESOURCE_EXHAUSTED", "QUOTA_EXCEEDED", headers={"retry-after": "40"}))
    await page(providers, address)
    await providers.world.advance(seconds=39)
    assert len(providers.fcm.requests) == 1
    await providers.world.advance(seconds=2)
    assert [request.status for request in providers.fcm.requests] == [429, 200]


async def test_an_unregistered_phone_is_dead_and_the_mail_does_not_wait(providers: Providers) -> None:
    _, ana, _, address = await set_up(providers)
    await providers.add_android(ana)
    await providers.add_contact(ana, "email", "ana@example.com")
    providers.fcm.answer(fcm_error(404, "NOT_FOUND", "UNREGISTERED"))
    await page(providers, address)
    assert sum(EVENT["title"] in mail["Subject"] for mail in providers.smtp.mails) == 1, "the mail is hurried"
    assert sum("Pixel 8" in mail["Subject"] for mail in providers.smtp.mails) == 1, "Ana hears of her phone"
    mine = await addresses(ana)
    assert mine["Pixel 8"]["dead_reason"] == "unregistered"
    assert mine["Pixel 8"]["dead_at"] is not None
    assert mine["email"]["dead_at"] is None
    await providers.world.nobody.post(address, {**EVENT, "dedup_key": "another", "check": "another"})
    await providers.world.settle()
    assert len(providers.fcm.requests) == 1, "nothing is sent to a dead address"
    assert sum(EVENT["title"] in mail["Subject"] for mail in providers.smtp.mails) == 2
    assert sum("Pixel 8" in mail["Subject"] for mail in providers.smtp.mails) == 1, "once is enough"


async def test_nobody_reachable_pages_the_next_level_now(providers: Providers) -> None:
    manager, ana, _, address = await set_up(providers)
    await providers.add_android(ana)
    providers.fcm.script.addresses["fid-1"] = fcm_error(404, "NOT_FOUND", "UNREGISTERED")
    await page(providers, address)
    assert [data["notification_id"] for data in providers.android_data()] != []
    assert [request.json["message"]["fid"] for request in providers.fcm.requests] == ["fid-1", "fid-of-bo"]
    assert "hurried" in await kinds(manager, (await only_incident(manager))["id"])


async def test_a_short_level_is_hurried_too(providers: Providers) -> None:
    _, ana, _, address = await set_up(providers, delay_s=60)
    await providers.add_android(ana)
    providers.fcm.script.addresses["fid-1"] = fcm_error(404, "NOT_FOUND", "UNREGISTERED")
    await page(providers, address)
    assert [request.json["message"]["fid"] for request in providers.fcm.requests] == ["fid-1", "fid-of-bo"]


async def test_a_provider_that_only_fails_hurries_after_a_minute(providers: Providers) -> None:
    _, ana, _, address = await set_up(providers, delay_s=1800)
    await providers.add_android(ana)
    providers.fcm.script.addresses["fid-1"] = fcm_error(503, "UNAVAILABLE")
    await page(providers, address)
    await providers.world.advance(seconds=50)
    assert taken(providers.fcm.requests) == []
    await providers.world.advance(seconds=20)
    assert [request.json["message"]["fid"] for request in taken(providers.fcm.requests)] == ["fid-of-bo"]


@pytest.mark.parametrize(
    "refusal",
    [
        fcm_error(401, "UNAUTHENTICATED"),
        fcm_error(403, "PERMISSION_DENIED", "SENDER_ID_MISMATCH"),
        fcm_error(404, "NOT_FOUND"),
        fcm_error(400, "INVALID_ARGUMENT", "INVALID_ARGUMENT"),
    ],
)
async def test_refused_credentials_or_payloads_never_kill_an_address(providers: Providers, refusal: Reply) -> None:
    _, ana, _, address = await set_up(providers)
    await providers.add_android(ana)
    await providers.add_iphone(ana)
    providers.fcm.script.usual = refusal
    providers.apns.revoked_before = 4_000_000_000.0
    await page(providers, address)
    await providers.world.advance(minutes=7)
    assert taken(providers.fcm.requests) == []
    assert taken(providers.apns.requests) == []
    assert {each["dead_at"] for each in (await addresses(ana)).values()} == {None}


async def test_apple_saying_that_a_token_died_before_it_was_registered_is_no_news(providers: Providers) -> None:
    _, ana, _, address = await set_up(providers)
    await providers.add_iphone(ana)
    registered_ms = int(providers.world.clock.now().timestamp() * 1000)
    providers.apns.answer(apns_error(410, "Unregistered", timestamp_ms=registered_ms - 3_600_000))
    await page(providers, address)
    assert (await addresses(ana))["iPhone"]["dead_at"] is None
    providers.apns.answer(apns_error(410, "Unregistered", timestamp_ms=registered_ms + 1_000))
    await providers.world.nobody.post(address, {**EVENT, "dedup_key": "another", "check": "another"})
    await providers.world.settle()
    assert (await addresses(ana))["iPhone"]["dead_reason"] == "unregistered"


async def test_an_unanswered_fallback_whose_pages_fail_is_tried_again_within_minutes(providers: Providers) -> None:
    manager, ana, _, address = await set_up(providers, delay_s=60)
    await providers.add_android(ana)
    await providers.world.make_manager("Mia", "Payments")
    await providers.add_android(manager, "fid-of-mia")
    providers.fcm.script.addresses["fid-of-mia"] = fcm_error(404, "NOT_FOUND", "UNREGISTERED")
    await page(providers, address)
    await providers.world.advance(seconds=125)
    assert "fid-of-mia" in [request.json["message"]["fid"] for request in providers.fcm.requests]
    before = len(taken(providers.fcm.requests))
    await providers.world.advance(minutes=3)
    assert len(taken(providers.fcm.requests)) > before, (
        "the rest of the team is paged instead of half an hour's silence"
    )
