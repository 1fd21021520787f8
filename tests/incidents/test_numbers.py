"""Numbers and gaps count only what the reader may see: a private team's incidents are numbered by themselves."""

from typing import Any

import pytest

from server.accounts.people.incident_numbers import SPACING
from server.paging_health.record import Checked, verify
from tests.escalation.house import House
from tests.kit.client import Client
from tests.kit.world import World

pytestmark = pytest.mark.store


async def secret_way_in(world: World) -> str:
    """The path of an integration of the private team Board."""
    await world.add_team("Board", is_private=True)
    await world.add_person("Cy", team="Board")
    integration = await world.add_integration(await world.add_service("deal", team="Board"))
    return f"/ingest/events/{integration.key}"


async def fire(world: World, path: str, *keys: str) -> None:
    for key in keys:
        body: Any = {"title": key, "dedup_key": key, "check": key}
        assert (await world.nobody.send("POST", path, body)).status_code == 202
    await world.settle()


async def numbers(client: Client) -> list[int]:
    return sorted(item["number"] for item in (await client.get("/api/v1/incidents"))["items"])


async def test_what_happens_in_a_private_team_leaves_no_gap_elsewhere(world: World) -> None:
    house = await House.build(world, "Ana", levels=("Ana",))
    await world.add_person("Root", role="owner")
    root = await world.sign_in("Root")
    secret, open_way = await secret_way_in(world), f"/ingest/events/{house.integration.key}"
    await fire(world, open_way, "a", "b")
    await fire(world, secret, "x", "y", "z")
    await fire(world, open_way, "c")
    opened = await root.post("/api/v1/incidents", {"title": "By hand", "team_id": world.teams["Board"]})
    await fire(world, open_way, "d")
    ana = await world.sign_in("Ana")
    assert await numbers(ana) == [1, 2, 3, 4]
    assert opened["number"] == SPACING + 4
    checked = await verify(world.db, world.engine.secrets)
    assert isinstance(checked, Checked)
    assert checked.incidents == 8


async def test_a_team_that_becomes_private_counts_for_itself_from_then_on(world: World) -> None:
    house = await House.build(world, "Ana", levels=("Ana",))
    await world.add_person("Root", role="owner")
    root = await world.sign_in("Root")
    path = f"/ingest/events/{house.integration.key}"
    await fire(world, path, "a")
    change = {"name": "Payments", "is_private": True, "covers_need_approval": False}
    await root.put(f"/api/v1/teams/{world.teams['Payments']}", change, rev=1)
    await fire(world, path, "b", "c")
    assert await numbers(await world.sign_in("Ana")) == [1, SPACING + 1, SPACING + 2]
    await root.put(f"/api/v1/teams/{world.teams['Payments']}", {**change, "is_private": False}, rev=2)
    await fire(world, path, "d")
    assert await numbers(await world.sign_in("Ana")) == [1, 2, SPACING + 1, SPACING + 2]
    assert isinstance(await verify(world.db, world.engine.secrets), Checked)


async def test_each_private_team_has_a_range(world: World) -> None:
    for name in ("Board", "Merger", "Open"):
        await world.add_team(name, is_private=name != "Open")
    rows = await world.db.values("SELECT value FROM counter WHERE name LIKE 'no %' ORDER BY value")
    assert rows == [(SPACING,), (2 * SPACING,)]
