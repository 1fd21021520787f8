"""One alert: level 1 is paged, then level 2, and paging stops when somebody acknowledges."""

from datetime import timedelta
from typing import Any

import pytest

from tests.kit.client import Client
from tests.kit.world import World

pytestmark = pytest.mark.store


async def set_up(world: World, *, delay_s: int = 300) -> tuple[Client, str]:
    """Team Payments with Ana (level 1) and Bo (level 2); returns its manager and an integration's address."""
    await world.add_team("Payments")
    await world.add_person("Mia", team="Payments", role="manager")
    await world.add_person("Ana", team="Payments", reach="push email")
    await world.add_person("Bo", team="Payments")
    service = await world.add_service(policy=await world.add_policy("Ana", "Bo", delay_s=delay_s))
    integration = await world.add_integration(service)
    return await world.client("Mia"), f"/ingest/events/{integration.key}"


EVENT = {"title": "Checkout errors above 5 %", "dedup_key": "checkout", "severity": "critical"}


async def only_incident(client: Client) -> Any:
    items = (await client.get("/api/v1/incidents"))["items"]
    assert len(items) == 1
    return items[0]


async def kinds(client: Client, incident_id: str) -> list[str]:
    return [entry["kind"] for entry in (await client.get(f"/api/v1/incidents/{incident_id}/timeline"))["items"]]


async def test_level_1_then_level_2_until_somebody_acknowledges(world: World) -> None:
    _, address = await set_up(world)
    accepted = await world.nobody.post(address, EVENT)
    assert accepted["status"] == "accepted"
    assert accepted["dedup_key"] == "checkout"
    await world.settle()
    assert await world.paged() == ["Ana"]
    await world.advance(minutes=4, seconds=50)
    assert await world.paged() == ["Ana"]
    await world.advance(seconds=20)
    assert await world.paged() == ["Ana", "Bo"]
    bo = await world.sign_in("Bo")
    item = await only_incident(bo)
    assert item["waits_for_me"] is True
    answered = await bo.post(f"/api/v1/incidents/{item['id']}/acknowledge")
    assert answered["state"] == "acknowledged"
    assert answered["acknowledged_by"]["name"] == "Bo"
    await world.advance(hours=2)
    assert await world.paged() == ["Ana", "Bo"]
    manager = await world.sign_in("Mia")
    assert await kinds(manager, item["id"]) == [
        "opened", "level_paged", "page_accepted", "page_accepted", "level_paged", "page_accepted", "acknowledged",
    ]  # fmt: skip


async def test_recovery_resolves_it(world: World) -> None:
    manager, address = await set_up(world)
    await world.nobody.post(address, EVENT)
    await world.settle()
    await world.nobody.post(address, {"action": "resolve", "dedup_key": "checkout"})
    await world.settle()
    item = await only_incident(manager)
    assert item["state"] == "resolved"
    assert item["open_alert_count"] == 0
    await world.advance(hours=1)
    assert await world.paged() == ["Ana"]


async def test_nobody_answers_so_the_fallback_is_paged_again_and_again(world: World) -> None:
    _, address = await set_up(world)
    await world.make_manager("Mia", "Payments")
    await world.nobody.post(address, EVENT)
    await world.advance(minutes=11)
    assert await world.paged() == ["Ana", "Bo", "Mia"]
    await world.advance(minutes=30)
    assert await world.paged() == ["Ana", "Bo", "Mia", "Mia"]


async def test_a_mail_follows_the_push_of_who_has_not_answered(world: World) -> None:
    _, address = await set_up(world)
    await world.nobody.post(address, EVENT)
    await world.settle()
    assert ("Ana", "email", "queued") in await world.pages()
    await world.advance(seconds=70)
    assert ("Ana", "email", "accepted") in await world.pages()


async def test_undo_brings_the_run_back_with_its_time(world: World) -> None:
    _, address = await set_up(world)
    await world.nobody.post(address, EVENT)
    await world.advance(minutes=2)
    ana = await world.sign_in("Ana")
    item = await only_incident(ana)
    before = item["next"]
    await ana.post(f"/api/v1/incidents/{item['id']}/acknowledge")
    world.clock.advance(timedelta(seconds=4))
    undone = await ana.post(f"/api/v1/incidents/{item['id']}/undo")
    assert undone["state"] == "triggered"
    assert undone["next"] == before
    await world.advance(minutes=2, seconds=40)
    assert await world.paged() == ["Ana"]
    await world.advance(seconds=30)
    assert await world.paged() == ["Ana", "Bo"]
