"""What is held in memory changes as a whole, however long reading it takes."""

import asyncio
import dataclasses
from collections.abc import AsyncIterator
from typing import Any

import pytest

from server.delivery.ways_out import WaysOut
from server.kernel.database import Database, Writes
from server.kernel.settings import Settings
from server.services.directory import Directory, touch_configuration
from tests.escalation.house import House
from tests.kit.world import World, world_of


class Halting(Database):
    """Holds up reads of one table until they are let go, and counts them."""

    def __init__(self, db: Database, table: str) -> None:
        super().__init__(db._store)
        self.table, self.reads = table, 0
        self.reached, self.goes_on = asyncio.Event(), asyncio.Event()

    async def _fetch(self, statement: Any, args: dict[str, Any]) -> Any:
        if f"FROM {self.table}" in str(statement):
            self.reads += 1
            self.reached.set()
            await self.goes_on.wait()
        return await super()._fetch(statement, args)


@pytest.fixture
async def world(settings: Settings, db: Database) -> AsyncIterator[World]:
    async with world_of(dataclasses.replace(settings, demo=True), db) as made:
        yield made


async def test_services_are_new_when_their_integrations_are(world: World) -> None:
    await House.build(world, "Ana", levels=("Ana",))
    halting = Halting(world.db, "integration")
    halting.goes_on.set()
    directory = Directory(halting, world.engine.secrets)
    await directory.refresh()
    [before] = directory.services.values()
    writes = Writes().sql("UPDATE service SET name = 'Renamed'")
    touch_configuration(writes)
    await world.db.apply(writes)
    halting.reached.clear()
    halting.goes_on.clear()
    refreshing = asyncio.create_task(directory.refresh())
    await halting.reached.wait()
    assert [service.name for service in directory.services.values()] == [before.name]
    halting.goes_on.set()
    await refreshing
    [integration] = directory.integrations.values()
    assert integration.service is not None
    assert [service.name for service in directory.services.values()] == [integration.service.name] == ["Renamed"]


async def test_two_who_look_for_channels_at_once_take_them_up_once(world: World) -> None:
    engine = world.engine
    halting = Halting(world.db, "channel_setting")
    ways_out = WaysOut(halting, engine.secrets, engine.settings, engine.outbound, world.clock.now)
    looking = [asyncio.create_task(ways_out.refresh()) for _ in range(2)]
    await halting.reached.wait()
    for _ in range(20):  # the other gets as far as it can
        await world.db.value("SELECT 1")
    halting.goes_on.set()
    await asyncio.gather(*looking)
    assert halting.reads == 1
