"""Redis carries news and spreads what may be late; losing it stops nothing."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from server.kernel.clock import ManualClock
from server.kernel.database import Database, Priority, Writes
from server.kernel.due import Binding, Claimed, DueLoop, Kind, arm
from server.kernel.queue import PATIENCE, LateWork
from server.kernel.redis_commits import RedisCommits
from tests.kernel.test_database import NOW
from tests.kit.processes import free_port, running, until
from tests.kit.redis import redis

LATE, PROMPT = Kind("test.late", Priority.BULK), Kind("test.prompt", Priority.PAGE)

TOLD = 5


@contextlib.asynccontextmanager
async def at_work(*runs: "asyncio.Task[None]") -> AsyncIterator[None]:
    try:
        yield
        assert not any(each.done() for each in runs)
    finally:
        for each in runs:
            each.cancel()
        await asyncio.gather(*runs, return_exceptions=True)


async def _when(event: asyncio.Event) -> bool | None:
    return event.is_set() or None


async def test_every_other_process_hears_and_redis_may_come_and_go(tmp_path: Path) -> None:
    port = free_port()
    url = f"redis://127.0.0.1:{port}"
    heard = [asyncio.Event(), asyncio.Event()]
    own: list[int] = []
    listeners = [RedisCommits(url, each.set, name=f"listener {n}") for n, each in enumerate(heard)]
    teller = RedisCommits(url, lambda: own.append(1), name="teller")
    teller.publish()  # before Redis is there: nothing happens
    async with at_work(*(asyncio.create_task(each.run()) for each in (*listeners, teller))):
        for _ in range(2):  # Redis starts, is lost, and starts again
            async with running(*redis(port, tmp_path), log=tmp_path / "redis.log"):
                for each in heard:
                    await until("it looks once it listens", lambda each=each: _when(each))
                await until("the teller is there too", lambda: _true(len(own) > 0))
                own.clear()
                for _ in range(TOLD):
                    for each in heard:
                        each.clear()
                    teller.publish()
                    for each in heard:
                        await until("each of the others is told", lambda each=each: _when(each))
                assert len(own) < TOLD, "it looks when its line was lost, but not because of its own words"
            for each in heard:
                each.clear()
            own.clear()
            teller.publish()


class Engine:
    """A loop over due rows that notes what it did."""

    def __init__(self, db: Database, url: str) -> None:
        self.done: list[tuple[str, str]] = []
        self.clock = ManualClock(NOW)
        handled = {kind: Binding(self._do, may_be_late=kind is LATE) for kind in (LATE, PROMPT)}
        self.due = DueLoop(db, self.clock, handled)
        self.late = LateWork(url, self.due)
        self.due.spread = self.late.spread
        self.running = asyncio.create_task(self.late.run())

    async def _do(self, claimed: Claimed, _: datetime) -> Writes:
        self.done.append((claimed.kind, claimed.ref))
        return Writes()


def armed(*refs: str) -> Writes:
    writes = Writes()
    for ref in refs:
        arm(writes, LATE, ref, at=NOW, now=NOW)
        arm(writes, PROMPT, ref, at=NOW, now=NOW)
    return writes


@pytest.mark.store
async def test_what_may_be_late_is_taken_from_the_queue_once_and_the_rest_is_done_at_once(
    db: Database, tmp_path: Path
) -> None:
    port = free_port()
    url = f"redis://127.0.0.1:{port}"
    async with running(*redis(port, tmp_path), log=tmp_path / "redis.log"):
        engines = [Engine(db, url) for _ in range(2)]
        async with at_work(*(each.running for each in engines)):
            await until("both are connected", lambda: _true(all(each.late._pool is not None for each in engines)))
            await db.apply(armed(*"abcde"))
            await engines[0].due.drain()
            assert sorted(ref for kind, ref in engines[0].done if kind == PROMPT) == [*"abcde"]
            await until("the queue's work is done", lambda: _count(db, 0))
            done = [ref for each in engines for kind, ref in each.done if kind == LATE]
            assert sorted(done) == [*"abcde"]


@pytest.mark.store
async def test_without_redis_and_after_patience_each_does_it_by_itself(db: Database, tmp_path: Path) -> None:
    alone = Engine(db, "redis://127.0.0.1:1")
    async with at_work(alone.running):
        await db.apply(armed("a"))
        await alone.due.drain()
        assert sorted(alone.done) == [(LATE, "a"), (PROMPT, "a")]
    port = free_port()
    async with running(*redis(port, tmp_path), log=tmp_path / "redis.log"):
        deaf = Engine(db, f"redis://127.0.0.1:{port}")
        async with at_work(deaf.running):
            await until("it is connected", lambda: _true(deaf.late._pool is not None))
            deaf.late._take = asyncio.Event().wait  # pyright: ignore[reportAttributeAccessIssue] nobody takes from the queue
            await db.apply(armed("b"))
            assert LATE not in deaf.late.spread({LATE: 1}, NOW)
            assert LATE in deaf.late.spread({LATE: 1}, NOW + PATIENCE + timedelta(seconds=1))


async def _count(db: Database, number: int) -> bool | None:
    return await db.value("SELECT COUNT(*) FROM due") == number or None


async def _true(found: bool) -> bool | None:
    return found or None
