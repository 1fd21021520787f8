"""A world with every way in."""

import pytest

from tests.ingest.ways import Ways, make_ways
from tests.kit.world import World


@pytest.fixture
async def ways(world: World) -> Ways:
    return await make_ways(world)
