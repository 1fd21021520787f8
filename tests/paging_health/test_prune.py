"""Old payloads and alerts go in slices; what is open, waiting or part of an open incident stays."""

from datetime import timedelta

import pytest

from server.kernel.due import Claimed
from server.paging_health.prune import SLICE, Prune, begin_pruning
from tests.ingest.conftest import ways
from tests.ingest.ways import EVENT, Ways, alert, notification

__all__ = ["ways"]


async def prune(ways: Ways, *, keep_days: int | None = 30) -> None:
    world = ways.world
    claimed = Claimed(id="p", kind="prune", ref="all", due_at=world.clock.now(), fence=1, attempts=1)
    keep = timedelta(days=keep_days) if keep_days is not None else None
    writes = await Prune(world.db, keep)(claimed, world.clock.now())
    await world.db.apply(writes)


async def counts(ways: Ways) -> tuple[int, int]:
    db = ways.world.db
    return await db.value("SELECT COUNT(*) FROM event"), await db.value("SELECT COUNT(*) FROM alert")


@pytest.mark.store
async def test_what_is_over_goes_after_its_time_and_what_is_open_stays(ways: Ways) -> None:
    await ways.send(ways.path("events"), EVENT)
    await ways.send(ways.path("alertmanager"), notification(alert("Open", "a"), alert("Over", "b")))
    await ways.world.settle()
    await ways.send(ways.path("events"), {**EVENT, "action": "resolve"})
    await ways.send(ways.path("alertmanager"), notification(alert("Over", "b", status="resolved")))
    await ways.world.settle()
    ways.world.clock.move_to(ways.world.clock.now() + timedelta(days=29))
    await prune(ways)
    assert await counts(ways) == (4, 3)
    ways.world.clock.move_to(ways.world.clock.now() + timedelta(days=2))
    await prune(ways, keep_days=None)
    assert await counts(ways) == (4, 3)
    await prune(ways)
    assert await counts(ways) == (0, 1)
    left = (await (await ways.world.sign_in("Mia")).get("/api/v1/alerts"))["items"]
    assert [item["title"] for item in left] == ["Open on a"]


async def test_an_event_that_is_not_worked_through_is_never_pruned(ways: Ways) -> None:
    await ways.send(ways.path("events"), EVENT)
    ways.world.clock.move_to(ways.world.clock.now() + timedelta(days=400))
    await prune(ways)
    assert await counts(ways) == (1, 0)


@pytest.mark.store
async def test_it_comes_back_at_once_while_there_is_more_and_later_when_there_is_none(ways: Ways) -> None:
    for n in range(SLICE + 5):
        await ways.send(ways.path("events"), {**EVENT, "dedup_key": f"{n}", "action": "resolve"})
    await ways.world.settle()
    ways.world.clock.move_to(ways.world.clock.now() + timedelta(days=31))
    for left, wait_s in ((5, 1), (0, 3600)):
        await prune(ways)
        assert (await counts(ways))[0] == left
        due_us = await ways.world.db.value("SELECT due_at FROM due WHERE kind = 'prune'")
        assert due_us == int((ways.world.clock.now() + timedelta(seconds=wait_s)).timestamp() * 1_000_000)


async def test_the_engine_prunes_by_itself(ways: Ways) -> None:
    await ways.send(ways.path("events"), {**EVENT, "action": "resolve"})
    await ways.world.settle()
    ways.world.clock.move_to(ways.world.clock.now() + timedelta(days=400))
    for _ in range(2):
        await begin_pruning(ways.world.db, ways.world.clock.now())
    await ways.world.settle()
    assert await counts(ways) == (0, 0)
