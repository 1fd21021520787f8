"""One notion of a way that can deliver now: proven, alive, and of a route that the installation can send by."""

import dataclasses
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from server.kernel.database import Database, Writes
from server.kernel.settings import Settings
from tests.kit.certificates import write_apns_key
from tests.kit.client import Client
from tests.kit.fake_http import running
from tests.kit.fake_smtp import FakeSmtp
from tests.kit.fake_webhook import FakeWebhook
from tests.kit.providers import LOOPBACK
from tests.kit.world import World, world_of

ANDROID = {"name": "Pixel 9", "platform": "android", "value": "token-1"}
IPHONE = {"name": "iPhone", "platform": "ios", "value": "ab" * 32}
DEVICES, METHODS = "/api/v1/me/devices", "/api/v1/me/contact-methods"


@pytest.fixture
async def bare(settings: Settings, db: Database) -> AsyncIterator[World]:
    """An installation whose environment configures no way out but webhooks."""
    async with world_of(dataclasses.replace(settings, egress_allow_cidrs=LOOPBACK), db) as world:
        await world.add_team("Payments")
        await world.add_person("Olga", role="owner", team="Payments", reach="")
        yield world


async def configure(client: Client, slug: str, config: dict[str, Any], rev: int = 0) -> None:
    answer = await client.send("PUT", f"/api/v1/channels/{slug}", {"config": config}, headers={"if-match": str(rev)})
    assert answer.status_code == 200, answer.text


async def told(client: Client) -> tuple[list[bool], str | None, list[str], int, int]:
    """What every place says: devices, the card, the rules, the preview, the test page."""
    devices = [each["can_leave"] for each in (await client.get(DEVICES))["items"]]
    card = (await client.get("/api/v1/me/on-call"))["unreachable"]
    rules = (await client.get("/api/v1/me/notification-rules"))["warnings"]
    preview = await client.post("/api/v1/me/notification-rules/preview", {"severity": "critical"})
    trial = (await client.send("POST", "/api/v1/me/test-page", {})).status_code
    return devices, card, sorted({each["code"] for each in rules}), len(preview["lines"]), trial


async def test_without_a_push_provider_no_phone_is_a_way(bare: World) -> None:
    olga = await bare.sign_in("Olga")
    made = await olga.post(DEVICES, ANDROID)
    assert made["can_leave"] is False
    assert await told(olga) == ([False], "no_push", ["reaches_nobody"], 0, 409)


@pytest.mark.store
async def test_a_provider_reaches_its_own_phones_alone_and_at_once(bare: World, tmp_path: Path) -> None:
    olga = await bare.sign_in("Olga")
    await olga.post(DEVICES, ANDROID)
    key = Path(write_apns_key(tmp_path / "key.p8")).read_text()
    config = {"apns_key": key, "apns_key_id": "K", "apns_team_id": "T", "apns_topic": "dev.dogwatch"}
    await configure(olga, "push", config)
    assert await told(olga) == ([False], "no_push", ["reaches_nobody"], 0, 409)
    assert (await olga.post(DEVICES, IPHONE))["can_leave"] is True
    assert await told(olga) == ([False, True], None, [], 1, 201)
    await configure(olga, "push", {"apns_key": ""}, rev=1)


async def test_who_has_only_a_phone_without_a_provider_is_passed_over_like_who_has_nothing(bare: World) -> None:
    await bare.add_person("Ana", team="Payments", reach="")
    await (await bare.sign_in("Ana")).post(DEVICES, ANDROID)
    olga = await bare.sign_in("Olga")
    async with running(FakeWebhook()) as hook:
        await olga.post(METHODS, {"channel": "webhook", "name": "lamp", "value": hook.url()})
        service = await bare.add_service(policy=await bare.add_policy("Ana", "Olga", delay_s=300))
        body = {"title": "it burns", "service_id": service.id, "severity": "critical"}
        await olga.post("/api/v1/incidents", body)
        await bare.settle()
        assert await bare.pages() == [("Olga", "webhook", "accepted")]


async def test_mail_is_a_way_while_its_relay_is_configured(bare: World) -> None:
    olga = await bare.sign_in("Olga")
    async with running(FakeSmtp()) as smtp:
        await configure(olga, "email", {"smtp_url": smtp.url, "smtp_from": "pager@example.com"})
        await bare.engine.ways_out.refresh()
        made = await olga.post(METHODS, {"channel": "email", "name": "Work", "value": "olga@example.com"})
        assert (made["verified_at"] is not None, made["can_leave"]) == (True, True)
        assert (await told(olga))[3] == 1
        await configure(olga, "email", {"smtp_url": "", "smtp_from": "pager@example.com"}, rev=1)
        assert [each["can_leave"] for each in (await olga.get(METHODS))["items"]] == [False]
        assert await told(olga) == ([], "no_address", ["reaches_nobody"], 0, 409)


async def test_before_any_process_has_said_what_it_can_send_everything_may_be_a_way(bare: World) -> None:
    olga = await bare.sign_in("Olga")
    await olga.post(DEVICES, ANDROID)
    await bare.db.apply(Writes().sql("DELETE FROM way_out"))
    assert (await told(olga))[:3] == ([True], None, [])


async def test_an_invitation_is_mailed_by_the_relay_that_was_configured_in_the_app_and_promised_by_none(
    bare: World,
) -> None:
    olga = await bare.sign_in("Olga")
    first = await olga.post("/api/v1/invitations", {"email": "nia@example.com"})
    assert (first["is_mailed"], bool(first["link"])) == (False, True)
    refused = await bare.nobody.send("POST", "/api/v1/auth/reset", {"email": "olga@example.com"})
    assert (refused.status_code, refused.json()["code"]) == (409, "no_mail")
    async with running(FakeSmtp()) as smtp:
        await configure(olga, "email", {"smtp_url": smtp.url, "smtp_from": "pager@example.com"})
        again = await olga.post(f"/api/v1/invitations/{first['id']}/resend")
        table = await olga.post("/api/v1/invitations/csv", {"csv": "email\nbo@example.com", "language": "zh"})
        assert (again["is_mailed"], table["items"][0]["is_mailed"]) == (True, True)
        await bare.settle()
        assert sorted(mail["To"] for mail in smtp.mails) == ["bo@example.com", "nia@example.com"]
