"""Receipts: kept once, in any order, from any clock; and what follows when none comes."""

import itertools
from datetime import datetime, timedelta
from typing import Any

import pytest

from server.delivery.receipts import receipt_token
from tests.escalation.house import House
from tests.kit.client import Client
from tests.kit.providers import Providers
from tests.kit.world import World
from tests.stories.test_one_alert import kinds, only_incident
from tests.stories.test_pages_leave_for_real import EVENT, page, set_up

RECEIPTS = "/api/v1/receipts"


def iso(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


async def paged(providers: Providers) -> tuple[Client, Client, dict[str, Any], str]:
    """Ana with an iPhone and a mail address was paged; returns Mia, Ana, what the phone got, the way in."""
    manager, ana, _, address = await set_up(providers, delay_s=1800)
    await providers.add_iphone(ana)
    await providers.add_contact(ana, "email", "ana@example.com")
    await page(providers, address)
    return manager, ana, providers.apns.requests[-1].json, address


async def say(providers: Providers, token: str, *states: str, ago_s: float = 0, skew_s: float = 0) -> Any:
    now = providers.world.clock.now() + timedelta(seconds=skew_s)
    at = iso(now - timedelta(seconds=ago_s))
    receipts = [{"token": token, "state": state, "at": at} for state in states]
    return await providers.world.nobody.post(RECEIPTS, {"sent_at": iso(now), "receipts": receipts})


async def item(client: Client, id: str) -> Any:
    return await client.get(f"/api/v1/notifications/{id}")


async def test_a_phone_says_what_became_of_a_page_without_a_session(providers: Providers) -> None:
    manager, ana, got, _ = await paged(providers)
    began = providers.world.clock.now()
    await providers.world.advance(seconds=10)
    said = await say(providers, got["receipt_token"], "received", "displayed", ago_s=8, skew_s=-86_400)
    assert said == {"results": ["recorded", "recorded"]}
    found = await item(ana, got["notification_id"])
    assert found["state"] == "displayed"
    assert found["received_at"] == iso(began + timedelta(seconds=2)), "by our clock, whatever the phone's says"
    await providers.world.settle()
    incident = await only_incident(manager)
    entries = (await manager.get(f"/api/v1/incidents/{incident['id']}/timeline"))["items"]
    [received] = [entry for entry in entries if entry["kind"] == "page_received"]
    [level] = [entry for entry in entries if entry["kind"] == "level_paged"]
    about = {"person": "Ana", "channel": "push", "label": "iPhone (iOS)", "paged_at": level["at"]}
    assert received["args"] == about | {"took_ms": 2000}
    await say(providers, got["receipt_token"], "opened")
    await say(providers, got["receipt_token"], "opened", "received")
    await providers.world.settle()
    told = await kinds(manager, incident["id"])
    assert (told.count("page_received"), told.count("page_opened")) == (1, 1)
    methods = (await ana.get("/api/v1/me/contact-methods"))["items"]
    assert [method["last_receipt_at"] is not None for method in methods] == [True, False]


async def test_the_order_of_receipts_doesnt_matter(providers: Providers) -> None:
    _, ana, _, address = await paged(providers)
    said = [("received", 9), ("displayed", 8), ("opened", 3)]
    seen: set[tuple[str, ...]] = set()
    for n, order in enumerate(itertools.permutations(said)):
        await providers.world.nobody.post(address, {**EVENT, "dedup_key": f"k{n}", "check": f"c{n}"})
        await providers.world.settle()
        got = providers.apns.requests[-1].json
        began = providers.world.clock.now()
        await providers.world.advance(seconds=10)
        for state, ago_s in order:
            await say(providers, got["receipt_token"], state, ago_s=ago_s)
        found = await item(ana, got["notification_id"])
        times = [found[f"{state}_at"] for state, _ in said]
        seen.add(tuple(str(datetime.fromisoformat(each) - began) for each in times))
        assert found["state"] == "opened"
    assert seen == {("0:00:01", "0:00:02", "0:00:07")}


async def test_forged_receipts_are_refused_and_foreign_ones_dont_spoil_a_batch(providers: Providers) -> None:
    _, ana, got, _ = await paged(providers)
    now = iso(providers.world.clock.now())
    forged = got["receipt_token"][:-2] + "xx"

    def body(*tokens: str) -> Any:
        return {"sent_at": now, "receipts": [{"token": t, "state": "opened", "at": now} for t in tokens]}

    for token in (forged, "x", "dwr..", got["action_token"], got["receipt_token"].replace("dwr", "dwn")):
        refused = await providers.world.nobody.send("POST", RECEIPTS, body(token))
        assert refused.status_code == 401, token
    assert (await item(ana, got["notification_id"]))["opened_at"] is None
    mixed = await providers.world.nobody.post(RECEIPTS, body(forged, got["receipt_token"]))
    assert mixed["results"] == ["unknown", "recorded"]
    said = {"token": got["receipt_token"], "state": "opened", "at": "2026-11-21T03:00:00"}
    local = await providers.world.nobody.send("POST", RECEIPTS, {"sent_at": now, "receipts": [said]})
    assert (local.status_code, local.json()["errors"][0]["field"]) == (400, "receipts[0].at"), "no zone, no instant"
    far = [{**said, "at": "0001-01-01T00:00:00Z"}, {**said, "at": "9999-12-31T23:59:59Z"}]
    assert (await providers.world.nobody.send("POST", RECEIPTS, {"sent_at": now, "receipts": far})).status_code == 200
    empty = await providers.world.nobody.send("POST", RECEIPTS, {"sent_at": now, "receipts": []})
    assert empty.status_code == 400


async def test_a_phone_that_never_sent_receipts_is_not_waited_for(providers: Providers) -> None:
    manager, _, _, _ = await paged(providers)
    await providers.world.advance(seconds=40)
    assert providers.smtp.mails == []
    assert "page_unconfirmed" not in await kinds(manager, (await only_incident(manager))["id"])


async def again(providers: Providers, address: str, **change: Any) -> Any:
    await providers.world.nobody.post(address, {**EVENT, "dedup_key": "again", "check": "again", **change})
    await providers.world.settle()
    return providers.apns.requests[-1].json


def told_by_mail(providers: Providers) -> int:
    return len(providers.smtp.mails)


async def test_a_phone_that_used_to_speak_and_is_silent_lets_the_mail_go_first(providers: Providers) -> None:
    _, _, got, address = await paged(providers)
    await say(providers, got["receipt_token"], "received")
    await providers.world.advance(seconds=70)
    assert told_by_mail(providers) == 1
    await again(providers, address)
    await providers.world.advance(seconds=20)
    assert told_by_mail(providers) == 1
    await providers.world.advance(seconds=10)
    assert told_by_mail(providers) == 2, "25 s after Apple took it, half a minute before its time"
    manager = await providers.world.sign_in("Mia")
    newest = (await manager.get("/api/v1/incidents"))["items"][0]
    entries = (await manager.get(f"/api/v1/incidents/{newest['id']}/timeline"))["items"]
    [why] = [entry["args"] for entry in entries if entry["kind"] == "page_unconfirmed"]
    [level] = [entry for entry in entries if entry["kind"] == "level_paged"]
    about = {"person": "Ana", "channel": "push", "label": "iPhone (iOS)", "paged_at": level["at"]}
    assert why == about | {"waited_s": 25}
    mailed = [entry["args"] for entry in entries if entry["args"].get("channel") == "email"]
    assert [each["paged_at"] for each in mailed] == [level["at"]], "planned with the level, sent later"


@pytest.mark.parametrize("how", ["received", "acknowledged", "warning"])
async def test_nothing_is_hurried(providers: Providers, how: str) -> None:
    _, _, got, address = await paged(providers)
    await say(providers, got["receipt_token"], "received")
    await providers.world.advance(seconds=70)
    second = await again(providers, address, severity="warning" if how == "warning" else "critical")
    await providers.world.advance(seconds=10)
    if how == "received":
        await say(providers, second["receipt_token"], "received")
    if how == "acknowledged":
        action = {"verb": "acknowledge", "token": second["action_token"]}
        await providers.world.nobody.post("/api/v1/actions", action)
    await providers.world.advance(seconds=30)
    assert told_by_mail(providers) == 1


async def test_one_phone_that_confirms_is_enough(providers: Providers) -> None:
    _, ana, got, address = await paged(providers)
    await say(providers, got["receipt_token"], "received")
    await providers.add_android(ana)
    await again(providers, address)
    data = providers.android_data()[-1]
    await say(providers, data["receipt_token"], "displayed")
    await providers.world.advance(seconds=40)
    assert told_by_mail(providers) == 0, "both mails wait for their minute"


@pytest.mark.store
async def test_receipts_on_either_engine(world: World) -> None:
    house = await House.build(world, "Ana", levels=("Ana",))
    await house.fire()
    [(id,)] = await world.db.values("SELECT id FROM delivery")
    from_device = iso(world.clock.now())
    token = receipt_token(world.engine.secrets, id)
    for _ in range(2):
        body = {"sent_at": from_device, "receipts": [{"token": token, "state": "displayed", "at": from_device}]}
        assert (await world.nobody.post(RECEIPTS, body))["results"] == ["recorded"]
    await world.settle()
    assert [kind for kind, _ in await house.told()].count("page_received") == 1
