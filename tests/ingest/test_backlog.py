"""The key whose own events wait too long is refused by 503, nobody else is, and nobody at all while no engine works."""

from datetime import timedelta

import pytest

from server.kernel.telemetry import EVENTS_OLDEST
from tests.ingest.ways import EVENT, Ways, alert, notification

pytestmark = pytest.mark.store


async def look_after(ways: Ways, **span: float) -> None:
    """Time passes in which nothing is worked through; who holds the lanes goes on renewing them."""
    world = ways.world
    world.clock.move_to(world.clock.now() + timedelta(**span))
    await world.engine.lanes._hold(world.clock.now())
    await world.parts.backlog.look()


async def statuses(ways: Ways) -> tuple[int, int]:
    flooding = await ways.send(ways.path("alertmanager"), notification(alert("A", "1")))
    return flooding.status_code, (await ways.send(ways.path("events"), EVENT)).status_code


async def test_a_flooding_key_alone_is_told_to_send_again(ways: Ways) -> None:
    await ways.send(ways.path("alertmanager"), notification(alert("A", "1")))
    await look_after(ways, seconds=25)
    assert (await ways.send(ways.path("alertmanager"), notification(alert("A", "2")))).status_code == 202
    await look_after(ways, seconds=6)
    await look_after(ways, seconds=2)
    answer = await ways.send(ways.path("alertmanager"), notification(alert("A", "1")))
    assert (answer.status_code, answer.headers["retry-after"], answer.json()["code"]) == (503, "15", "backlog")
    assert await statuses(ways) == (503, 202)
    oldest = EVENTS_OLDEST.labels(ways.integrations["alertmanager"].id)._value.get()
    assert oldest == 33
    await ways.world.settle()
    await ways.world.parts.backlog.look()
    assert await statuses(ways) == (202, 202)


async def test_while_no_engine_is_at_work_everything_is_kept(ways: Ways) -> None:
    await ways.send(ways.path("alertmanager"), notification(alert("A", "1")))
    world = ways.world
    for _ in range(3):
        world.clock.move_to(world.clock.now() + timedelta(seconds=40))
        await world.parts.backlog.look()
    assert await statuses(ways) == (202, 202)


async def test_the_moment_after_a_standstill_is_nobodys_flood(ways: Ways) -> None:
    await ways.send(ways.path("alertmanager"), notification(alert("A", "1")))
    await look_after(ways, minutes=10)
    assert await statuses(ways) == (202, 202)
