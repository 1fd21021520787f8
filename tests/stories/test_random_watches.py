"""Whatever people do with their watches, in any order and at once: the past stays, and requests follow their matter."""

import os
import random

import pytest

from tests.kit.world import World
from tests.stories.random_watches import Watches

STEPS = int(os.environ.get("WATCH_STEPS", "25"))
SEEDS = range(int(os.environ.get("WATCH_SEEDS", "2")))


@pytest.mark.store
@pytest.mark.parametrize("seed", SEEDS)
async def test_whatever_is_done_to_watches_what_has_been_stays(world: World, seed: int) -> None:
    life = Watches(world, random.Random(seed))
    await life.build()
    for _ in range(STEPS):
        try:
            await life.step()
        except AssertionError:
            print("\n".join(life.told))
            raise
    assert len(life.done) >= 5, life.done
