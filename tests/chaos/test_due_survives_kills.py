"""10,000 due rows, 20 kill -9: every row takes effect once."""

import asyncio
import os
import random
import signal
import subprocess
import sys
import time

import pytest

from server.kernel.clock import machine_time
from server.kernel.database import Database, Writes, open_database
from server.kernel.due import arm
from server.kernel.settings import Settings
from tests.chaos.due_worker import K

ROWS = int(os.environ.get("SOAK_DUE_ROWS", "10000"))
KILLS = int(os.environ.get("SOAK_DUE_KILLS", "20"))
DEADLINE_S = 240


def start(settings: Settings) -> "subprocess.Popen[bytes]":
    return subprocess.Popen([sys.executable, "-m", "tests.chaos.due_worker", settings.database_url])


@pytest.mark.store
async def test_no_row_is_lost_or_doubled(settings: Settings, db: Database, engine: str) -> None:
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    chance = random.Random(seed)
    now = machine_time()
    for begin in range(0, ROWS, 1000):
        writes = Writes()
        for n in range(begin, begin + 1000):
            arm(writes, K, f"row {n}", at=now, now=now)
        await db.apply(writes)
    if engine == "sqlite":  # one process at a time, so ours must let go of the file
        await db.close()
    workers = [start(settings) for _ in range(2 if engine == "postgres" else 1)]
    deadline = time.monotonic() + DEADLINE_S
    try:
        kills_at_work = 0
        for _ in range(KILLS):
            await asyncio.sleep(chance.uniform(0.2, 0.6))
            kills_at_work += bool(await remaining(settings))
            slot = chance.randrange(len(workers))
            workers[slot].send_signal(signal.SIGKILL)
            workers[slot].wait()
            workers[slot] = start(settings)
        while await remaining(settings) and time.monotonic() < deadline:
            await asyncio.sleep(0.5)
    finally:
        for worker in workers:
            worker.kill()
            worker.wait()
    assert await effects(settings) == (ROWS, 1, 1)
    assert kills_at_work >= KILLS // 2, "the rows were done before the kills: use more rows"


async def remaining(settings: Settings) -> int:
    return (await query(settings, "SELECT COUNT(*) FROM due"))[0]


async def effects(settings: Settings) -> tuple[int, ...]:
    text = "SELECT COUNT(*), MIN(value), MAX(value) FROM counter WHERE name LIKE 'row %'"
    return await query(settings, text)


async def query(settings: Settings, text: str) -> tuple[int, ...]:
    db = await open_database(settings)
    try:
        return (await db.values(text))[0]
    finally:
        await db.close()
