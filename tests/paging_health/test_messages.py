"""What became of messages: who sees it, why something was not sent, and dead letters."""

from typing import Any

import pytest

from tests.escalation.house import House
from tests.kit.client import Client
from tests.kit.fake_fcm import fcm_error
from tests.kit.providers import Providers, taken
from tests.kit.world import World
from tests.stories.test_pages_leave_for_real import page, set_up

LIST = "/api/v1/notifications"
DEAD = "/api/v1/dead-letters"


async def states(client: Client, **query: Any) -> list[tuple[str, str, str]]:
    items = (await client.get(LIST, **query))["items"]
    return [(item["user"]["name"], item["channel"], item["state"]) for item in items]


@pytest.mark.store
async def test_each_sees_what_is_theirs_and_administrators_everything(world: World) -> None:
    house = await House.build(world, "Ana", levels=("Ana", "Mia"), delay_s=60)
    await world.add_person("Root", role="admin")
    await world.add_person("Zoe")
    await house.fire()
    await world.advance(seconds=70)
    await house.act("Ana", "acknowledge")
    ana, zoe, root = [await world.sign_in(name) for name in ("Ana", "Zoe", "Root")]
    mine = await states(ana)
    assert {name for name, _, _ in mine} == {"Ana"}
    assert ("Ana", "push", "accepted") in mine
    assert await states(zoe) == []
    assert await states(zoe, scope="all") == [], "only administrators see all"
    everything = await states(root, scope="all")
    assert {name for name, _, _ in everything} == {"Ana", "Mia"}
    incident = (await ana.get("/api/v1/incidents"))["items"][0]["id"]
    assert {name for name, _, _ in await states(zoe, incident_id=incident)} == {"Ana", "Mia"}
    assert await states(ana, state="failed") == []
    first = await root.get(LIST, scope="all", limit=1)
    second = await root.get(LIST, scope="all", limit=1, cursor=first["next_cursor"])
    assert first["items"][0]["id"] != second["items"][0]["id"]
    walked = [first["items"][0]["id"], second["items"][0]["id"]]
    cursor = second["next_cursor"]
    while cursor:
        following = await root.get(LIST, scope="all", limit=1, cursor=cursor)
        walked += [item["id"] for item in following["items"]]
        cursor = following["next_cursor"]
    assert len(walked) == len(set(walked)) == len(everything)


async def test_a_private_teams_messages_stay_in_it(world: World) -> None:
    await world.add_team("Secret", is_private=True)
    await world.add_person("Ana", team="Secret", role="manager")
    await world.add_person("Zoe")
    integration = await world.add_integration(await world.add_service("vault"))
    await world.nobody.post(f"/ingest/events/{integration.key}", {"title": "t", "dedup_key": "k"})
    await world.settle()
    ana = await world.client("Ana")
    [item] = (await ana.get(LIST))["items"]
    zoe = await world.sign_in("Zoe")
    assert (await zoe.get(LIST, incident_id=item["incident_id"]))["items"] == []
    assert (await zoe.send("GET", f"{LIST}/{item['id']}")).status_code == 404
    assert (await ana.get(f"{LIST}/{item['id']}"))["state"] == "accepted"


async def test_a_cancelled_page_says_so(world: World) -> None:
    house = await House.build(world)
    await world.add_person("Ana", team="Payments", reach="push email")
    await house.fire()
    await house.act("Ana", "acknowledge")
    found = [item for item in (await (await world.sign_in("Ana")).get(LIST))["items"] if item["channel"] == "email"]
    assert [(item["state"], item["cancelled_at"] is not None) for item in found] == [("cancelled", True)]


async def dead_letter(providers: Providers) -> tuple[Client, Client, str]:
    """A page to Ana that Firebase refused for good; returns Ana, an administrator and the message's id."""
    _, ana, _, address = await set_up(providers, delay_s=1800)
    await providers.world.add_person("Root", role="admin", reach="")
    await providers.add_android(ana)
    providers.fcm.answer(fcm_error(400, "INVALID_ARGUMENT"))
    await page(providers, address)
    [item] = (await ana.get(DEAD))["items"]
    assert (item["state"], item["reason"], item["attempts"]) == ("failed", "invalid_message", 1)
    return ana, await providers.world.sign_in("Root"), item["id"]


async def test_a_dead_letter_is_sent_again_while_somebody_waits(providers: Providers) -> None:
    ana, root, id = await dead_letter(providers)
    assert [item["can_retry"] for item in (await root.get(DEAD))["items"]] == [True]
    await providers.world.advance(minutes=3)
    before = len(taken(providers.fcm.requests))
    await root.post(f"{DEAD}/{id}/retry")
    await providers.world.settle()
    assert len(taken(providers.fcm.requests)) == before + 1
    assert providers.android_data()[-1]["notification_id"] == id
    assert (await root.get(DEAD))["items"] == []
    again = await root.send("POST", f"{DEAD}/{id}/retry")
    assert (again.status_code, again.json()["code"]) == (409, "not_dead")
    assert (await ana.get(f"{LIST}/{id}"))["state"] == "accepted"


async def test_a_page_that_nobody_waits_for_can_only_be_discarded(providers: Providers) -> None:
    ana, _, id = await dead_letter(providers)
    incident = (await ana.get("/api/v1/incidents"))["items"][0]["id"]
    await ana.post(f"/api/v1/incidents/{incident}/acknowledge")
    assert (await ana.get(DEAD))["items"][0]["can_retry"] is False
    refused = await ana.send("POST", f"{DEAD}/{id}/retry")
    assert (refused.status_code, refused.json()["code"]) == (409, "not_awaited")
    await ana.post(f"{DEAD}/{id}/discard")
    assert (await ana.get(DEAD))["items"] == []
    assert (await ana.get(f"{LIST}/{id}"))["state"] == "discarded"


async def test_a_colleagues_dead_letter_isnt_there(providers: Providers) -> None:
    _, _, id = await dead_letter(providers)
    bo = await providers.world.sign_in("Bo")
    assert (await bo.get(DEAD))["items"] == []
    for verb in ("retry", "discard"):
        assert (await bo.send("POST", f"{DEAD}/{id}/{verb}")).status_code == 404


async def test_a_test_notification_has_a_live_result(providers: Providers) -> None:
    _, ana, _, _ = await set_up(providers)
    phone = await providers.add_android(ana)
    body = {"contact_method_id": phone["id"], "severity": "critical"}
    made = await ana.post("/api/v1/me/test-notification", body)
    assert (await ana.get(f"{LIST}/{made['notification_id']}"))["state"] == "queued"
    await providers.world.settle()
    assert (await ana.get(f"{LIST}/{made['notification_id']}"))["state"] == "accepted"
    data = providers.android_data()[-1]
    assert (data["kind"], data["severity"]) == ("test", "critical")
    now = "2026-11-21T03:00:00Z"
    said = {"token": data["receipt_token"], "state": "displayed", "at": now}
    await providers.world.nobody.post("/api/v1/receipts", {"sent_at": now, "receipts": [said]})
    assert (await ana.get(f"{LIST}/{made['notification_id']}"))["state"] == "displayed"
    bo = await providers.world.sign_in("Bo")
    assert (await bo.send("GET", f"{LIST}/{made['notification_id']}")).status_code == 404
    foreign = await bo.send("POST", "/api/v1/me/test-notification", body)
    unknown = await bo.send("POST", "/api/v1/me/test-notification", body | {"contact_method_id": "x"})
    assert foreign.status_code == 400
    assert foreign.json() == unknown.json()
