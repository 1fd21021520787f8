"""Whatever happens in whatever order, with deaths between any two lines: what fires is told, and nothing else is.

A firing, unsilenced, unanswered alert always has a page due or delivered; nobody is paged for what recovered, is
silenced, or is held by somebody.
"""

import dataclasses
import os
import random

import pytest

from server.kernel.database import Database
from server.kernel.settings import Settings
from tests.chaos.mortal import mortal_world
from tests.ingest.ways import Ways, make_ways
from tests.stories.any_order import AnyOrder

STEPS = 60
LIVES = int(os.environ.get("SOAK_LIVES", "200"))
PATIENT = {
    "critical": [{"channel": "push"}],
    "warning": [{"channel": "push", "delay_s": 30}],
    "info": [{"channel": "push", "delay_s": 60}],
}


LISTS = (("Ana",), ("Cy",), ("Cy", "Ana"), ("Ana", "Cy"), ("Cy", "Cy", "Ana"), ("Ana", "Cy", "Cy"))
"""Whom the levels mean. Nobody can reach Cy, so the next level's people are paged, or those of the fallback."""
DELAYS_S = (300, 60, 30, 0)


async def with_somebody_unreachable(ways: Ways, seed: int) -> None:
    """One of the lists, and the delays of its levels."""
    await ways.world.add_person("Cy", team="Payments", reach="")
    [policy] = (await ways.manager.get("/api/v1/escalation-policies"))["items"]
    delay_s = DELAYS_S[seed // len(LISTS) % len(DELAYS_S)]
    levels = [
        {"targets": [{"kind": "user", "id": ways.world.users[name]}], "delay_s": delay_s}
        for name in LISTS[seed % len(LISTS)]
    ]
    body = {"name": policy["name"], "team_id": policy["team_id"], "rounds": 3, "levels": levels}
    await ways.manager.put(f"/api/v1/escalation-policies/{policy['id']}", body, rev=policy["rev"])


async def live_through(settings: Settings, db: Database, seed: int) -> None:
    async with mortal_world(dataclasses.replace(settings, demo=True), db) as world:
        ways: Ways = await make_ways(world)
        await with_somebody_unreachable(ways, seed)
        await (await world.sign_in("Ana")).put("/api/v1/me/notification-rules", PATIENT, rev=0)
        life = AnyOrder(ways, world, random.Random(seed))
        try:
            for _ in range(STEPS):
                await life.step()
        except AssertionError as error:
            raise AssertionError("\n".join([f"seed {seed}: {error}", *life.told[-40:]])) from error


@pytest.mark.parametrize("seed", range(8))
async def test_what_fires_is_told_and_nothing_else(settings: Settings, db: Database, seed: int) -> None:
    await live_through(settings, db, seed)


@pytest.mark.store
async def test_the_same_on_both_engines(settings: Settings, db: Database) -> None:
    await live_through(settings, db, 100)


@pytest.mark.soak
@pytest.mark.parametrize("life", range(LIVES))
async def test_many_lives(settings: Settings, db: Database, life: int) -> None:
    seed = int(os.environ.get("SOAK_SEED") or random.randrange(1 << 32)) + life
    print(f"seed {seed}")
    await live_through(settings, db, seed)
