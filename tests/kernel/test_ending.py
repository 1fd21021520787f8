"""Loops end when they are told to, also in the moment in which they are woken."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

import pytest

from tests.architecture.sources import imported, modules, place, tree
from tests.kit.world import World

STEPS = 6


@pytest.mark.parametrize("steps", range(STEPS))
@pytest.mark.parametrize("which", ["lanes", "due"])
async def test_a_loop_that_is_cancelled_while_it_is_woken_ends(world: World, which: str, steps: int) -> None:
    loop = getattr(world.engine, which)
    await ends(loop.run, loop.hurry, steps)


async def ends(run: Callable[[], Awaitable[None]], hurry: Callable[[], None], steps: int) -> None:
    async def until_cancelled() -> None:
        await run()

    task = asyncio.create_task(until_cancelled())
    await asyncio.sleep(0.05)
    hurry()
    for _ in range(steps):
        await asyncio.sleep(0)
    task.cancel()
    done, _ = await asyncio.wait([task], timeout=20)
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    assert done, "the cancellation was lost"


def test_nobody_waits_by_what_loses_a_cancellation() -> None:
    """`asyncio.wait_for` of Python 3.11 forgets it where what it waits for ends in the same moment."""
    found = [
        place(path)
        for path in modules("server")
        if any(name == "asyncio.wait_for" for _, name in imported(tree(path)))
        or "asyncio.wait_for(" in path.read_text("utf-8")
    ]
    assert found == []
