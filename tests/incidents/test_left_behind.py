"""Whose account ends has nothing any more: what they had acknowledged pages on."""

import pytest

from tests.kit.world import World

pytestmark = pytest.mark.store


async def build(world: World) -> str:
    """Payments' incident, which Ana has acknowledged; Bo is the next level."""
    await world.add_team("Payments")
    await world.add_person("Root", role="admin")
    for name in ("Ana", "Bo"):
        await world.add_person(name, team="Payments")
    service = await world.add_service(policy=await world.add_policy("Ana", "Bo"))
    integration = await world.add_integration(service)
    event = {"title": "x", "dedup_key": "x", "severity": "critical"}
    await world.nobody.send("POST", f"/ingest/events/{integration.key}", event)
    await world.settle()
    assert await world.paged() == ["Ana"]
    [incident] = (await (await world.client("Ana")).get("/api/v1/incidents"))["items"]
    return str(incident["id"])


async def do(world: World, name: str, path: str, body: object = None) -> None:
    answer = await (await world.client(name)).send("POST", path, body or {})
    assert answer.is_success, answer.text
    await world.settle()


async def kinds(world: World, id: str) -> list[str]:
    return [
        each["kind"] for each in (await (await world.client("Bo")).get(f"/api/v1/incidents/{id}/timeline"))["items"]
    ]


async def test_what_they_had_is_nobodys_and_the_run_goes_on(world: World) -> None:
    id = await build(world)
    await do(world, "Ana", f"/api/v1/incidents/{id}/acknowledge")
    await do(world, "Root", f"/api/v1/users/{world.users['Ana']}/deactivate")
    found = await (await world.client("Bo")).get(f"/api/v1/incidents/{id}")
    assert (found["state"], found["acknowledged_by"]) == ("triggered", None)
    assert "unacknowledged" in await kinds(world, id)
    await world.advance(seconds=600)
    assert "Bo" in await world.paged()


async def test_what_somebody_else_has_stays_theirs(world: World) -> None:
    id = await build(world)
    await do(world, "Bo", f"/api/v1/incidents/{id}/acknowledge")
    await do(world, "Root", f"/api/v1/users/{world.users['Ana']}/deactivate")
    found = await (await world.client("Bo")).get(f"/api/v1/incidents/{id}")
    assert (found["state"], found["acknowledged_by"]["name"]) == ("acknowledged", "Bo")
    assert "unacknowledged" not in await kinds(world, id)


async def test_whoever_answers_before_it_pages_again_keeps_it(world: World) -> None:
    """The account ends, and another takes it over in the same moment."""
    id = await build(world)
    await do(world, "Ana", f"/api/v1/incidents/{id}/snooze", {"seconds": 600})
    await do(world, "Root", f"/api/v1/users/{world.users['Ana']}/deactivate")
    found = await (await world.client("Bo")).get(f"/api/v1/incidents/{id}")
    assert found["state"] == "acknowledged", "a snooze ends by itself"
    await world.advance(seconds=700)
    assert (await (await world.client("Bo")).get(f"/api/v1/incidents/{id}"))["state"] == "triggered"
