"""What messages say: no more than the account allows, in their reader's language and on their reader's clock."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.kit.client import Client
from tests.kit.providers import Providers, code_in, text_of
from tests.stories.test_pages_leave_for_real import EVENT, page, set_up

SETTINGS = "/api/v1/notification-settings"
SECRETS = (EVENT["title"], "checkout", "eu-west-secret")


async def everything_sent(providers: Providers) -> dict[str, str]:
    """Each channel's messages as they went over the wire."""
    return {
        "fcm": " ".join(request.body.decode() for request in providers.fcm.requests),
        "apns": " ".join(request.body.decode() for request in providers.apns.requests),
        "webhook": " ".join(request.body.decode() for request in providers.webhook.requests),
        "email": " ".join(
            f"{mail['Subject']} {text_of(mail)} {text_of(mail, 'html')}" for mail in providers.smtp.mails
        ),
    }


async def reach_by_all(providers: Providers, client: Client) -> None:
    await providers.add_android(client)
    await providers.add_iphone(client)
    await providers.add_contact(client, "email", "ana@example.com")
    await providers.add_contact(client, "webhook", providers.webhook.url())


async def choose(providers: Providers, lock_screen: str) -> None:
    if "Root" not in providers.world.users:
        await providers.world.add_person("Root", role="admin", reach="")
    root = await providers.world.sign_in("Root")
    rev = (await root.get(SETTINGS))["rev"]
    await root.put(SETTINGS, {"lock_screen": lock_screen}, rev=rev)


@pytest.mark.parametrize("lock_screen", ["full", "minimal", "id"])
async def test_every_channel_says_what_the_account_allows(providers: Providers, lock_screen: str) -> None:
    _, ana, _, address = await set_up(providers)
    await reach_by_all(providers, ana)
    await choose(providers, lock_screen)
    await providers.world.nobody.post(address, {**EVENT, "labels": {"region": "eu-west-secret"}})
    await providers.world.settle()
    await providers.world.advance(seconds=61)
    first = providers.apns.requests[0].json
    await providers.world.nobody.post("/api/v1/actions", {"verb": "resolve", "token": first["action_token"]})
    await providers.world.settle()
    sent = await everything_sent(providers)
    assert all(sent.values()), "each channel sent something"
    for channel, text in sent.items():
        leaks = [word for word in SECRETS if word.lower() in text.lower()]
        assert bool(leaks) is (lock_screen == "full"), f"{channel}: {leaks}"
    shown = {channel: text for channel, text in sent.items() if channel != "webhook"}
    if lock_screen == "minimal":
        assert all("Critical incident #1" in text for text in shown.values())
    if lock_screen == "id":
        assert all("New page" in text for text in shown.values())
        assert "#1" not in sent["email"]


async def test_what_waits_already_is_sent_with_the_words_allowed_now(providers: Providers) -> None:
    _, ana, _, address = await set_up(providers)
    await reach_by_all(providers, ana)
    await page(providers, address)
    await choose(providers, "id")
    await providers.world.advance(seconds=61)
    assert EVENT["title"] in (await everything_sent(providers))["fcm"]
    assert EVENT["title"] not in (await everything_sent(providers))["email"]


async def test_a_code_arrives_whatever_the_account_allows(providers: Providers) -> None:
    _, ana, _, _ = await set_up(providers)
    await choose(providers, "id")
    await ana.post("/api/v1/me/contact-methods", {"channel": "email", "name": "Work", "value": "ana@example.com"})
    await providers.world.settle()
    assert len(code_in(providers.smtp.mails[-1])) == 6


async def test_only_administrators_choose_and_only_on_what_they_read(providers: Providers) -> None:
    manager, ana, _, _ = await set_up(providers)
    assert (await ana.get(SETTINGS)) == {"lock_screen": "full", "rev": 1}
    for client in (manager, ana):
        refused = await client.send("PUT", SETTINGS, {"lock_screen": "id"}, headers={"if-match": "1"})
        assert refused.status_code == 403
    await choose(providers, "minimal")
    root = await providers.world.sign_in("Root")
    assert (await root.send("PUT", SETTINGS, {"lock_screen": "id"}, headers={"if-match": "1"})).status_code == 412
    assert (await root.send("PUT", SETTINGS, {"lock_screen": "loud"}, headers={"if-match": "2"})).status_code == 400
    rows = await providers.world.db.values("SELECT verb FROM audit WHERE object_kind = 'notification_settings'")
    assert rows == [("changed",)]


async def test_everything_is_in_the_readers_language_and_on_the_readers_clock(providers: Providers) -> None:
    _, ana, _, address = await set_up(providers, delay_s=600)
    me = await ana.get("/api/v1/me")
    change = {"language": "zh", "time_zone": "Asia/Tokyo"}
    assert (await ana.send("PATCH", "/api/v1/me", change, headers={"if-match": str(me["rev"])})).status_code == 200
    await reach_by_all(providers, ana)
    began = providers.world.clock.now()
    await page(providers, address)
    await providers.world.advance(seconds=61)
    at = _tokyo(began)
    for channel, text in (await everything_sent(providers)).items():
        assert "请在" in text, channel
        assert at in text, channel
    [mail] = [mail for mail in providers.smtp.mails if EVENT["title"] in mail["Subject"]]
    assert mail["Date"].endswith("+0900")
    data = providers.webhook.requests[-1].json["data"]
    assert (data["language"], data["time_zone"]) == ("zh", "Asia/Tokyo")


def _tokyo(began: datetime) -> str:
    return f"{(began + timedelta(seconds=600)).astimezone(ZoneInfo('Asia/Tokyo')):%H:%M}"
