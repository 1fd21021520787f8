"""People of every role, in teams that are open and private."""

import pytest

from tests.kit.world import World


@pytest.fixture
async def office(world: World) -> World:
    """Two open teams and a private one; an owner, an administrator, a manager, a responder and a viewer."""
    for name in ("Payments", "Search"):
        await world.add_team(name)
    await world.add_team("Secret", is_private=True)
    await world.add_person("Olga", role="owner")
    await world.add_person("Root", role="admin")
    await world.add_person("Mia", team="Payments", role="manager")
    await world.add_person("Rob", team="Search")
    await world.add_person("Vic", role="viewer")
    return world
