"""A receiver that is slow or hangs keeps nobody else's messages waiting, and its own wait for their turn."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from server.delivery import places
from server.delivery.places import Busy, Places
from tests.incidents.paging.test_hanging_and_gone import told_why
from tests.incidents.paging.test_unreached import house_of, providers
from tests.kit.fake_http import Reply
from tests.kit.processes import until
from tests.kit.providers import Providers, taken

__all__ = ["providers"]
MANY = 80
"""More than may be on their way at once."""


class Seconds:
    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self) -> float:
        return self.at


class Crowd:
    """Messages that stay where they are until they are let go."""

    def __init__(self) -> None:
        self.now = Seconds()
        self.places = Places(self.now)
        self.let_go = asyncio.Event()
        self.tasks = list[asyncio.Task[bool]]()
        self.there = list[str]()

    async def come(self, receiver: str, number: int) -> None:
        self.tasks += [asyncio.create_task(self._one(receiver)) for _ in range(number)]
        for _ in range(5):
            await asyncio.sleep(0)

    async def _one(self, receiver: str) -> bool:
        try:
            async with self.places.at(receiver, 4):
                self.there.append(receiver)
                await self.let_go.wait()
        except Busy:
            return False
        return True


@pytest.fixture
async def crowd() -> AsyncIterator[Crowd]:
    made = Crowd()
    yield made
    made.let_go.set()
    await asyncio.gather(*made.tasks)


async def test_four_are_sent_at_once_and_whoever_waits_longer_than_a_moment_gives_up(
    crowd: Crowd, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(places, "LONGEST_WAIT_S", 0.01)
    await crowd.come("slow", 6)
    assert crowd.there == ["slow"] * 4
    await asyncio.wait(crowd.tasks[4:])
    assert [each.result() for each in crowd.tasks[4:]] == [False, False]


async def test_of_a_receiver_that_is_known_to_hang_nobody_waits_and_others_are_not_asked(crowd: Crowd) -> None:
    await crowd.come("hangs", 4)
    crowd.now.at = 3
    await crowd.come("hangs", 2)
    await crowd.come("quick", 2)
    assert (crowd.there[4:], [each.done() for each in crowd.tasks[4:6]]) == (["quick"] * 2, [True, True])


async def test_a_receiver_that_answers_again_is_soon_sent_to_as_before(crowd: Crowd) -> None:
    await crowd.come("was slow", 4)
    crowd.now.at = 5
    crowd.let_go.set()
    await asyncio.gather(*crowd.tasks)
    for _ in range(10):
        async with crowd.places.at("was slow", 4):
            crowd.now.at += 0.01
    crowd.let_go.clear()
    await crowd.come("was slow", 6)
    crowd.let_go.set()
    assert all(await asyncio.gather(*crowd.tasks[4:]))


@pytest.mark.store
async def test_pages_leave_while_a_webhook_holds_every_connection(
    providers: Providers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.channels.webhook.CONFIGURED_TIMEOUT_S", 3600)
    monkeypatch.setattr("server.kernel.due.loop.END_WITHIN_S", 0.05)
    house = await house_of(providers, "Dan+Ana", dan=providers.webhook.url("/dan"))
    providers.webhook.script.usual = Reply(hang=True)
    engine = providers.world.engine
    loops = [asyncio.create_task(each.run()) for each in (engine.lanes, engine.due)]

    async def all_of_ana() -> bool:
        return len(taken(providers.fcm.requests)) == MANY

    async def waits() -> bool:
        return "receiver_busy" in (await told_why(house))[0]

    try:
        for n in range(MANY):
            await house.send(title=f"Disk {n} is full", dedup_key=f"disk {n}")
        await until("Ana has every page", all_of_ana)
        providers.world.clock.advance(timedelta(seconds=30))
        engine.due.hurry()
        await until("the timeline says that Dan's receiver is slow", waits)
    finally:
        for loop in loops:
            loop.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.gather(*loops)
    assert len(providers.webhook.requests) < 10
