"""Once somebody has it, every device that shows the page takes it off its screen."""

from typing import Any

from server.kernel.database import Writes
from server.pages.waiting import MOST, waiting_counts
from server.tables.notifications import Waiting
from tests.kit.providers import Providers
from tests.stories.test_pages_leave_for_real import EVENT, page, set_up


def cleared_android(providers: Providers) -> list[Any]:
    return [r.json["message"] for r in providers.fcm.requests if r.json["message"]["data"]["kind"] == "cleared"]


async def test_acknowledging_on_one_device_clears_the_others_quietly(providers: Providers) -> None:
    _, ana, _, address = await set_up(providers)
    await providers.add_android(ana)
    await providers.add_iphone(ana)
    await providers.add_contact(ana, "webhook", providers.webhook.url())
    await page(providers, address)
    await providers.world.nobody.post(address, {**EVENT, "dedup_key": "other", "check": "other"})
    await providers.world.settle()
    first = providers.apns.requests[0].json
    await providers.world.nobody.post("/api/v1/actions", {"verb": "acknowledge", "token": first["action_token"]})
    await providers.world.settle()
    [android] = cleared_android(providers)
    assert android["fid"] == "fid-1", "Bo was never paged"
    assert android["android"]["priority"] == "NORMAL"
    assert android["data"]["incident_id"] == first["incident_id"]
    assert android["data"]["badge"] == "1", "the other incident still waits"
    assert int(android["data"]["rev"]) > first["rev"]
    assert "title" not in android["data"]
    silent = [request for request in providers.apns.requests if request.json["kind"] == "cleared"]
    [iphone] = silent
    assert iphone.headers["apns-push-type"] == "background"
    assert iphone.headers["apns-priority"] == "5"
    assert iphone.json["aps"] == {"content-available": 1, "thread-id": first["incident_id"], "badge": 1}
    assert {each.json["type"] for each in providers.webhook.requests} == {"notification.page"}


async def test_resolving_clears_whoever_was_paged_at_any_level_and_no_dead_phone(providers: Providers) -> None:
    _, ana, _, address = await set_up(providers, delay_s=60)
    await providers.add_android(ana)
    await page(providers, address)
    await providers.world.advance(seconds=61)
    await providers.world.nobody.post(address, {"dedup_key": EVENT["dedup_key"], "action": "resolve"})
    await providers.world.settle()
    assert sorted(message["fid"] for message in cleared_android(providers)) == ["fid-1", "fid-of-bo"]
    assert {message["data"]["badge"] for message in cleared_android(providers)} == {"0"}
    before = len(providers.fcm.requests)
    await providers.world.advance(minutes=5)
    assert len(providers.fcm.requests) == before, "once each"


async def test_escalating_by_hand_clears_whom_it_leaves_and_pages_the_next(providers: Providers) -> None:
    _, ana, _, address = await set_up(providers, delay_s=1800)
    await providers.add_android(ana)
    await page(providers, address)
    first = providers.android_data()[0]
    await providers.world.nobody.post("/api/v1/actions", {"verb": "escalate", "token": first["action_token"]})
    await providers.world.settle()
    [cleared] = cleared_android(providers)
    assert (cleared["fid"], cleared["data"]["badge"]) == ("fid-1", "1"), "nobody has it yet"
    [paged] = [r.json["message"] for r in providers.fcm.requests if r.json["message"]["fid"] == "fid-of-bo"]
    assert paged["data"]["kind"] == "page"
    assert int(paged["data"]["rev"]) > int(cleared["data"]["rev"]), "a page outranks what clears older ones"


async def test_a_badge_counts_no_further_than_it_may_and_is_read_without_the_incidents_behind_it(
    providers: Providers,
) -> None:
    _, ana, _, address = await set_up(providers)
    await providers.add_android(ana)
    world = providers.world
    rows = [{"id": f"w{n}", "user_id": world.users["Ana"], "incident_id": f"i{n}"} for n in range(MOST + 50)]
    await world.db.apply(Writes().insert_many(Waiting, rows))
    await page(providers, address)
    assert providers.android_data()[0]["badge"] == str(MOST + 1)
    assert await waiting_counts(world.db, [world.users["Ana"]], beside="i0") == {world.users["Ana"]: MOST}
