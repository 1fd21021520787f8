"""Redis only hurries: it wakes others, and losing it stops nothing."""

import asyncio
from pathlib import Path

import pytest

from server.kernel.queue import RedisHurry
from tests.kit.needs import needed
from tests.kit.processes import free_port, running, until


def redis(port: int, folder: Path) -> tuple[str, ...]:
    return (str(needed("redis-server")), "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder))


async def _when(event: asyncio.Event) -> bool | None:
    return event.is_set() or None


async def test_one_process_hurries_another_and_redis_may_come_and_go(tmp_path: Path) -> None:
    port = free_port()
    url = f"redis://127.0.0.1:{port}"
    heard = asyncio.Event()
    listener, teller = RedisHurry(url, [heard.set]), RedisHurry(url, [])
    teller.tell()  # before Redis is there: nothing happens
    listening = asyncio.create_task(listener.run())
    telling = asyncio.create_task(teller.run(listen=False))
    try:
        for _ in range(2):  # Redis starts, is lost, and starts again
            async with running(*redis(port, tmp_path), log=tmp_path / "redis.log"):

                async def told() -> bool | None:
                    teller.tell()
                    return await _when(heard)

                await until("the other process is hurried", told)
            heard.clear()
            teller.tell()
        assert not listening.done()
        assert not telling.done()
    finally:
        for task in (listening, telling):
            task.cancel()
        await asyncio.gather(listening, telling, return_exceptions=True)


@pytest.mark.parametrize("url", ["redis://127.0.0.1:1"])
async def test_a_redis_that_never_was_is_waited_for(url: str) -> None:
    hurry = RedisHurry(url, [])
    task = asyncio.create_task(hurry.run())
    await asyncio.sleep(0.5)
    hurry.tell()
    assert not task.done()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
